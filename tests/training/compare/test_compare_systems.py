"""The rows of the table, and what is said of their differences."""

import pytest

from mark_core import MarkError
from mark_core.model.systems.image_towers import IMAGE_TOWERS
from mark_core.model.systems.string_towers import STRING_TOWERS
from mark_core.training.compare.systems import PARTS, SYSTEMS, System, changes, choose
from mark_core.training.objectives.published import PUBLISHED


def test_every_part_that_is_built_has_a_row():
    assert {s.tower for s in SYSTEMS} == set(IMAGE_TOWERS)
    assert {s.strings for s in SYSTEMS} == set(STRING_TOWERS)
    assert {s.objective for s in SYSTEMS} == set(PUBLISHED)
    assert {s.adaptation for s in SYSTEMS} == {"none", "kan", "mlp"}


def test_rows_are_distinct():
    assert len({s.name for s in SYSTEMS}) == len(SYSTEMS)
    assert len({tuple(getattr(s, part) for part in PARTS) for s in SYSTEMS}) == len(SYSTEMS)


def test_changes_name_the_first_row_that_differs_in_one_part():
    rows = (
        System("a", "strip", "bigru", "join"),
        System("b", "strip", "bigru", "cmpm"),
        System("c", "resnet34", "bigru", "cmpm"),
        System("d", "strip", "lstm", "siamese", "kan"),
        System("e", "strip", "bigru", "siamese"),
    )
    assert changes(rows) == ["", "objective: a", "tower: b", "", "objective: a"]


def test_mark_says_what_was_changed():
    marks = dict(zip([s.name for s in SYSTEMS], changes(SYSTEMS), strict=True))
    assert marks["MARK without KAN"] == "adaptation: MARK"
    assert marks["CLIP fine-tuned as MARK"] == "strings: MARK without KAN"
    assert marks["InfoNCE, small ViT"] == "tower: InfoNCE, small MARK"


def test_choice():
    assert choose() == list(SYSTEMS)
    assert [s.name for s in choose(["Join", "MARK"])] == ["MARK", "Join"]
    with_one_tower = choose(["CMPM + CMPC", "CMPM + CMPC, MobileNet v3", "Join"], tower="strip")
    assert [(s.name, s.tower) for s in with_one_tower] == [("Join", "strip"), ("CMPM + CMPC", "strip")]
    with pytest.raises(MarkError, match="no row"):
        choose(["Magic"])
    with pytest.raises(MarkError, match="no image tower"):
        choose(tower="babel")
