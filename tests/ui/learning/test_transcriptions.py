import pytest
from hypothesis import given
from hypothesis import strategies as st

from mark_core import MarkError, Word
from mark_core.ui.learning import transcriptions as module
from mark_core.ui.learning.transcriptions import MAX_LETTERS, Transcriptions

HERE, THERE = ("sheet", (1, 2, 30, 10)), ("sheet", (40, 2, 30, 10))


def test_every_step_can_be_undone():
    first = Transcriptions().transcribed(HERE, "fort").transcribed(THERE, "")
    assert first.texts == {HERE: "fort"}
    assert first.to_view() == {"read": 1, "unreadable": 1, "learnable": 1, "undo": True}
    changed = first.transcribed(HERE, "\u03bb").transcribed(THERE, None)
    assert changed.now == {HERE: "\u03bb"}
    assert changed.to_view()["learnable"] == 0  # a letter that cannot be typed teaches nothing
    assert changed.cleared().now == {}
    assert changed.cleared().undone().undone().undone().now == first.now
    assert first.transcribed(HERE, "fort") is first  # nothing changes, so there is nothing to undo
    with pytest.raises(MarkError, match="nothing to undo"):
        Transcriptions().undone()


def test_they_stay_with_their_words():
    then = (Word((1, 2, 30, 10)), Word((40, 2, 30, 10)))
    now = (Word((1, 2, 36, 10)), then[1])
    moved = Transcriptions().transcribed(HERE, "fort").transcribed(HERE, "forts").mapped("sheet", then, now)
    assert moved.now == {("sheet", (1, 2, 36, 10)): "forts"}
    assert moved.undone().now == {("sheet", (1, 2, 36, 10)): "fort"}
    assert Transcriptions().transcribed(HERE, "fort").mapped("other", then, now).now == {HERE: "fort"}


def test_there_is_an_end(monkeypatch):
    monkeypatch.setattr(module, "MAX_TRANSCRIPTIONS", 1)
    one = Transcriptions().transcribed(HERE, "fort")
    assert one.transcribed(HERE, "forts").now == {HERE: "forts"}
    with pytest.raises(MarkError, match="At most 1"):
        one.transcribed(THERE, "fort")


@given(st.dictionaries(st.sampled_from([HERE, THERE]), st.text("abcdé ", max_size=9).map(str.strip)))
def test_a_file_brings_them_back(now):
    rows = Transcriptions(now).to_rows({"sheet": "p1"})
    assert Transcriptions.from_rows(rows, {"p1": "sheet"}).now == now
    assert Transcriptions(now).to_rows({}) == []


@pytest.mark.parametrize(
    "rows",
    [7, [7], [{}], [{"page": "p2", "box": [1, 2, 3, 4], "text": ""}], [{"page": "p1", "box": [1], "text": ""}],
     [{"page": "p1", "box": [1, 2, 3, 1e999], "text": ""}], [{"page": "p1", "box": [1, 2, 3, 4], "text": 7}]],
)  # fmt: skip
def test_a_damaged_file_is_refused(rows):
    with pytest.raises(MarkError, match="damaged"):
        Transcriptions.from_rows(rows, {"p1": "sheet"})


def test_a_long_text_of_a_file_is_cut():
    rows = [{"page": "p1", "box": list(HERE[1]), "text": "a" * 999}]
    assert Transcriptions.from_rows(rows, {"p1": "sheet"}).now == {HERE: "a" * MAX_LETTERS}
