"""Taking words and hits away as files."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from ..conftest import OpenPage
from ..test_page import lit, open_file, query, set_threshold, try_sample_query


def take(page: Page, button: str = "Export") -> tuple[str, bytes]:
    """Presses the button of the open dialog and returns the file that the browser saves."""
    with page.expect_download(timeout=60_000) as waiting:
        page.locator(".mk-export-panel").get_by_role("button", name=button).click()
    download = waiting.value
    return download.suggested_filename, Path(download.path()).read_bytes()


def open_panel(page: Page) -> None:
    page.get_by_role("group", name="With these pages").get_by_role("button", name="Export").click()
    expect(page.get_by_role("dialog", name="Export")).to_be_visible()


def test_the_hits_shown_are_saved_as_a_table_in_their_ranks(open_page: OpenPage, rendered_page: Path) -> None:
    page = open_page()
    open_file(page, rendered_page)
    query(page, "jumps")
    set_threshold(page, 0)
    page.locator(".mk-limit").select_option("10")
    listed = page.locator(".mk-hit-list li")
    open_panel(page)
    expect(page.locator(".mk-export-hits")).to_have_text(re.compile(r"the 10\shits shown for “jumps”"))
    name, data = take(page)
    assert name == "mark-hits-jumps.csv"
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert [row["rank"] for row in rows] == listed.locator(".mk-rank").all_inner_texts()
    assert [row["word"] for row in rows] == [
        str(int(item.get_attribute("data-word") or 0) + 1) for item in listed.all()
    ]
    assert len({row["file"] for row in rows}) == 2  # a sample and an own page lie in two indexes
    expect(page.locator(".mk-export-panel [role=status]")).to_contain_text("10 hits of 2 pages")


def test_all_words_of_this_page_as_page_xml(open_page: OpenPage, rendered_page: Path) -> None:
    page = open_page()
    open_file(page, rendered_page)
    open_panel(page)
    dialog = page.locator(".mk-export-panel")
    expect(dialog.get_by_label("hits (none is shown now)")).to_be_disabled()
    dialog.get_by_label("this page only").check()
    dialog.get_by_label("PAGE XML").check()
    name, data = take(page)
    assert name == "mark-words-known-words-page-xml.xml"
    assert data.count(b"<Word ") == page.locator(".mk-word").count()
    dialog.get_by_label("IIIF").check()
    name, data = take(page)
    assert name.endswith("-annotations.json")
    assert len(json.loads(data)["items"]) == page.locator(".mk-word").count()
    dialog.get_by_role("button", name="Close").last.click()
    expect(dialog).to_be_hidden()


def test_the_keyboard_and_a_second_search(open_page: OpenPage) -> None:
    page = open_page()
    text = try_sample_query(page)
    set_threshold(page, 0)
    shown = lit(page)
    page.locator(".mk-export").focus()
    page.keyboard.press("Enter")
    dialog = page.locator(".mk-export-panel")
    expect(dialog.get_by_label(f"the {shown}\u00a0hits shown for “{text}”")).to_be_checked()
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator(".mk-export")).to_be_focused()
    page.locator(".mk-word").nth(5).click()
    page.wait_for_selector(".mk-hits:not([aria-busy])")
    open_panel(page)
    dialog.get_by_label("JSON").check()
    name, data = take(page)
    assert name == "mark-hits-clicked-word.json"
    assert json.loads(data)["query"] == ""


def test_a_file_that_cannot_be_made_costs_one_sentence(open_page: OpenPage) -> None:
    page = open_page()
    page.get_by_role("button", name=re.compile("^Remove .")).first.click()
    expect(page.locator(".mk-empty")).to_be_visible()
    open_panel(page)
    expect(page.locator(".mk-export-panel [role=status]")).to_have_text("Add a page or open a sample first.")
    expect(page.locator(".mk-export-panel").get_by_role("button", name="Export")).to_be_disabled()


def test_boxes_taken_away_come_back_with_their_picture(open_page: OpenPage, rendered_page: Path) -> None:
    page = open_page()
    open_file(page, rendered_page)
    words = page.locator(".mk-word").count()
    page.locator(".mk-editing").click()
    page.locator(".mk-word").first.click()
    page.keyboard.press("Delete")
    expect(page.locator(".mk-word")).to_have_count(words - 1)
    page.locator(".mk-done").click()
    open_panel(page)
    page.get_by_label("this page only").check()
    page.get_by_label("PAGE XML").check()
    name, data = take(page)
    page.locator(".mk-export-panel .mk-panel-close").first.click()
    picture = {"name": "again.png", "mimeType": "image/png", "buffer": rendered_page.read_bytes()}
    layout = {"name": name, "mimeType": "application/xml", "buffer": data}
    page.locator(".mk-file").set_input_files([layout, picture])
    expect(page.locator(".mk-page-list .mk-page")).to_have_count(3, timeout=60_000)
    again = page.locator(".mk-page", has_text="again.png")
    expect(again).to_contain_text(re.compile(rf"{words - 1}\swords"))
    again.click()
    expect(again).to_contain_text(f"Boxes from {name}")
