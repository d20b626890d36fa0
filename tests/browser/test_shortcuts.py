"""Keys that work anywhere, the way of the Tab key, the wheel, and printing."""

from __future__ import annotations

import io

import pypdfium2
import pytest
from playwright.sync_api import Page, expect

from .conftest import OpenPage
from .test_page import centre, query, set_threshold, try_sample_query

FOCUSED = "document.activeElement.id || document.activeElement.className"


def test_the_search_field_is_within_five_stops(open_page: OpenPage) -> None:
    page = open_page()
    stops = []
    for _ in range(5):
        page.keyboard.press("Tab")
        stops.append(page.evaluate(FOCUSED))
    assert "mk-text" in stops
    assert stops[0] == "mkb-skip"


def test_the_skip_link_leads_to_the_search_field_from_anywhere(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_role("tab", name="About").click()
    page.locator(".mkb-skip").focus()
    expect(page.locator(".mkb-skip")).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator(".mk-text")).to_be_focused()


def test_a_slash_leads_to_the_search_field_and_a_question_mark_lists_the_keys(open_page: OpenPage) -> None:
    page = open_page()
    page.locator(".mk-stage").focus()
    page.keyboard.press("/")
    expect(page.locator(".mk-text")).to_be_focused()
    expect(page.locator(".mk-text")).to_have_value("")
    page.keyboard.type("a/b?")  # in the field they are letters
    expect(page.locator(".mk-text")).to_have_value("a/b?")
    page.locator(".mk-find").focus()
    page.keyboard.press("?")
    panel = page.locator(".mk-shortcuts-panel")
    expect(panel).to_be_visible()
    for said in ("to the search field", "next or previous hit", "this list", "Mouse wheel"):
        expect(panel).to_contain_text(said)
    page.keyboard.press("Escape")
    expect(panel).to_be_hidden()


def selected(page: Page) -> str | None:
    box = page.locator(".mk-hit-box.mk-selected")
    return box.get_attribute("data-rank") if box.count() else None


def test_single_keys_walk_the_hits_and_can_be_switched_off(open_page: OpenPage) -> None:
    page = open_page()
    try_sample_query(page)
    set_threshold(page, 0)
    page.locator(".mk-find").focus()
    page.keyboard.press("j")
    page.keyboard.press("j")
    expect(page.locator(".mk-step-place")).to_have_text("2 of 50")
    assert selected(page) == "2"
    page.keyboard.press("k")
    assert selected(page) == "1"
    page.locator(".mk-step-on").click()
    assert selected(page) == "2"
    page.locator(".mk-shortcuts").click()
    page.locator(".mk-single-keys").uncheck()
    page.keyboard.press("Escape")
    page.locator(".mk-find").focus()
    page.keyboard.press("j")
    assert selected(page) == "2"
    page.reload()
    page.wait_for_selector(".mk-word", state="attached")
    page.locator(".mk-find").focus()
    page.keyboard.press("?")
    expect(page.locator(".mk-shortcuts-panel")).to_be_hidden()  # the choice was kept


def seen(page: Page) -> float:
    return float((page.locator(".mk-svg").get_attribute("viewBox") or "").split()[2])


def test_the_wheel_zooms_and_says_so(open_page: OpenPage) -> None:
    page = open_page()
    expect(page.get_by_text("wheel zooms")).to_be_visible()
    page.mouse.move(*centre(page, ".mk-stage"))
    whole = seen(page)
    page.mouse.wheel(0, -400)
    assert seen(page) < whole
    page.mouse.wheel(0, 4000)
    assert seen(page) == pytest.approx(whole, rel=0.01)


def test_where_the_screen_scrolls_the_wheel_scrolls_it(open_page: OpenPage) -> None:
    page = open_page(640, 430)
    page.mouse.move(300, 400)
    whole = seen(page)
    page.mouse.wheel(0, 200)
    page.wait_for_function("window.scrollY > 100")
    assert seen(page) == whole


def test_on_paper_are_the_page_with_its_hits_and_the_list(open_page: OpenPage) -> None:
    page = open_page()
    text = try_sample_query(page)
    page.locator(".mk-zoom-in").click()
    enlarged = seen(page)
    page.emulate_media(media="print")
    for selector in (".mk-query", ".mk-pages", ".mk-tools", ".mk-view-tools", ".mk-acts", ".mk-controls"):
        expect(page.locator(selector).first).to_be_hidden()
    expect(page.locator(".mk-stage")).to_be_visible()
    expect(page.locator(".mk-hit").first).to_be_visible()
    picture = page.locator(".mk-svg image")
    whole = f"0 0 {picture.get_attribute('width')} {picture.get_attribute('height')}"
    expect(page.locator(".mk-svg")).to_have_attribute("viewBox", whole)
    page.emulate_media(media="null")
    expect(page.locator(".mk-svg")).not_to_have_attribute("viewBox", whole)
    assert seen(page) == enlarged
    document = pypdfium2.PdfDocument(io.BytesIO(page.pdf(print_background=True)))
    said = "\n".join(sheet.get_textpage().get_text_range() for sheet in document)
    assert len(document) >= 2
    assert f"“{text}”" in said
    assert "line" in said
    assert "Add pages" not in said


def test_arrow_keys_go_from_tab_to_tab(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_role("tab", name="Find words").focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="About")).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("tab", name="About")).to_be_focused()
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".mk-stage")).to_be_visible()
    query(page, "and")  # the screen works as before
