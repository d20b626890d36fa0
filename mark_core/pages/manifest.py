"""Parser of IIIF manifests (Presentation API 2 and 3).

Sources: https://iiif.io/api/presentation/2.1/ and /3.0/. Existing manifests are often incomplete, so only the images
are required, and an entry of the wrong type counts as absent.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from mark_core.errors import MarkError
from mark_core.pages.json_values import as_list, dicts, identifier, whole
from mark_core.pages.limits import MAX_CANVASES
from mark_core.pages.painting import Painting, paintings

__all__ = ["Canvas", "identifier", "read_manifest", "text_of", "whole"]

_MAX_LABEL = 200  # characters
_MAX_TEXTS = 100  # languages of a label
_DEPTH = 4  # of lists and objects within a label


@dataclass(frozen=True)
class Canvas:
    """One page of a manifest that has an image.

    number: 0-based position among all canvases of the manifest, including those without an image.
    label: of the canvas, in one line, or "page N".
    id: of the canvas, or None.
    size: (width, height) of the canvas in its own units, or None.
    paintings: its images, later ones upon earlier ones.
    """

    number: int
    label: str
    id: str | None = None
    size: tuple[int, int] | None = None
    paintings: tuple[Painting, ...] = ()

    @property
    def image(self) -> str | None:
        """URL of the first image in the manifest, or None."""
        return self.paintings[0].image if self.paintings else None

    @property
    def service(self) -> str | None:
        """Base URI of the image service of the first image, or None."""
        return self.paintings[0].service if self.paintings else None


def read_manifest(data: dict[str, Any]) -> tuple[str, list[Canvas]]:
    """Title and canvases of a manifest, given as parsed JSON.

    Raises MarkError when it is a collection, no manifest at all, too long, or without images.
    """
    kind = str(data.get("type") or data.get("@type") or "")
    if kind.endswith("Collection") or "manifests" in data:
        raise MarkError(
            "This address leads to a IIIF collection: please open one of its works and use the address of its manifest."
        )
    if kind.endswith("Manifest") or "sequences" in data:
        canvases = as_list(data.get("items")) or [
            canvas
            for sequence in dicts(data.get("sequences"))[:1]  # others are other orders of the same pages
            for canvas in as_list(sequence.get("canvases"))
        ]
    else:
        raise MarkError("This address leads to data that are not a IIIF manifest.")
    if len(canvases) > MAX_CANVASES:
        raise MarkError(
            "This manifest has {count} pages, and at most {limit} are read: "
            "please use the manifest of a single volume.",
            count=len(canvases),
            limit=MAX_CANVASES,
        )
    pages = [page for number, canvas in enumerate(canvases) if (page := _canvas(number, canvas)) is not None]
    if not pages:
        raise MarkError("This manifest has no images of pages.")
    return text_of(data.get("label")), pages


def text_of(label: Any, depth: int = _DEPTH) -> str:
    """The first text of a label in one line: a string, a list, {"@value": ...} or {"en": ["..."]}; "" for none.

    Of several languages, the text without a language is preferred, else the first one.
    """
    if isinstance(label, dict):
        first = ("@value", "none")
        values = [*map(label.get, first), *(value for name, value in label.items() if name not in first)]
    else:
        values = label if isinstance(label, list) else [label]
    for value in values[:_MAX_TEXTS]:
        if isinstance(value, str):
            text = re.sub(r"[\s\x00-\x1f\x7f]+", " ", value[: 10 * _MAX_LABEL]).strip()[:_MAX_LABEL]
        else:
            text = text_of(value, depth - 1) if depth and isinstance(value, (dict, list)) else ""
        if text:
            return text
    return ""


def _canvas(number: int, canvas: Any) -> Canvas | None:
    if not isinstance(canvas, dict):
        return None
    painted = tuple(paintings(canvas))
    if not painted:
        return None
    width, height = whole(canvas.get("width")), whole(canvas.get("height"))
    return Canvas(
        number=number,
        label=text_of(canvas.get("label")) or f"page {number + 1}",
        id=identifier(canvas),
        size=(width, height) if width and height else None,
        paintings=painted,
    )
