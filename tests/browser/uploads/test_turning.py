"""Pages on their side: noticed when they are added, and turned by a button."""

from __future__ import annotations

from pathlib import Path

from PIL import Image
from playwright.sync_api import Page, expect

from ..conftest import SLOW, OpenPage
from ..test_page import open_file, query


def picture_size(page: Page) -> tuple[float, float]:
    width, height = page.locator(".mk-svg image").evaluate(
        "node => [node.getAttribute('width'), node.getAttribute('height')]"
    )
    return float(width), float(height)


def test_a_page_on_its_side_is_turned_by_itself_and_by_a_button(
    open_page: OpenPage, rendered_page: Path, tmp_path: Path
) -> None:
    with Image.open(rendered_page) as upright:
        size = upright.size
        upright.transpose(Image.Transpose.ROTATE_90).save(tmp_path / "sideways.png")
    page = open_page()
    open_file(page, tmp_path / "sideways.png")
    expect(page.locator(".mk-page-note")).to_have_text("This page lay on its side and was turned.")
    assert picture_size(page) == size
    query(page, "brown")
    expect(page.locator(".mk-hit-list .mk-hit").first).to_be_visible()
    turn = page.get_by_role("button", name="Turn sideways.png to the right")
    turn.click()
    expect(page.locator(".mk-svg image")).to_have_attribute("width", str(size[1]), timeout=SLOW)
    assert picture_size(page) == size[::-1]
    for _ in range(3):  # what is asked for meanwhile is done in one go
        turn.click()
    expect(page.locator(".mk-svg image")).to_have_attribute("width", str(size[0]), timeout=SLOW)
    expect(page.locator(".mk-upload")).to_have_count(0, timeout=SLOW)
    assert picture_size(page) == size
    expect(page.locator(".mk-hit-list .mk-hit").first).to_be_visible()
    expect(page.locator(".mk-hit-list .mk-reads").first).to_contain_text("brown")
