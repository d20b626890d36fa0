"""Loading of pages from files, bytes, PIL images and arrays."""

from __future__ import annotations

import hashlib
import operator
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, UnidentifiedImageError
from PIL.TiffImagePlugin import TiffImageFile

from mark_core.errors import MarkError
from mark_core.pages.archive import Archive, is_zip
from mark_core.pages.decode import (
    DAMAGED,
    NOT_READABLE,
    ODD_KIND,
    TOO_LARGE,
    check_size,
    decode_array,
    decode_pil,
    picture_memory,
)
from mark_core.pages.heic import HEIC, can_read_heic, is_heic
from mark_core.pages.limits import MAX_FILE_BYTES, MAX_PAGES, MAX_SCANS
from mark_core.pages.page import Page, PageFile
from mark_core.pages.pdf import is_pdf, page_count, page_memory, render_pdf_page
from mark_core.pages.picture_formats import open_picture

Source = str | os.PathLike[str] | bytes | bytearray | memoryview | Image.Image | np.ndarray
_JPEG = ("JPEG", "MPO")
_SCAN = b"\xff\xda"  # begins a scan of a JPEG; compressed data never have these two bytes
_REDUCED_IMAGE = 1  # bit of TIFF tag 254: the frame is a thumbnail or a pyramid level of another frame


def load_page(source: Source, *, name: str | None = None, number: int = 0) -> Page:
    """Load one page.

    source: a path, the bytes of a file, a PIL image, or an array: (H, W) or (H, W, C) with C = 1 to 4
        (grey, grey + alpha, RGB, RGBA), of any integer or float type.
    name: of the page; by default the name of the file.
    number: 0-based page of a PDF or frame of a TIFF.

    Raises MarkError, a ValueError with one plain sentence, on anything that cannot be used.
    """
    reader = PageReader(source, name)
    return reader.page(number)


def load_pages(source: Source, *, name: str | None = None) -> Iterator[Page]:
    """Iterate over the pages of a PDF, TIFF or zip, or over the one page of another source.

    Arguments and errors as for `load_page`; pages of a zip have the names of its members. A file that cannot be opened
    raises MarkError at the call, a damaged page or member during iteration; ``next`` continues with the next one.
    ``operator.length_hint`` gives the number of remaining pages; a member of a zip not opened yet counts as one.
    """
    reader = PageReader(source, name)
    if reader.is_archive():
        return ArchivePages(reader.archive())
    return _FilePages(reader)


class _FilePages(Iterator[Page]):
    """Pages of one file."""

    def __init__(self, reader: PageReader) -> None:
        self._reader = reader
        self._numbers = iter(range(reader.count()))

    def __next__(self) -> Page:
        return self._reader.read(next(self._numbers))

    def __length_hint__(self) -> int:
        return operator.length_hint(self._numbers)


class ArchivePages(Iterator[Page]):
    """Pages of the members of a zip, with one member in memory at a time. archive: the zip."""

    def __init__(self, archive: Archive) -> None:
        self.archive = self._archive = archive
        self._members = iter(range(len(archive.names)))
        self._pages: Iterator[Page] = iter(())
        self._name = ""

    def __next__(self) -> Page:
        while True:
            try:
                for page in self._pages:
                    return page
                member = next(self._members)
                self._name = self._archive.names[member]
                reader = PageReader(self._archive.read(member), self._name)
                self._pages = _FilePages(reader)
            except MarkError as error:
                raise MarkError("{title}: {sentence}", title=self._name, sentence=error.message) from error

    def __length_hint__(self) -> int:
        return operator.length_hint(self._members) + operator.length_hint(self._pages)


