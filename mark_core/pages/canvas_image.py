"""The page that a canvas shows: its one image, cut and turned as it is painted, or several pieced together."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import cv2
import numpy as np

from mark_core.errors import MarkError
from mark_core.message import Message
from mark_core.pages.decode import check_size, working_size
from mark_core.pages.fetch import NotServed
from mark_core.pages.fetched.decoder import Decoder
from mark_core.pages.image_service import ImageService, image_urls, read_info, ready_pixels
from mark_core.pages.limits import MAX_PIECES, MAX_PIXELS, WORKING_PIXELS
from mark_core.pages.load import load_page
from mark_core.pages.manifest import Canvas
from mark_core.pages.page import Page, PageSource
from mark_core.pages.painting import Painting
from mark_core.pages.region import Rectangle
from mark_core.pages.tiles import plan_tiles, read_tiles
from mark_core.pages.turn import edge_colour, turned, turned_size

Fetch = Callable[[str], bytes]
Describe = Callable[[Painting], dict[str, Any]]
Notify = Callable[[Message], None]
_SAME_PLACE = 0.8  # overlap by union of two targets, from which the images are views of the same thing


@dataclass(frozen=True, eq=False)
class _Piece:
    """An image and its place on the canvas, in units of the canvas; None: all of it."""

    page: Page
    place: Rectangle | None


class CanvasReader:
    """Reads the pages of canvases.

    fetch: the bytes of a URL; raises NotServed or MarkError. describe: the info.json of the service of an image.
    decoder: reads images.
    """

    def __init__(self, fetch: Fetch, describe: Describe, notify: Notify, decoder: Decoder) -> None:
        self._decoder = decoder
        self._fetch = fetch
        self._describe = describe
        self._notify = notify

    def read(self, canvas: Canvas, manifest: str | None) -> Page:
        """The page, with its source. Sentences about images that are left out go to ``notify``.

        manifest: URL that the canvas comes from. Raises MarkError if there is no image that can be read.
        """
        painted = self._without_other_views(canvas)
        if len(painted) == 1:
            painting, place = painted[0]
            service = painting.service
            piece = _Piece(self._image(painting, canvas.label, None), place)
        else:
            service = None
            piece = self._composed(painted, canvas.label)
        page = piece.page
        assert page.source is not None
        whole = canvas.size is not None and piece.place == (0, 0, *canvas.size)
        source = replace(
            page.source,
            service=service,
            manifest=manifest,
            canvas=canvas.id,
            canvas_size=canvas.size,
            canvas_part=None if whole else piece.place,
        )
        return replace(page, number=canvas.number, source=source)

    def _without_other_views(self, canvas: Canvas) -> list[tuple[Painting, Rectangle | None]]:
        """The images to be read with their places, without those that lie where an earlier one does."""
        size = canvas.size or (0, 0)
        kept: list[tuple[Painting, Rectangle | None]] = []
        for painting in canvas.paintings[:MAX_PIECES]:
            if painting.target is None:
                place: Rectangle | None = (0, 0, *size) if canvas.size else None
            else:
                place = painting.target.on(size)
                place = place if min(place[2:]) > 0 else None
            if not any(_overlap(place, other) > _SAME_PLACE for _, other in kept):
                kept.append((painting, place))
        others = min(len(canvas.paintings), MAX_PIECES) - len(kept)
        if others:
            self._notify(
                Message(
                    "{title}: several images lie on the same place of this page, and the first is read.",
                    {"title": canvas.label},
                )
            )
        if len(canvas.paintings) > MAX_PIECES:
            self._notify(
                Message(
                    "{title}: this page is pieced together of {count} images, and only the first {limit} are read.",
                    {"title": canvas.label, "count": len(canvas.paintings), "limit": MAX_PIECES},
                )
            )
        return kept

    def _composed(self, painted: Sequence[tuple[Painting, Rectangle | None]], label: str) -> _Piece:
        """Several images on the rectangle around their places."""
        places = [place for _, place in painted if place is not None]
        left, top = min(p[0] for p in places), min(p[1] for p in places)
        width, height = max(p[0] + p[2] for p in places) - left, max(p[1] + p[3] for p in places) - top
        pieces: list[_Piece] = []
        failure: MarkError | None = None
        for painting, place in painted:
            if place is None:
                continue
            share = max(1, round(WORKING_PIXELS * min(1.0, place[2] * place[3] / (width * height))))
            try:
                pieces.append(_Piece(_reduced(self._image(painting, label, share), share), place))
            except MarkError as error:
                failure = failure or error
                self._notify(
                    Message(
                        "{title}: {sentence} This piece of the page is left out.",
                        {"title": label, "sentence": error.message},
                    )
                )
        if not pieces:
            raise failure or MarkError("This manifest has no images of pages.")
        return _Piece(_put_together(pieces, (left, top, width, height), label), (left, top, width, height))

    def _image(self, painting: Painting, label: str, pixels: int | None) -> Page:
        """The image as it is painted. pixels: wanted, None for those of a page."""
        page = self._part(painting, label, pixels)
        if not painting.mirrored and not painting.rotation:
            return page
        return _changed(
            page,
            turned(page.pixels, painting.rotation, painting.mirrored),
            turned_size(page.original_size, painting.rotation),
        )

    def _part(self, painting: Painting, label: str, pixels: int | None) -> Page:
        """The region of the image, not turned: asked for, or cut out of the whole."""
        service = None
        if painting.service is not None:
            service = read_info(self._describe(painting), painting.service)
        failure: MarkError | None = None
        region = painting.region.pixels_of(service.size) if service and painting.region else None
        if service is not None and region is not None and service.any_region:
            try:
                return _scaled(self._first(image_urls(service, region, pixels), label), region[2:])
            except NotServed as error:
                failure = error
        try:
            page = self._whole(painting, service, label, None if region else pixels)
        except NotServed as error:
            raise failure or error from error
        return page if painting.region is None else _cut(page, painting)

    def _whole(
        self, painting: Painting, service: ImageService | None, label: str, pixels: int | None
    ) -> Page:
        urls = [] if service is None else image_urls(service, None, pixels)
        tiled = service is not None and not service.any_region and bool(service.tiles)
        if service is not None and tiled and service.listed:
            wanted = pixels or WORKING_PIXELS
            width, height = service.size
            # small copies are ready, and tiles have more
            if 2 * ready_pixels(service) < min(wanted, width * height) and width * height > MAX_PIXELS:
                urls = []
        failure: MarkError | None = None
        if urls:
            try:
                return _scaled(self._first(urls, label), service.size if service else (0, 0))
            except NotServed as error:
                failure = error
        if service is not None and tiled:
            try:
                return self._of_tiles(service, label, pixels)
            except NotServed as error:
                failure = failure or error
        if painting.image is not None and painting.image not in urls:
            try:
                page = self._first([painting.image], label)
                return page if service is None else _scaled(page, service.size)
            except NotServed as error:
                failure = failure or error
        raise failure or MarkError("The library's image service does not say how large the image is.")

    def _first(self, urls: Sequence[str], label: str) -> Page:
        """The image of the first URL that is served. Raises the NotServed of the first if none is."""
        failure: NotServed | None = None
        for url in urls:
            try:
                data = self._fetch(url)
            except NotServed as error:
                failure = failure or error
                continue
            return replace(self._decoder.page(data, label), source=PageSource(url))
        assert failure is not None
        raise failure

    def _of_tiles(self, service: ImageService, label: str, pixels: int | None) -> Page:
        plan = plan_tiles(service, pixels or WORKING_PIXELS)
        if plan is None:
            raise NotServed(
                "The library's image service has this image in tiles only, and in too many of them."
            )
        size, tiles = plan
        picture = read_tiles(size, tiles, self._fetch, NotServed, self._decoder.tile)
        page = replace(load_page(picture, name=label), source=PageSource(tiles[0].urls[0]))
        return _scaled(page, service.size)


def _overlap(one: Rectangle | None, other: Rectangle | None) -> float:
    """Area of the overlap by that of the union; 1 where a place is all of a canvas of unknown size."""
    if one is None or other is None:
        return 1.0
    across = min(one[0] + one[2], other[0] + other[2]) - max(one[0], other[0])
    down = min(one[1] + one[3], other[1] + other[3]) - max(one[1], other[1])
    both = max(0.0, across) * max(0.0, down)
    return both / (one[2] * one[3] + other[2] * other[3] - both)


def _changed(page: Page, pixels: np.ndarray, original_size: tuple[int, int]) -> Page:
    """A page with other pixels than its file has, so that the file is not kept."""
    scale = min(1.0, pixels.shape[1] / original_size[0])
    pixels = np.ascontiguousarray(pixels)
    digest = hashlib.sha256(pixels.data).hexdigest()
    return replace(page, pixels=pixels, sha256=digest, file=None, scale=scale, original_size=original_size)


def _cut(page: Page, painting: Painting) -> Page:
    """The region of a page that shows the whole image."""
    if painting.region is None:
        return page
    width, height = page.original_size
    stated = painting.size
    if stated is not None and abs(stated[0] * height - stated[1] * width) < 0.02 * stated[0] * height:
        region = painting.region.pixels_of(stated)  # the image may be served smaller than the manifest says
        across, down = width / stated[0], height / stated[1]
    else:
        region, across, down = painting.region.pixels_of(page.original_size), 1.0, 1.0
    if region is None:
        return page
    x, y, w, h = region[0] * across, region[1] * down, region[2] * across, region[3] * down
    to_page = page.width / width, page.height / height
    left, top = round(x * to_page[0]), round(y * to_page[1])
    right, bottom = round((x + w) * to_page[0]), round((y + h) * to_page[1])
    right, bottom = min(page.width, max(right, left + 1)), min(page.height, max(bottom, top + 1))
    check_size(right - left, bottom - top)
    return _changed(page, page.pixels[top:bottom, left:right], (max(1, round(w)), max(1, round(h))))


def _reduced(page: Page, pixels: int) -> Page:
    """The page with at most about so many pixels."""
    if page.width * page.height <= 1.05 * pixels:
        return page
    shrink = (pixels / (page.width * page.height)) ** 0.5
    size = max(1, round(page.width * shrink)), max(1, round(page.height * shrink))
    return _changed(page, cv2.resize(page.pixels, size, interpolation=cv2.INTER_AREA), page.original_size)


def _put_together(pieces: Sequence[_Piece], around: Rectangle, label: str) -> Page:
    """Pieces on one page, at the resolution of the finest, within the working size."""
    left, top, width, height = around
    fine = max(piece.page.original_size[0] / piece.place[2] for piece in pieces if piece.place)
    fine = min(fine, (MAX_PIXELS / (width * height)) ** 0.5)
    original = max(1, round(width * fine)), max(1, round(height * fine))
    check_size(*original)
    size = working_size(*original)
    picture = np.empty((size[1], size[0], 3), np.uint8)
    picture[:] = edge_colour(pieces[0].page.pixels)
    for piece in pieces:
        if piece.place is None:
            continue
        x, y, w, h = piece.place
        across, down = size[0] / width, size[1] / height
        x0, y0 = round((x - left) * across), round((y - top) * down)
        x1, y1 = max(x0 + 1, round((x + w - left) * across)), max(y0 + 1, round((y + h - top) * down))
        shrinks = (x1 - x0) < piece.page.width
        how = cv2.INTER_AREA if shrinks else cv2.INTER_CUBIC
        part = cv2.resize(piece.page.pixels, (x1 - x0, y1 - y0), interpolation=how)
        window = picture[y0:y1, x0:x1]
        window[:] = part[: window.shape[0], : window.shape[1]]
    page = load_page(picture, name=label)
    return replace(
        page, original_size=original, scale=min(1.0, size[0] / original[0]), source=pieces[0].page.source
    )


def _scaled(page: Page, full: tuple[int, int]) -> Page:
    """The page with the full image or region of the service as original, if the aspect ratios agree."""
    width, height = full
    scale = page.width / width
    if scale > 1 or abs(page.height - height * scale) > 2:
        return page
    # the resolution stated in a derived file is not that of the original
    return replace(page, scale=scale, original_size=full, dpi=page.dpi if scale == 1 else None)
