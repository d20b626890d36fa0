"""One real server with its API open, random weights, and a page of a few words."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest

from mark_core.model.mark import MarkModel
from mark_core.ui.app import App
from tests.ui.doors.conftest import serving

FONT = cv2.FONT_HERSHEY_SIMPLEX


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a page with twelve words."""
    pixels = np.full((500, 900, 3), 235, np.uint8)
    for line in range(3):
        left = 40
        for word in ("orders", "given", "captain", "ashby"):
            cv2.putText(pixels, word, (left, 120 + 70 * line), FONT, 1.5, (30, 30, 30), 3)
            left += cv2.getTextSize(word, FONT, 1.5, 3)[0][0] + 35
    path = tmp_path_factory.mktemp("pages") / "orders.png"
    cv2.imwrite(str(path), pixels)
    return path


@pytest.fixture(scope="module")
def served(random_model: MarkModel) -> Iterator[tuple[App, str]]:
    """The app and its address."""
    with serving(random_model, MARK_API="1", GRADIO_TEMP_DIR=os.environ.get("GRADIO_TEMP_DIR", "")) as server:
        yield server


@pytest.fixture(scope="module")
def address(served: tuple[App, str]) -> str:
    return served[1]
