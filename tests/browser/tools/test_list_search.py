"""A list of names is looked up in one go."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

from playwright.sync_api import expect

from ..conftest import OpenPage
from ..test_page import open_file, settle

LONG = 60_000


def test_a_list_leads_to_its_searches_and_is_saved(open_page: OpenPage, rendered_page: Path) -> None:
    page = open_page()
    open_file(page, rendered_page)
    page.get_by_role("button", name="Search a list of names").click()
    dialog = page.get_by_role("dialog", name="Search a list of names")
    dialog.get_by_label("Names, places or words, one a line").fill("quick\nriver\n\nquick\n日本\nzzyzx\n")
    dialog.get_by_role("button", name="Search", exact=True).click()
    expect(dialog.get_by_role("status")).to_contain_text(re.compile(r"2 of 4\slines have hits"), timeout=LONG)
    rows = dialog.locator("tbody tr")
    expect(rows).to_have_count(4)
    for row in (rows.nth(0), rows.nth(1)):
        expect(row.locator(".mk-list_search-count")).to_have_text("1")
        expect(row).to_contain_text("known words.png")
        expect(row.get_by_role("img")).to_be_visible()
    expect(rows.nth(2)).to_contain_text("MARK cannot read")
    expect(rows.nth(2).get_by_role("button")).to_be_disabled()
    expect(rows.nth(3).locator(".mk-list_search-count")).to_have_text("0")
    with page.expect_download() as waiting:
        dialog.get_by_role("button", name="Save table").click()
    assert waiting.value.suggested_filename == "mark-list.csv"
    text = Path(waiting.value.path()).read_text("utf-8-sig")
    table = list(csv.DictReader(io.StringIO(text)))
    assert [row["term"] for row in table] == ["quick", "river", "日本", "zzyzx"]
    assert table[0]["file"] == "known words.png"
    rows.nth(1).get_by_role("button", name="river").click()
    expect(dialog).to_be_hidden()
    settle(page)
    expect(page.locator(".mk-echo")).to_contain_text("“river”")
    expect(page.locator(".mk-hit-list li").first).to_contain_text("known words.png")
    page.get_by_role("button", name="Search a list of names").click()
    expect(rows).to_have_count(4)  # the list is still there


def test_an_empty_list_costs_one_sentence(open_page: OpenPage) -> None:
    page = open_page(390, 800)
    page.get_by_role("button", name="Search a list of names").click()
    dialog = page.get_by_role("dialog", name="Search a list of names")
    dialog.get_by_role("button", name="Search", exact=True).click()
    expect(dialog.get_by_role("status")).to_have_text("The list is empty; write one word or name a line.")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