class PageReader:
    """The pages of one source, by their numbers. archive: of a zip, whose files have readers of their own.

    Raises MarkError when the source is nothing that can be read, empty or too large; its methods as `load_page`.
    """

    def __init__(self, source: Source, name: str | None) -> None:
        self._data: bytes | None = None
        self._image: Image.Image | None = None
        self._array: np.ndarray | None = None
        self._count: int | None = None
        default = "page"
        if isinstance(source, np.ndarray):
            self._array = source
        elif isinstance(source, Image.Image):
            self._image = source
        elif isinstance(source, (bytes, bytearray, memoryview)):
            self._data = bytes(source)
        elif isinstance(source, (str, os.PathLike)):
            default = Path(source).name
            self._data = _file_bytes(Path(source))
        else:
            raise MarkError(NOT_READABLE)
        self._name = name or default
        if self._data is not None:
            if not self._data:
                raise MarkError("This file is empty.")
            if len(self._data) > MAX_FILE_BYTES:
                raise MarkError(
                    "This file is larger than {limit} MB and is not read.", limit=MAX_FILE_BYTES >> 20
                )

    def is_archive(self) -> bool:
        return self._data is not None and is_zip(self._data)

    def archive(self) -> Archive:
        return Archive(self._data or b"")

    def count(self) -> int:
        if self._count is None:
            self._count = self._counted()
        return self._count

    def _counted(self) -> int:
        if self._data is None:
            return 1
        if is_pdf(self._data):
            return page_count(self._data)
        with open_image(self._data) as image:
            return len(_page_frames(image))

    def page(self, number: int) -> Page:
        """The page of a number that may be any. Raises MarkError if there is none, or if this is a zip."""
        if self.is_archive():
            raise MarkError("This is a zip archive of several files: please open it as a whole or unpack it.")
        count = self.count()
        if not 0 <= number < count:
            if count == 1:
                raise MarkError("This file has 1 page, so there is no page {page}.", page=number + 1)
            raise MarkError(
                "This file has {count} pages, so there is no page {page}.", count=count, page=number + 1
            )
        return self.read(number)

    def memory(self, number: int) -> int:
        """Memory that reading a page takes at most, bytes, roughly."""
        if self._data is None:
            return 0
        if is_pdf(self._data):
            return page_memory(self._data, number)
        with open_image(self._data) as image:
            if number:
                image.seek(_page_frames(image)[number])
            check_size(*image.size)
            return picture_memory(image)

    def read(self, number: int) -> Page:
        dpi: float | None = None
        if self._data is not None and is_pdf(self._data):
            pixels, dpi = render_pdf_page(self._data, number)
            size = (pixels.shape[1], pixels.shape[0])
        elif self._data is not None:
            with open_image(self._data) as image:
                if number:
                    image.seek(_page_frames(image)[number])
                dpi = _stated_dpi(image)
                pixels, size = decode_pil(image, may_draft=True)
        elif self._image is not None:
            dpi = _stated_dpi(self._image)
            pixels, size = decode_pil(self._image, may_draft=False)
        elif self._array is not None:
            pixels, size = decode_array(self._array)
        else:
            raise MarkError(NOT_READABLE)
        return Page(
            pixels=pixels,
            name=self._name,
            sha256=hashlib.sha256(pixels.data if self._data is None else self._data).hexdigest(),
            number=number,
            dpi=dpi,
            scale=min(1.0, pixels.shape[1] / size[0]),
            original_size=size,
            file=self._kept(number, pixels),
        )

    @property
    def data(self) -> bytes | None:
        """The bytes of the file; None for an image or an array."""
        return self._data

    def _kept(self, number: int, pixels: np.ndarray) -> PageFile | None:
        if self._data is None or len(self._data) > self.count() * pixels.nbytes:
            return None
        return PageFile(self._data, number, self.count())


def _file_bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_FILE_BYTES:
            raise MarkError(
                "This file is larger than {limit} MB and is not read.", limit=MAX_FILE_BYTES >> 20
            )
        return path.read_bytes()
    except FileNotFoundError as error:
        raise MarkError("There is no file called {file}.", file=path.name) from error
    except (OSError, ValueError) as error:
        if isinstance(error, MarkError):
            raise
        raise MarkError("The file {file} cannot be opened.", file=path.name) from error


def open_image(data: bytes) -> Image.Image:
    """Open an image without decoding it. Raises MarkError if it is none, or too large."""
    if is_heic(data):
        can_read_heic()
    try:
        # No MAX_IMAGE_PIXELS is set: it is one global for all threads. Pillow's own hard limit lies just
        # above MAX_PIXELS, which decode_pil checks before it decodes.
        image = open_picture(data)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise MarkError(TOO_LARGE) from error
    except UnidentifiedImageError as error:
        raise MarkError(HEIC if is_heic(data) else NOT_READABLE) from error
    except MemoryError:
        raise
    except Exception as error:  # a header that looks right over data that is not
        raise MarkError(DAMAGED) from error
    if image.format in _JPEG and data.count(_SCAN) > MAX_SCANS:  # each is decoded over the whole picture
        image.close()
        raise MarkError(ODD_KIND)
    return image


def _page_frames(image: Image.Image) -> list[int]:
    """Indices of the frames that are pages. Only in TIFF; frames of GIF, WebP or MPO are animations or previews."""
    if not isinstance(image, TiffImageFile):
        return [0]
    try:
        count = image.n_frames
        if count > MAX_PAGES:
            raise MarkError(
                "This TIFF has {count} pages; please split it into parts of at most {limit} pages.",
                count=count,
                limit=MAX_PAGES,
            )
        frames = []
        for frame in range(count):
            image.seek(frame)
            if not image.tag_v2.get(254, 0) & _REDUCED_IMAGE:
                frames.append(frame)
        image.seek(0)
    except (MarkError, MemoryError):
        raise
    except Exception as error:
        raise MarkError(DAMAGED) from error
    return frames or [0]


def _stated_dpi(image: Image.Image) -> float | None:
    stated: Any = image.info.get("dpi")
    try:
        dpi = float(stated[0])
    except (TypeError, ValueError, IndexError, ZeroDivisionError):
        return None
    return dpi if 30 <= dpi <= 10_000 else None  # 1 stands for "unknown" in some files
