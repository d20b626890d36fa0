from __future__ import annotations

import json
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from PIL import Image

from mark_core.ui.desk import Desk
from mark_core.ui.pages_desk import ENDED, FEWER_SAMPLES, NO_SAMPLE
from mark_core.ui.samples import SampleShelf
from mark_core.ui.trouble import TROUBLE

from .fakes import FakeIndex


def event(**data: Any) -> Any:
    return SimpleNamespace(_data=data)


def arrive(desk: Desk) -> tuple[str, dict[str, Any]]:
    return list(desk.arrive(SimpleNamespace(session_hash="tab")))[-1]


def upload(desk: Desk, name: str, value: int = 90) -> dict[str, str]:
    path = desk.uploads / name
    Image.fromarray(np.full((120, 200, 3), value, np.uint8)).save(path)
    return {"path": str(path), "name": name}


def test_a_visitor_finds_the_first_sample_open(desk: Desk) -> None:
    _, view = arrive(desk)
    assert [page["sample"] for page in view["pages"]] == ["a.png"]
    assert view["focus"] == view["pages"][0]["id"]
    assert view["busy"] is None
    desk.leave(SimpleNamespace(session_hash="tab"))
    assert len(desk.store) == 0


@pytest.mark.parametrize(
    ("wanted", "opened", "told"),
    [
        ("second", ["s.png"], []),
        ("second\nfirst\nsecond", ["s.png", "a.png"], []),
        ("", ["a.png"], []),
        ("gone", ["a.png"], [NO_SAMPLE]),
        ("gone\nsecond", ["s.png"], [FEWER_SAMPLES]),
        ({"a": 1}, ["a.png"], [NO_SAMPLE]),
    ],
)
def test_a_link_opens_its_samples(
    desk: Desk, tmp_path: Path, wanted: Any, opened: list[str], told: list[str]
) -> None:
    folder = tmp_path / "linked"
    folder.mkdir()
    for name in ("a.png", "s.png"):
        Image.fromarray(np.full((120, 200, 3), 90, np.uint8)).save(folder / name)
    entries = [{"file": "a.png", "name": "first"}, {"file": "s.png", "name": "second"}]
    (folder / "samples.json").write_text(json.dumps(entries))
    desk.shelf = SampleShelf(FakeIndex, tmp_path / "shelf", folder)
    _, view = list(desk.arrive(SimpleNamespace(session_hash="tab"), wanted))[-1]
    assert [page["sample"] for page in view["pages"]] == opened
    assert view["focus"] == view["pages"][0]["id"]
    assert [notice["text"] for notice in view["notices"]] == told
    assert [sample["name"] for sample in view["samples"]] == ["first", "second"]


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """No page of a visitor is ready before it is set."""
    gate, add = threading.Event(), FakeIndex.add

    def slow(*args: Any, **kwargs: Any) -> str:
        gate.wait(20)
        return add(*args, **kwargs)

    monkeypatch.setattr(FakeIndex, "add", slow)
    return gate


def test_what_is_on_its_way_is_shown(desk: Desk, gate: threading.Event) -> None:
    gate.set()
    key, _ = arrive(desk)
    gate.clear()
    views = desk.add(key, event(files=[upload(desk, "b.png")], direction="auto"))
    view = next(views)
    assert view["waiting"][0]["title"] == "b.png"
    assert [page["title"] for page in view["pages"]] == ["A"]
    gate.set()
    view = list(views)[-1]
    assert [page["title"] for page in view["pages"]] == ["A", "b.png"]
    assert view["focus"] == view["pages"][1]["id"]
    assert view["waiting"] == []


def test_what_flattening_did_stands_beside_the_title(desk: Desk) -> None:
    key, _ = arrive(desk)
    list(desk.add(key, event(files=[upload(desk, "b.png")], direction="auto", flatten=True)))
    view = list(desk.add(key, event(files=[upload(desk, "c.png")], direction="auto", flatten=False)))[-1]
    assert view["pages"][1]["note"].startswith("The lines of this page are flat already")
    assert view["pages"][2]["note"] == ""


def test_a_second_batch_takes_over_and_everything_arrives(desk: Desk, gate: threading.Event) -> None:
    gate.set()
    key, _ = arrive(desk)
    gate.clear()
    first = desk.add(key, event(files=[upload(desk, f"{n}.png") for n in "bcd"], direction="auto"))
    next(first)
    second = desk.add(key, event(files=[upload(desk, "e.png")], direction="auto"))
    next(second)
    gate.set()
    view = list(second)[-1]
    assert [page["title"] for page in view["pages"]] == ["A", "b.png", "c.png", "d.png", "e.png"]
    assert view["focus"] == view["pages"][1]["id"]  # what is shown does not change while pages arrive
    list(first)  # ends


