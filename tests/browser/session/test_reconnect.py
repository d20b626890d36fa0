"""Lost connections, reloads, copied and crashed tabs: nothing that a visitor has is lost, in a real browser."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from ..conftest import STEPS_SEEN, add, draw_page, wait_for_pages
from ..learning.test_learning import open_panel
from ..learning.test_learning import start as start_learning
from ..test_page import query, settle

SLOW = 90_000
Open = Callable[..., Page]
LONG_GAPS = [60] if os.environ.get("MARK_LONG_GAPS") else []  # minutes of waiting, so not in every run


@pytest.fixture(scope="module")
def server(quick_learning_server: str) -> str:
    return quick_learning_server


@pytest.fixture
def open_tab(browser: Browser, server: str) -> Iterator[Open]:
    """Opens the app in a fresh context. No script may fail, and gradio may say nothing of its own."""
    contexts, faults = [], []

    def open_(width: int = 1280, height: int = 860, **options: object) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        context.add_init_script(STEPS_SEEN)
        page = context.new_page()
        page.set_default_timeout(20_000)
        page.on("pageerror", lambda error: faults.append(f"page error: {error}"))
        page.goto(server)
        page.wait_for_selector(".mk-word", state="attached", timeout=SLOW)
        page.evaluate("window.loaded = 'once'")
        return page

    yield open_
    for context in contexts:
        for page in context.pages:
            expect(page.locator(".toast-wrap")).to_have_text("")
        context.close()
    assert faults == []


def cut(page: Page, seconds: float) -> None:
    """The connection is away for so long; the page is the same one afterwards and says nothing any more."""
    page.context.set_offline(True)
    page.wait_for_timeout(1000 * seconds)
    page.context.set_offline(False)
    expect(page.locator(".mk-connection")).to_be_hidden(timeout=SLOW)
    assert page.evaluate("window.loaded") == "once"


def reload(page: Page, seconds: float) -> None:
    """A reload instead of a lost connection."""
    page.reload()
    page.wait_for_selector(".mk-word", state="attached", timeout=SLOW)
    page.evaluate("window.loaded = 'once'")


@pytest.mark.parametrize(
    ("disturb", "seconds"), [*((cut, seconds) for seconds in (1, 10, *LONG_GAPS)), (reload, 0)]
)
def test_nothing_is_lost_in_any_state(
    open_tab: Open, rendered_page: Path, tmp_path: Path, disturb: Callable[..., None], seconds: float
) -> None:
    page = open_tab()
    own = page.locator(".mk-page")
    add(page, rendered_page)
    wait_for_pages(page, 2)

    def kept() -> None:
        """The page, the boxes, the decision and the query."""
        expect(own.nth(1)).to_contain_text("known words.png")
        expect(page.locator(".mk-page[aria-current]")).to_contain_text("known words.png")
        expect(page.locator(".mk-echo")).to_contain_text("“jumps”", timeout=SLOW)
        expect(page.locator(".mk-text")).to_have_value("jumps")
        expect(page.locator(".mk-decisions-status")).to_contain_text("1 confirmed")
        expect(page.locator(".mk-unsaved")).to_be_visible()

    # searching: the outcome of what was asked for stands there afterwards
    query(page, "fox")
    page.locator(".mk-text").fill("jumps")
    page.locator(".mk-find").click()
    disturb(page, seconds)
    expect(page.locator(".mk-echo")).to_contain_text("“jumps”", timeout=SLOW)
    settle(page)
    page.locator(".mk-yes").first.click()
    expect(page.locator(".mk-decisions-status")).to_contain_text("1 confirmed")
    # idle
    if disturb is reload or seconds in LONG_GAPS:
        disturb(page, seconds)
    kept()
    # editing: a box that is deleted stays deleted
    words = page.locator(".mk-word").count()
    page.locator(".mk-editing").click()
    page.locator(".mk-stage").focus()
    for key in ("Home", "Enter", "Delete"):
        page.keyboard.press(key)
    if disturb is reload:
        expect(page.locator(".mk-word")).to_have_count(words - 1)
    disturb(page, 1 if seconds == 10 else seconds)
    expect(page.locator(".mk-word")).to_have_count(words - 1, timeout=SLOW)
    if disturb is cut:
        page.locator(".mk-done").click()
    kept()
    # pages that are read, and a hand that is learnt
    open_panel(page)
    start_learning(page)
    add(page, draw_page(tmp_path / "second.png", ["the harbour lay", "quiet at dawn"]))
    expect(page.locator(".mk-busy")).to_be_visible()
    expect(page.locator(".mk-busy")).not_to_contain_text("Sending")
    disturb(page, seconds)
    wait_for_pages(page, 3)
    expect(page.locator(".mk-learning-card")).to_contain_text("MARK has learnt this hand", timeout=SLOW)
    expect(page.locator(".mk-learning-undo")).to_be_visible()
    query(page, "quick")
    expect(page.locator(".mk-echo")).to_contain_text("“quick”", timeout=SLOW)


def test_what_is_asked_for_meanwhile_is_told_and_done_once(open_tab: Open) -> None:
    page = open_tab(390, 844, locale="de-DE")
    page.context.set_offline(True)
    bar = page.locator(".mk-connection")
    expect(bar).to_have_text(re.compile("^Keine Verbindung zum Server. Ihre Seiten bleiben erhalten"))
    page.locator(".mk-text").fill("the")
    page.locator(".mk-find").click()
    expect(bar).to_contain_text("werden gesendet, sobald die Verbindung wieder da ist")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    sent = []
    page.on("request", lambda one: sent.append(one.url) if one.url.endswith("/session/request") else None)
    page.wait_for_timeout(500)
    page.context.set_offline(False)
    expect(bar).to_be_hidden()
    expect(page.locator(".mk-echo")).to_contain_text("„the“", timeout=SLOW)
    assert sent


def copy_of(page: Page) -> str:
    """A script that gives a new tab what the browser keeps for this one, as when it restores a tab."""
    kept = page.evaluate("JSON.stringify({ ...sessionStorage })")
    return f"if (!sessionStorage.length) Object.assign(sessionStorage, {kept})"


def test_a_copied_tab_has_a_session_of_its_own(open_tab: Open, rendered_page: Path) -> None:
    page = open_tab()
    add(page, rendered_page)
    wait_for_pages(page, 2)
    with page.context.expect_page() as opened:
        page.evaluate("window.open(location.href)")
    copy = opened.value
    expect(copy.locator(".mk-notices")).to_contain_text(
        "this copy has begun a session of its own", timeout=SLOW
    )
    expect(copy.locator(".mk-page")).to_have_count(1)
    query(page, "jumps")
    expect(page.locator(".mk-page")).to_have_count(2)
    expect(page.locator(".mk-connection")).to_be_hidden()


def test_a_tab_that_was_discarded_or_crashed_is_taken_up_again(open_tab: Open, rendered_page: Path) -> None:
    page = open_tab()
    add(page, rendered_page)
    wait_for_pages(page, 2)
    query(page, "jumps")
    page.context.route("**/session/leave", lambda route: route.abort())  # it could say nothing
    restored = page.context.new_page()
    restored.add_init_script(copy_of(page))
    address = page.url
    page.close()
    restored.goto(address)
    expect(restored.locator(".mk-page")).to_have_count(2, timeout=SLOW)
    expect(restored.locator(".mk-echo")).to_contain_text("“jumps”")
    expect(restored.locator(".mk-notices")).to_have_text("")


def test_a_tab_whose_session_was_opened_elsewhere_says_so(open_tab: Open, rendered_page: Path) -> None:
    page = open_tab()
    add(page, rendered_page)
    wait_for_pages(page, 2)
    page.route("**/session/*", lambda route: route.abort())  # its network is away, and it sleeps
    other = page.context.new_page()
    other.add_init_script(copy_of(page))
    other.goto(page.url)
    expect(other.locator(".mk-page")).to_have_count(2, timeout=SLOW)
    page.unroute("**/session/*")
    expect(page.locator(".mk-connection")).to_contain_text("was opened in another tab", timeout=SLOW)
    page.get_by_role("button", name="Start again in this tab").click()
    expect(page.locator(".mk-page")).to_have_count(1, timeout=SLOW)
    expect(other.locator(".mk-page")).to_have_count(2)


def test_a_server_that_has_lost_the_session_says_so_once(open_tab: Open, rendered_page: Path) -> None:
    page = open_tab()
    add(page, rendered_page)
    wait_for_pages(page, 2)
    gone = {"state": "gone"}
    page.route("**/session/views", lambda route: route.fulfill(json=gone), times=1)
    page.route(
        "**/session/arrive",
        lambda route: route.continue_(
            post_data=re.sub(r'"token":"[^"]*"', '"token":"x"', route.request.post_data or "")
        ),
        times=1,
    )
    expect(page.locator(".mk-notices")).to_contain_text("This session had ended", timeout=SLOW)
    expect(page.locator(".mk-page")).to_have_count(1)
    query(page, "the")
    page.reload()
    expect(page.locator(".mk-echo")).to_contain_text("“the”", timeout=SLOW)
    expect(page.locator(".mk-notices")).to_have_text("")


@pytest.mark.parametrize("way", ["button", "key"])
def test_the_browser_asks_before_unsaved_pages_are_left(
    open_tab: Open, rendered_page: Path, way: str
) -> None:
    page = open_tab()
    add(page, rendered_page)
    wait_for_pages(page, 2)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.locator(".mk-text").click()
    if way == "key":
        page.keyboard.press("F5")  # nothing would be lost
    page.reload()
    page.wait_for_selector(".mk-word", state="attached", timeout=SLOW)
    assert asked == ([] if way == "key" else ["beforeunload"])
    expect(page.locator(".mk-page")).to_have_count(2)


@pytest.fixture
def pictures(tmp_path: Path) -> list[Path]:
    """Two pages with some hundred kilobytes each."""
    made = []
    for name in ("2720272.png", "2730273.png"):
        path = draw_page(tmp_path / name, ["the harbour lay", "quiet at dawn"])
        path.write_bytes(path.read_bytes() + bytes(300_000))  # behind the picture; readers do not look there
        made.append(path)
    return made


def line(page: Page) -> Callable[..., None]:
    """Sets the speed of a tab's line in bytes a second, -1 for any, or cuts it."""
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")

    def set_line(upload: float = -1, offline: bool = False) -> None:
        facts = {"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": upload}
        session.send("Network.emulateNetworkConditions", facts)

    return set_line


