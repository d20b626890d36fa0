"""Every example of the help finds on the first sample page what stands there, and lights up nothing else."""

from __future__ import annotations

import json
import re

import pytest

from mark_core.data_files import data_file
from mark_core.model.mark import load_model
from mark_core.pages.load import load_page
from mark_core.retrieval.index import WordIndex
from mark_core.retrieval.query import HELP
from mark_core.ui.uploads.samples import SAMPLE_FOLDER, read_samples

Box = tuple[int, int, int, int]
FILE = "letter-english-rendered.jpg"
RENDERED = ("orders", '"captain ashby"', "winch*", "cap?ain", "orders~1")
ON_THE_FIRST_SAMPLE: dict[str, list[Box]] = {  # read by eye; of a phrase, its first word
    "occasionem": [(1130, 638, 220, 40)],
    '"beatissime pater"': [(440, 125, 262, 120), (441, 1640, 321, 92)],
    "sanct*": [(512, 470, 203, 75), (370, 1378, 218, 98), (430, 1725, 316, 85)],
    "fil?us": [(1345, 1920, 188, 100)],
    "occasionen~1": [(1130, 638, 220, 40)],
}
EDITS = re.compile(r"(.*)~(\d)")


@pytest.fixture(scope="module")
def index() -> WordIndex:
    index = WordIndex(load_model())
    index.add(load_page(data_file(f"sample_pages/{FILE}")))
    return index


@pytest.fixture(scope="module")
def written() -> list[tuple[str, Box]]:
    """The words of the page, folded, with their true boxes."""
    rows = json.loads(data_file("sample_pages/letters.json").read_text(encoding="utf-8"))[FILE]
    return [(re.sub(r"\W", "", word).casefold(), tuple(box)) for word, *box in rows]


def edits(one: str, other: str) -> int:
    """Levenshtein distance."""
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        before, row[0] = row[0], i
        for j, wanted in enumerate(other, start=1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (letter != wanted))
    return row[-1]


def is_meant(typed: str, word: str) -> bool:
    """Whether one word is what is typed, by the rules that the help tells."""
    if near := EDITS.fullmatch(typed):
        return edits(near[1], word) <= int(near[2])
    pattern = "".join({"*": ".*", "?": "."}.get(char, re.escape(char)) for char in typed)
    return re.fullmatch(pattern, word) is not None


def places(typed: str, words: list[str]) -> list[int]:
    """Where what is typed begins on the page."""
    terms = typed.strip('"').split()
    spans = (words[start : start + len(terms)] for start in range(len(words) - len(terms) + 1))
    return [start for start, span in enumerate(spans) if all(map(is_meant, terms, span))]


def overlaps(one, other) -> bool:
    width = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    height = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    return width > 0.5 * min(one[2], other[2]) and height > 0.3 * min(one[3], other[3])


@pytest.mark.parametrize("typed", RENDERED)
def test_an_example_finds_what_stands_on_a_page_whose_words_are_known(index, written, typed):
    expected = [written[place][1] for place in places(typed, [word for word, _ in written])]
    assert expected, "the example finds nothing on this page"
    check(index, typed, expected)


@pytest.fixture(scope="module")
def first_sample() -> WordIndex:
    index = WordIndex(load_model())
    index.add(load_page(SAMPLE_FOLDER / read_samples()[0].file))
    return index


@pytest.mark.parametrize("typed", [typed for typed, _ in HELP])
def test_an_example_of_the_help_finds_what_stands_on_the_first_sample(first_sample, typed):
    check(first_sample, typed, ON_THE_FIRST_SAMPLE[typed])


def check(index: WordIndex, typed: str, expected: list[Box]) -> None:
    """The words at the expected boxes are highlighted, each once, and nothing else."""
    lit = [hit.box for hit in index.search(text=typed) if hit.score >= index.threshold(text=typed)]
    assert [box for box in expected if not any(overlaps(box, hit) for hit in lit)] == []
    assert [hit for hit in lit if not any(overlaps(box, hit) for box in expected)] == []
    assert len(lit) == len(expected)
