"""All words of the open pages, gathered by likeness."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import expect

from ..conftest import OpenPage
from ..test_page import open_file, set_threshold, settle

LONG = 60_000


def test_words_are_gathered_found_and_named(open_page: OpenPage, rendered_page: Path) -> None:
    page = open_page()
    open_file(page, rendered_page)
    page.get_by_role("button", name="All words").click()
    dialog = page.get_by_role("dialog", name="All words of these pages")
    items = dialog.get_by_role("listitem")
    expect(items.first).to_be_visible(timeout=LONG)
    words = sum(
        int(text.split()[0])
        for text in page.locator(".mk-page-facts:not(.mk-page-note)").all_inner_texts()
        if re.match(r"\d+\swords", text)
    )
    status = dialog.get_by_role("status")
    expect(status).to_contain_text(re.compile(rf"{words}\swords: \d+ that occur more than once"))
    counts = [int(text.split()[-1]) for text in dialog.locator(".mk-word_clusters-count").all_inner_texts()]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] >= 2
    dialog.get_by_label("include words that occur once").check()
    assert items.count() > len(counts)
    dialog.get_by_label("Filter").fill("qui")
    expect(items).to_have_count(1)
    expect(items.first).to_contain_text("“quick”")
    items.first.get_by_role("button", name=re.compile("^Name")).click()
    page.keyboard.type("Quick, the name")
    page.keyboard.press("Enter")
    expect(items.first).to_contain_text("Quick, the name")
    items.first.get_by_role("button", name=re.compile("^Find Quick")).click()
    expect(dialog).to_be_hidden()
    settle(page)
    expect(page.locator(".mk-echo")).to_contain_text("the clicked word")
    expect(page.locator(".mk-hit-list li").first).to_contain_text("known words.png")
    page.get_by_role("button", name="All words").click()
    expect(items.first).to_contain_text("Quick, the name")
    dialog.get_by_role("button", name="Rebuild").click()
    expect(status).to_contain_text("more than once", timeout=LONG)
    expect(items.first).to_contain_text("Quick, the name")


def test_the_members_of_a_group_light_up(open_page: OpenPage) -> None:
    page = open_page(390, 800)
    page.get_by_role("button", name="All words").click()
    first = page.locator(".mk-word_clusters-list li").first
    expect(first).to_be_visible(timeout=LONG)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    members = int(first.locator(".mk-word_clusters-count").inner_text().split()[-1])
    first.locator(".mk-word_clusters-open").click()
    settle(page)
    set_threshold(page, 50)
    assert page.locator(".mk-hit-list li").count() >= 0.8 * members
