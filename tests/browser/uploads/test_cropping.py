"""A spread is proposed to be split, and a page is cropped to a region: by mouse, finger and keyboard."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from ..conftest import SLOW, OpenPage
from ..test_page import open_file, query
from .test_turning import picture_size


@pytest.fixture
def spread(rendered_page: Path, tmp_path: Path) -> Path:
    """The same page twice, side by side."""
    with Image.open(rendered_page) as one:
        both = Image.new("RGB", (2 * one.width, one.height))
        both.paste(one, (0, 0))
        both.paste(one, (one.width, 0))
    both.save(tmp_path / "spread.png")
    return tmp_path / "spread.png"


def size_becomes(page: Page, width: float) -> None:
    expect(page.locator(".mk-svg image")).to_have_attribute("width", str(int(width)), timeout=SLOW)


def slider(page: Page, name: str) -> Locator:
    return page.locator(".mk-cropping-panel").get_by_role("slider", name=name, exact=True)


def open_dialog(page: Page, kind: str) -> None:
    page.get_by_role("button", name="Crop or split").first.click()
    page.get_by_role("radio", name=kind).check()


def drag_on_picture(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drags between two places of the picture in the dialog, as shares of it."""
    frame = page.locator(".mk-cropping-picture").bounding_box()
    assert frame is not None
    (x0, y0), (x1, y1) = (
        (frame["x"] + x * frame["width"], frame["y"] + y * frame["height"]) for x, y in (start, end)
    )
    page.mouse.move(x0, y0)
    page.mouse.down()
    page.mouse.move((x0 + x1) / 2, (y0 + y1) / 2)
    page.mouse.move(x1, y1)
    page.mouse.up()


def test_a_spread_is_proposed_and_split_by_one_click_and_undone(open_page: OpenPage, spread: Path) -> None:
    page = open_page()
    assert page.get_by_text("This seems to be two pages side by side.").count() == 0
    open_file(page, spread)
    width, height = picture_size(page)
    expect(page.get_by_text("This seems to be two pages side by side.")).to_be_visible()
    query(page, "brown")
    expect(page.locator(".mk-hit-list .mk-hit")).to_have_count(2)
    page.get_by_role("button", name="Split in two").click()
    expect(page.locator(".mk-page")).to_have_count(3, timeout=SLOW)
    expect(page.locator(".mk-page[aria-current]")).to_contain_text("spread.png (1)")
    half, same = picture_size(page)
    assert same == height
    assert abs(half - width / 2) < 0.1 * width
    expect(page.locator(".mk-hit-list .mk-hit")).to_have_count(2)
    bar = page.locator(".mk-undo-bar")
    expect(bar).to_contain_text("Page split in two: spread.png.")
    bar.get_by_role("button", name="Undo").click()
    size_becomes(page, width)
    expect(page.locator(".mk-page")).to_have_count(2)


def test_the_line_is_dragged_or_moved_by_keys_before_it_splits(open_page: OpenPage, spread: Path) -> None:
    page = open_page()
    open_file(page, spread)
    width, _ = picture_size(page)
    open_dialog(page, "Split in two pages")
    line = slider(page, "Line")
    assert (
        380 < int(line.input_value()) < 520
    )  # in the gutter, which begins where the lines of the left page end
    drag_on_picture(page, (0.5, 0.5), (0.3, 0.5))
    assert abs(int(line.input_value()) - 300) <= 2
    line.focus()
    page.keyboard.press("PageUp")
    page.keyboard.press("ArrowRight")
    place = int(line.input_value())
    assert 350 < place < 500
    page.locator(".mk-cropping-panel").get_by_role("button", name="Split in two").click()
    expect(page.locator(".mk-page")).to_have_count(3, timeout=SLOW)
    size_becomes(page, round(place / 1000 * width))


def test_a_region_is_drawn_and_a_corner_of_it_dragged(open_page: OpenPage, rendered_page: Path) -> None:
    page = open_page()
    open_file(page, rendered_page)
    width, height = picture_size(page)
    open_dialog(page, "Crop to a region")
    apply = page.locator(".mk-cropping-panel .mk-primary")
    expect(apply).to_be_disabled()  # nothing is cut off yet
    drag_on_picture(page, (0.3, 0.5), (0.31, 0.51))
    expect(page.locator(".mk-cropping-panel .mk-panel-status")).to_contain_text("too small")
    expect(apply).to_be_disabled()
    drag_on_picture(page, (0.1, 0.2), (0.7, 0.7))
    drag_on_picture(page, (0.7, 0.7), (0.9, 0.8))
    edges = [int(slider(page, edge).input_value()) for edge in ("Left", "Right", "Top", "Bottom")]
    assert [round(edge, -1) for edge in edges] == [100, 900, 200, 800]
    apply.click()
    expect(page.locator(".mk-undo-bar")).to_contain_text("Page cropped", timeout=SLOW)
    cropped = picture_size(page)
    assert abs(cropped[0] - 0.8 * width) < 0.02 * width
    assert abs(cropped[1] - 0.6 * height) < 0.02 * height


def test_a_region_is_made_by_keyboard_alone(open_page: OpenPage, rendered_page: Path) -> None:
    page = open_page()
    open_file(page, rendered_page)
    width, height = picture_size(page)
    page.get_by_role("button", name="Crop or split").first.focus()
    page.keyboard.press("Enter")
    bottom = slider(page, "Bottom")
    for _ in range(20):
        if bottom.evaluate("node => node === document.activeElement"):
            break
        page.keyboard.press("Tab")
    page.keyboard.press("PageDown")
    share = int(bottom.input_value()) / 1000
    assert 0.85 < share < 0.95
    assert str(bottom.get_attribute("aria-valuetext")).startswith(f"{100 * share:.0f}")
    page.keyboard.press("Enter")
    expect(page.locator(".mk-undo-bar")).to_contain_text("Page cropped", timeout=SLOW)
    assert picture_size(page) == (width, round(share * height))


def test_a_region_is_drawn_with_a_finger(open_page: OpenPage, rendered_page: Path) -> None:
    page = open_page()
    open_file(page, rendered_page)
    open_dialog(page, "Crop to a region")
    page.locator(".mk-cropping-picture").evaluate(
        """node => {
          const { left, top, width, height } = node.getBoundingClientRect();
          node.setPointerCapture = () => {};
          for (const [type, x, y] of [["down", .1, .1], ["move", .5, .5], ["move", .9, .6], ["up", .9, .6]])
            node.dispatchEvent(new PointerEvent("pointer" + type, {
              pointerId: 7, pointerType: "touch", bubbles: true, cancelable: true, isPrimary: true,
              clientX: left + x * width, clientY: top + y * height,
            }));
        }"""
    )
    edges = [int(slider(page, edge).input_value()) for edge in ("Left", "Right", "Top", "Bottom")]
    assert [round(edge, -1) for edge in edges] == [100, 900, 100, 600]
    assert (
        page.locator(".mk-cropping-picture").evaluate("node => getComputedStyle(node).touchAction") == "none"
    )
