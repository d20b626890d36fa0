"""A collection of pages in a visitor's hands: they arrive together, are named, put in order, and come back."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.pages.conftest import Library

from ..conftest import ROOT, SLOW, Collection, OpenPage, add, wait_for_pages
from ..test_page import query, set_threshold


@pytest.fixture(scope="module")
def long_book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A zip of real pages that takes a while."""
    path = tmp_path_factory.mktemp("book") / "book.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(1, 13):
            archive.write(ROOT / "sample_pages" / "lucasta.047.jpg", f"leaf {number}.jpg")
    return path


def titles(page: Page) -> list[str]:
    return page.locator(".mk-page .mk-page-title").all_inner_texts()


def test_a_zip_becomes_a_collection_that_is_searched_as_one(collection: Collection) -> None:
    page = collection()
    assert titles(page) == ["letter 1.png", "letter 2.png", "letter 3.png"]
    expect(page.locator(".mk-page[aria-current]")).to_contain_text("letter 1.png")  # shown first, and still
    query(page, "harbour")
    set_threshold(page, 50)
    found = {item.get_attribute("data-page") for item in page.locator(".mk-hit-list li").all()[:3]}
    assert len(found) == 3
    assert page.locator(".mk-page .mk-page-facts", has_text="hit").count() == 3


def test_searching_goes_on_while_pages_arrive_and_cancelling_keeps_what_is_ready(
    open_page: OpenPage, long_book: Path
) -> None:
    page = open_page()
    add(page, long_book)
    expect(page.locator(".mk-busy-text")).to_contain_text(re.compile(r"page \d+ of 12"), timeout=SLOW)
    expect(page.locator(".mk-upload")).to_contain_text("book.zip")
    expect(page.locator(".mk-page")).not_to_have_count(1, timeout=SLOW)
    assert page.locator(".mk-busy").is_visible()
    query(page, "Parliament")
    set_threshold(page, 0)
    assert page.locator(".mk-hit-list li").count() > 0
    expect(page.locator(".mk-busy")).to_be_visible()  # it was answered meanwhile
    page.locator(".mk-uploads-cancel").click()
    expect(page.locator(".mk-busy")).to_be_hidden(timeout=SLOW)
    expect(page.locator(".mk-upload")).to_have_count(0)
    expect(page.locator(".mk-notices .mk-calm")).to_contain_text("The pages that were ready stay.")
    ready = page.locator(".mk-page").count()
    assert 2 <= ready < 13
    page.wait_for_timeout(2500)
    assert page.locator(".mk-page").count() == ready


def test_a_waiting_file_can_be_left_out(open_page: OpenPage, long_book: Path, letters: Path) -> None:
    page = open_page()
    add(page, long_book, letters)
    expect(page.locator(".mk-upload")).to_have_count(2, timeout=SLOW)
    expect(page.locator(".mk-busy-text")).to_contain_text("then 1 more")
    page.get_by_role("button", name="Leave out letters.zip").click()
    expect(page.locator(".mk-upload")).to_have_count(1)
    expect(page.locator(".mk-upload")).to_contain_text("book.zip")
    page.locator(".mk-uploads-cancel").click()
    expect(page.locator(".mk-busy")).to_be_hidden(timeout=SLOW)


def test_a_page_is_renamed_by_mouse_and_by_keyboard(collection: Collection) -> None:
    page = collection()
    page.get_by_role("button", name="Rename letter 1.png").click()
    name = page.locator(".mk-rename")
    expect(name).to_be_focused()
    name.fill("<b>To the governor</b>")
    name.press("Enter")
    expect(page.locator(".mk-page .mk-page-title").first).to_have_text("<b>To the governor</b>")
    page.locator(".mk-page").nth(1).focus()
    page.keyboard.press("F2")
    expect(name).to_be_focused()
    name.fill("never mind")
    page.keyboard.press("Escape")
    expect(name).to_have_count(0)
    assert titles(page) == ["<b>To the governor</b>", "letter 2.png", "letter 3.png"]
    query(page, "governor")
    set_threshold(page, 0)
    expect(page.locator(".mk-hit-list")).to_contain_text("<b>To the governor</b>")
    assert page.locator(".mk-page-list b").count() == 0


def test_a_name_that_is_being_typed_is_not_lost_while_pages_arrive(
    collection: Collection, long_book: Path
) -> None:
    page = collection()
    add(page, long_book)
    expect(page.locator(".mk-upload")).to_have_count(1, timeout=SLOW)
    page.get_by_role("button", name="Rename letter 1.png").click()
    page.locator(".mk-rename").fill("half a na")
    expect(page.locator(".mk-page")).not_to_have_count(3, timeout=SLOW)
    page.keyboard.type("me")
    expect(page.locator(".mk-rename")).to_have_value("half a name")
    page.keyboard.press("Enter")
    expect(page.locator(".mk-page .mk-page-title").first).to_have_text("half a name")
    page.locator(".mk-uploads-cancel").click()
    expect(page.locator(".mk-busy")).to_be_hidden(timeout=SLOW)


