"""Learning the hand of the open pages, with lessons of seconds (see ``quick_learning.py``)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ..conftest import OpenPage
from ..test_page import open_file, query, try_sample_query

LONG = 60_000


@pytest.fixture(scope="module")
def server(quick_learning_server: str) -> str:
    return quick_learning_server


def open_panel(page: Page) -> None:
    page.get_by_role("button", name="Learn this hand").click()
    expect(page.get_by_role("dialog", name="Learn this hand")).to_be_visible()


def start(page: Page) -> None:
    page.get_by_role("button", name="Start learning").click()
    expect(page.locator(".mk-learning-panel")).to_be_hidden(timeout=LONG)


def test_learning_runs_beside_searching_and_is_undone_with_one_click(open_page: OpenPage) -> None:
    page = open_page()
    text = try_sample_query(page)
    scores = page.locator(".mk-hit-list .mk-score, .mk-guess-list .mk-score").all_inner_texts()
    open_panel(page)
    expect(page.locator(".mk-learning-panel [role=status]")).to_contain_text(
        re.compile(r"\d+\swords will be")
    )
    page.get_by_label("2 minutes").check()
    start(page)
    card = page.get_by_role("region", name="Learning this hand")
    expect(card.get_by_role("status")).to_have_text("Learning the hand…", timeout=LONG)
    expect(card.get_by_role("progressbar")).to_be_visible()
    expect(page.get_by_role("button", name="Learn this hand")).to_be_disabled()
    query(page, "the")
    expect(page.locator(".mk-echo")).to_contain_text("“the”")
    query(page, text)
    expect(card.get_by_role("status")).to_have_text("MARK has learnt this hand.", timeout=LONG)
    expect(card).to_contain_text(re.compile(r"62\s% before, 81\s% now"))
    expect(card.get_by_role("progressbar")).to_be_hidden()
    own = card.get_by_role("table")  # what it changed for the searches that were made here
    expect(own.get_by_role("row")).to_have_count(3)
    expect(own.get_by_role("rowheader", name=f"“{text}”")).to_be_visible()
    expect(own.get_by_role("rowheader", name="“the”")).to_be_visible()
    expect(card).to_contain_text(
        re.compile(r"Right hits to be expected in your searches: [\d.]+ before, [\d.]+ now")
    )
    rows = page.locator(".mk-hit-list .mk-score, .mk-guess-list .mk-score")
    expect(page.locator(".mk-echo")).to_contain_text(f"“{text}”")
    card.get_by_role("button", name="Undo learning").click()
    expect(card.get_by_role("button", name="Use it again")).to_be_visible(timeout=LONG)
    assert rows.all_inner_texts() == scores  # the list is what it was before
    card.get_by_role("button", name="Use it again").click()
    expect(card.get_by_role("button", name="Undo learning")).to_be_visible(timeout=LONG)


def test_a_hand_learnt_after_saving_is_not_saved(open_page: OpenPage, rendered_page: Path) -> None:
    page = open_page()
    open_file(page, rendered_page)
    open_panel(page)
    start(page)
    card = page.locator(".mk-learning-card")
    expect(card.get_by_role("status")).to_have_text("Learning the hand…", timeout=LONG)
    with page.expect_download():
        page.locator(".mk-projects-save").click()
    expect(page.locator(".mk-unsaved")).to_be_hidden()
    expect(card.get_by_role("status")).to_have_text("MARK has learnt this hand.", timeout=LONG)
    expect(page.locator(".mk-unsaved")).to_be_visible()


def test_stopping_keeps_the_best_so_far(open_page: OpenPage) -> None:
    page = open_page()
    open_panel(page)
    start(page)
    card = page.locator(".mk-learning-card")
    expect(card.get_by_role("status")).to_have_text("Learning the hand…", timeout=LONG)
    card.get_by_role("button", name="Stop, keep the best so far").click()
    expect(card.get_by_role("status")).to_have_text("MARK has learnt this hand.", timeout=LONG)


def test_an_own_list_of_words(open_page: OpenPage) -> None:
    page = open_page()
    open_panel(page)
    expect(page.locator(".mk-own-words")).to_be_hidden()
    page.get_by_label("The pages are written in").select_option("own")
    page.get_by_role("button", name="Start learning").click()
    said = page.locator(".mk-learning-panel [role=status]")
    expect(said).to_have_text(re.compile("one a line"))
    files = {"name": "names.txt", "mimeType": "text/plain", "buffer": b"zzz\nWinchester\n"}
    page.locator(".mk-own-file").set_input_files(files)
    expect(page.get_by_label("Words, one a line", exact=True)).to_have_value("zzz\nWinchester\n")
    start(page)
    sentence = page.locator(".mk-learning-card [role=status]")
    expect(sentence).to_have_text(re.compile("Learning made nothing better"), timeout=LONG)
    expect(page.locator(".mk-learning-card").get_by_role("button")).to_have_count(0)
    expect(page.get_by_role("button", name="Learn this hand")).to_be_enabled()


def test_two_visitors_learn_one_after_the_other(open_page: OpenPage) -> None:
    first, second = open_page(), open_page(390, 800)
    for page in (first, second):
        open_panel(page)
        start(page)
    waiting = second.locator(".mk-learning-card [role=status]")
    expect(waiting).to_have_text(re.compile("Another collection is being learnt"))
    first.locator(".mk-learning-stop").click()
    expect(waiting).to_have_text("Learning the hand…", timeout=LONG)
    second.locator(".mk-learning-stop").click()
    for page in (first, second):
        status = page.locator(".mk-learning-card [role=status]")
        expect(status).to_have_text("MARK has learnt this hand.", timeout=LONG)
    assert second.evaluate("document.documentElement.scrollWidth <= innerWidth")
