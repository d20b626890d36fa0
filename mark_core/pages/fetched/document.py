"""What a web address has led to: a manifest, a description of an image, the name of a manifest, or another file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from mark_core.errors import MarkError
from mark_core.pages.content_state import ContentState, named_in
from mark_core.pages.image_service import is_info
from mark_core.pages.json_values import identifier, kind_of
from mark_core.pages.limits import MAX_JSON_BYTES
from mark_core.pages.manifest import Canvas, read_manifest
from mark_core.pages.painting import Painting

INFO = "/info.json"


@dataclass(frozen=True)
class Document:
    """title: of a manifest, "" for none. canvases: the pages that have an image, of a description of an image one.
    manifest: whether it is one. selected: ``Canvas.number`` of the page that the address shows, or None. shown: what is
    to be fetched instead. file: whether it is neither of these."""

    title: str = ""
    canvases: tuple[Canvas, ...] = ()
    manifest: bool = False
    selected: int | None = None
    shown: ContentState | None = None
    file: bool = False


def read_document(data: bytes, state: ContentState, name: str, follow: bool = True) -> Document:
    """Read what was fetched from ``state.url``.

    name: of the page of a single image. follow: whether it may name a manifest instead of being one. Raises MarkError
    if it is a web page, or JSON that is of no use.
    """
    document = read_json(data)
    if document is None:
        if _first(data) == b"<":
            raise MarkError(
                "This address leads to a web page: look there for a link to the IIIF manifest and use that address."
            )
        return Document(file=True)
    shown = _shown_by(document) if follow else None
    if shown is not None:  # the address is that of a content state: an annotation that names a manifest
        return Document(shown=ContentState(shown.url, shown.canvas or state.canvas, state.place))
    if is_info(document):
        url = state.url
        base = url.removesuffix(INFO) if url.endswith(INFO) else identifier(document) or url
        painting = Painting(service=base, description=document)
        return Document(canvases=(Canvas(0, name, paintings=(painting,)),))
    title, canvases = read_manifest(document)
    return Document(title, tuple(canvases), True, _selected(state, canvases))


def read_json(data: bytes) -> dict[str, Any] | None:
    """The parsed JSON, None if the data are not JSON. Raises MarkError if it is too large or damaged."""
    if _first(data) != b"{":
        return None
    if len(data) > MAX_JSON_BYTES:
        raise MarkError(
            "This manifest is larger than {limit} MB and is not read.", limit=MAX_JSON_BYTES >> 20
        )
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise MarkError("The manifest at this address is damaged: please try again.") from error
    return document


def _shown_by(document: dict[str, Any]) -> ContentState | None:
    """What a document shows that is a content state rather than a manifest or a description of an image."""
    if is_info(document) or kind_of(document) not in {"Annotation", "SpecificResource", "Canvas"}:
        return None
    return named_in(document)


def _selected(state: ContentState, canvases: list[Canvas]) -> int | None:
    """The number of the canvas that an address shows, None if it shows none that has an image."""
    for canvas in canvases:
        if state.canvas is not None:
            if canvas.id == state.canvas:
                return canvas.number
        elif canvas.number == state.place:
            return canvas.number
    return None


def _first(data: bytes) -> bytes:
    """The first byte after a byte order mark and white space."""
    return data[:1024].removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
