"""W3C Web Annotations: an IIIF annotation page of words, or an IIIF Content Search response of hits.

Sources: W3C Web Annotation Data Model (2017), IIIF Presentation API 3.0 (section 5.5, Annotation Page), IIIF Content
Search API 2.0 (section 3.3, responses).
"""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from mark_core.export.extract import Entry, Extract, ExtractPage
from mark_core.export.geometry import canvas_box, canvas_size

PRESENTATION = "http://iiif.io/api/presentation/3/context.json"
SEARCH = "http://iiif.io/api/search/2/context.json"
FRAGMENTS = "http://www.w3.org/TR/media-frags/"
PLACEHOLDER = "https://example.org/mark"


def to_iiif(extract: Extract, base: str = PLACEHOLDER) -> bytes:
    """Write an AnnotationPage as JSON-LD: one annotation per box, best hits first.

    A page of a IIIF manifest is annotated on the canvas of that manifest, in the units of the canvas, so that the
    annotations can be shown with it; any other page on a canvas of the original size.

    base: address of the annotations, and of the canvases of other pages,
        ``{base}/canvas/{SHA-256 of the file}/{page from 1}``; IIIF requires web addresses as ids.

    Bodies of a hit: the typed word (tagging), its probability 0..1 (assessing), the decision of a person (moderating).
    Any word may have a transcription by a person (supplementing, as in IIIF).
    """
    base = base.rstrip("/")
    hits = extract.kind == "hits"
    address = f"{base}/search" if hits else f"{base}/words"
    if extract.query:
        address += f"?q={quote(extract.query, safe='')}"
    page = {
        "@context": SEARCH if hits else PRESENTATION,
        "id": address,
        "type": "AnnotationPage",
        "items": [_annotation(extract, page, entry, base) for page, entry in extract.rows()],
    }
    return json.dumps(page, ensure_ascii=False, indent=1).encode()


def _annotation(extract: Extract, page: ExtractPage, entry: Entry, base: str) -> dict[str, Any]:
    canvas = _canvas(page, base)
    name = f"hit/{entry.rank}" if entry.rank else f"word/{entry.key}"
    annotation: dict[str, Any] = {
        # by the page of the collection, not by its file, which may have been added twice
        "id": f"{base}/annotation/{page.place}/{name}",
        "type": "Annotation",
        "motivation": _motivation(extract, entry),
        "created": extract.created.isoformat().replace("+00:00", "Z"),
    }
    if entry.rank:
        annotation["label"] = {"none": [str(entry.rank)]}
    if bodies := _bodies(extract.query, entry):
        annotation["body"] = bodies
    targets = [_target(page, one, canvas) for one in entry.words]
    annotation["target"] = targets if entry.rest else targets[0]
    return annotation


def _target(page: ExtractPage, entry: Entry, canvas: str) -> dict[str, Any]:
    width, height = canvas_size(page.page)
    box = ",".join(str(side) for side in canvas_box(entry.word.box, page.page))
    source: dict[str, Any] = {
        # with its size: the fragment is in units of the canvas, which another publisher may have scaled
        "id": canvas,
        "type": "Canvas",
        "label": {"none": [page.page.name]},
        "height": height,
        "width": width,
    }
    if page.page.source is not None and page.page.source.canvas == canvas and page.page.source.manifest:
        source["partOf"] = [{"id": page.page.source.manifest, "type": "Manifest"}]
    return {
        "type": "SpecificResource",
        "source": source,
        "selector": {"type": "FragmentSelector", "conformsTo": FRAGMENTS, "value": f"xywh={box}"},
    }


def _canvas(page: ExtractPage, base: str) -> str:
    """The id of the canvas of a page: that of its manifest, if it has one."""
    source = page.page.source
    if source is not None and source.canvas:
        return source.canvas
    return f"{base}/canvas/{quote(page.page.sha256, safe='')}/{page.page.number + 1}"


def _motivation(extract: Extract, entry: Entry) -> str:
    if extract.kind == "words" and entry.text:
        return "supplementing"
    return "tagging" if extract.query else "highlighting"


def _bodies(query: str, entry: Entry) -> list[dict[str, str]]:
    values = {"tagging": query, "assessing": "", "moderating": entry.decision, "supplementing": entry.text}
    if entry.score is not None:
        values["assessing"] = f"{entry.score:.4f}"
    return [
        {"type": "TextualBody", "purpose": purpose, "format": "text/plain", "value": value}
        for purpose, value in values.items()
        if value
    ]
