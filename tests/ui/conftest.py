from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mark_core.ui.desk import Desk
from mark_core.ui.samples import SampleShelf
from mark_core.ui.store import SessionStore

from .fakes import FakeIndex


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    samples = tmp_path / "samples"
    samples.mkdir()
    Image.fromarray(np.full((120, 200, 3), 90, np.uint8)).save(samples / "a.png")
    (samples / "samples.json").write_text(json.dumps([{"file": "a.png", "title": "A", "queries": ["one"]}]))
    uploads = tmp_path / "uploads"
    uploads.mkdir()
    root = tmp_path / "pages"
    return Desk(SessionStore(FakeIndex, root), SampleShelf(FakeIndex, root, samples), uploads)
