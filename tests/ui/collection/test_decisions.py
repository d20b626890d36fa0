from __future__ import annotations

import json
from dataclasses import replace

import pytest

from mark_core import MarkError, Word
from mark_core.ui.collection import decisions as module
from mark_core.ui.collection.decisions import STEPS, Decision, Decisions, QueryKey
from mark_core.ui.collection.edits import Edit, History

BOXES = [(10, 10, 30, 12), (50, 10, 30, 12), (90, 10, 30, 12)]
WORDS = tuple(Word(box, order=i) for i, box in enumerate(BOXES))
ORDERS = QueryKey("orders")


def yes(word: int, page: str = "s1", rank: int = 1) -> Decision:
    return Decision(page, BOXES[word], "confirmed", rank)


def no(word: int, page: str = "s1", rank: int = 1) -> Decision:
    return Decision(page, BOXES[word], "rejected", rank)


def made(*decisions: Decision, key: QueryKey = ORDERS) -> Decisions:
    out = Decisions()
    for decision in decisions:
        out = out.decided(key, decision)
    return out


def test_decisions_belong_to_what_was_searched_for() -> None:
    word = ("s1", BOXES[0])
    assert QueryKey.of(" Fort  Cumberland", None) == QueryKey.of("fort cumberland", None)
    keys = [
        QueryKey.of("fort", None),
        QueryKey.of("forts", None),
        QueryKey.of("fort", word),
        QueryKey.of(None, word),
    ]
    assert len(set(keys)) == 4
    decisions = made(yes(0))
    assert decisions.of(ORDERS) == (yes(0),)
    assert all(decisions.of(key) == () for key in keys)


def test_the_last_decision_about_a_hit_counts() -> None:
    decisions = made(yes(0), no(1), no(0))
    assert decisions.of(ORDERS) == (no(1), no(0))
    assert decisions.withdrawn(ORDERS, "s1", BOXES[1]).of(ORDERS) == (no(0),)
    assert decisions.withdrawn(ORDERS, "s1", BOXES[2]) is decisions


def test_every_step_can_be_undone_in_its_own_search() -> None:
    other = QueryKey("letter")
    decisions = made(yes(0), no(1)).decided(other, yes(2)).cleared(ORDERS)
    assert decisions.of(ORDERS) == ()
    decisions = decisions.undone(ORDERS)
    assert decisions.of(ORDERS) == (yes(0), no(1))
    decisions = decisions.undone(ORDERS).undone(ORDERS)
    assert (decisions.of(ORDERS), decisions.of(other)) == ((), (yes(2),))
    assert not decisions.can_undo(ORDERS)
    with pytest.raises(MarkError, match="nothing to undo"):
        decisions.undone(ORDERS)


def test_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    decisions = Decisions()
    for step in range(STEPS + 9):
        decisions = decisions.decided(ORDERS, yes(0) if step % 2 else no(0))
    assert len(decisions.past[ORDERS]) == STEPS
    monkeypatch.setattr(module, "MAX_DECISIONS", 2)
    decisions = made(yes(0), yes(1))
    with pytest.raises(MarkError, match="At most 2 hits"):
        decisions.decided(ORDERS, yes(2))
    assert decisions.decided(ORDERS, no(0)).of(ORDERS) == (yes(1), no(0))
    monkeypatch.setattr(module, "MAX_QUERIES", 2)
    for text in "abc":
        decisions = decisions.decided(QueryKey(text), yes(0))
    assert set(decisions.now) == {QueryKey("b"), QueryKey("c")}
    assert ORDERS not in decisions.past


def test_a_corrected_box_keeps_its_decision() -> None:
    clicked = QueryKey.of(None, ("s1", BOXES[1]))
    decisions = made(yes(0), no(1), yes(1, page="s2")).decided(clicked, yes(2))
    move = Edit("change", (1,), box=(50, 60, 30, 12))
    moved, history = History().apply(move, WORDS, (200, 200))
    after = decisions.mapped("s1", WORDS, moved)
    assert [one.box for one in after.of(ORDERS)] == [BOXES[0], (50, 60, 30, 12), BOXES[1]]
    assert after.of(clicked) == ()
    assert after.of(QueryKey.of(None, ("s1", (50, 60, 30, 12)))) == (yes(2),)
    assert [one.box for one in after.undone(ORDERS).undone(ORDERS).of(ORDERS)] == [BOXES[0]]
    back, _ = history.apply(Edit("undo"), moved, (200, 200))
    assert after.mapped("s1", moved, back) == decisions


