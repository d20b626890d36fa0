"""Everything a search can be asked for, on one collection of three pages."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from ..conftest import SLOW, Collection, OpenPage, add, wait_for_pages
from ..feedback.test_feedback import hit, places, said
from ..search.test_explanation import why
from ..test_page import query, set_threshold, settle
from ..tools.test_export import open_panel, take
from .test_pages import open_project, save_project, titles


def pages_of_hits(page: Page, first: int) -> list[str | None]:
    """On which pages, counted as they lie, the best hits are."""
    order = page.locator(".mk-page-list li[data-id]").evaluate_all("rows => rows.map(row => row.dataset.id)")
    items = page.locator(".mk-hit-list li[data-rank]").all()[:first]
    return [str(order.index(item.get_attribute("data-page")) + 1) for item in items]


@pytest.mark.parametrize("suffix", [".pdf", ".tif"])
def test_one_file_of_three_pages(open_page: OpenPage, letters: Path, tmp_path: Path, suffix: str) -> None:
    pictures = [Image.open(letters.parent / f"letter {number}.png") for number in (1, 2, 3)]
    path = tmp_path / f"letterbook{suffix}"
    options = {"resolution": 150.0} if suffix == ".pdf" else {"compression": "tiff_lzw"}
    pictures[0].save(path, save_all=True, append_images=pictures[1:], **options)
    page = open_page()
    page.locator(".mk-page-list .mk-close").click()
    add(page, path)
    wait_for_pages(page, 3)
    assert len(set(titles(page))) == 3
    assert all("letterbook" in title for title in titles(page))
    query(page, "harbour")
    set_threshold(page, 0)
    assert sorted(pages_of_hits(page, 3)) == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("harb*", "123"),
        ("h?rbour", "123"),
        ("harvour~1", "123"),
        ('"second letter"', "2"),
        ('"harbour dues"', "3"),
    ],
)
def test_patterns_and_phrases_look_on_every_page(collection: Collection, typed: str, found: str) -> None:
    page = collection()
    query(page, typed)
    set_threshold(page, 0)
    assert sorted(pages_of_hits(page, len(found))) == list(found)


def test_typed_and_clicked_together(collection: Collection) -> None:
    page = collection()
    query(page, "harbour")
    set_threshold(page, 0)
    page.locator(".mk-hit-list li[data-rank='1'] .mk-hit").click()
    page.locator(".mk-stage").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".mk-echo")).to_contain_text("the clicked word", timeout=SLOW)
    query(page, "harbour")
    expect(page.locator(".mk-echo")).to_contain_text("for the clicked word with “harbour”")
    expect(page.locator(".mk-example_weight")).to_be_visible()
    assert sorted(pages_of_hits(page, 3)) == ["1", "2", "3"]


def test_a_confirmed_hit_counts_on_the_other_pages(collection: Collection) -> None:
    page = collection()
    query(page, "letter")
    set_threshold(page, 0)
    first = places(page)[0]
    hit(page, 1).locator(".mk-yes").click()
    said(page, "1 confirmed")
    before = places(page)
    assert before[0] == first
    hit(page, 2).locator(".mk-no").click()
    said(page, "1 confirmed, 1 rejected")
    assert places(page)[:2] == before[:2]
    page.locator(".mk-page").nth(2).click()
    assert places(page)[:2] == before[:2]
    page.locator(".mk-feedback-undo").click()
    said(page, "1 confirmed")


def test_why_of_a_hit_on_a_page_that_is_not_shown(collection: Collection) -> None:
    page = collection()
    query(page, "second")
    set_threshold(page, 0)
    assert pages_of_hits(page, 1) == ["2"]
    why(page, 1)
    dialog = page.get_by_role("dialog", name="Why hit 1?")
    expect(dialog.locator(".mk-explanation-letter")).to_have_count(6)
    expect(dialog.locator(".mk-explanation-facts")).to_contain_text("All 6 letters were found, in order.")


def test_all_words_and_a_list_of_three_pages(collection: Collection) -> None:
    page = collection()
    page.get_by_role("button", name="All words").click()
    words = page.get_by_role("dialog", name="All words of these pages")
    first = words.get_by_role("listitem").first
    expect(first).to_contain_text("“harbour”", timeout=SLOW)
    expect(first).to_contain_text("3")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Search a list of names").click()
    dialog = page.get_by_role("dialog", name="Search a list of names")
    dialog.get_by_label("Names, places or words, one a line").fill("harbour\ndawn\ndues")
    dialog.get_by_role("button", name="Search", exact=True).click()
    counts = dialog.locator("tbody .mk-list_search-count")
    expect(counts).to_have_count(3, timeout=SLOW)
    assert counts.all_inner_texts() == ["3", "1", "1"]
    expect(dialog.locator("tbody tr").nth(2)).to_contain_text("letter 3.png")


def test_every_format_takes_all_pages(collection: Collection) -> None:
    page = collection(accept_downloads=True)
    query(page, "harbour")
    open_panel(page)
    dialog = page.locator(".mk-export-panel")
    dialog.locator("[name=mk-export-what][value=words]").check()
    for label in ("CSV", "JSON", "IIIF", "PAGE XML", "ALTO", "PNG", "PDF"):
        dialog.get_by_role("radio", name=label).check()
        name, data = take(page)
        expect(dialog.get_by_role("status")).to_contain_text("3 pages")
        if label in ("PAGE XML", "ALTO", "PNG"):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                assert len(archive.namelist()) == 3
                assert archive.testzip() is None
        elif label == "PDF":
            assert data.startswith(b"%PDF-")
            assert name.endswith(".pdf")
        elif label == "CSV":
            assert all(f"letter {number}.png".encode() in data for number in (1, 2, 3))
        else:
            assert json.loads(data)


@pytest.mark.parametrize("version", [0, 99], ids=["older", "newer"])
def test_a_project_of_another_version_is_refused(
    collection: Collection, tmp_path: Path, version: int
) -> None:
    page = collection(accept_downloads=True)
    good = save_project(page, tmp_path)
    path = tmp_path / "other.mark"
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(path, "w") as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename == "project.json":
                data = json.dumps({**json.loads(data), "version": version}).encode()
            new.writestr(info, data)
    query(page, "harbour")
    before = places(page)
    open_project(page, path)
    notice = page.locator(".mk-notices p", has_text="another version of MARK")
    expect(notice).to_be_visible(timeout=SLOW)
    assert page.locator(".mk-page").count() == 3
    query(page, "quiet")
    settle(page)
    query(page, "harbour")
    assert places(page) == before