def test_pages_are_renamed_moved_removed_and_brought_back(desk: Desk) -> None:
    key, _ = arrive(desk)
    view = list(desk.add(key, event(files=[upload(desk, n) for n in ("b.png", "c.png")], direction="auto")))[
        -1
    ]
    ids = [page["id"] for page in view["pages"]]
    view = desk.rename(key, event(page=ids[1], title="  Letter\n1 "))
    view = desk.move(key, event(page=ids[2], place=0))
    assert [page["title"] for page in view["pages"]] == ["c.png", "A", "Letter 1"]
    view = desk.remove(key, event(page=ids[1]))
    assert [page["title"] for page in view["pages"]] == ["c.png", "A"]
    view = desk.undo(key, event(number=view["undo"]["number"]))
    assert [page["title"] for page in view["pages"]] == ["c.png", "A", "Letter 1"]
    assert view["notices"] == []


@pytest.mark.parametrize(
    ("handler", "data"),
    [
        ("rename", {"title": " "}),
        ("rename", {"title": 3}),
        ("rename", {"page": "x", "title": "y"}),
        ("move", {"place": -1}),
        ("move", {"place": "0"}),
        ("remove", {"page": None}),
        ("undo", {"number": 5}),
        ("undo", {"number": None}),
    ],
)
def test_what_cannot_be_done_to_a_page_costs_a_sentence(
    desk: Desk, handler: str, data: dict[str, Any]
) -> None:
    key, before = arrive(desk)
    view = getattr(desk, handler)(key, event(**{"page": before["pages"][0]["id"], **data}))
    assert view["pages"] == before["pages"]
    assert len(view["notices"]) == 1
    assert view["notices"][0]["text"].endswith(".")


def test_a_bad_file_costs_one_sentence_and_the_others_go_on(desk: Desk) -> None:
    key, _ = arrive(desk)
    (desk.uploads / "bad.png").write_bytes(b"not an image")
    files = [
        {"path": str(desk.uploads / "bad.png"), "name": "bad.png"},
        upload(desk, "white.png", value=255),
        upload(desk, "good.png"),
    ]
    view = list(desk.add(key, event(files=files, direction="auto")))[-1]
    sentences = [notice["text"] for notice in view["notices"]]
    assert len(sentences) == 2
    assert sentences[0].startswith("bad.png: ")
    assert sentences[1] == "white.png: No words were found on this page."
    assert [page["title"] for page in view["pages"]] == ["A", "good.png"]
    assert view["waiting"] == []


def test_pages_of_one_file_are_numbered(desk: Desk) -> None:
    key, _ = arrive(desk)
    frames = [Image.fromarray(np.full((120, 200, 3), value, np.uint8)) for value in (80, 90)]
    path = desk.uploads / "two.tif"
    frames[0].save(path, save_all=True, append_images=frames[1:])
    view = list(desk.add(key, event(files=[{"path": str(path), "name": "two.tif"}], direction="ltr")))[-1]
    assert view["notices"] == []
    assert [page["title"] for page in view["pages"][1:]] == ["two.tif", "two.tif, page 2"]


def test_a_search_answers_its_own_question(desk: Desk) -> None:
    key, view = arrive(desk)
    page = view["pages"][0]["id"]
    result = desk.search(key, event(seq=7, text="one", example={"page": page, "word": 1}))["result"]
    assert result["seq"] == 7
    assert result["error"] is None
    assert [hit["word"] for hit in result["hits"]] == [0, 1, 2]


@pytest.mark.parametrize(
    "data",
    [
        {"seq": 1, "text": "  "},
        {"seq": "x", "text": "one"},
        {"seq": 1, "text": 5},
        {"seq": 1, "example": 5},
        {},
    ],
)
def test_a_search_that_makes_no_sense_gets_a_sentence(desk: Desk, data: dict[str, Any]) -> None:
    key, _ = arrive(desk)
    result = desk.search(key, event(**data))["result"]
    assert result["hits"] == []
    assert result["error"].endswith((".", "again."))