def test_a_deleted_box_waits_for_the_correction_to_be_undone() -> None:
    decisions = made(yes(0), no(1))
    assert decisions.mapped("s1", WORDS, WORDS[1:]).mapped("s1", WORDS[1:], WORDS) == decisions


def test_of_two_judged_boxes_joined_the_later_decision_counts() -> None:
    joined, _ = History().apply(Edit("join", (0, 1)), WORDS, (200, 200))
    (left,) = made(no(0), yes(1)).mapped("s1", WORDS, joined).of(ORDERS)
    assert (left.kind, left.box) == ("confirmed", joined[0].box)


def test_written_and_read_under_other_names() -> None:
    phrase = Decision("s2", BOXES[2], "rejected", 4, "s2", 0.25, span=2)
    clicked = QueryKey.of("orders", ("s1", BOXES[1]))
    decisions = made(yes(0), phrase).decided(clicked, no(2))
    text = json.dumps(decisions.to_dict({"s1": "p1", "s2": "p2"}))
    again = Decisions.from_dict(json.loads(text), {"p1": "n1", "p2": "n2"})
    assert again.of(ORDERS) == (yes(0, page="n1"), replace(phrase, page="n2", only="n2"))
    assert again.of(QueryKey.of("orders", ("n1", BOXES[1]))) == (no(2, page="n1"),)
    assert not again.can_undo(ORDERS)


def test_pages_that_are_not_written_take_their_decisions_with_them() -> None:
    clicked = QueryKey.of(None, ("s1", BOXES[1]))
    rows = made(yes(0), no(1, page="s2")).decided(clicked, no(2, page="s2")).to_dict({"s2": "p2"})
    assert [len(row["decisions"]) for row in rows] == [1]
    assert Decisions.from_dict(rows, {"p2": "s9"}).now == {ORDERS: (no(1, page="s9"),)}


@pytest.mark.parametrize(
    "change",
    [
        {"decision": "perhaps"},
        {"rank": 0},
        {"score": 2},
        {"score": float("nan")},
        {"words": 0},
        {"box": [1, 2, 3]},
        {"box": "here"},
        {"page": "unknown"},
        {"only": "unknown"},
        {"page": ["x"]},
    ],
)
def test_damaged_decisions_are_refused(change: dict[str, object]) -> None:
    (row,) = made(yes(0)).to_dict({"s1": "p1"})
    row["decisions"][0] |= change
    with pytest.raises(MarkError, match="damaged"):
        Decisions.from_dict([row], {"p1": "s1"})


@pytest.mark.parametrize("rows", [3, ["x"], [{}], [{"text": "a", "example": {}, "decisions": []}], None])
def test_what_is_no_list_of_decisions_is_refused(rows: object) -> None:
    with pytest.raises(MarkError, match="damaged"):
        Decisions.from_dict(rows, {})


def test_a_hit_found_in_another_box_is_in_the_page_s_own_once_that_is_corrected() -> None:
    corrected = (WORDS[0], Word((50, 8, 40, 16), order=1), WORDS[2])
    decisions = made(replace(yes(1), found=(48, 10, 40, 12)))
    after = decisions.mapped("s1", WORDS, corrected)
    assert decisions.transcribed() == {}
    assert after.of(ORDERS)[0].elsewhere is None
    assert after.transcribed() == {("s1", (50, 8, 40, 16)): "orders"}
    back = after.mapped("s1", corrected, WORDS)
    assert back.of(ORDERS)[0].elsewhere == (48, 10, 40, 12)
    assert back.transcribed() == {}
    for some in (decisions, after):
        read = Decisions.from_dict(some.to_dict({"s1": "p1"}), {"p1": "s1"})
        assert read.of(ORDERS)[0].elsewhere == some.of(ORDERS)[0].elsewhere
