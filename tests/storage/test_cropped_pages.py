"""Pages that show a part of their picture come back so, from a folder and from a project, and damage is told."""

from __future__ import annotations

import copy
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mark_core import MarkError
from mark_core.pages.cropping.crop import crop_page
from mark_core.pages.load import load_page
from mark_core.pages.turn import turn_page
from mark_core.retrieval.index import WordIndex
from mark_core.segmentation.word import Word
from mark_core.storage.record import DAMAGE, describe, read_page
from tests.storage.test_turned_pages import from_file, picture

HALF = (40, 0, 80, 80)


@pytest.mark.parametrize("suffix", [".mark", ""])
@pytest.mark.parametrize("source", [picture, from_file])
@pytest.mark.parametrize("degrees", [0, 90])
def test_a_cropped_page_is_saved_and_opened_twice(
    random_model: Any, tmp_path: Path, source: Any, suffix: str, degrees: int
) -> None:
    page = crop_page(turn_page(crop_page(load_page(source(), name="a.png"), HALF), degrees), (0, 0, 70, 78))
    index = WordIndex(random_model)
    index.add(page, [Word((5, 6, 30, 20)), Word((30, 40, 20, 30))])
    for name in ("first", "second"):
        index.save(tmp_path / f"{name}{suffix}")
        index = WordIndex.load(tmp_path / f"{name}{suffix}", random_model)
    again = index.pages[0]
    assert (again.page.turn, again.page.part) == (degrees, page.part)
    assert again.page.original_size == (120, 80)
    assert again.page.pixels.shape == page.pixels.shape
    assert np.abs(again.page.pixels.astype(int) - page.pixels).mean() < 3  # folders keep a JPEG
    assert [word.box for word in again.words] == [(5, 6, 30, 20), (30, 40, 20, 30)]


def test_both_halves_share_the_file_of_their_picture(random_model: Any, tmp_path: Path) -> None:
    page = load_page(from_file(), name="a.png")
    index = WordIndex(random_model)
    for half in ((0, 0, 66, 80), (54, 0, 66, 80)):
        index.add(crop_page(page, half), [Word((5, 6, 30, 20))])
    index.save(tmp_path / "kept.mark")
    with zipfile.ZipFile(tmp_path / "kept.mark") as members:
        assert len([name for name in members.namelist() if name.startswith("files/")]) == 1
    left, right = WordIndex.load(tmp_path / "kept.mark", random_model).pages
    assert np.array_equal(left.page.pixels[:, 54:], right.page.pixels[:, :12])


def test_files_from_before_there_were_parts_and_damaged_ones(random_model: Any) -> None:
    index = WordIndex(random_model)
    index.add(crop_page(load_page(picture(), name="a.png"), HALF), [Word((5, 6, 30, 20))])
    entry = describe(index.pages[0])
    assert read_page(entry)["part"] == index.pages[0].page.part
    old = {key: value for key, value in entry.items() if key != "part"}
    assert read_page(old)["part"] is None
    for part in ({"box": [50, 0, 80, 80], "whole": [120, 80]}, {"box": [0, 0, 80, 0], "whole": [120, 80]}, 7):
        damaged = copy.deepcopy(entry) | {"part": part}
        with pytest.raises(DAMAGE):
            read_page(damaged)


def test_a_part_of_another_size_than_its_picture_is_damage(random_model: Any, tmp_path: Path) -> None:
    index = WordIndex(random_model)
    index.add(crop_page(load_page(picture(), name="a.png"), HALF), [Word((5, 6, 30, 20))])
    part = index.pages[0].page.part
    assert part is not None
    object.__setattr__(part, "box", (0, 0, 70, 80))  # as if somebody had written another one
    index.save(tmp_path / "odd.mark")
    with pytest.raises(MarkError, match="damaged"):
        WordIndex.load(tmp_path / "odd.mark", random_model)