def test_a_fault_of_ours_is_told_and_survived(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    key, _ = arrive(desk)
    with monkeypatch.context() as patch:
        patch.setattr(FakeIndex, "search", lambda *_, **__: 1 / 0)
        assert desk.search(key, event(seq=1, text="one"))["result"]["error"] == TROUBLE
    assert desk.search(key, event(seq=2, text="one"))["result"]["error"] is None


def test_a_decision_is_answered_with_the_new_list(desk: Desk) -> None:
    key, view = arrive(desk)
    page = view["pages"][0]["id"]
    desk.search(key, event(seq=3, text="one", variants=True, page=page))
    view = desk.judge(key, event(seq=9, search=3, act="rejected", page=page, word=1, version=0))
    assert view["panels"]["judged"] == {"seq": 9, "error": None}
    result = view["result"]
    assert (result["seq"], result["turn"], result["variants"], result["page"]) == (3, 1, True, page)
    assert [hit["judged"] for hit in result["hits"] if hit["word"] == 1] == ["rejected"]
    assert (result["judged"]["rejected"], result["judged"]["undo"]) == (1, True)
    view = desk.judge(key, event(seq=10, search=3, act="undone"))
    assert view["result"]["judged"] == {"confirmed": 0, "rejected": 0, "undo": False}


@pytest.mark.parametrize("data", [{}, {"seq": 1}, {"seq": 1, "search": 3, "act": "undone"}])
def test_a_decision_that_cannot_be_made_gets_a_sentence(desk: Desk, data: dict[str, Any]) -> None:
    key, _ = arrive(desk)
    before = desk.search(key, event(seq=3, text="one"))["result"]
    after = desk.judge(key, event(**data))
    assert after["panels"]["judged"]["error"].endswith(".")
    assert after["result"] == before


def test_a_fault_in_a_decision_is_told_and_survived(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    key, view = arrive(desk)
    page = view["pages"][0]["id"]
    desk.search(key, event(seq=3, text="one"))
    asked = {"search": 3, "act": "confirmed", "page": page, "word": 0}
    with monkeypatch.context() as patch:
        patch.setattr("mark_core.ui.judging.judge", lambda *_: 1 / 0)
        assert desk.judge(key, event(seq=1, **asked))["panels"]["judged"]["error"] == TROUBLE
    assert desk.judge(key, event(seq=2, **asked))["panels"]["judged"]["error"] is None


def test_a_correction_is_answered_with_new_boxes_and_new_hits(desk: Desk) -> None:
    key, view = arrive(desk)
    before = view["pages"][0]
    desk.search(key, event(seq=3, text="one", example={"page": before["id"], "word": 1, "version": 0}))
    view = desk.correct(key, event(seq=5, page=before["id"], version=0, kind="remove", words=[0]))
    after = view["pages"][0]
    assert view["corrected"] == {
        "seq": 5, "error": None, "text": "Box deleted. Undo is possible.", "words": []
    }  # fmt: skip
    assert (after["id"], after["sample"], after["words"], after["version"]) == (before["id"], "a.png", 2, 1)
    assert after["data"] != before["data"]
    assert (view["result"]["seq"], view["result"]["turn"]) == (3, 1)
    assert view["result"]["example"]["word"] == 0
    assert [hit["word"] for hit in view["result"]["hits"]] == [0, 1]
    again = list(desk.open_sample(key, event(file="a.png")))[-1]
    assert again["pages"] == view["pages"]  # opening it again does not lose what was corrected
    other = list(desk.arrive(SimpleNamespace(session_hash="other tab")))[-1][1]
    assert other["pages"] == [before]


@pytest.mark.parametrize("data", [{}, {"seq": 1}, {"seq": 1, "kind": "remove", "words": [9], "version": 0}])
def test_a_correction_that_cannot_be_made_gets_a_sentence(desk: Desk, data: dict[str, Any]) -> None:
    key, view = arrive(desk)
    after = desk.correct(key, event(page=view["pages"][0]["id"], **data))
    assert after["corrected"]["error"].endswith(".")
    assert after["pages"] == view["pages"]


def test_a_fault_in_a_correction_is_told_and_survived(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    key, view = arrive(desk)
    asked = {"page": view["pages"][0]["id"], "version": 0, "kind": "remove", "words": [0]}
    with monkeypatch.context() as patch:
        patch.setattr(FakeIndex, "edit_words", lambda *_: 1 / 0)
        assert desk.correct(key, event(seq=1, **asked))["corrected"]["error"] == TROUBLE
    assert desk.store.get(key).index.pages == []  # the copy of the sample went again
    assert desk.correct(key, event(seq=2, **asked))["corrected"]["error"] is None


def test_an_ended_session_says_so_once_and_goes_on(desk: Desk) -> None:
    key, _ = arrive(desk)
    desk.store.close(key)
    view = desk.remove(key, event(page="x"))
    assert view["notices"][0]["text"] == ENDED
    view = list(desk.open_sample(key, event(file="a.png")))[-1]
    assert len(view["pages"]) == 1
    assert [notice["text"] for notice in view["notices"]].count(ENDED) == 1
