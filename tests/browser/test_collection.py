"""A collection of pages in a visitor's hands: they arrive together, are named, put in order, and come back."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Page, expect

from .conftest import ROOT, OpenPage
from .test_page import query, set_threshold

SLOW = 120_000  # milliseconds that pages may take on a busy computer
TEXTS = [
    ["the harbour lay", "quiet at dawn"],
    ["a second letter", "about the harbour"],
    ["nothing of note", "but harbour dues"],
]


def draw_page(path: Path, lines: list[str]) -> Path:
    image = Image.new("RGB", (900, 130 * len(lines) + 60), (236, 232, 222))
    pen = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        pen.text((60, 40 + 130 * number), line, (45, 40, 38), ImageFont.load_default(64))
    image.save(path)
    return path


@pytest.fixture(scope="module")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A zip of three pages."""
    folder = tmp_path_factory.mktemp("letters")
    path = folder / "letters.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number, lines in enumerate(TEXTS, start=1):
            archive.write(draw_page(folder / f"letter {number}.png", lines), f"letter {number}.png")
    return path


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


def add(page: Page, *paths: Path) -> None:
    page.locator(".mk-file").set_input_files([str(path) for path in paths])


def wait_for_pages(page: Page, number: int) -> None:
    expect(page.locator(".mk-page")).to_have_count(number, timeout=SLOW)
    expect(page.locator(".mk-busy")).to_be_hidden(timeout=SLOW)


@pytest.fixture
def collection(open_page: OpenPage, letters: Path):
    """Opens the app with the three letters and nothing else."""

    def open_(*args: int, **options: object) -> Page:
        page = open_page(*args, **options)
        page.locator(".mk-page-list .mk-close").click()
        expect(page.locator(".mk-page")).to_have_count(0)
        add(page, letters)
        wait_for_pages(page, 3)
        return page

    return open_


def test_a_zip_becomes_a_collection_that_is_searched_as_one(collection) -> None:
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
    expect(page.locator(".mk-coming")).to_contain_text("book.zip")
    expect(page.locator(".mk-page")).not_to_have_count(1, timeout=SLOW)
    assert page.locator(".mk-busy").is_visible()
    query(page, "Parliament")
    set_threshold(page, 0)
    assert page.locator(".mk-hit-list li").count() > 0
    expect(page.locator(".mk-busy")).to_be_visible()  # it was answered meanwhile
    page.locator(".mk-stop").click()
    expect(page.locator(".mk-busy")).to_be_hidden(timeout=SLOW)
    expect(page.locator(".mk-coming")).to_have_count(0)
    expect(page.locator(".mk-notices .mk-calm")).to_contain_text("The pages that were ready stay.")
    ready = page.locator(".mk-page").count()
    assert 2 <= ready < 13
    page.wait_for_timeout(2500)
    assert page.locator(".mk-page").count() == ready


def test_a_waiting_file_can_be_left_out(open_page: OpenPage, long_book: Path, letters: Path) -> None:
    page = open_page()
    add(page, long_book, letters)
    expect(page.locator(".mk-coming")).to_have_count(2, timeout=SLOW)
    expect(page.locator(".mk-busy-text")).to_contain_text("then 1 more")
    page.get_by_role("button", name="Leave out letters.zip").click()
    expect(page.locator(".mk-coming")).to_have_count(1)
    expect(page.locator(".mk-coming")).to_contain_text("book.zip")
    page.locator(".mk-stop").click()
    expect(page.locator(".mk-busy")).to_be_hidden(timeout=SLOW)


def test_a_page_is_renamed_by_mouse_and_by_keyboard(collection) -> None:
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


def test_a_name_that_is_being_typed_is_not_lost_while_pages_arrive(collection, long_book: Path) -> None:
    page = collection()
    add(page, long_book)
    expect(page.locator(".mk-coming")).to_have_count(1, timeout=SLOW)
    page.get_by_role("button", name="Rename letter 1.png").click()
    page.locator(".mk-rename").fill("half a na")
    expect(page.locator(".mk-page")).not_to_have_count(3, timeout=SLOW)
    page.keyboard.type("me")
    expect(page.locator(".mk-rename")).to_have_value("half a name")
    page.keyboard.press("Enter")
    expect(page.locator(".mk-page .mk-page-title").first).to_have_text("half a name")
    page.locator(".mk-stop").click()
    expect(page.locator(".mk-busy")).to_be_hidden(timeout=SLOW)


def test_pages_are_put_in_order(collection) -> None:
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
    expect(page.locator(".mk-pages-said")).to_have_text("Moved to place 2 of 3.")


def test_a_page_that_was_removed_comes_back(collection) -> None:
    page = collection()
    query(page, "harbour")
    set_threshold(page, 50)
    hits = page.locator(".mk-hit-list li").count()
    page.get_by_role("button", name="Close letter 2.png").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".mk-page")).to_have_count(2)
    expect(page.locator(".mk-way-back")).to_contain_text("Page removed: letter 2.png.")
    assert page.locator(".mk-hit-list li").count() < hits
    expect(page.locator(".mk-way-back button")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(".mk-page")).to_have_count(3)
    expect(page.locator(".mk-way-back")).to_be_hidden()
    assert titles(page) == ["letter 1.png", "letter 2.png", "letter 3.png"]
    expect(page.locator(".mk-hit-list li")).to_have_count(hits)
