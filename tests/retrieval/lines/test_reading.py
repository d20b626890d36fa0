"""What lines read, letter by letter."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from mark_core import MarkError, WordIndex
from mark_core.retrieval.indexed import index_page
from mark_core.retrieval.lines.columns import LineColumns
from mark_core.retrieval.lines.read import PageLines
from mark_core.retrieval.lines.reading import page_reading
from mark_core.segmentation.text_line import TextLine
from mark_core.segmentation.word import Word
from tests.conftest import TEXTS, make_page
from tests.retrieval.lines.test_line_search import LETTERS, line_model, lines_that_read  # noqa: F401


def test_lines_of_a_page_are_read_in_order(line_model):  # noqa: F811
    page, words = make_page()
    texts = [text.lower() for text in TEXTS]
    seen = index_page(line_model, "p1", page, words)
    lines = lines_that_read(words, texts, (page.width, page.height))
    index = WordIndex(line_model)
    index.restore([replace(seen, lines=lines)])
    read = index.read("p1")
    assert [line.line for line in read] == [0, 1]
    assert [line.text for line in read] == [" ".join(texts[:4]), " ".join(texts[4:])]
    for line, row in zip(read, (words[:4], words[4:]), strict=True):
        for word, known in zip(line.words, row, strict=True):
            assert len(word.certainties) == len(word.text)
            assert min(word.certainties) > 0.98
            shared = min(word.box[0] + word.box[2], known.box[0] + known.box[2]) - max(
                word.box[0], known.box[0]
            )
            assert shared > 0.8 * known.box[2]
            assert word.box[2] < 1.3 * known.box[2]
    x, _, w, _ = read[0].box
    assert x <= read[0].words[0].box[0]
    assert x + w >= sum(read[0].words[-1].box[::2])


def entry_that_reads(line_model, text, direction="ltr", doubt=None):  # noqa: F811
    """A page of one word box and one line; doubt: letters read with a probability of .6."""
    page, _ = make_page()
    box = Word((0, 20, page.width, 40), line=3, order=0, direction=direction)
    entry = index_page(line_model, "p1", page, [box])
    path = [
        LETTERS.index(letter) for char in text for letter in (char, " " if char == " " else None) if letter
    ]
    spread = np.full(2 * len(path), len(LETTERS))
    spread[::2] = path
    sure = np.where(np.isin(np.arange(len(spread)) // 2, doubt or []), 0.6, 0.99)
    log_p = np.full((len(spread), len(LETTERS) + 1), 1e-5)
    log_p[np.arange(len(spread)), spread] = sure
    line = TextLine(direction, np.float32([0, page.width]), np.float32([40, 40]), 24.0)
    columns = LineColumns.from_dense([np.log(log_p)], LETTERS)
    return replace(entry, lines=PageLines((page.width, page.height), (line,), columns))


def test_a_letter_in_doubt_is_told(line_model):  # noqa: F811
    (line,) = page_reading(entry_that_reads(line_model, "orders", doubt=[2]))
    (word,) = line.words
    assert (line.line, word.text) == (3, "orders")
    assert [round(value, 2) for value in word.certainties] == [0.99, 0.99, 0.6, 0.99, 0.99, 0.99]
    assert line.certainty == pytest.approx(np.mean(word.certainties))


def test_words_of_a_line_from_right_to_left_stand_in_the_order_in_which_they_are_read(line_model):  # noqa: F811
    (line,) = page_reading(entry_that_reads(line_model, "one two", "rtl"))
    assert line.text == "two one"  # the letters are Latin, and so keep their order


def test_weights_that_know_no_lines_say_so(line_model):  # noqa: F811
    page, words = make_page()
    entry = index_page(line_model, "p1", page, words)
    for lines in (None, PageLines((page.width, page.height), (), None)):
        with pytest.raises(MarkError, match="not whole lines"):
            page_reading(replace(entry, lines=lines))


def test_letters_of_other_scripts_are_not_read(line_model):  # noqa: F811
    """A v that looks a little more like a nu is a v on a line of Latin words."""
    entry = entry_that_reads(line_model, "over")
    letters, columns = LETTERS + "ν", entry.lines.columns
    log_p = np.full((sum(columns.counts), len(letters) + 1), -9.0)
    for column, kind in enumerate(columns.path.tolist()):
        log_p[column, len(letters) if kind == columns.blank else kind] = -0.5
        if LETTERS[kind : kind + 1] == "v":
            log_p[column, letters.index("ν")] = -0.4
    doubtful = LineColumns.from_dense([log_p], letters)
    assert doubtful.texts() == ["oνer"]
    (line,) = page_reading(replace(entry, lines=replace(entry.lines, columns=doubtful)))
    assert line.text == "over"
