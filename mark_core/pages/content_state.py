"""Addresses as viewers hand them out: a manifest, and perhaps one canvas of it, in the link of a viewer.

Sources: https://iiif.io/api/content-state/1.0/ (iiif-content: a URL, JSON, or JSON in base64url), its section on
drag and drop (manifest and canvas), and conventions of viewers (manifest in the fragment, cv for the canvas' place).
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, unquote

from mark_core.pages.json_values import as_list, identifier, kind_of

_MANIFESTS = (
    "iiif-content",
    "manifest",
    "manifestid",
    "manifesturi",
    "iiifmanifest",
    "iiif_manifest",
    "iiif-manifest",
)
_CANVASES = ("canvas", "canvasid", "canvas_id", "canvas-id")
_MAX_STATE = 100_000  # characters
_DEPTH = 6


@dataclass(frozen=True)
class ContentState:
    """url: of the manifest, or of what else is to be fetched. canvas: id of the canvas that is shown, or None.
    place: 0-based place of that canvas, or None."""

    url: str
    canvas: str | None = None
    place: int | None = None


def is_url(text: str) -> bool:
    """Whether a text is a web address rather than a path."""
    return text.strip().lower().startswith(("http://", "https://"))


def read_address(url: str) -> ContentState:
    """What an address shows. One that names no manifest is taken as it is."""
    head, _, fragment = url.partition("#")
    query = head.partition("?")[2]
    values: dict[str, str] = {}
    for name, value in (*parse_qsl(query), *parse_qsl(fragment.lstrip("?/!"))):
        values.setdefault(name.lower(), value)
    for name in _MANIFESTS:
        state = _state(values[name]) if name in values else None
        if state is None:
            continue
        canvas = state.canvas or next((values[key] for key in _CANVASES if is_url(values.get(key, ""))), None)
        place = values.get("cv", "")
        return ContentState(
            state.url,
            canvas.partition("#")[0] if canvas else None,
            int(place) if place.isascii() and place.isdigit() and len(place) < 7 else None,
        )
    return ContentState(url)


def named_in(document: dict[str, Any]) -> ContentState | None:
    """What JSON that is itself a content state shows: an annotation, or a manifest, canvas or range that is only named.

    None if it names no manifest by a web address.
    """
    resource: Any = document
    canvas: str | None = None
    for _ in range(_DEPTH):
        if isinstance(resource, str):
            return ContentState(resource.strip(), canvas) if is_url(resource) else None
        if not isinstance(resource, dict):
            return None
        kind, name = kind_of(resource), identifier(resource)
        if kind == "Manifest":
            return ContentState(name.strip(), canvas) if name and is_url(name) else None
        if kind == "Canvas" and name:
            canvas = name.partition("#")[0]
        for key in ("target", "on", "source", "full", "partOf", "within"):
            inner = next((entry for entry in as_list(resource.get(key)) if entry), None)
            if inner is not None:
                if isinstance(inner, dict) and "type" not in inner and key in ("partOf", "within"):
                    inner = identifier(inner)
                resource = inner
                break
        else:
            return None
    return None


def _state(text: str) -> ContentState | None:
    text = text.strip()
    if len(text) > _MAX_STATE:
        return None
    if is_url(text):
        return ContentState(text)
    if not text.startswith("{"):
        text = _decoded(text)
    if is_url(text):
        return ContentState(text.strip())
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return named_in(document) if isinstance(document, dict) else None


def _decoded(text: str) -> str:
    """Text in base64url or base64, with or without padding; "" if it is none. It may be percent-encoded within."""
    text = text.replace(" ", "+").replace("-", "+").replace("_", "/").rstrip("=")
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
        return unquote(data.decode("utf-8"), errors="strict").strip()
    except (binascii.Error, ValueError):
        return ""
