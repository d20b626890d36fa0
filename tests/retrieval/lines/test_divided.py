"""What begins at the end of one line and goes on in the next: one hit with two boxes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mark_core import WordIndex
from mark_core.evaluation.retrieval import _FoundWords
from mark_core.export.extract import extract_hits
from mark_core.retrieval.indexed import index_page
from mark_core.retrieval.lines.automaton import pattern_of
from mark_core.retrieval.lines.columns import LineColumns
from mark_core.retrieval.lines.pieces import page_pieces
from mark_core.retrieval.lines.spans import find_everywhere
from mark_core.retrieval.lines.spikes import find_spikes
from mark_core.retrieval.query import Query, parse_query
from mark_core.segmentation.line_strips import strip_frame
from mark_core.segmentation.text_line import TextLine
from mark_core.segmentation.word import Word
from tests.conftest import TEXTS, make_page
from tests.retrieval.lines.test_line_search import line_model, lines_that_read  # noqa: F401
from tests.retrieval.lines.test_spans import BLANK, LETTERS, columns_that_read

LINES = ["they who neglexi", "stis the orders of cap", "tain ashby of the", "fort cumber", "land to win"]
GOES_ON = np.array([True, True, False, True, True])


def divided(text, lines=LINES, goes_on=GOES_ON, noise=0.0, change=None):
    """(line, columns in either line) of what is found over the ends of lines, and texts found within."""
    columns = columns_that_read(lines, noise=noise)
    columns = change(columns) if change else columns
    spikes = find_spikes(columns, goes_on[: len(lines)])
    spans, found = find_everywhere(columns, pattern_of(parse_query(text)), spikes, -3.0)
    return list(found.places()), spans


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("neglexistis", 1),
        ("captain", 2),
        ("cumberland", 4),
        ("neglex*", None),  # the whole word stands at the end of the line
        ("negle?istis", 1),
        ("neglexisti~1", 1),
        ("*xistis", 1),
        ("of captain", 2),
        ("of captain ashby", 2),
        ("neglexistis the", 1),
        ("cumberland to", 4),
        ("thefort", None),  # these lines do not go on in each other
        ("stisthe", None),
        ("winter", None),
    ],
)
def test_words_patterns_and_phrases_are_found_over_the_end_of_a_line(text, line):
    found, _ = divided(text)
    assert [place[0] for place in found] == ([] if line is None else [line])
    if line is not None:
        assert found[0][-1] > -0.3


@pytest.mark.parametrize("seed", range(3))
def test_places_of_both_parts_are_told(seed):
    columns = columns_that_read(LINES, seed)
    spikes = find_spikes(columns, GOES_ON)
    _, found = find_everywhere(columns, pattern_of(parse_query("neglexistis")), spikes, -3.0)
    ((line, start, last, first, stop, _),) = found.places()

    def reads(number, begin, end):
        path = columns.path[columns.starts[number] + begin : columns.starts[number] + end]
        kept = [path[k] for k in range(len(path)) if path[k] != BLANK and (not k or path[k - 1] != path[k])]
        return "".join(LETTERS[k] for k in kept)

    assert (reads(line - 1, start, last), reads(line, first, stop)) == ("neglexi", "stis")


@pytest.mark.parametrize(
    ("text", "line"),
    [("of captain", 1), ("orders of captain", 1), ("captain ashby of", None), ("win fort", None)],
)
def test_phrases_whose_words_stand_on_different_lines_are_found(text, line):
    lines = ["the orders of", "captain ashby of win", "fort"]
    found, _ = divided(text, lines, np.array([True, False, False]))
    assert [place[0] for place in found] == ([] if line is None else [line])


def test_what_is_as_well_read_within_a_line_is_not_divided():
    lines = ["we meet at the end", "ends the letter"]
    found, spans = divided("end*", lines, np.array([True, False]))
    assert found == []
    assert sorted(spans.line[spans.score > -1].tolist()) == [0, 1]


def test_a_hyphen_that_is_read_as_a_letter_is_passed_over():
    lines = ["they who neglexil", "stis the"]

    def of_little_ink(columns):
        ink = columns.ink.copy()
        last = columns.starts[1]
        ink[last - 4 : last] = 30
        return replace(columns, ink=ink)

    goes_on = np.array([True, False])
    ((*_, with_letter),) = divided("neglexistis", lines, goes_on)[0]
    ((*_, with_hyphen),) = divided("neglexistis", lines, goes_on, change=of_little_ink)[0]
    assert with_hyphen > -0.1 > with_letter


@pytest.mark.parametrize("noise", [0.0, 1.0, 2.0])
def test_lines_that_do_not_go_on_are_searched_as_ever(noise):
    columns = columns_that_read(LINES, 1, noise)
    apart, together = find_spikes(columns), find_spikes(columns, GOES_ON)
    for text in ("the", "orders", "of the", "land", "cum*", "ashby~1"):
        pattern = pattern_of(parse_query(text))
        one, other = (find_everywhere(columns, pattern, spikes, -3.0)[0] for spikes in (apart, together))
        best = one.score > -2
        assert one.select(best).line.tolist() == other.select(other.score > -2).line.tolist()
        assert np.allclose(one.score[best], other.score[other.score > -2])


def test_lines_far_apart_in_memory_are_joined_too(monkeypatch):
    monkeypatch.setattr("mark_core.retrieval.lines.spikes._BLOCK", 8)
    found, _ = divided("neglexistis")
    assert [place[0] for place in found] == [1]
    assert [place[0] for place in divided("captain")[0]] == [2]


def test_the_longest_query_does_not_overflow():
    long = " ".join(["the", "orders", *["a" * 40] * 4])
    found, spans = divided(long)
    assert found == []
    assert len(spans) == 0 or spans.score.max() < -3


def frames_of(*lines):
    return [strip_frame(line, 48, (800, 400)) for line in lines]


def line_at(y, direction="ltr"):
    return TextLine(direction, np.float32([0, 800]), np.float32([y, y]), 24.0)


def test_a_line_through_two_columns_is_cut_between_them():
    words = [
        Word((10, 40, 100, 20), line=0, order=0),
        Word((200, 40, 100, 20), line=0, order=1),
        Word((10, 140, 290, 20), line=1, order=2),
        Word((500, 40, 200, 20), line=2, order=3),
        Word((500, 140, 200, 20), line=3, order=4),
    ]
    home = np.array([0, 0, 1, 0, 1])
    begin, end = np.array([[word.box[0], word.box[0] + word.box[2]] for word in words], float).T
    pieces, goes_on = page_pieces(
        words, home, begin, end, frames_of(line_at(50), line_at(150)), [200, 200], 4
    )
    assert [(piece.line, piece.first, piece.last) for piece in pieces] == [
        (0, 0, 1),
        (1, 2, 2),
        (0, 3, 3),
        (1, 4, 4),
    ]
    assert goes_on.tolist() == [True, True, True, False]
    assert [(piece.start, piece.stop) for piece in pieces] == [(0, 100), (0, 100), (100, 200), (100, 200)]


def test_pieces_of_lines_from_right_to_left_follow_each_other_in_the_order_of_their_ink():
    words = [Word((10, 40 + 100 * row, 700, 20), line=row, order=row, direction="rtl") for row in range(3)]
    lines = [line_at(50 + 100 * row, "rtl") for row in range(3)]
    begin, end = np.full(3, 10.0), np.full(3, 710.0)
    pieces, goes_on = page_pieces(words, np.arange(3), begin, end, frames_of(*lines), [200] * 3, 4)
    assert [piece.line for piece in pieces] == [2, 1, 0]
    assert goes_on.tolist() == [True, True, False]


def test_words_out_of_order_and_lines_without_words_do_not_go_on():
    words = [Word((10, 40, 700, 20), line=0, order=0), Word((10, 240, 700, 20), line=1, order=1)]
    lines = [line_at(50), line_at(150), line_at(250)]
    begin, end = np.full(2, 10.0), np.full(2, 710.0)
    pieces, goes_on = page_pieces(words, np.array([2, 0]), begin, end, frames_of(*lines), [200] * 3, 4)
    assert [piece.line for piece in pieces] == [2, 0, 1]
    assert goes_on.tolist() == [True, False, False]


@pytest.fixture
def index(line_model):  # noqa: F811
    """The drawn page, whose lines read what stands there: the last word of the first line goes on in the next."""
    page, words = make_page()
    seen = index_page(line_model, "p1", page, words)
    texts = [text.lower() for text in TEXTS]
    index = WordIndex(line_model)
    index.restore([replace(seen, lines=lines_that_read(words, texts, (page.width, page.height)))])
    return index, words


def test_a_divided_word_is_one_hit_with_two_boxes(index):
    index, words = index
    hits = index.search("captaina", top=50)
    first = hits[0]
    assert (first.word, first.line, first.divided, len(first.boxes)) == (3, 0, True, 2)
    assert first.score > 5 * hits[1].score
    for box, word in zip(first.boxes, words[3:5], strict=True):
        shared = min(box[0] + box[2], word.box[0] + word.box[2]) - max(box[0], word.box[0])
        assert shared > 0.8 * word.box[2]
        assert box[2] < 1.3 * word.box[2]
        assert abs(box[1] + box[3] / 2 - word.box[1] - word.box[3] / 2) < 10
    assert all(hit.word != 4 for hit in hits)  # its second part is no hit of its own


def test_a_phrase_over_the_end_of_a_line_has_the_boxes_of_its_words(index):
    index, words = index
    hit = index.search("captain a letter", top=1)[0]
    assert (hit.word, hit.divided) == (3, False)
    assert hit.boxes == tuple(word.box for word in words[3:6])


def test_a_divided_hit_is_confirmed_rejected_and_explained(index):
    index, _ = index
    place = ("p1", 3)
    plain = {hit.word: hit.score for hit in index.search("captaina", top=50)}
    confirmed = {hit.word: hit.score for hit in index.search("captaina", top=50, confirmed=[place])}
    assert confirmed == pytest.approx(plain)  # a part of a word looks like no word
    rejected = index.search("captaina", top=50, rejected=[place])
    assert not any(hit.divided for hit in rejected)
    first, second = index.explain(place, "captaina").words
    assert (first.number, second.number) == (3, 4)
    assert [first.box, second.box] == list(index.search("captaina", top=1)[0].boxes)
    given = "".join(letter.letter for word in (first, second) for letter in word.letters)
    assert given == "captaina"


def test_both_boxes_are_exported(index):
    index, _ = index
    hits = index.search("captaina", top=1)
    extract = extract_hits(index, hits, "captaina")
    (entry,) = extract.pages[0].entries
    assert [one.word.box for one in entry.words] == list(hits[0].boxes)
    assert [one.word.line for one in entry.words] == [0, 1]
    assert [extract.typed(one) for one in entry.words] == ["", ""]


def test_pieces_cut_columns_where_they_say():
    columns = columns_that_read(["abc def", "ghi"])
    parts = columns.cut([(1, 0, int(columns.counts[1])), (0, 2, 5)])
    assert parts.texts()[0] == "ghi"
    assert parts.counts.tolist() == [columns.counts[1], 3]
    assert np.array_equal(parts.log_p[-3:], columns.log_p[2:5])
    assert isinstance(parts, LineColumns)


def test_what_is_rightly_found_over_the_end_of_a_line_is_no_false_hit(index):
    index, words = index
    now = index._snapshot()
    scores = now.score(Query("captaina"))
    boxes = np.array([word.box for word in words])
    truth = {"p1": np.ones(len(words), bool)}
    found = _FoundWords.of(now, scores, np.zeros(len(now.gallery), bool))
    assert np.isfinite(found.logit[3])
    right, wrong = np.array([text.lower() for text in TEXTS]), np.array(["no"] * len(TEXTS))
    kept = found.undivided(now, scores, boxes, truth, wrong, "captaina")
    assert kept.logit[3] == found.logit[3]
    left_out = found.undivided(now, scores, boxes, truth, right, "captaina")
    assert left_out.logit[3] == -np.inf
