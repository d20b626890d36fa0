"""The picture formats that are read. Pillow knows some forty, among them readers that start other programs."""

from __future__ import annotations

import importlib
import io
from functools import lru_cache
from pathlib import Path

from PIL import Image

# A JPEG of several pictures (MPO) is opened by the reader of JPEG. TGA has no signature: what is none of the others may
# be one, so it comes last.
PICTURE_FORMATS = ("JPEG", "PNG", "TIFF", "WEBP", "JPEG2000", "AVIF", "GIF", "BMP", "PPM", "TGA")
_MODULES = ("Jpeg", "Png", "Tiff", "WebP", "Jpeg2K", "Avif", "Gif", "Bmp", "Ppm", "Tga")
_HEIF = "HEIF"


def open_picture(source: bytes | Path) -> Image.Image:
    """Open a picture of one of these formats without decoding it; HEIC too where its reader is known to Pillow.

    Raises what ``PIL.Image.open`` raises.
    """
    _import_readers()
    formats = [name for name in (*PICTURE_FORMATS, _HEIF) if name in Image.OPEN]
    return Image.open(io.BytesIO(source) if isinstance(source, bytes) else source, formats=formats)


@lru_cache(maxsize=1)
def _import_readers() -> None:
    for name in _MODULES:
        try:
            importlib.import_module(f"PIL.{name}ImagePlugin")
        except ImportError:  # older versions of Pillow have no reader of AVIF
            continue
