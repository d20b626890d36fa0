"""Images painted on a canvas: which part of which image, turned how, on which part of the canvas.

Sources: https://iiif.io/api/presentation/2.1/ and /3.0/ (annotations with the motivation painting), the annex
https://iiif.io/api/annex/openannotation/ (selectors of regions and rotations), W3C Web Annotation (SpecificResource).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from mark_core.pages.json_values import as_list, dicts, identifier, real, whole
from mark_core.pages.region import Region, read_fragment, read_region

# a choice holds views of one page (daylight, ultraviolet); the first is the default
_WRAPPERS = ("default", "items", "item", "full", "source")
_DEPTH = 8  # of resources within each other


@dataclass(frozen=True)
class Painting:
    """One image on a canvas.

    image: URL of the image in the manifest, or None. service: base URI of its image service, without a slash at the
    end, or None. description: of the service in the manifest. size: (width, height) of the image as the manifest
    states it, or None. region: part of the image that is shown, None for all of it. rotation: degrees clockwise,
    0 <= rotation < 360, after mirroring. mirrored: left and right are exchanged. target: part of the canvas that it
    covers, None for all of it.
    """

    image: str | None = None
    service: str | None = None
    description: dict[str, Any] = field(default_factory=dict, repr=False)
    size: tuple[int, int] | None = None
    region: Region | None = None
    rotation: float = 0.0
    mirrored: bool = False
    target: Region | None = None


def paintings(canvas: dict[str, Any]) -> Iterator[Painting]:
    """The images painted on a canvas, in order: later ones lie on earlier ones."""
    annotations = dicts(canvas.get("images"))
    annotations += [note for page in dicts(canvas.get("items")) for note in dicts(page.get("items"))]
    for annotation in annotations:
        target = _target(annotation)
        for body in as_list(annotation.get("resource") or annotation.get("body")):
            painting = _painting(body, target)
            if painting is not None:
                yield painting


def _painting(body: Any, target: Region | None) -> Painting | None:
    region: Region | None = None
    turn: tuple[float, bool] | None = None
    for _ in range(_DEPTH):
        if isinstance(body, str):
            body = {"id": body}
        if not isinstance(body, dict):
            return None
        for selector in _selectors(body.get("selector")):
            region = region or read_region(selector.get("region")) or read_fragment(selector.get("value"))
            turn = turn or read_rotation(selector.get("rotation"))
        inner = next((body[name] for name in _WRAPPERS if body.get(name)), None)
        if inner is None:
            break
        body = next(iter(as_list(inner)), None)
    if not isinstance(body, dict) or not _is_image(body):
        return None
    described = _image_service(body)
    service, image = identifier(described), identifier(body)
    service = service.rstrip("/") if service else None
    if not service and not image:
        return None
    named = _named_by(image, service)
    width, height = whole(body.get("width")), whole(body.get("height"))
    rotation, mirrored = turn or named[1] or (0.0, False)
    return Painting(
        image,
        service,
        described,
        (width, height) if width and height else None,
        region or read_fragment(image) or named[0],
        rotation,
        mirrored,
        target,
    )


def read_rotation(value: Any) -> tuple[float, bool] | None:
    """Degrees clockwise in [0, 360), and whether it is mirrored first, of 90, "90" or "!90"; None for anything else."""
    text = value.strip() if isinstance(value, str) else value
    mirrored = isinstance(text, str) and text.startswith("!")
    degrees = real(text[1:] if mirrored else text)
    return None if degrees is None else (degrees % 360.0, mirrored)


def _named_by(image: str | None, service: str | None) -> tuple[Region | None, tuple[float, bool] | None]:
    """Region and rotation in the URL of an image that is a request to its own service."""
    if not image or not service or not image.startswith(f"{service}/"):
        return None, None
    parts = image[len(service) + 1 :].partition("?")[0].split("/")
    if len(parts) != 4:
        return None, None
    return read_region(parts[0]), read_rotation(parts[2])


def _target(annotation: dict[str, Any]) -> Region | None:
    """The part of the canvas that an annotation covers, None for all of it."""
    place = next(iter(as_list(annotation.get("target") or annotation.get("on"))), None)
    if not isinstance(place, dict):
        return read_fragment(place)
    for selector in _selectors(place.get("selector")):
        region = read_region(selector.get("region")) or read_fragment(selector.get("value"))
        if region is not None:
            return region
    source = place.get("source") or place.get("full")
    return read_fragment(identifier(source) or identifier(place))


def _selectors(value: Any) -> list[dict[str, Any]]:
    """Selectors, of a choice of several (Presentation 2) the default and the others."""
    found = []
    for selector in dicts(value):
        found += [selector, *dicts(selector.get("default")), *dicts(selector.get("item"))]
    return found


def _is_image(body: dict[str, Any]) -> bool:
    kind = str(body.get("type") or body.get("@type") or "image").lower()
    return "image" in kind or str(body.get("format")).startswith("image/")


def _image_service(image: dict[str, Any]) -> dict[str, Any]:
    """The first image service of an image; other services (search, authorisation) are skipped."""
    for service in as_list(image.get("service")):
        if isinstance(service, str):
            return {"id": service}
        if isinstance(service, dict):
            kind = " ".join(
                str(service.get(key, "")) for key in ("type", "@type", "@context", "profile", "protocol")
            )
            # without a type in Presentation 2; the context or profile contains "image"
            if "image" in kind.lower() or "level" in kind or not kind.strip():
                return service
    return {}
