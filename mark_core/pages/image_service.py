"""Selection of the size to request from a IIIF image service (Image API 2 and 3, and compatible parts of 1).

Sources: https://iiif.io/api/image/2.1/ and /3.0/, their compliance documents, and the properties maxWidth,
maxHeight, maxArea and sizes of info.json.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from mark_core.pages.json_values import as_list, dicts, kind_of, whole
from mark_core.pages.limits import MAX_PIXELS, WORKING_PIXELS

Size = tuple[int, int]  # width, height in pixels
Limits = tuple[int | None, int | None, int | None]  # largest width, height and area, pixels
_MAX_TILINGS = 8  # of an info.json
_MAX_FACTOR = 65536


@dataclass(frozen=True)
class Tiling:
    """Tiles of one size. width, height: pixels of a tile. factors: pixels of the full image per pixel of a tile, in
    ascending order."""

    width: int
    height: int
    factors: tuple[int, ...]


@dataclass(frozen=True)
class ImageService:
    """The relevant contents of an info.json.

    base: URI of the image without "/info.json".
    version: 1, 2 or 3 of the Image API.
    size: of the full image.
    largest: largest size that the service delivers, with the aspect ratio of the full image.
    listed: sizes that are precomputed, smallest first.
    any_width: whether arbitrary widths can be requested.
    any_region: whether arbitrary regions can be requested.
    limits: on what can be requested.
    tiles: that are precomputed, or wished for.
    """

    base: str
    version: int
    size: Size
    largest: Size
    listed: tuple[Size, ...] = ()
    any_width: bool = True
    any_region: bool = True
    limits: Limits = (None, None, None)
    tiles: tuple[Tiling, ...] = ()


def is_info(data: dict[str, Any]) -> bool:
    """Whether JSON data is an info.json rather than a manifest."""
    if kind_of(data) in {"Manifest", "Collection", "Annotation", "Canvas"} or "sequences" in data:
        return False  # whatever contexts it names
    described = f"{data.get('protocol')} {data.get('type')} {data.get('@type')} {data.get('@context')}"
    return "api/image" in described or "ImageService" in described or "image-api" in described


def read_info(info: dict[str, Any], base: str) -> ImageService | None:
    """Parse an info.json; None if it does not state the size of the image."""
    width, height = whole(info.get("width")), whole(info.get("height"))
    if not width or not height:
        return None
    profile = info.get("profile")
    entries = profile if isinstance(profile, list) else [profile]
    details = [info, *(entry for entry in entries if isinstance(entry, dict))]

    def least(key: str) -> int | None:
        return min((value for entry in details if (value := whole(entry.get(key)))), default=None)

    features = {
        feature
        for entry in details
        for key in ("supports", "extraFeatures")
        if isinstance(entry.get(key), list)
        for feature in entry[key]
        if isinstance(feature, str)
    }
    level = re.search(r"level([012])", " ".join(entry for entry in entries if isinstance(entry, str)))
    max_width = least("maxWidth")
    limits = (max_width, least("maxHeight") or max_width, least("maxArea"))
    largest = _within((width, height), *limits)
    stated = info.get("sizes")
    sizes = stated if isinstance(stated, list) else []
    pairs = [(whole(s.get("width")), whole(s.get("height"))) for s in sizes if isinstance(s, dict)]
    return ImageService(
        base=base.rstrip("/"),
        version=_version(info),
        size=(width, height),
        largest=largest,
        listed=tuple(sorted({(w, h) for w, h in pairs if w and h and w <= largest[0] and h <= largest[1]})),
        # A server that does not state its level is asked for a width: nearly all are of level 1 or 2.
        any_width=level is None or level[1] != "0" or bool(features & {"sizeByW", "sizeByWh"}),
        any_region=level is None or level[1] != "0" or "regionByPx" in features,
        limits=limits,
        tiles=_tilings(info),
    )


def image_urls(
    service: ImageService, region: tuple[int, int, int, int] | None = None, pixels: int | None = None
) -> list[str]:
    """URLs of the image near a number of pixels, best first; the others are fallbacks.

    region: x, y, width, height in pixels of the full image, None for all of it. pixels: wanted, by default those of the
    working size of a page. For a service with precomputed sizes only, it is the smallest with at least half as many
    pixels: the next larger one may be four times as large.
    """
    pixels = WORKING_PIXELS if pixels is None else pixels
    size = service.size if region is None else region[2:]
    largest = service.largest if region is None else _within(size, *service.limits)
    # 2.0 knows no "max"; 2.1 does, and refuses "full" where the service sets limits
    most = "full" if service.version < 3 and largest == size else "max"
    width, height = _within(size, *largest, pixels)
    if (width, height) == size:
        wanted = [most, f"{width},"]
    elif service.any_width:
        wanted = [f"{width},", f"{width},{height}", most]
    else:
        w, h = _ready_size(service, width * height)
        # 2.1 asks for "w," where 2.0 and 3.0 ask for "w,h"; static files exist under one name only
        wanted = [most, *size_names(service, w, h)]
        if (w, h) != largest:
            wanted = [*wanted[1:], most]
    part = "full" if region is None else ",".join(map(str, region))
    return [image_url(service, part, name) for name in wanted]


def image_url(service: ImageService, region: str, size: str) -> str:
    """The URL of an upright JPEG. region, size: as the Image API writes them."""
    quality = "native" if service.version == 1 else "default"
    return f"{service.base}/{region}/{size}/0/{quality}.jpg"


def size_names(service: ImageService, width: int, height: int) -> list[str]:
    """Both names of a precomputed size, the canonical one of the version first."""
    names = [f"{width},", f"{width},{height}"]
    return names[::-1] if service.version >= 3 else names


def ready_pixels(service: ImageService) -> int:
    """Pixels of the best that is known to be precomputed as one image; 0 for a service of tiles only."""
    return max((w * h for w, h in service.listed if w * h <= MAX_PIXELS), default=0)


def _tilings(info: dict[str, Any]) -> tuple[Tiling, ...]:
    """Tiles of version 2 and 3, or those of version 1.1."""
    described = dicts(info.get("tiles"))[:_MAX_TILINGS]
    if not described and info.get("tile_width"):
        described = [
            {
                "width": info.get("tile_width"),
                "height": info.get("tile_height"),
                "scaleFactors": info.get("scale_factors"),
            }
        ]
    tilings = []
    for entry in described:
        width = whole(entry.get("width"))
        factors = {whole(factor) for factor in as_list(entry.get("scaleFactors"))[:64]}
        known = sorted(factor for factor in factors if factor and factor <= _MAX_FACTOR)
        if width and known:
            tilings.append(Tiling(width, whole(entry.get("height")) or width, tuple(known)))
    return tuple(tilings)


def _version(info: dict[str, Any]) -> int:
    kind = re.search(r"ImageService([123])", f"{info.get('type')} {info.get('@type')}")
    if kind is not None:  # contexts may name several versions
        return int(kind[1])
    described = f"{info.get('@context')} {info.get('profile')}"
    if "api/image/3" in described:
        return 3
    return 1 if re.search(r"image-api/1|image-api/compliance|api/image/1", described) else 2


def _ready_size(service: ImageService, pixels: int) -> Size:
    """The smallest precomputed size with at least half of ``pixels``, else the largest one within MAX_PIXELS."""
    ready = [*service.listed, service.largest]
    readable = [(w, h) for w, h in ready if w * h <= MAX_PIXELS] or ready
    return next((size for size in readable if 2 * size[0] * size[1] >= pixels), readable[-1])


def _within(size: Size, max_width: int | None, max_height: int | None, max_area: int | None) -> Size:
    """The largest size of the same aspect ratio within the limits, for any rounding of the height."""
    width, height = size
    shrink = min(
        1.0,
        (max_width or width) / width,
        (max_height or height) / height,
        math.sqrt((max_area or width * height) / (width * height)),
    )
    if shrink == 1.0:
        return size
    w = max(1, int(width * shrink))
    while max_area and w > 1 and w * math.ceil(height * w / width) > max_area:
        w -= 1
    return w, max(1, int(height * w / width))