def test_files_that_do_not_arrive_are_all_named_and_sent_again(open_tab: Open, pictures: list[Path]) -> None:
    page = open_tab()
    page.route("**/upload", lambda route: route.abort("connectionreset"))
    add(page, *pictures)
    notices = page.locator(".mk-notices")
    expect(notices).to_contain_text(
        "2720272.png and 2730273.png did not arrive: the connection was lost. Please add them again.",
        timeout=20_000,
    )
    expect(page.locator(".mk-busy")).to_be_hidden()
    page.unroute("**/upload")
    notices.get_by_role("button", name="Send again").click()
    wait_for_pages(page, 3)
    expect(notices).to_have_text("")


def test_a_file_on_its_way_when_the_line_is_cut_is_named_or_has_arrived(
    open_tab: Open, pictures: list[Path]
) -> None:
    page = open_tab()
    set_line = line(page)
    set_line(60_000)
    add(page, *pictures)
    busy = page.locator(".mk-busy")
    expect(busy).to_contain_text("Sending file 1 of 2")
    expect(busy).to_contain_text("2720272.png")
    expect(page.locator(".mk-progress-value")).to_have_text(re.compile(r"^([5-9]|[1-4]\d)\s%$"))
    set_line(offline=True)  # a request that runs already may still end
    notices = page.locator(".mk-notices")
    expect(notices).to_contain_text(
        re.compile(r"2730273.png did not arrive: the connection was lost."), timeout=20_000
    )
    set_line()
    expect(page.locator(".mk-connection")).to_be_hidden()
    notices.get_by_role("button", name="Send again").click()
    wait_for_pages(page, 3)


