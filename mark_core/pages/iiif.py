"""Pages of digital libraries: a IIIF manifest, a IIIF image or any other file, by its web address."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from mark_core.errors import MarkError
from mark_core.pages.fetch import NotServed, fetch
from mark_core.pages.image_service import image_urls, is_info, read_info
from mark_core.pages.limits import MAX_JSON_BYTES, TOTAL_FETCH_SECONDS
from mark_core.pages.load import load_page, load_pages
from mark_core.pages.manifest import Canvas, identifier, read_manifest
from mark_core.pages.page import Page, PageSource

Progress = Callable[[int, int, str], None]
_INFO = "/info.json"


@dataclass(frozen=True)
class Listing:
    """What an address leads to, before any page of a manifest is fetched.

    url: the address that was fetched.
    title: of the manifest, or the name of the image or file.
    canvases: the pages that have an image; one for a single image or another file.
    manifest: whether it is a manifest.
    file: the bytes of a file that is neither manifest nor info.json: an image, PDF, TIFF or zip. Else None.
    """

    url: str
    title: str
    canvases: tuple[Canvas, ...]
    manifest: bool = False
    file: bytes | None = field(default=None, repr=False)


def is_url(text: str) -> bool:
    """Whether a text is meant as a web address rather than a path."""
    return text.strip().lower().startswith(("http://", "https://"))


def iiif_listing(url: str, allow: Iterable[str] | None = None) -> Listing:
    """Fetches a manifest or an info.json and lists its pages; no page image is fetched.

    url: of a manifest (IIIF Presentation 2 or 3), an info.json (IIIF Image 2 or 3), or of an image, PDF, TIFF or
        zip, which has to be fetched whole to be told. A viewer's link that names a manifest stands for it.
    allow: hosts outside the public internet that may be asked; None reads MARK_ALLOW_HOSTS (see `address`).

    Raises MarkError with one plain sentence on anything that cannot be used.
    """
    url = _named_manifest(url.strip())
    data = fetch(url, allow=allow).data
    document = _json(data)
    name = _file_name(url.removesuffix(_INFO))
    if document is None:
        if _first(data) == b"<":
            raise MarkError(
                "This address leads to a web page: look there for a link to the IIIF manifest and use that address."
            )
        return Listing(url, name, (Canvas(0, name, image=url),), file=data)
    if is_info(document):
        base = url.removesuffix(_INFO) if url.endswith(_INFO) else identifier(document) or url
        return Listing(url, name, (Canvas(0, name, service=base, description=document),))
    title, canvases = read_manifest(document)
    return Listing(url, title or name, tuple(canvases), manifest=True)


def iiif_pages(
    source: str | Listing,
    progress: Progress | None = None,
    allow: Iterable[str] | None = None,
    numbers: Iterable[int] | None = None,
) -> Iterator[Page]:
    """Fetches the pages behind a web address one at a time, each when its turn comes.

    source: an address, or what `iiif_listing` said of it, which is then not fetched again.
    progress: called as ``progress(done, total, label)`` before a page is fetched and once after the last; not for
        a single file.
    allow: as for `iiif_listing`.
    numbers: `Canvas.number` of the pages wanted, all by default. A single file is always read whole.

    Images come at the working size where the service can make it, so `Page.scale` says how the page relates to
    the full image. A page that cannot be had raises MarkError with its label in front; calling ``next`` again goes
    on with the page after it.
    """
    allow = None if allow is None else tuple(allow)
    listing = source if isinstance(source, Listing) else iiif_listing(source, allow)
    if listing.file is not None:
        found = partial(replace, source=PageSource(listing.url))
        return map(found, load_pages(listing.file, name=listing.title))
    canvases = listing.canvases
    if numbers is not None:
        chosen = set(numbers)
        canvases = tuple(canvas for canvas in canvases if canvas.number in chosen)
        if not canvases:
            raise MarkError("None of the pages asked for has an image in this manifest.")
    return map(_Reader(listing, len(canvases), progress, allow), canvases)


class _Reader:
    """Turns canvases into pages, in order, and counts the time spent on the network."""

    def __init__(
        self, listing: Listing, total: int, progress: Progress | None, allow: tuple[str, ...] | None
    ) -> None:
        self._listing = listing
        self._total = total
        self._progress = progress
        self._allow = allow
        self._done = 0
        self._seconds = 0.0

    def __call__(self, canvas: Canvas) -> Page:
        self._tell(canvas.label)
        self._done += 1
        try:
            return self._page(canvas)
        except MarkError as error:
            raise MarkError("{title}: {sentence}", title=canvas.label, sentence=error.message) from error
        finally:
            if self._done == self._total:
                self._tell(canvas.label)

    def _tell(self, label: str) -> None:
        if self._progress is not None:
            self._progress(self._done, self._total, label)

    def _page(self, canvas: Canvas) -> Page:
        service = None
        if canvas.service is not None:
            service = read_info(self._info(canvas), canvas.service)
        urls = [] if service is None else image_urls(service)
        if canvas.image is not None and canvas.image not in urls:
            urls.append(canvas.image)
        failure: MarkError = MarkError("The library's image service does not say how large the image is.")
        for url in urls:
            try:
                data = self._fetch(url)
            except NotServed as error:
                failure = error if url == urls[0] else failure
                continue
            page = load_page(data, name=canvas.label)
            origin = PageSource(
                url=url,
                manifest=self._listing.url if self._listing.manifest else None,
                canvas=canvas.id,
                canvas_size=canvas.size,
                service=canvas.service,
            )
            page = replace(page, number=canvas.number, source=origin)
            return page if service is None else _scaled(page, service.size)
        raise failure

    def _info(self, canvas: Canvas) -> dict[str, Any]:
        """The info.json of a canvas's image, or what the manifest says of it when that cannot be had."""
        if not self._listing.manifest:
            return canvas.description
        try:
            found = _json(self._fetch(f"{canvas.service}{_INFO}"))
        except NotServed:
            found = None
        return found or canvas.description

    def _fetch(self, url: str) -> bytes:
        if self._seconds > TOTAL_FETCH_SECONDS:
            raise MarkError("The library sends its pages too slowly, so that the rest is not fetched.")
        started = time.monotonic()
        try:
            return fetch(url, allow=self._allow).data
        finally:
            self._seconds += time.monotonic() - started


