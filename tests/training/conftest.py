"""The one font that every machine has: it comes with Pillow."""

from __future__ import annotations

import pytest
from PIL import ImageFont


@pytest.fixture(scope="session")
def default_font(tmp_path_factory) -> str:
    """The path of a file of that font."""
    path = tmp_path_factory.mktemp("font") / "default.ttf"
    path.write_bytes(ImageFont.load_default(20).path.getvalue())
    return str(path)
