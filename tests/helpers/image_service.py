"""A IIIF image service of any level, as it answers the path of a request."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from typing import Any

from PIL import Image, ImageOps

from tests.helpers.page_files import encode

CONTEXTS = {n: f"http://iiif.io/api/image/{n}/context.json" for n in (2, 3)}


class ImageService:
    """Serves one image below ``/img/NAME``. level: 0 serves only ``ready`` requests (region/size), and tiles of
    ``tile`` pixels at ``factors``; 1 regions and widths; 2 quarter turns too."""

    def __init__(
        self,
        url: str,
        name: str,
        image: Image.Image,
        level: int = 2,
        version: int = 3,
        tile: int = 0,
        factors: tuple[int, ...] = (),
    ) -> None:
        self.path, self.base = f"/img/{name}", f"{url}/img/{name}"
        self.image, self.level, self.version = image, level, version
        self.tile, self.factors = tile, factors
        self.ready: set[str] = set()

    def info(self) -> dict[str, Any]:
        width, height = self.image.size
        described: dict[str, Any] = {"@context": CONTEXTS[self.version], "width": width, "height": height}
        described["protocol"] = "http://iiif.io/api/image"
        if self.version >= 3:
            described |= {"id": self.base, "type": "ImageService3", "profile": f"level{self.level}"}
        else:
            profile = f"http://iiif.io/api/image/2/level{self.level}.json"
            described |= {"@id": self.base, "profile": [profile]}
        if self.tile:
            described["tiles"] = [{"width": self.tile, "scaleFactors": list(self.factors)}]
        return described

    def body(self) -> dict[str, Any]:
        """The image resource of a manifest."""
        if self.version >= 3:
            service: Any = [{"id": self.base, "type": "ImageService3", "profile": f"level{self.level}"}]
            return {"id": f"{self.base}/full/max/0/default.jpg", "type": "Image", "service": service}
        service = {"@id": self.base, "@context": CONTEXTS[2], "profile": "level2"}
        return {"@id": f"{self.base}/full/full/0/default.jpg", "@type": "dctypes:Image", "service": service}

    def answer(self, path: str) -> bytes | None:
        rest = path.removeprefix(f"{self.path}/")
        if rest == "info.json":
            return json.dumps(self.info()).encode()
        parts = rest.split("/")
        if (
            len(parts) != 4
            or parts[3] != "default.jpg"
            or (self.level == 0 and not self._is_ready(*parts[:3]))
        ):
            return None
        region, size, rotation = parts[:3]
        picture = self.image
        if region != "full":
            x, y, w, h = map(int, region.split(","))
            picture = picture.crop((x, y, min(x + w, picture.width), min(y + h, picture.height)))
        if size not in ("max", "full"):
            wide, _, high = size.partition(",")
            picture = picture.resize(
                (int(wide), int(high) if high else max(1, round(picture.height * int(wide) / picture.width)))
            )
        if rotation.startswith("!"):
            picture = ImageOps.mirror(picture)
        turn = int(rotation.lstrip("!"))
        if turn and self.level < 2:
            return None
        return encode(picture.rotate(-turn, expand=True), "PNG")

    def _is_ready(self, region: str, size: str, rotation: str) -> bool:
        if rotation != "0":
            return False
        return f"{region}/{size}" in self.ready or f"{region}/{size}" in self._tiles()

    def _tiles(self) -> set[str]:
        """The tiles under the canonical name of the version alone."""
        width, height = self.image.size
        names = set()
        for factor in self.factors:
            side = self.tile * factor
            for y in range(0, height, side):
                for x in range(0, width, side):
                    w, h = min(side, width - x), min(side, height - y)
                    region = "full" if (w, h) == (width, height) else f"{x},{y},{w},{h}"
                    shown = math.ceil(w / factor), math.ceil(h / factor)
                    names.add(f"{region}/{shown[0]},{shown[1] if self.version >= 3 else ''}")
        return names


class Served(dict[str, Any]):
    """What a library serves: files, and image services."""

    def __init__(self, files: Mapping[str, Any], *services: ImageService) -> None:
        super().__init__(files)
        self._services = services

    def get(self, path: str, default: Any = None) -> bytes | Callable[..., None] | None:
        if path in self:
            return self[path]
        for service in self._services:
            if path.startswith(f"{service.path}/"):
                return service.answer(path)
        return default