def _scaled(page: Page, full: tuple[int, int]) -> Page:
    """The page with the full image of the service as its original, unless the shapes do not agree."""
    width, height = full
    scale = page.width / width
    if scale > 1 or abs(page.height - height * scale) > 2:
        return page
    # What a derived file says of its resolution is not that of the original.
    return replace(page, scale=scale, original_size=full, dpi=page.dpi if scale == 1 else None)


def _json(data: bytes) -> dict[str, Any] | None:
    """The object that the data are, or None when they are no JSON at all."""
    if _first(data) != b"{":
        return None
    if len(data) > MAX_JSON_BYTES:
        raise MarkError(
            "This manifest is larger than {limit} MB and is not read.", limit=MAX_JSON_BYTES >> 20
        )
    try:
        document = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise MarkError("The manifest at this address is damaged: please try again.") from error
    return document


def _first(data: bytes) -> bytes:
    """The first byte of a text after its byte order mark and white space."""
    return data[:1024].removeprefix(b"\xef\xbb\xbf").lstrip()[:1]


def _named_manifest(url: str) -> str:
    """The manifest that a viewer's link names (?manifest=, #?manifest=, ?iiif-content=), else the link itself.

    Source: https://iiif.io/api/content-state/1.0/ for iiif-content; the others are what viewers made customary.
    """
    head, _, fragment = url.partition("#")
    query = head.partition("?")[2]
    for name, value in (*parse_qsl(query), *parse_qsl(fragment.lstrip("?"))):
        if name in {"manifest", "iiif-content"} and is_url(value):
            return value
    return url


def _file_name(url: str) -> str:
    """The last part of the path of a URL, or its host when there is none."""
    parts = urlsplit(url)
    return unquote(parts.path.rstrip("/").rpartition("/")[2])[:200] or parts.hostname or "page"
