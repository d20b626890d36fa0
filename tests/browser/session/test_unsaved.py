"""What is told of work that is not saved, and what the screen says where it is not obvious, in a real browser."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import expect

from ..conftest import OpenPage
from ..test_page import open_file, query, try_sample_query

SLOW = 60_000


def test_what_is_not_saved_is_told_beside_the_button(open_page: OpenPage, rendered_page: Path) -> None:
    page = open_page()
    told = page.locator(".mk-unsaved")
    try_sample_query(page)
    page.locator(".mk-yes").first.click()
    expect(page.locator(".mk-decisions-status")).to_contain_text("1 confirmed")
    expect(told).to_be_hidden()  # a sample is there again for everybody
    open_file(page, rendered_page)
    expect(told).to_have_text("Not saved: 15 minutes after the tab is closed, these pages are deleted.")
    with page.expect_download():
        page.locator(".mk-projects-save").click()
    expect(page.locator(".mk-notices")).to_contain_text("Project saved as")
    expect(told).to_be_hidden()
    query(page, "jumps")
    expect(told).to_be_hidden()
    page.locator(".mk-yes").first.click()
    expect(told).to_be_visible()


def test_an_opened_project_is_saved_already(open_page: OpenPage, rendered_page: Path, tmp_path: Path) -> None:
    page = open_page()
    open_file(page, rendered_page)
    with page.expect_download() as saved:
        page.locator(".mk-projects-save").click()
    path = tmp_path / "letters.mark"
    saved.value.save_as(path)
    page = open_page()
    page.locator(".mk-projects-file").set_input_files(str(path))
    expect(page.locator(".mk-page")).to_have_count(2, timeout=SLOW)
    expect(page.locator(".mk-unsaved")).to_be_hidden()


def test_where_nothing_is_likely_the_next_step_is_named(open_page: OpenPage) -> None:
    page = open_page()
    expect(page.locator(".mk-advice")).to_be_hidden()
    try_sample_query(page)
    expect(page.locator(".mk-advice")).to_be_hidden()
    query(page, '"zzxqzq captain"')
    expect(page.locator(".mk-echo")).to_contain_text("No likely hit")
    expect(page.locator(".mk-advice-click")).to_contain_text("click it")
    shares = page.locator(".mk-guess .mk-score").all_inner_texts()
    assert not [share for share in shares if share.startswith("0")]
    page.locator(".mk-advice").get_by_role("button", name="Learn this hand").click()
    expect(page.get_by_role("dialog", name="Learn this hand")).to_be_visible()


def test_taking_away_says_that_rejected_hits_are_among_them(open_page: OpenPage) -> None:
    page = open_page()
    try_sample_query(page)
    page.locator(".mk-export").click()
    expect(page.locator(".mk-export-rejected")).to_be_hidden()
    page.keyboard.press("Escape")
    page.locator(".mk-no").first.click()
    expect(page.locator(".mk-decisions-status")).to_contain_text("1 rejected")
    page.locator(".mk-export").click()
    expect(page.locator(".mk-export-rejected")).to_be_visible()
    page.locator('input[name="mk-export-what"][value="words"]').check()
    expect(page.locator(".mk-export-rejected")).to_be_hidden()


def test_the_dark_switch_follows_the_system_until_it_is_used(open_page: OpenPage) -> None:
    page = open_page(color_scheme="light")
    switch = page.locator(".mkb-theme")
    expect(switch).to_have_attribute("aria-pressed", "false")
    page.emulate_media(color_scheme="dark")
    expect(switch).to_have_attribute("aria-pressed", "true")
    expect(page.locator("body")).to_have_class("dark")
    switch.click()
    expect(switch).to_have_attribute("aria-pressed", "false")
    page.emulate_media(color_scheme="light")
    page.emulate_media(color_scheme="dark")
    page.wait_for_timeout(300)
    expect(switch).to_have_attribute("aria-pressed", "false")
    assert page.evaluate("document.body.classList.contains('dark')") is False


def test_on_a_phone_the_page_comes_first_and_the_pages_are_one_tap_away(
    open_page: OpenPage, rendered_page: Path
) -> None:
    page = open_page(390, 844, has_touch=True)
    open_file(page, rendered_page)
    query(page, "the")
    page.locator(".mk-threshold").fill("0")
    tops = [
        page.locator(selector).bounding_box()["y"]
        for selector in (".mk-stage", ".mk-hits", ".mk-page-list", ".mk-sample-shelf")
    ]
    assert tops == sorted(tops)
    page.locator(".mk-jump-pages").tap()
    expect(page.locator(".mk-page[aria-current]")).to_be_in_viewport()
    strip = page.locator(".mk-page-list").bounding_box()
    shown = page.locator(".mk-page[aria-current]").bounding_box()
    assert strip["height"] < 160
    assert strip["x"] <= shown["x"]
    assert shown["x"] + shown["width"] <= strip["x"] + strip["width"] + 1
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
