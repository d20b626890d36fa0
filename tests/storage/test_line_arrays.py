"""Lines of pages on disk: what is saved comes back, older files get their lines, and damage is refused."""

from dataclasses import replace

import numpy as np
import pytest

from mark_core import MarkError, WordIndex
from mark_core.model.alphabet import ALPHABET
from mark_core.retrieval.lines.columns import LineColumns
from mark_core.retrieval.lines.read import PageLines
from mark_core.segmentation.text_line import TextLine
from mark_core.storage import line_arrays
from mark_core.storage.line_arrays import read_lines_of
from mark_core.storage.project import open_project, save_project
from tests.conftest import make_page

LETTERS = ALPHABET + " "


@pytest.fixture
def reading_model(random_model, monkeypatch):
    """Weights that pass for ones that know spaces."""
    monkeypatch.setattr(line_arrays, "reads_lines", lambda model: True)
    monkeypatch.setattr(line_arrays, "line_letters", lambda network: LETTERS)
    return random_model


@pytest.fixture
def index(random_model):
    page, words = make_page()
    lines = (
        TextLine("ltr", np.float32([0, 300, 700]), np.float32([40, 44, 41]), 24.0),
        TextLine("ttb", np.float32([10, 390]), np.float32([350, 351]), 48.0),
    )
    random = np.random.default_rng(0)
    dense = [np.log(random.dirichlet(np.ones(38), count)) for count in (175, 48)]
    ink = [random.integers(0, 255, count).astype(np.uint8) for count in (175, 48)]
    columns = LineColumns.from_dense(dense, LETTERS, ink=ink)
    index = WordIndex(random_model)
    index.add(page, words)
    (seen,) = index.pages
    index.restore([replace(seen, lines=PageLines((page.width, page.height), lines, columns))])
    return index


def same(a, b):
    for one, other in zip(a.lines, b.lines, strict=True):
        assert (one.direction, one.reach) == (other.direction, other.reach)
        np.testing.assert_array_equal(one.along, other.along)
        np.testing.assert_array_equal(one.across, other.across)
    for name in ("letters", "counts", "classes", "log_p", "ink"):
        np.testing.assert_array_equal(getattr(a.columns, name), getattr(b.columns, name))


@pytest.mark.parametrize("name", ["letters.mark", "folder"])
def test_lines_come_back_from_a_file_and_from_a_folder(index, reading_model, tmp_path, name):
    index.save(tmp_path / name)
    again = WordIndex.load(tmp_path / name, reading_model)
    same(again.pages[0].lines, index.pages[0].lines)


def test_a_file_without_lines_gets_those_of_its_words(index, random_model, wordwise_model, tmp_path):
    (page,) = index.pages
    index.restore([replace(page, lines=None)])
    save_project(tmp_path / "old.mark", index)
    lines = open_project(tmp_path / "old.mark", random_model).index.pages[0].lines
    assert len(lines.columns) == len(lines.lines) > 0
    assert all(any(line.holds(word) for line in lines.lines) for word in page.words)
    assert read_lines_of("p1", page, {}, wordwise_model) is None  # these weights read no lines


@pytest.mark.parametrize(
    ("key", "change"),
    [
        ("points", lambda a: a - 2),
        ("along", lambda a: a[::-1]),
        ("across", lambda a: a * np.float32(np.nan)),
        ("reach", lambda a: a * 0),
        ("directions", lambda a: a + 7),
        ("classes", lambda a: a + np.uint16(60)),
        ("columns", lambda a: a[::-1]),
        ("ink", lambda a: a[1:]),
        ("log_p", lambda a: a - np.float16(np.inf)),
    ],
)
def test_lines_that_make_no_sense_are_refused(index, reading_model, tmp_path, monkeypatch, key, change):
    from mark_core.storage import project

    def changed(page):
        arrays = line_arrays.line_arrays(page)
        name = f"{page.id}.lines.{key}"
        return {**arrays, name: np.ascontiguousarray(change(arrays[name]))}

    monkeypatch.setattr(project, "line_arrays", changed)
    save_project(tmp_path / "bad.mark", index)
    with pytest.raises(MarkError):
        open_project(tmp_path / "bad.mark", reading_model)
