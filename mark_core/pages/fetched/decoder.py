"""Decoding of what was fetched from the network: here, or wherever a program has it done."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Protocol

import numpy as np

from mark_core.pages.content_state import ContentState
from mark_core.pages.fetched.document import Document, read_document, read_json
from mark_core.pages.load import load_page, load_pages
from mark_core.pages.page import Page
from mark_core.pages.tiles import decode_tile


class Decoder(Protocol):
    """Each method raises MarkError on data that cannot be used."""

    def document(self, data: bytes, state: ContentState, name: str, follow: bool) -> Document:
        """See `read_document`."""

    def info(self, data: bytes) -> dict[str, Any] | None:
        """The info.json of an image service, None if it is no JSON."""

    def page(self, data: bytes, name: str) -> Page:
        """The one page of an image."""

    def pages(self, data: bytes, name: str) -> Iterator[Page]:
        """The pages of an image, PDF, TIFF or zip, as those of `load_pages`."""

    def tile(self, data: bytes, width: int, height: int) -> np.ndarray:
        """(H, W, 3) uint8 of a tile of about that size."""


class OwnDecoder:
    """Decodes in the process that asks."""

    def document(self, data: bytes, state: ContentState, name: str, follow: bool) -> Document:
        return read_document(data, state, name, follow)

    def info(self, data: bytes) -> dict[str, Any] | None:
        return read_json(data)

    def page(self, data: bytes, name: str) -> Page:
        return load_page(data, name=name)

    def pages(self, data: bytes, name: str) -> Iterator[Page]:
        return load_pages(data, name=name)

    def tile(self, data: bytes, width: int, height: int) -> np.ndarray:
        return decode_tile(data, width, height)
