"""Read a IIIF manifest (Presentation API 2 and 3) as a list of canvases.

Sources: https://iiif.io/api/presentation/2.1/ and /3.0/. Manifests in the wild leave out and misspell much, so that
nothing but the images is required, and an entry of the wrong type counts as absent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from mark_core.errors import MarkError
from mark_core.pages.limits import MAX_CANVASES

_MAX_LABEL = 200  # characters


@dataclass(frozen=True)
class Canvas:
    """One page of a manifest that has an image.

    number: 0-based place among all canvases of the manifest, those without an image counted too.
    label: the canvas's label in one line, or "page N".
    id: of the canvas, or None.
    size: (width, height) of the canvas in its own units, or None.
    image: URL of the image as the manifest gives it, or None.
    service: base URI of its image service, without a slash at the end, or None.
    description: what the manifest says of that service.
    """

    number: int
    label: str
    id: str | None = None
    size: tuple[int, int] | None = None
    image: str | None = None
    service: str | None = None
    description: dict[str, Any] = field(default_factory=dict, repr=False)


def read_manifest(data: dict[str, Any]) -> tuple[str, list[Canvas]]:
    """Title and canvases of a manifest that has been read from JSON.

    Raises MarkError when it is a collection, no manifest at all, too long, or without images.
    """
    kind = str(data.get("type") or data.get("@type") or "")
    if kind.endswith("Collection") or "manifests" in data:
        raise MarkError(
            "This address leads to a IIIF collection: please open one of its works and use the address of its manifest."
        )
    if kind.endswith("Manifest") or "sequences" in data:
        canvases = _list(data.get("items")) or [
            canvas
            for sequence in _dicts(data.get("sequences"))[
                :1
            ]  # further sequences are other orders of the same pages
            for canvas in _list(sequence.get("canvases"))
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


def text_of(label: Any) -> str:
    """The first text of a label in one line: a string, a list, {"@value": ...} or {"en": ["..."]}; "" for none.

    Of several languages, the text without a language is taken, else the first.
    """
    if isinstance(label, dict):
        values = [label.get("@value"), label.get("none"), *label.values()]
    else:
        values = label if isinstance(label, list) else [label]
    for value in values:
        if isinstance(value, str):
            text = re.sub(r"[\s\x00-\x1f\x7f]+", " ", value).strip()[:_MAX_LABEL]
        else:
            text = text_of(value) if value and isinstance(value, (dict, list)) else ""
        if text:
            return text
    return ""


def whole(value: Any) -> int | None:
    """A length in pixels that JSON gives as 1000, 1000.0 or "1000"; None for anything else, zero included."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        value = int(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 1 <= value < 10**9:
        return int(value)
    return None


def identifier(value: Any) -> str | None:
    """The URI of a resource that is given as a string or as an object with an id."""
    if isinstance(value, dict):
        value = value.get("id") or value.get("@id")
    return value if isinstance(value, str) and value else None


def _canvas(number: int, canvas: Any) -> Canvas | None:
    if not isinstance(canvas, dict):
        return None
    width, height = whole(canvas.get("width")), whole(canvas.get("height"))
    for image in _images(canvas):
        service = _image_service(image)
        base = identifier(service)
        if base or identifier(image):
            return Canvas(
                number=number,
                label=text_of(canvas.get("label")) or f"page {number + 1}",
                id=identifier(canvas),
                size=(width, height) if width and height else None,
                image=identifier(image),
                service=base.rstrip("/") if base else None,
                description=service,
            )
    return None


def _images(canvas: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Image resources painted on a canvas, in order. A canvas pieced together of several gives its first piece."""
    annotations = _dicts(canvas.get("images"))
    annotations += [note for page in _dicts(canvas.get("items")) for note in _dicts(page.get("items"))]
    for annotation in annotations:
        for body in _list(annotation.get("resource") or annotation.get("body")):
            # A choice stands for views of one page (in daylight, under ultraviolet): the first is the default.
            for wrapper in ("default", "items", "item", "full", "source"):
                if isinstance(body, dict) and body.get(wrapper):
                    body = next(iter(_list(body[wrapper])), None)
            if isinstance(body, str):
                body = {"id": body}
            if isinstance(body, dict) and _is_image(body):
                yield body


def _is_image(body: dict[str, Any]) -> bool:
    kind = str(body.get("type") or body.get("@type") or "image").lower()
    return "image" in kind or str(body.get("format")).startswith("image/")


def _image_service(image: dict[str, Any]) -> dict[str, Any]:
    """The first image service of an image. Others (search, authorisation) stand beside it and are skipped."""
    for service in _list(image.get("service")):
        if isinstance(service, str):
            return {"id": service}
        if isinstance(service, dict):
            told = " ".join(
                str(service.get(key, "")) for key in ("type", "@type", "@context", "profile", "protocol")
            )
            # Presentation 2 leaves the type out; its context or profile says "image".
            if "image" in told.lower() or "level" in told or not told.strip():
                return service
    return {}


def _list(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in _list(value) if isinstance(item, dict)]
