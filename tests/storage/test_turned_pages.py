"""Turned pages come back turned, from a folder and from a project, with and without the file they came from."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from mark_core.pages.load import load_page
from mark_core.pages.turn import turn_page
from mark_core.retrieval.index import WordIndex
from mark_core.segmentation.word import Word


def picture() -> np.ndarray:
    pixels = np.full((80, 120, 3), 230, np.uint8)
    pixels[10:24, 30:70] = 20
    return pixels


def from_file() -> bytes:
    out = io.BytesIO()
    Image.fromarray(picture()).save(out, "PNG")
    return out.getvalue()


@pytest.mark.parametrize("suffix", [".mark", ""])
@pytest.mark.parametrize("source", [picture, from_file])
@pytest.mark.parametrize("degrees", [90, 270])
def test_a_turned_page_is_saved_and_opened(random_model, tmp_path, source, suffix, degrees):
    page = turn_page(load_page(source(), name="a.png"), degrees)
    index = WordIndex(random_model)
    index.add(page, [Word((5, 6, 30, 20)), Word((40, 60, 20, 30))])
    index.save(tmp_path / f"kept{suffix}")
    again = WordIndex.load(tmp_path / f"kept{suffix}", random_model).pages[0]
    assert (again.page.turn, again.page.original_size) == (degrees, (120, 80))
    assert again.page.pixels.shape == page.pixels.shape == (120, 80, 3)
    assert np.abs(again.page.pixels.astype(int) - page.pixels).mean() < 3  # folders keep a JPEG
    assert [word.box for word in again.words] == [(5, 6, 30, 20), (40, 60, 20, 30)]
