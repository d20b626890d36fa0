from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mark_core.ui.server import Server
from mark_core.ui.session.store import SessionStore
from mark_core.ui.uploads.samples import Samples

from .fakes import FakeIndex


@pytest.fixture
def server(tmp_path: Path) -> Server:
    """A server with one sample page, whose clock stands still."""
    folder = tmp_path / "samples"
    folder.mkdir()
    Image.fromarray(np.full((120, 200, 3), 90, np.uint8)).save(folder / "a.png")
    (folder / "samples.json").write_text(json.dumps([{"file": "a.png", "title": "A", "queries": ["one"]}]))
    uploads = tmp_path / "uploads"
    uploads.mkdir()
    root = tmp_path / "pages"
    samples = Samples(FakeIndex, root, folder)
    store = SessionStore(FakeIndex, root, clock=lambda: 7.0, samples=samples, upload_folder=uploads)
    return Server(store)
