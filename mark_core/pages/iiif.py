"""Pages from web addresses: IIIF manifests, IIIF images and other files."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from urllib.parse import unquote, urlsplit

from mark_core.errors import MarkError
from mark_core.message import Message
from mark_core.pages.canvas_image import CanvasReader
from mark_core.pages.content_state import is_url, read_address
from mark_core.pages.fetch import NotServed, fetch
from mark_core.pages.fetched.decoder import Decoder, OwnDecoder
from mark_core.pages.fetched.document import INFO
from mark_core.pages.limits import TOTAL_FETCH_SECONDS
from mark_core.pages.manifest import Canvas
from mark_core.pages.page import Page, PageSource
from mark_core.pages.painting import Painting

__all__ = ["Listing", "iiif_listing", "iiif_pages", "is_url"]

Progress = Callable[[int, int, str], None]
Notify = Callable[[Message], None]
_OWN = OwnDecoder()


@dataclass(frozen=True)
class Listing:
    """The content of an address, without page images.

    url: the address that was fetched.
    title: of the manifest, or the name of the image or file.
    canvases: the pages that have an image; one for a single image or another file.
    manifest: whether it is a manifest.
    file: the bytes of a file that is neither manifest nor info.json: an image, PDF, TIFF or zip. Else None.
    selected: ``Canvas.number`` of the page that the address shows, or None.
    """

    url: str
    title: str
    canvases: tuple[Canvas, ...]
    manifest: bool = False
    file: bytes | None = field(default=None, repr=False)
    selected: int | None = None


def iiif_listing(url: str, allow: Iterable[str] | None = None, decoder: Decoder = _OWN) -> Listing:
    """Fetch a manifest or an info.json and list its pages, without page images.

    url: of a manifest (IIIF Presentation 2 or 3), an info.json (IIIF Image 1 to 3), or of an image, PDF, TIFF or
        zip, which is fetched as a whole. The link of a viewer that names a manifest works as well, also with a canvas
        and as a content state, see `content_state`.
    allow: hosts outside the public internet that may be asked; None reads MARK_ALLOW_HOSTS (see `address`).
    decoder: reads what was fetched.

    Raises MarkError with one plain sentence on anything that cannot be used.
    """
    state = read_address(url.strip())
    data = fetch(state.url, allow=allow).data
    found = decoder.document(data, state, _file_name(state.url.removesuffix(INFO)), True)
    if found.shown is not None:
        state = found.shown
        data = fetch(state.url, allow=allow).data
        found = decoder.document(data, state, _file_name(state.url.removesuffix(INFO)), False)
    url = state.url
    name = _file_name(url.removesuffix(INFO))
    if found.file:
        return Listing(url, name, (Canvas(0, name, paintings=(Painting(image=url),)),), file=data)
    return Listing(url, found.title or name, found.canvases, found.manifest, selected=found.selected)


def iiif_pages(
    source: str | Listing,
    progress: Progress | None = None,
    allow: Iterable[str] | None = None,
    numbers: Iterable[int] | None = None,
    notify: Notify = lambda sentence: None,
    decoder: Decoder = _OWN,
) -> Iterator[Page]:
    """Fetch the pages of a web address lazily, one at a time.

    source: an address, or the result of `iiif_listing`, which is not fetched again.
    progress: called as ``progress(done, total, label)`` before a page is fetched and once after the last; not for
        a single file.
    allow: as for `iiif_listing`.
    numbers: `Canvas.number` of the pages wanted; by default the one that an address shows, else all. A single file is
        always read whole.
    notify: called with one sentence about each image of a page that is left out.
    decoder: reads what is fetched.

    Images are requested at working size if the service can scale; `Page.scale` relates the page to the full image, or
    to the region of it that its canvas shows. Images that are painted turned or mirrored come upright, and several on
    one canvas as one page. A page that cannot be fetched raises MarkError with its label; ``next`` continues with the
    next page.
    """
    allow = None if allow is None else tuple(allow)
    listing = source if isinstance(source, Listing) else iiif_listing(source, allow, decoder)
    if listing.file is not None:
        found = partial(replace, source=PageSource(listing.url))
        return map(found, decoder.pages(listing.file, listing.title))
    canvases = listing.canvases
    if numbers is None and not isinstance(source, Listing) and listing.selected is not None:
        numbers = (listing.selected,)
    if numbers is not None:
        chosen = set(numbers)
        canvases = tuple(canvas for canvas in canvases if canvas.number in chosen)
        if not canvases:
            raise MarkError("None of the pages asked for has an image in this manifest.")
    return map(_Reader(listing, len(canvases), progress, allow, notify, decoder), canvases)


class _Reader:
    """Iterator over the pages of canvases, with a limit on the total network time."""

    def __init__(
        self,
        listing: Listing,
        total: int,
        progress: Progress | None,
        allow: tuple[str, ...] | None,
        notify: Notify,
        decoder: Decoder,
    ) -> None:
        self._decoder = decoder
        self._listing = listing
        self._total = total
        self._progress = progress
        self._allow = allow
        self._notify = notify
        self._done = 0
        self._seconds = 0.0

    def __call__(self, canvas: Canvas) -> Page:
        self._tell(canvas.label)
        self._done += 1
        described: dict[str, dict[str, Any]] = {}  # one image may be painted several times

        def describe(painting: Painting) -> dict[str, Any]:
            service = painting.service or ""
            if service not in described:
                described[service] = self._info(painting)
            return described[service]

        try:
            reader = CanvasReader(self._fetch, describe, self._notify, self._decoder)
            return reader.read(canvas, self._listing.url if self._listing.manifest else None)
        except MarkError as error:
            raise MarkError("{title}: {sentence}", title=canvas.label, sentence=error.message) from error
        finally:
            if self._done == self._total:
                self._tell(canvas.label)

    def _tell(self, label: str) -> None:
        if self._progress is not None:
            self._progress(self._done, self._total, label)

    def _info(self, painting: Painting) -> dict[str, Any]:
        """The info.json of an image, else the description in the manifest."""
        if not self._listing.manifest:
            return painting.description
        try:
            found = self._decoder.info(self._fetch(f"{painting.service}{INFO}"))
        except NotServed:
            found = None
        return found or painting.description

    def _fetch(self, url: str) -> bytes:
        if self._seconds > TOTAL_FETCH_SECONDS:
            raise MarkError("The library sends its pages too slowly, so that the rest is not fetched.")
        started = time.monotonic()
        try:
            return fetch(url, allow=self._allow).data
        finally:
            self._seconds += time.monotonic() - started


def _file_name(url: str) -> str:
    """The last part of the path of a URL, or its host when there is none."""
    parts = urlsplit(url)
    return unquote(parts.path.rstrip("/").rpartition("/")[2])[:200] or parts.hostname or "page"
