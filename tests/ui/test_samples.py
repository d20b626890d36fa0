from __future__ import annotations

import json
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mark_core import MarkError
from mark_core.ui.uploads.samples import SAMPLE_FOLDER, Samples, read_samples

from .fakes import FakeIndex


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "samples"
    folder.mkdir()
    Image.fromarray(np.full((120, 200, 3), 90, np.uint8)).save(folder / "a.png")
    entries = [
        {"file": "a.png", "title": "A letter", "note": "rendered", "queries": ["one", "two"]},
        {"file": "missing.png", "title": "Gone"},
        {"file": "../../etc/passwd", "title": "Outside"},
    ]
    (folder / "samples.json").write_text(json.dumps(entries))
    return folder


def test_only_files_that_are_there_are_offered(folder: Path) -> None:
    samples = read_samples(folder)
    assert [(sample.file, sample.title, sample.queries) for sample in samples] == [
        ("a.png", "A letter", ("one", "two"))
    ]


def test_no_listing_no_samples(tmp_path: Path) -> None:
    assert read_samples(tmp_path) == []


def test_a_sample_is_computed_once_for_all(folder: Path, tmp_path: Path) -> None:
    made: list[FakeIndex] = []

    def new_index() -> FakeIndex:
        made.append(FakeIndex())
        return made[-1]

    samples = Samples(new_index, tmp_path / "pages", folder)
    pages: list[object] = []
    threads = [threading.Thread(target=lambda: pages.append(samples.page("a.png"))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(made) == 1
    assert len(set(map(id, pages))) == 1


def test_an_unknown_sample_is_refused(folder: Path, tmp_path: Path) -> None:
    samples = Samples(FakeIndex, tmp_path, folder)
    with pytest.raises(MarkError, match="no such sample"):
        samples.page("../a.png")


def test_the_shipped_samples_are_complete() -> None:
    listed = json.loads((SAMPLE_FOLDER / "samples.json").read_text(encoding="utf-8"))
    samples = read_samples()
    assert len(samples) == len(listed) >= 5
    assert all(sample.title and sample.note and len(sample.queries) >= 2 for sample in samples)
