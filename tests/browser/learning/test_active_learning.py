"""Help MARK with ten words: questions, answers by the keyboard alone, the way back, and the next learning."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from ..conftest import OpenPage
from ..test_page import query
from .test_learning import LONG, open_panel


@pytest.fixture(scope="module")
def server(quick_learning_server: str) -> str:
    return quick_learning_server


def ask(page: Page) -> Locator:
    """The dialog with ten questions, for which no word list has to be looked at."""
    open_panel(page)
    page.get_by_label("The pages are written in").select_option("none")
    page.get_by_role("button", name="Help MARK with ten words").click()
    dialog = page.get_by_role("dialog", name="Help MARK with ten words")
    expect(dialog.get_by_role("listitem")).to_have_count(10, timeout=LONG)
    return dialog


def field(dialog: Locator, number: int) -> Locator:
    return dialog.get_by_label(f"What is written in word {number} of 10")


def test_ten_words_are_read_by_the_keyboard_and_learnt(open_page: OpenPage) -> None:
    page = open_page()
    dialog = ask(page)
    expect(dialog.get_by_role("img", name="Word 1 of 10")).to_be_visible()
    expect(field(dialog, 1)).to_be_focused()
    page.keyboard.type("Thomas")
    page.keyboard.press("Enter")
    expect(field(dialog, 2)).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # I can't read it
    expect(field(dialog, 3)).to_be_focused()
    expect(dialog.get_by_role("button", name="I can’t read it", pressed=True)).to_have_count(1)
    said = dialog.get_by_role("status")
    expect(said).to_have_text(re.compile(r"^1\sword is read. 1\scould not be read.$"))
    page.keyboard.type("raised")
    dialog.get_by_role("button", name="Ten more").click()  # what is typed already is kept as well
    expect(field(dialog, 1)).to_have_value("", timeout=LONG)
    expect(said).to_have_text(re.compile(r"^2\swords are read"))
    dialog.get_by_role("button", name="On to learning").click()
    expect(page.locator(".mk-learning-panel")).to_contain_text(
        re.compile(r"2\swords that you have read will be")
    )
    page.get_by_role("button", name="Start learning").click()
    status = page.locator(".mk-learning-card [role=status]")
    expect(status).to_have_text("MARK has learnt this hand.", timeout=LONG)
    ask(page)  # and again, after the first learning
    page.keyboard.press("Escape")
    query(page, "the")
    expect(page.locator(".mk-echo")).to_contain_text("“the”")


def test_answers_are_changed_taken_back_and_cleared(open_page: OpenPage) -> None:
    page = open_page(390, 800)
    dialog = ask(page)
    said = dialog.get_by_role("status")
    undo, clear = (dialog.get_by_role("button", name=name) for name in ("Undo", "Clear all answers"))
    expect(undo).to_be_disabled()
    field(dialog, 1).fill("fort")
    field(dialog, 2).fill("march")
    field(dialog, 1).fill("forts")
    page.keyboard.press("Enter")
    expect(said).to_have_text(re.compile(r"^2\swords are read.$"))
    undo.click()
    expect(field(dialog, 1)).to_have_value("fort")
    clear.click()
    expect(field(dialog, 2)).to_have_value("")
    expect(clear).to_be_disabled()
    undo.click()
    expect(field(dialog, 2)).to_have_value("march")
    expect(said).to_have_text(re.compile(r"^2\swords are read.$"))
    skip = dialog.get_by_role("button", name="I can’t read it").nth(1)
    skip.click()
    expect(field(dialog, 2)).to_have_value("")
    skip.click()
    expect(said).to_have_text(re.compile(r"^1\sword is read.$"))
    field(dialog, 3).fill("λόγος")
    page.keyboard.press("Enter")
    expect(said).to_have_text(re.compile("Latin letters"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_an_empty_list_is_told_and_the_questions_wait(open_page: OpenPage) -> None:
    page = open_page()
    open_panel(page)
    page.get_by_label("The pages are written in").select_option("own")
    page.get_by_role("button", name="Help MARK with ten words").click()
    dialog = page.get_by_role("dialog", name="Help MARK with ten words")
    expect(dialog.get_by_role("status")).to_have_text(re.compile("one a line"))
    dialog.get_by_role("button", name="On to learning").click()
    page.get_by_label("Words, one a line", exact=True).fill("fort")
    page.get_by_role("button", name="Help MARK with ten words").click()
    expect(dialog.get_by_role("listitem")).to_have_count(10, timeout=LONG)
