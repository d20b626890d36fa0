from __future__ import annotations

import json
import threading
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mark_core import MarkError
from mark_core.ui.uploads.samples import SAMPLE_FOLDER, Samples, read_samples

from ..fakes import FakeIndex


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


def test_the_first_sample_is_listed_first_or_named(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    Image.fromarray(np.full((120, 200, 3), 90, np.uint8)).save(folder / "b.png")
    entries = [{"file": name, "name": name[0]} for name in ("a.png", "b.png")]
    (folder / "samples.json").write_text(json.dumps(entries))
    samples = Samples(FakeIndex, tmp_path / "pages", folder)
    assert samples.first == samples.samples[0]
    monkeypatch.setenv("MARK_FIRST_SAMPLE", "b")
    assert samples.first == samples.samples[1]
    monkeypatch.setenv("MARK_FIRST_SAMPLE", "c")
    with pytest.raises(MarkError, match=r"MARK_FIRST_SAMPLE must be one of a, b, not “c”"):
        samples.first  # noqa: B018


def test_real_pages_come_first_and_rendered_ones_last() -> None:
    listed = json.loads((SAMPLE_FOLDER / "samples.json").read_text(encoding="utf-8"))
    rendered = [entry["rendered"] for entry in listed]
    assert rendered == sorted(rendered)
    assert not rendered[0]


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


def test_a_sample_has_a_small_picture_before_it_is_opened(folder: Path, tmp_path: Path) -> None:
    Image.new("RGB", (900, 1200), "white").save(folder / "b.jpg")
    (folder / "c.png").write_bytes(b"this is no picture")
    listing = [{"file": name, "title": name} for name in ("a.png", "b.jpg", "c.png")]
    (folder / "samples.json").write_text(json.dumps(listing))
    root = tmp_path / "pages"
    first, second, third = Samples(FakeIndex, root, folder).to_view()
    assert Image.open(first["thumb"]).size == (200, 120)
    assert Image.open(second["thumb"]).size == (165, 220)
    assert third["thumb"] is None
    for one in (first, second):
        assert root in Path(one["thumb"]).parents  # the only folder that the browser may read
        assert len(Path(one["thumb"]).parent.name) > 20  # and no address can be guessed
