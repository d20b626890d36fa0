"""A working copy of the project in the browser, which survives the server, in a real browser."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page, expect

from ..conftest import OpenPage
from ..test_page import open_file, query

SLOW = 60_000


def switch_on(page: Page) -> None:
    page.get_by_role("switch", name="Working copy in this browser").check()


def begin_anew(page: Page) -> None:
    """The tab comes to a server that knows nothing of its session."""
    page.evaluate("sessionStorage.clear()")
    page.evaluate(
        "window.addEventListener('beforeunload', (event) => event.stopImmediatePropagation(), true)"
    )
    page.evaluate("window.addEventListener('pagehide', () => sessionStorage.clear())")
    page.reload()
    page.wait_for_selector(".mk-word", state="attached", timeout=SLOW)


def test_a_working_copy_is_kept_and_opened_again(open_page: OpenPage, rendered_page: Path) -> None:
    page = open_page()
    open_file(page, rendered_page)
    expect(page.locator(".mk-unsaved")).to_be_visible()
    expect(page.locator(".mk-working_copy-time")).to_have_text("")
    switch_on(page)
    expect(page.locator(".mk-working_copy-time")).to_contain_text("Working copy: ", timeout=SLOW)
    expect(page.locator(".mk-unsaved")).to_be_hidden()
    query(page, "jumps")
    page.locator(".mk-yes").first.click()  # a later copy holds the decision too
    expect(page.locator(".mk-unsaved")).to_be_visible()
    expect(page.locator(".mk-unsaved")).to_be_hidden(timeout=SLOW)
    begin_anew(page)
    expect(page.locator(".mk-page")).to_have_count(1)
    offer = page.locator(".mk-working_copy-offer")
    expect(offer).to_contain_text("A working copy of 2 pages from ")
    offer.get_by_role("button", name="Open it").click()
    expect(page.locator(".mk-page")).to_have_count(2, timeout=SLOW)
    expect(page.locator(".mk-page").nth(1)).to_contain_text("known words.png")
    expect(offer).to_be_hidden()
    query(page, "jumps")
    expect(page.locator(".mk-decisions-status")).to_contain_text("1 confirmed")
    begin_anew(page)
    offer.get_by_role("button", name="Delete it").click()
    expect(offer).to_be_hidden()
    begin_anew(page)
    expect(page.locator(".mk-add")).to_be_visible()
    expect(offer).to_be_hidden()


def test_switching_it_off_deletes_it(open_page: OpenPage, rendered_page: Path) -> None:
    page = open_page()
    switch_on(page)
    open_file(page, rendered_page)
    expect(page.locator(".mk-working_copy-time")).to_contain_text("Working copy: ", timeout=SLOW)
    page.get_by_role("switch", name="Working copy in this browser").uncheck()
    expect(page.locator(".mk-notices")).to_contain_text("The working copies in this browser are deleted.")
    expect(page.locator(".mk-working_copy-time")).to_have_text("")
    expect(page.locator(".mk-unsaved")).to_be_visible()
    begin_anew(page)
    expect(page.locator(".mk-add")).to_be_visible()
    expect(page.locator(".mk-working_copy-offer")).to_be_hidden()


def test_a_reload_keeps_the_session_and_offers_nothing(open_page: OpenPage, rendered_page: Path) -> None:
    page = open_page()
    switch_on(page)
    open_file(page, rendered_page)
    expect(page.locator(".mk-working_copy-time")).to_contain_text("Working copy: ", timeout=SLOW)
    page.reload()
    expect(page.locator(".mk-page")).to_have_count(2, timeout=SLOW)
    expect(page.locator(".mk-working_copy-time")).to_contain_text("Working copy: ")
    expect(page.locator(".mk-working_copy-offer")).to_be_hidden()
