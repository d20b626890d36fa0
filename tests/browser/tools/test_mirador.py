"""Exported annotations, opened beside the manifest they belong to in the real Mirador.

``make test`` puts Mirador into ``build/mirador`` where there is Node; without it this test is skipped. The canvas is as
large as its picture: Mirador 4.0 draws annotations in pixels of the picture, whatever the units of the canvas are.
Boxes in these units are in ``test_canvas_box.py``.
"""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

import mark_core as mark
from mark_core.export.extract import extract_hits
from mark_core.export.formats import render
from mark_core.export.geometry import bounding_box
from mark_core.pages.iiif import iiif_pages
from tests.helpers.image_service import ImageService

ROOT = Path(__file__).resolve().parents[3]
MIRADOR = ROOT / "build" / "mirador" / "mirador.min.js"
LETTER = ROOT / "sample_pages" / "letter-english-rendered.jpg"
VIEWER = """<!doctype html><meta charset="utf-8"><title>Mirador</title><div id="viewer"></div>
<script src="mirador.min.js"></script>
<script>
  Mirador.viewer({
    id: "viewer",
    window: { sideBarOpen: true, sideBarPanel: "annotations", defaultSideBarPanel: "annotations",
              highlightAllAnnotations: true },
    windows: [{ manifestId: new URL("manifest.json", location).href }],
  });
</script>"""

# The box around what Mirador has drawn on its own canvas above the picture, once there is something.
DRAWN = """() => {
  const canvas = [...document.querySelectorAll("canvas")].at(-1);
  if (!canvas?.width) return null;
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  const bounds = [Infinity, Infinity, 0, 0];
  for (let at = 0; at < data.length; at += 4) {
    if (!data[at + 3]) continue;
    const x = (at / 4) % canvas.width, y = Math.floor(at / 4 / canvas.width);
    bounds[0] = Math.min(bounds[0], x); bounds[1] = Math.min(bounds[1], y);
    bounds[2] = Math.max(bounds[2], x); bounds[3] = Math.max(bounds[3], y);
  }
  return bounds[2] ? { bounds, width: canvas.width, height: canvas.height } : null;
}"""

pytestmark = pytest.mark.skipif(not MIRADOR.is_file(), reason="Mirador is not there: make mirador")


class Publisher(SimpleHTTPRequestHandler):
    """Files of a folder, and one picture by a IIIF image service."""

    service: ImageService

    def do_GET(self) -> None:
        picture = self.service.answer(self.path) if self.path.startswith(f"{self.service.path}/") else None
        if picture is None:
            return super().do_GET()
        self.send_response(200)
        self.send_header("Content-Type", "application/json" if picture[:1] == b"{" else "image/png")
        self.end_headers()
        with suppress(ConnectionError):  # Mirador gives up tiles it no longer needs
            self.wfile.write(picture)

    def log_message(self, *arguments: object) -> None:
        pass


@pytest.fixture
def publisher(tmp_path: Path) -> Iterator[str]:
    """Address of a publisher of one manifest, whose canvas refers to annotations in ``hits.json``."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Publisher, directory=str(tmp_path)))
    address = f"http://127.0.0.1:{server.server_address[1]}"
    with Image.open(LETTER) as image:
        width, height = image.width, image.height // 3
        picture = image.crop((0, 0, width, height)).convert("RGB")
    Publisher.service = ImageService(address, "letter", picture)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    shutil.copy(MIRADOR, tmp_path / "mirador.min.js")
    (tmp_path / "viewer.html").write_text(VIEWER, encoding="utf-8")
    canvas = f"{address}/canvas/1"
    body = {**Publisher.service.body(), "format": "image/jpeg", "width": width, "height": height}
    painting = {
        "id": f"{address}/painting/1", "type": "Annotation", "motivation": "painting", "target": canvas, "body": body,
    }  # fmt: skip
    manifest = {
        "@context": "http://iiif.io/api/presentation/3/context.json",
        "id": f"{address}/manifest.json",
        "type": "Manifest",
        "label": {"en": ["A letter"]},
        "items": [{
            "id": canvas, "type": "Canvas", "label": {"none": ["1"]},
            "width": width, "height": height,
            "items": [{"id": f"{address}/page/1", "type": "AnnotationPage", "items": [painting]}],
            "annotations": [{"id": f"{address}/hits.json", "type": "AnnotationPage"}],
        }],
    }  # fmt: skip
    (tmp_path / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    yield address
    server.shutdown()
    server.server_close()


def test_hits_are_shown_on_the_canvas_of_the_manifest(
    browser: Browser, publisher: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MARK_ALLOW_HOSTS", "127.0.0.1")
    index = mark.WordIndex(mark.load_model())
    (page,) = iiif_pages(f"{publisher}/manifest.json")
    index.add(page)
    hits = [hit for hit in index.search(text="orders") if hit.score >= index.threshold(text="orders")]
    assert hits
    exported = render(extract_hits(index, hits, "orders"), "iiif").data
    (tmp_path / "hits.json").write_bytes(exported)
    shown = browser.new_page(viewport={"width": 1300, "height": 900})
    shown.goto(f"{publisher}/viewer.html")
    notes = shown.locator("li", has_text="orders")
    expect(notes).to_have_count(len(hits), timeout=60_000)
    drawn = shown.wait_for_function(DRAWN, timeout=60_000).json_value()
    left, top, width, height = bounding_box([hit.box for hit in hits])
    zoom = drawn["width"] / page.width  # the picture fills the width of the viewer
    above = (drawn["height"] - zoom * page.height) / 2
    expected = [zoom * left, above + zoom * top, zoom * (left + width), above + zoom * (top + height)]
    assert drawn["bounds"] == pytest.approx(expected, abs=3)
    shown.screenshot(path=str(tmp_path / "mirador.png"))
    shown.close()
