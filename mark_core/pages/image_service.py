"""Selection of the size to request from a IIIF image service (Image API 2 and 3, and compatible parts of 1).

Sources: https://iiif.io/api/image/2.1/ and /3.0/, their compliance documents, and the properties maxWidth,
maxHeight, maxArea and sizes of info.json.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from mark_core.pages.limits import MAX_PIXELS, WORKING_PIXELS
from mark_core.pages.manifest import whole

Size = tuple[int, int]  # width, height in pixels


@dataclass(frozen=True)
class ImageService:
    """The relevant contents of an info.json.

    base: URI of the image without "/info.json".
    version: 1, 2 or 3 of the Image API.
    size: of the full image.
    largest: largest size that the service delivers, with the aspect ratio of the full image.
    listed: sizes that are precomputed, smallest first.
    any_width: whether arbitrary widths can be requested.
    """

    base: str
    version: int
    size: Size
    largest: Size
    listed: tuple[Size, ...] = ()
    any_width: bool = True


def is_info(data: dict[str, Any]) -> bool:
    """Whether JSON data is an info.json rather than a manifest."""
    described = f"{data.get('protocol')} {data.get('type')} {data.get('@context')}"
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
    largest = _within((width, height), max_width, least("maxHeight") or max_width, least("maxArea"))
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
    )


def image_urls(service: ImageService) -> list[str]:
    """URLs of the whole image near the working size of a page, best first; the others are fallbacks.

    For a service with precomputed sizes only, it is the smallest with at least half as many pixels: the next larger one
    may be four times as large.
    """
    # 2.0 knows no "max"; 2.1 does, and refuses "full" where the service sets limits
    most = "full" if service.version < 3 and service.largest == service.size else "max"
    width, height = _within(service.size, *service.largest, WORKING_PIXELS)
    if (width, height) == service.size:
        wanted = [most, f"{width},"]
    elif service.any_width:
        wanted = [f"{width},", f"{width},{height}", most]
    else:
        w, h = _ready_size(service, width * height)
        # 2.1 asks for "w," where 2.0 and 3.0 ask for "w,h"; static files exist under one name only
        pair = [f"{w},{h}", f"{w},"] if service.version >= 3 else [f"{w},", f"{w},{h}"]
        wanted = [most, *pair] if (w, h) == service.largest else [*pair, most]
    quality = "native" if service.version == 1 else "default"
    return [f"{service.base}/full/{size}/0/{quality}.jpg" for size in wanted]


def _version(info: dict[str, Any]) -> int:
    described = f"{info.get('@context')} {info.get('type')} {info.get('profile')}"
    if re.search(r"api/image/3|ImageService3", described):
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
