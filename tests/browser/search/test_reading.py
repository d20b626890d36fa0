"""Read this line, what MARK reads as a file, and words over the end of a line, in a real browser."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ..conftest import LINES, OpenPage
from ..test_page import open_file, query
from ..tools.test_export import take

SLOW = 60_000


def read_first(page: Page) -> None:
    page.get_by_role("button", name="Read the line of hit 1", exact=True).click()
    expect(page.locator(".mk-reading-text").first).to_be_visible(timeout=SLOW)


def test_the_line_of_a_hit_is_read_with_the_word_marked(open_page: OpenPage, rendered_page: Path) -> None:
    page = open_page()
    open_file(page, rendered_page)
    query(page, "quick")
    read_first(page)
    dialog = page.get_by_role("dialog", name=re.compile("Line 1, known words"))
    expect(dialog).to_contain_text("checked by nobody")
    expect(dialog.locator(".mk-reading-here")).to_contain_text("quick")
    text = dialog.locator(".mk-reading-text").inner_text()
    # these words stand close for their size, so not every gap is read as a space
    assert "".join(text.split()) == "".join(LINES[0].lower().split())
    doubted = dialog.locator(".mk-reading-unsure")
    for one in doubted.all():
        assert one.evaluate("node => getComputedStyle(node).textDecorationStyle") == "dotted"
    assert dialog.locator("canvas").first.evaluate("node => node.width") > 100


def test_the_page_is_read_as_a_file(open_page: OpenPage, rendered_page: Path) -> None:
    page = open_page()
    open_file(page, rendered_page)
    query(page, "quick")
    read_first(page)
    page.get_by_role("button", name="Read the whole page…").click()
    dialog = page.get_by_role("dialog", name="Export")
    expect(dialog.get_by_label("what MARK reads in the lines")).to_be_checked()
    expect(dialog.get_by_label("this page only")).to_be_checked()
    expect(dialog.get_by_label("Plain text")).to_be_checked()
    expect(dialog.get_by_label("CSV")).to_be_disabled()
    expect(dialog).to_contain_text("checked by nobody; the file says so")
    name, data = take(page)
    assert name == "mark-reading-known-words.txt"
    label, _, text = data.decode().partition("\n\n")
    assert "not checked by a person" in label
    assert "quick" in text
    expect(dialog.locator("[role=status]")).to_contain_text(f"{len(LINES)} lines of 1 page")
    dialog.get_by_label("ALTO").check()
    assert take(page)[0] == "mark-reading-known-words-alto.xml"
    dialog.locator('input[value="words"]').check()
    expect(dialog.get_by_label("Plain text")).to_be_disabled()
    expect(dialog.get_by_label("ALTO")).to_be_checked()


@pytest.mark.parametrize("width", [320, 390])
def test_buttons_of_a_hit_have_room_on_a_telephone(
    open_page: OpenPage, rendered_page: Path, width: int
) -> None:
    page = open_page(width, 800)
    open_file(page, rendered_page)
    query(page, "quick")
    item = page.locator(".mk-hit-list li").first
    boxes = [
        node.bounding_box()
        for node in item.locator(".mk-reads, .mk-reading, .mk-explanation, .mk-feedback").all()
    ]
    boxes = sorted((box for box in boxes if box), key=lambda box: box["x"])
    assert len(boxes) >= 4
    for one, other in pairwise(boxes):
        assert one["x"] + one["width"] <= other["x"] + 0.5
    read_first(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_word_over_the_end_of_a_line_is_one_hit_in_two_boxes(
    open_page: OpenPage, rendered_page: Path
) -> None:
    page = open_page()
    open_file(page, rendered_page)
    last, first = LINES[0].split()[-1], LINES[1].split()[0]
    query(page, last + first)
    item = page.locator(".mk-hit-list li").first
    expect(item.locator("canvas")).to_have_count(2)
    lit = page.locator('.mk-lit g[data-rank="1"]')
    expect(lit.locator(".mk-line")).to_have_count(2)
    expect(lit.locator(".mk-badge")).to_have_count(1)
    item.locator(".mk-yes").click()
    expect(item).to_have_class(re.compile("mk-confirmed"))
    expect(page.locator('.mk-lit g[data-rank="1"] .mk-line')).to_have_count(2)
    page.get_by_role("button", name="Why hit 1?").click()
    expect(page.locator(".mk-explanation-word")).to_have_count(2, timeout=SLOW)
    page.keyboard.press("Escape")
    read_first(page)
    expect(page.locator(".mk-reading-text")).to_have_count(2)
    expect(page.locator(".mk-reading-here")).to_have_count(2)