@pytest.mark.parametrize(
    ("disturb", "seconds"), [*((cut, seconds) for seconds in (1, *LONG_GAPS)), (reload, 0)]
)
def test_nothing_is_lost_while_files_are_sent(
    open_tab: Open, rendered_page: Path, pictures: list[Path], disturb: Callable[..., None], seconds: float
) -> None:
    page = open_tab()
    add(page, rendered_page)
    wait_for_pages(page, 2)
    query(page, "jumps")
    page.locator(".mk-yes").first.click()
    expect(page.locator(".mk-decisions-status")).to_contain_text("1 confirmed")
    set_line = line(page)
    set_line(60_000)
    add(page, *pictures)
    expect(page.locator(".mk-busy")).to_contain_text("Sending file 1 of 2")
    expect(page.locator(".mk-progress-value")).to_have_text(re.compile(r"[1-9]"))
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    if disturb is cut:
        set_line(offline=True)
        page.wait_for_timeout(1000 * seconds)
        set_line()
        expect(page.locator(".mk-connection")).to_be_hidden(timeout=SLOW)
        assert page.evaluate("window.loaded") == "once"
        again = page.locator(".mk-notices").get_by_role("button", name="Send again")
        if page.locator(".mk-page").count() < 4:  # what had arrived is not sent again
            again.click(timeout=SLOW)
        wait_for_pages(page, 4)
    else:
        disturb(page, seconds)
        assert asked == ["beforeunload"]  # what has not arrived is only in the browser
        wait_for_pages(page, page.locator(".mk-page").count())
    expect(page.locator(".mk-page").nth(1)).to_contain_text("known words.png")
    expect(page.locator(".mk-echo")).to_contain_text("“jumps”", timeout=SLOW)
    expect(page.locator(".mk-decisions-status")).to_contain_text("1 confirmed")


def test_sending_is_cancelled(open_tab: Open, pictures: list[Path]) -> None:
    page = open_tab(390, 844)
    line(page)(30_000)
    add(page, *pictures)
    expect(page.locator(".mk-progress-value")).to_have_text(re.compile(r"[1-9]"))
    page.locator(".mk-uploads-cancel").click()
    expect(page.locator(".mk-notices")).to_contain_text(
        "Cancelled. 2720272.png and 2730273.png were not sent."
    )
    expect(page.locator(".mk-busy")).to_be_hidden()
    expect(page.locator(".mk-page")).to_have_count(1)


def test_a_file_that_the_server_refuses_is_named_and_others_go_on(
    open_tab: Open, pictures: list[Path]
) -> None:
    page = open_tab()
    page.route("**/upload", lambda route: route.fulfill(status=413, body="too large"), times=1)
    add(page, *pictures)
    expect(page.locator(".mk-notices")).to_contain_text("2720272.png is larger than 512 MB")
    wait_for_pages(page, 2)
    expect(page.locator(".mk-page").nth(1)).to_contain_text("2730273.png")
