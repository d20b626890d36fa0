"""A page: upright pixels and their source."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import cv2
import numpy as np


@dataclass(frozen=True)
class PageSource:
    """The source of a page on the network, as target of annotations.

    url: of the image as requested.
    manifest: URL of the IIIF manifest, or None.
    canvas: id of the IIIF canvas, or None.
    canvas_size: (width, height) of the canvas in its own units, or None.
    service: base URI of the IIIF image service, or None.
    canvas_part: x, y, width, height of the part of the canvas that the page shows, in units of the canvas; None: all
        of it. See ``export.geometry.canvas_box``.
    """

    url: str
    manifest: str | None = None
    canvas: str | None = None
    canvas_size: tuple[int, int] | None = None
    service: str | None = None
    canvas_part: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, eq=False)
class PageFile:
    """The file that a page was decoded from.

    data: its bytes, shared by its pages. number: 0-based page or frame. pages: number of its pages.
    """

    data: bytes = field(repr=False)
    number: int = 0
    pages: int = 1


@dataclass(frozen=True)
class PagePart:
    """The part of a picture that a page shows, see ``cropping.crop.crop_page``.

    box: x, y, w, h. whole: (width, height) of all of the picture. Both in pixels of a page of all of it, before it is
    turned.
    """

    box: tuple[int, int, int, int]
    whole: tuple[int, int]


@dataclass(frozen=True, eq=False)
class Page:
    """A page. Pages compare by identity; sha256 and number identify their content.

    pixels: (H, W, 3) uint8 RGB, upright (EXIF orientation applied), read-only.
    name: the file's own name, without its folder, or the label of the IIIF canvas.
    sha256: of the bytes of the file, or of the pixels when there was no file.
    number: 0-based frame of a TIFF, page of a PDF or canvas of a IIIF manifest.
    dpi: dots per inch of the original as the file states it, or None.
    scale: working pixels per original pixel, 0 < scale <= 1; below 1 for very large scans.
    original_size: (width, height) of the original as its file has it (EXIF orientation applied), original pixels.
    turn: degrees clockwise by which ``pixels`` were turned from that, 0, 90, 180 or 270, see ``turn.turn_page``.
    part: what ``pixels`` show of the original before they were turned; None: all of it.
    source: on the network, or None for a local file.
    file: the original file, to be stored unchanged; None without a file, or if it is larger than the pixels of its
        pages.
    """

    pixels: np.ndarray
    name: str
    sha256: str
    number: int = 0
    dpi: float | None = None
    scale: float = 1.0
    original_size: tuple[int, int] = (0, 0)
    source: PageSource | None = None
    file: PageFile | None = None
    turn: int = 0
    part: PagePart | None = None

    def __post_init__(self) -> None:
        if self.pixels.ndim != 3 or self.pixels.shape[2] != 3 or self.pixels.dtype != np.uint8:
            raise TypeError(f"pixels must be (H, W, 3) uint8, got {self.pixels.shape} {self.pixels.dtype}")
        self.pixels.flags.writeable = False  # pages are shared between threads and indexes
        if self.original_size == (0, 0):
            object.__setattr__(self, "original_size", self.whole_size)

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])

    @property
    def unturned_size(self) -> tuple[int, int]:
        """(width, height) of ``pixels`` before they were turned."""
        return (self.height, self.width) if self.turn % 180 else (self.width, self.height)

    @property
    def whole_size(self) -> tuple[int, int]:
        """(width, height) of all of the picture at the scale of ``pixels``, neither turned nor cropped."""
        return self.unturned_size if self.part is None else self.part.whole

    @property
    def nbytes(self) -> int:
        """Memory of the pixels and of the share of the file, bytes."""
        return self.pixels.nbytes + (len(self.file.data) // self.file.pages if self.file else 0)

    @cached_property
    def grey(self) -> np.ndarray:
        """(H, W) uint8 luma of ``pixels``, read-only; 0 is black."""
        grey = cv2.cvtColor(self.pixels, cv2.COLOR_RGB2GRAY)
        grey.flags.writeable = False
        return grey
