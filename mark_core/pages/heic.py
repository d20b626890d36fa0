"""HEIC pictures, as phones take them: read by the package pillow-heif where it is installed, else known by name."""

from __future__ import annotations

import importlib
from functools import lru_cache

HEIC_SUFFIXES = {".heic", ".heif", ".hif"}
HEIC = "This is a HEIC picture, which cannot be read here; please save it as JPEG."
_BRANDS = {b"heic", b"heix", b"hevc", b"hevx", b"heim", b"heis", b"mif1", b"msf1"}
_AVIF = {b"avif", b"avis"}  # also in the same container, and read by Pillow itself


def is_heic(data: bytes) -> bool:
    """Whether data begin like a HEIC picture. Source: ISO/IEC 14496-12 (file type box) and 23008-12 (brands)."""
    if data[4:8] != b"ftyp":
        return False
    length = min(int.from_bytes(data[:4], "big"), 256)
    brands = {data[8:12], *(data[place : place + 4] for place in range(16, length, 4))}
    return bool(brands & _BRANDS) and not brands & _AVIF


@lru_cache(maxsize=1)
def can_read_heic() -> bool:
    """Whether pillow-heif is installed; it is then made known to Pillow."""
    try:
        importlib.import_module("pillow_heif").register_heif_opener()
    except Exception:  # not installed, or its library does not load
        return False
    return True
