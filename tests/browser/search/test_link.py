"""Links to a sample page and a search on it, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.sync_api import Page, expect

from ..conftest import OpenPage
from ..test_page import open_file, query, settle

SLOW = 90_000
READY = ".mk-hits:not([aria-busy])"


@pytest.fixture
def follow(open_page: OpenPage, server: str) -> Iterator[object]:
    def follow_(**asked: object) -> Page:
        page = open_page()
        page.goto(f"{server}/?{urlencode(asked, doseq=True)}")
        page.wait_for_selector(".mk-word", state="attached", timeout=SLOW)
        return page

    return follow_


def test_a_link_opens_its_sample_with_the_search_done(follow) -> None:
    page = follow(sample="letter-german", text="Hamburg", variants=1, abbreviations="de")
    expect(page.locator(".mk-echo")).to_contain_text("“Hamburg”", timeout=SLOW)
    expect(page.locator(".mk-page")).to_have_count(1)
    expect(page.locator(".mk-page")).to_contain_text("A merchant to his brother")
    expect(page.locator(".mk-text")).to_have_value("Hamburg")
    expect(page.locator(".mk-variants")).to_be_checked()
    expect(page.locator(".mk-abbreviations")).to_have_value("de")
    assert page.locator(".mk-hit-box").count() > 0


def test_a_copied_link_leads_to_the_same_hits(follow) -> None:
    page = follow(sample="letter-english")
    expect(page.locator(".mk-copy-link")).to_be_hidden()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.locator(".mk-word").nth(12).click()
    settle(page)
    page.locator(".mk-text").fill("and")
    page.locator(".mk-find").click()
    settle(page)
    expect(page.locator(".mk-echo")).to_contain_text("the clicked word with “and”")
    ranks = page.locator(".mk-hit-list .mk-hit").count()
    first = page.locator(".mk-hit-list li").first.get_attribute("data-word")
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator(".mk-notices")).to_contain_text("Link copied:")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert parse_qs(urlsplit(copied).query) == {"sample": ["letter-english"], "text": ["and"], "word": ["13"]}
    page.goto(copied)
    expect(page.locator(".mk-echo")).to_contain_text("the clicked word with “and”", timeout=SLOW)
    expect(page.locator(".mk-chip")).to_be_visible()
    settle(page)
    assert page.locator(".mk-hit-list .mk-hit").count() == ranks
    assert page.locator(".mk-hit-list li").first.get_attribute("data-word") == first


def test_a_link_of_several_samples_opens_and_searches_all_of_them(follow) -> None:
    page = follow(sample=["letter-german", "letter-english"], text="Hamburg", word=3)
    expect(page.locator(".mk-echo")).to_contain_text("the clicked word with “Hamburg”", timeout=SLOW)
    settle(page)
    expect(page.locator(".mk-page")).to_have_count(2)
    expect(page.locator(".mk-page").first).to_contain_text("A merchant to his brother")
    expect(page.locator(".mk-later")).to_be_hidden()  # no page came after the search
    expect(page.locator(".mk-page[aria-current]")).to_contain_text("merchant")
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.locator(".mk-copy-link").click()
    address = re.compile(r"\?sample=letter-german&sample=letter-english&text=Hamburg&word=3$")
    expect(page.locator(".mk-notices a")).to_have_attribute("href", address)
    page.locator(".mk-scope").get_by_text("This page").click()
    settle(page)
    page.locator(".mk-copy-link").click()
    alone = re.compile(r"\?sample=letter-german&text=Hamburg&word=3$")
    expect(page.locator(".mk-notices a")).to_have_attribute("href", alone)


def test_own_and_corrected_pages_are_never_in_a_link(follow, rendered_page: Path) -> None:
    page = follow(sample="letter-english", text="Winchester")
    expect(page.locator(".mk-copy-link")).to_be_visible(timeout=SLOW)
    assert "never in a link" in (page.locator(".mk-copy-link").get_attribute("title") or "")
    page.locator(".mk-editing").click()
    page.locator(".mk-stage").focus()
    for key in ("Home", "Enter", "Delete"):
        page.keyboard.press(key)
    expect(page.locator(".mk-copy-link")).to_be_hidden(timeout=SLOW)
    page.keyboard.press("Control+z")
    page.keyboard.press("Escape")
    page = follow(sample="letter-english", text="Winchester")
    expect(page.locator(".mk-copy-link")).to_be_visible(timeout=SLOW)
    open_file(page, rendered_page)
    query(page, "jumps")
    expect(page.locator(".mk-copy-link")).to_be_hidden()


def test_without_the_clipboard_the_link_is_shown(follow) -> None:
    page = follow(sample="letter-english", text="Winchester")
    expect(page.locator(".mk-copy-link")).to_be_visible(timeout=SLOW)
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined })")
    page.locator(".mk-copy-link").click()
    link = page.locator(".mk-notices a")
    expect(link).to_have_attribute("href", re.compile(r"\?sample=letter-english&text=Winchester$"))


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"sample": "../../etc/passwd", "text": "x"}, "The sample page of this link is not here any more"),
        ({"sample": "letter-english", "word": "99999"}, "The word of this link is not on the page."),
        ({"sample": "letter-english", "text": "日本"}, "MARK cannot read"),
    ],
)
def test_a_link_that_leads_nowhere_says_so(follow, asked: dict[str, str], sentence: str) -> None:
    page = follow(**asked)
    expect(page.locator(".mk-notices")).to_contain_text(sentence, timeout=SLOW)
    expect(page.locator(".mk-page")).to_have_count(1)
    query(page, "Winchester")
    expect(page.locator(".mk-echo")).to_contain_text("“Winchester”")


@pytest.mark.parametrize("word", ["-1", "1e3", "0x10", "1;alert(1)", "NaN", "%00"])
def test_a_word_that_is_no_number_is_none(follow, word: str) -> None:
    page = follow(sample="letter-english", text='<img src=x onerror="document.title=1">', word=word)
    expect(page.locator(".mk-text")).to_have_value('<img src=x onerror="document.title=1">', timeout=SLOW)
    settle(page)
    expect(page.locator(".mk-chip")).to_be_hidden()
    assert page.locator(".mk img[src='x']").count() == 0
    assert page.title() == "MARK"
