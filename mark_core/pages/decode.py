"""Decoding of PIL images and arrays to upright RGB pixels at working size."""

from __future__ import annotations

import math
from collections.abc import Callable

import cv2
import numpy as np
from PIL import Image, ImageOps

from mark_core.errors import MarkError
from mark_core.message import Message
from mark_core.pages.limits import MAX_PIXELS, MIN_SIDE, WORKING_PIXELS

TOO_LARGE = Message(
    "This image is too large to be read safely: please save it with fewer than {limit} million pixels.",
    {"limit": MAX_PIXELS // 1_000_000},
)
NOT_READABLE = "This file is not an image or a PDF that can be read."
DAMAGED = "This image file is damaged or incomplete: please copy or download it again."
ODD_KIND = "This kind of image cannot be read: please save it as an ordinary JPEG, PNG or TIFF file."

_FULL_SCALES = (1, 255, 1023, 4095, 16383, 65535)  # white in images of 1, 8, 10, 12, 14 and 16 bits
_BAND_PIXELS = 4_000_000  # converted at a time
_ALPHA_MODES = {"RGBA", "LA", "PA", "RGBa", "La"}


def check_size(width: int, height: int) -> None:
    """Check the declared size (pixels) of an image before decoding. Raises MarkError if too large or small."""
    if width * height > MAX_PIXELS:
        raise MarkError(TOO_LARGE)
    if min(width, height) < MIN_SIDE:
        raise MarkError(
            "This image is only {width} by {height} pixels, too small to hold any writing.",
            width=width,
            height=height,
        )


def working_size(width: int, height: int) -> tuple[int, int]:
    """(width, height) of the largest image of the same shape with at most WORKING_PIXELS pixels."""
    shrink = min(1.0, math.sqrt(WORKING_PIXELS / (width * height)))
    return max(1, int(width * shrink)), max(1, int(height * shrink))


def picture_memory(image: Image.Image) -> int:
    """Memory that decoding a picture takes at most, bytes, roughly. image: opened, not loaded.

    Where the libraries of some formats find none, they call a good picture damaged.
    """
    pixels = image.width * image.height
    working = min(pixels, WORKING_PIXELS)
    bands = len(image.getbands())
    decoder = 0
    if image.format == "JPEG2000":
        decoder = 4 * bands * pixels
    elif image.format in ("WEBP", "AVIF", "HEIF"):
        decoder = 6 * pixels  # as it is coded, and in colour
    elif image.info.get("progressive"):
        decoder = 2 * bands * pixels  # coefficients, whatever the scale it is read at
    if image.format in ("JPEG", "MPO"):
        pixels = min(pixels, 4 * WORKING_PIXELS)  # it is read at a reduced scale
    held = 1 if image.mode in ("1", "L", "P") else 2 if image.mode.startswith("I;16") else 4
    if image.mode == "P":
        held += 4
    elif image.mode.startswith("I") or image.mode == "F":
        held += 1
    return max(held * pixels + decoder + 4 * working, 11 * working)


def decode_pil(image: Image.Image, *, may_draft: bool) -> tuple[np.ndarray, tuple[int, int]]:
    """Decode one frame.

    image: opened, not necessarily loaded; its declared size is checked first.
    may_draft: a JPEG may be decoded at reduced scale, and the memory of ``image`` is freed as soon as it can be; both
        change ``image`` itself.

    Returns (H, W, 3) uint8 RGB upright at working size, and the (width, height) of the upright original.
    """
    width, height = image.size
    check_size(width, height)
    target = working_size(width, height)
    try:
        if may_draft and target != image.size:
            image.draft(image.mode, target)
        image.load()
        # After load(): Pillow's TIFF reader turns the image itself and drops the tag, so that reading the
        # tag earlier would turn such an image twice.
        orientation = image.getexif().get(0x0112, 1)
    except (MarkError, MemoryError):
        raise
    except Exception as error:  # Pillow's readers raise nearly anything on damaged data
        raise MarkError(DAMAGED) from error
    if (image.width < image.height) != (width < height):  # turned by the reader
        width, height, target = height, width, target[::-1]
    try:
        eight_bit = _to_eight_bit(image)
        if eight_bit.width * eight_bit.height > WORKING_PIXELS:
            eight_bit = eight_bit.resize(target, Image.Resampling.BICUBIC, reducing_gap=2.0)
        if may_draft and eight_bit is not image:
            image.close()
        flat = _flatten(eight_bit)
    except (OSError, ValueError) as error:
        raise MarkError(ODD_KIND) from error
    if orientation in range(2, 9):
        exif = Image.Exif()
        exif[0x0112] = orientation
        flat.info["exif"] = exif.tobytes()
        flat = ImageOps.exif_transpose(flat)
        if orientation >= 5:
            width, height = height, width
    return np.array(flat.convert("RGB")), (width, height)


def decode_array(array: np.ndarray) -> tuple[np.ndarray, tuple[int, int]]:
    """Convert an array to a page.

    array: (H, W) or (H, W, C) with C = 1 grey, 2 grey + alpha, 3 RGB or 4 RGBA; bool, integers or floats.

    Returns the same as `decode_pil`.
    """
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (1, 2, 3, 4)):
        raise MarkError("This is not an image: its data must be a grid of grey or colour pixels.")
    height, width = array.shape[:2]
    check_size(width, height)
    pixels = _array_to_uint8(array if array.ndim == 3 else array[:, :, None])
    target = working_size(width, height)
    if target != (width, height):
        pixels = cv2.resize(pixels, target, interpolation=cv2.INTER_AREA).reshape(*target[::-1], -1)
    channels = pixels.shape[2]
    if channels in (2, 4):
        alpha = pixels[:, :, -1:].astype(np.float32) / 255
        pixels = np.rint(pixels[:, :, :-1] * alpha + 255 * (1 - alpha)).astype(np.uint8)
    if pixels.shape[2] == 1:
        pixels = np.repeat(pixels, 3, axis=2)
    return np.array(pixels, order="C"), (width, height)