def test_pages_are_put_in_order(collection: Collection) -> None:
    page = collection()
    page.get_by_role("button", name="Move letter 1.png down").click()
    expect(page.locator(".mk-page .mk-page-title").nth(1)).to_have_text("letter 1.png")
    expect(page.get_by_role("button", name="Move letter 1.png down")).to_be_focused()  # to be pressed again
    page.keyboard.press("Enter")
    expect(page.locator(".mk-page .mk-page-title").nth(2)).to_have_text("letter 1.png")
    page.locator(".mk-page").nth(2).focus()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.locator(".mk-page .mk-page-title").nth(1)).to_have_text("letter 1.png")
    expect(page.locator(".mk-page").nth(1)).to_be_focused()
    assert titles(page) == ["letter 2.png", "letter 1.png", "letter 3.png"]
    expect(page.locator(".mk-pages-status")).to_have_text("Moved to place 2 of 3.")


def test_a_page_that_was_removed_comes_back(collection: Collection) -> None:
    page = collection()
    query(page, "harbour")
    set_threshold(page, 50)
    hits = page.locator(".mk-hit-list li").count()
    page.get_by_role("button", name="Remove letter 2.png").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".mk-page")).to_have_count(2)
    expect(page.locator(".mk-undo-bar")).to_contain_text("Page removed: letter 2.png.")
    assert page.locator(".mk-hit-list li").count() < hits
    expect(page.locator(".mk-undo-bar button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".mk-page")).to_have_count(3)
    expect(page.locator(".mk-undo-bar")).to_be_hidden()
    assert titles(page) == ["letter 1.png", "letter 2.png", "letter 3.png"]
    expect(page.locator(".mk-hit-list li")).to_have_count(hits)


def hit_list(page: Page) -> list[tuple[str, str]]:
    """Every hit as the place of its page and its word, and its percentage. Equal ones may come in any order."""
    places = {
        row.get_attribute("data-id"): str(place)
        for place, row in enumerate(page.locator(".mk-page-list li").all())
    }
    return sorted(
        (
            f"{places[item.get_attribute('data-page')]}:{item.get_attribute('data-word')}",
            item.locator(".mk-score").inner_text(),
        )
        for item in page.locator(".mk-hit-list li").all()
    )


def save_project(page: Page, folder: Path) -> Path:
    with page.expect_download(timeout=SLOW) as download:
        page.locator(".mk-projects-save").click()
    expect(page.locator(".mk-notices .mk-calm")).to_contain_text("Project saved as", timeout=SLOW)
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def open_project(page: Page, path: Path) -> None:
    """Callers wait for what it leads to."""
    page.locator(".mk-projects-file").set_input_files(str(path))


def test_a_project_is_opened_in_a_fresh_tab_as_it_was_saved(
    collection: Collection, open_page: OpenPage, tmp_path: Path
) -> None:
    page = collection()
    page.locator(".mk-page").first.press("F2")
    page.locator(".mk-rename").fill("To the governor")
    page.keyboard.press("Enter")
    page.locator(".mk-page").nth(2).press("Alt+ArrowUp")
    page.locator(".mk-editing").click()
    page.locator(".mk-word").last.click()
    page.locator(".mk-delete").click()
    expect(page.locator(".mk-editing-status")).to_contain_text("Box deleted.", timeout=SLOW)
    page.locator(".mk-done").click()
    query(page, "harbour")
    set_threshold(page, 0)
    named, hits = titles(page), hit_list(page)
    words = page.locator(".mk-page .mk-page-facts").all_inner_texts()
    assert named[0] == "To the governor"
    path = save_project(page, tmp_path)
    assert path.name == "letters.mark"
    page.close()

    other = open_page()
    open_project(other, path)
    expect(other.locator(".mk-page")).to_have_count(3, timeout=SLOW)
    assert titles(other) == named
    query(other, "harbour")
    set_threshold(other, 0)
    assert hit_list(other) == hits
    assert other.locator(".mk-page .mk-page-facts").all_inner_texts() == words
    expect(other.locator(".mk-undo-bar")).to_be_hidden()  # there was only the sample


def test_a_damaged_project_is_refused_and_a_good_one_can_be_taken_back(
    collection: Collection, tmp_path: Path
) -> None:
    page = collection()
    path = save_project(page, tmp_path)
    page.locator(".mk-notices .mk-close").click()
    damaged = tmp_path / "damaged.mark"
    damaged.write_bytes(path.read_bytes()[:-200])
    open_project(page, damaged)
    expect(page.locator(".mk-notices p")).to_contain_text(
        "damaged.mark: This project file is damaged", timeout=SLOW
    )
    assert titles(page) == ["letter 1.png", "letter 2.png", "letter 3.png"]
    page.get_by_role("button", name="Remove letter 3.png").click()
    expect(page.locator(".mk-page")).to_have_count(2)
    open_project(page, path)
    expect(page.locator(".mk-page")).to_have_count(3, timeout=SLOW)
    expect(page.locator(".mk-undo-bar")).to_contain_text("Project opened; 2 pages were put away.")
    page.locator(".mk-undo-bar button").click()
    expect(page.locator(".mk-page")).to_have_count(2)
    assert titles(page) == ["letter 1.png", "letter 2.png"]
    expect(page.locator(".mk-word").first).to_be_attached()


@pytest.fixture
def library(letters: Path) -> Iterator[Library]:
    """A small digital library on this computer, which the server of the tests may ask."""
    library = Library()
    picture = (letters.parent / "letter 2.png").read_bytes()
    library.files["/2.png"] = picture
    canvases = [
        {
            "@id": f"{library.url}/canvas/{number}",
            "@type": "sc:Canvas",
            "label": f"fol. {number}r",
            "images": [{"resource": {"@id": f"{library.url}/2.png", "@type": "dctypes:Image"}}],
        }
        for number in range(1, 61)
    ]
    head = {"@context": "http://iiif.io/api/presentation/2/context.json", "@type": "sc:Manifest"}
    book = {**head, "label": "Letterbook <i>1755</i>", "sequences": [{"canvases": canvases}]}
    library.files["/manifest.json"] = json.dumps(book).encode()
    yield library
    library.close()


def look_up(page: Page, url: str) -> None:
    if not page.locator(".mk-address").is_visible():
        page.locator(".mk-web summary").click()
    expect(page.locator(".mk-address")).to_be_focused()
    page.keyboard.insert_text(url)
    page.keyboard.press("Enter")


def test_pages_of_a_library_are_chosen_and_fetched(open_page: OpenPage, library: Library) -> None:
    page = open_page()
    look_up(page, f"{library.url}/manifest.json")
    offer = page.locator(".mk-manifest_selection")
    expect(offer).to_be_visible(timeout=SLOW)
    expect(offer).to_contain_text("Letterbook <i>1755</i>")
    expect(offer).to_contain_text("60\u00a0pages, from fol. 1r to fol. 60r")
    expect(offer).to_contain_text("There is room for 39\u00a0more pages.")
    expect(page.locator(".mk-manifest_selection-pages")).to_be_focused()
    expect(page.locator(".mk-manifest_selection-pages")).to_have_value("1-39")
    assert library.paths == ["/manifest.json"]
    page.keyboard.insert_text("all of them")
    page.keyboard.press("Enter")
    expect(page.locator(".mk-notices p")).to_contain_text("for example 1-20")
    expect(page.locator(".mk-manifest_selection-pages")).to_have_value("all of them")
    page.locator(".mk-manifest_selection-pages").fill("3, 59-60")
    page.get_by_role("button", name="Add these pages").click()
    expect(offer).to_be_hidden()
    wait_for_pages(page, 4)
    assert titles(page)[1:] == ["fol. 3r", "fol. 59r", "fol. 60r"]
    expect(page.locator(".mk-page[aria-current]")).to_contain_text("Letterbook <i>1755</i>")
    query(page, "harbour")
    expect(page.locator(".mk-page-facts", has_text="1\u00a0hit")).to_have_count(3)
    look_up(page, f"{library.url}/2.png")
    wait_for_pages(page, 5)
    look_up(page, f"{library.url}/nothing")
    expect(page.locator(".mk-notices p")).to_contain_text("has nothing at this address", timeout=SLOW)
    look_up(page, "http://10.1.2.3/manifest.json")
    expect(page.locator(".mk-notices p")).to_contain_text("not on the public internet", timeout=SLOW)


def test_the_left_column_fits_a_telephone(open_page: OpenPage, letters: Path, library: Library) -> None:
    page = open_page(390, 844, is_mobile=True, has_touch=True)
    add(page, letters)
    wait_for_pages(page, 4)
    page.locator(".mk-page-list .mk-close").last.tap()
    expect(page.locator(".mk-undo-bar button")).to_be_in_viewport()
    look_up(page, f"{library.url}/manifest.json")
    expect(page.locator(".mk-manifest_selection")).to_be_visible(timeout=SLOW)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    small = """nodes => nodes.filter(n => n.getClientRects().length && n.getBoundingClientRect().height < 40)
        .map(n => n.className)"""
    buttons = (
        ".mk-page-tools button, .mk-undo-bar button, .mk-manifest_selection button, .mk-tools button, .mk-add"
    )
    assert page.locator(buttons).evaluate_all(small) == []


def test_a_split_that_was_begun_is_not_spoken_of_on_another_page(collection: Collection) -> None:
    page = collection()
    page.locator(".mk-editing").click()
    page.locator(".mk-word").nth(1).click()
    page.locator(".mk-split").click()
    expect(page.locator(".mk-editing-status")).to_contain_text("Move the line")
    page.locator(".mk-page-list .mk-page").nth(1).click()
    expect(page.locator(".mk-editing-status")).to_contain_text("Click a box to choose it")
