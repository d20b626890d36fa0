"""Images put together from the tiles of a IIIF image service of level 0, which may have nothing else.

Source: https://iiif.io/api/image/3.0/#54-tiles and its implementation notes on tile regions.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mark_core.errors import MarkError
from mark_core.pages.decode import DAMAGED
from mark_core.pages.image_service import ImageService, Tiling, image_url, size_names
from mark_core.pages.limits import MAX_TILES
from mark_core.pages.load import open_image

Fetch = Callable[[str], bytes]


@dataclass(frozen=True)
class Tile:
    """x, y, width, height: in the image put together, pixels. urls: equivalent ones, the canonical one first."""

    x: int
    y: int
    width: int
    height: int
    urls: tuple[str, ...]


def plan_tiles(service: ImageService, pixels: int) -> tuple[tuple[int, int], list[Tile]] | None:
    """The (width, height) of an image put together from tiles, and these; None without tiles that are few enough.

    Chosen is the coarsest scale with at least half of ``pixels``, the next finer one may have four times as many.
    """
    width, height = service.size
    choices = []
    for tiling in service.tiles:
        for factor in tiling.factors:
            size = math.ceil(width / factor), math.ceil(height / factor)
            count = math.ceil(size[0] / tiling.width) * math.ceil(size[1] / tiling.height)
            if count <= MAX_TILES and size[0] * size[1] <= 2 * pixels:
                choices.append((size[0] * size[1], -count, factor, tiling))
    if not choices:
        return None
    choices.sort(key=lambda choice: choice[:3])
    factor, tiling = next((c for c in choices if 2 * c[0] >= pixels), choices[-1])[2:]
    size = math.ceil(width / factor), math.ceil(height / factor)
    return size, _tiles(service, tiling, factor)


def _tiles(service: ImageService, tiling: Tiling, factor: int) -> list[Tile]:
    width, height = service.size
    across, down = tiling.width * factor, tiling.height * factor  # pixels of the full image
    tiles = []
    for y in range(0, height, down):
        for x in range(0, width, across):
            w, h = min(across, width - x), min(down, height - y)
            region = "full" if (w, h) == (width, height) else f"{x},{y},{w},{h}"
            shown = math.ceil(w / factor), math.ceil(h / factor)
            urls = tuple(image_url(service, region, name) for name in size_names(service, *shown))
            tiles.append(Tile(x // factor, y // factor, *shown, urls))
    return tiles


def read_tiles(
    size: tuple[int, int],
    tiles: list[Tile],
    fetch: Fetch,
    refused: type[Exception],
    decode: Callable[[bytes, int, int], np.ndarray],
) -> np.ndarray:
    """Fetch tiles and put them together. Returns (H, W, 3) uint8.

    fetch: the bytes of a URL, raises ``refused`` if there is nothing there. decode: as `decode_tile`. Raises what both
    raise.
    """
    picture = np.full((size[1], size[0], 3), 255, np.uint8)
    form = 0  # of the URLs, the one that this service knows
    for tile in tiles:
        try:
            data = fetch(tile.urls[form])
        except refused:
            if tile is not tiles[0] or len(tile.urls) == 1:
                raise
            form = 1
            data = fetch(tile.urls[form])
        pixels = decode(data, tile.width, tile.height)
        # a tile at the edge may be rounded to a pixel more or less
        rows, columns = min(tile.height, pixels.shape[0]), min(tile.width, pixels.shape[1])
        picture[tile.y : tile.y + rows, tile.x : tile.x + columns] = pixels[:rows, :columns]
    return picture


def decode_tile(data: bytes, width: int, height: int) -> np.ndarray:
    """(H, W, 3) uint8 of a tile of about that size. Raises MarkError if it is damaged or larger."""
    with open_image(data) as image:
        if image.width > width + 2 or image.height > height + 2:  # before it is decoded
            raise MarkError("The library's image service sends other tiles than it describes.")
        try:
            return np.asarray(image.convert("RGB"))
        except MemoryError:
            raise
        except Exception as error:  # Pillow's readers raise nearly anything on damaged data
            raise MarkError(DAMAGED) from error