def _to_eight_bit(image: Image.Image) -> Image.Image:
    """Convert an image to mode L, LA, RGB or RGBA (or another 8-bit colour mode that `_flatten` handles)."""
    if image.mode.startswith("I") or image.mode == "F":
        width, height = image.size
        rows = _Rows(height, width, lambda top, bottom: np.asarray(image.crop((0, top, width, bottom))))
        return Image.fromarray(rows.to_uint8())
    if image.mode == "1":
        return image.convert("L")
    if image.mode in {"P", "PA"} or "transparency" in image.info:
        return image.convert("RGBA")
    return image


def _flatten(image: Image.Image) -> Image.Image:
    """Convert an image to mode L or RGB, composed over white."""
    if image.mode in _ALPHA_MODES:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, (255, 255, 255, 255))
        return Image.alpha_composite(paper, image).convert("RGB")
    return image if image.mode == "L" else image.convert("RGB")


def _array_to_uint8(array: np.ndarray) -> np.ndarray:
    """Scale a numeric array to uint8. The bit depth is inferred from the maximum."""
    if array.dtype == np.uint8:
        return array
    if array.dtype == bool:
        return array.astype(np.uint8) * np.uint8(255)
    if not (np.issubdtype(array.dtype, np.integer) or np.issubdtype(array.dtype, np.floating)):
        raise MarkError("This is not an image: its data must be a grid of grey or colour pixels.")
    return _Rows(array.shape[0], array.shape[1], lambda top, bottom: array[top:bottom]).to_uint8()


class _Rows:
    """Rows of numbers that are scaled to uint8 a band at a time: all at once as floats would take ten times their
    memory. read: the rows from one to before another."""

    def __init__(self, height: int, width: int, read: Callable[[int, int], np.ndarray]) -> None:
        self._height, self._read = height, read
        self._step = max(1, _BAND_PIXELS // width)

    def to_uint8(self) -> np.ndarray:
        """White is the largest value of the bit depth that holds all; where none does, the range is stretched. What is
        no number is as white as the largest."""
        bands = [(top, min(self._height, top + self._step)) for top in range(0, self._height, self._step)]
        low, high, kind = np.inf, -np.inf, self._read(0, 1).dtype
        for top, bottom in bands:
            values = self._read(top, bottom).astype(np.float32)
            values = values[np.isfinite(values)]
            if values.size:
                low, high = min(low, float(values.min())), max(high, float(values.max()))
        if low > high:  # not one number
            low = high = 1.0
        scales = _FULL_SCALES if np.issubdtype(kind, np.floating) else _FULL_SCALES[1:]
        full: float | None = next((scale for scale in scales if high <= scale), None)
        start = 0.0
        if low < 0 or full is None:  # no usual range: stretch what is there
            start, full = low, max(high - low, float(np.finfo(np.float32).tiny))
        out = None
        for top, bottom in bands:
            values = self._read(top, bottom).astype(np.float32)
            values[~np.isfinite(values)] = high
            values -= start
            values *= 255.0 / full
            scaled = np.rint(values, out=values).astype(np.uint8)
            if out is None:
                out = np.empty((self._height, *scaled.shape[1:]), np.uint8)
            out[top:bottom] = scaled
        assert out is not None
        return out
