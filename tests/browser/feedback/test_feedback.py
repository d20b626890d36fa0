"""Confirming and rejecting hits."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from ..conftest import OpenPage
from ..test_page import contrast, luminance, open_file, query, set_threshold, settle


@pytest.fixture
def page(open_page: OpenPage, rendered_page: Path) -> Page:
    """Two pages of two indexes, the known words shown, a search with many hits."""
    page = open_page()
    open_file(page, rendered_page)
    query(page, "the")
    set_threshold(page, 0)
    return page


def hit(page: Page, rank: int) -> Locator:
    return page.locator(f".mk-hit-scroll li[data-rank='{rank}']")


def places(page: Page) -> list[str]:
    return page.locator(".mk-hit-scroll li[data-rank]").evaluate_all(
        "items => items.map(i => `${i.dataset.page} ${i.dataset.word}`)"
    )


def scores(page: Page) -> dict[str, str]:
    rows = page.locator(".mk-hit-scroll li[data-rank]").evaluate_all(
        "items => items.map(i => [`${i.dataset.page} ${i.dataset.word}`, i.querySelector('.mk-score').textContent])"
    )
    return dict(rows)


def said(page: Page, text: str) -> None:
    expect(page.locator(".mk-decisions-status")).to_have_text(text)


def test_buttons_judge_and_the_list_is_ranked_anew(page: Page) -> None:
    before, points = places(page), scores(page)
    third = before[2]
    hit(page, 3).locator(".mk-no").click()
    expect(hit(page, 3)).to_have_class("mk-rejected")
    said(page, "1 rejected")
    after = places(page)
    assert after[2] == third
    assert sorted(after) != after or len(set(after)) == len(after)
    assert scores(page) != points  # others are worth less by now
    last = len(after)
    hit(page, last).locator(".mk-yes").click()
    said(page, "1 confirmed, 1 rejected")
    assert places(page)[last - 1] == after[last - 1]
    assert places(page)[2] == third
    expect(hit(page, last).locator(".mk-score")).to_have_text("confirmed")
    expect(hit(page, last).locator(".mk-yes")).to_have_attribute("aria-pressed", "true")


def test_outlines_on_the_page_are_double_and_dashed(page: Page) -> None:
    page.locator(".mk-scope").get_by_text("This page").click()
    settle(page)
    hit(page, 1).locator(".mk-yes").click()
    hit(page, 2).locator(".mk-no").click()
    said(page, "1 confirmed, 1 rejected")
    confirmed, rejected = (page.locator(f".mk-hit-box[data-rank='{rank}']") for rank in (1, 2))
    expect(confirmed.locator(".mk-seam")).to_have_count(1)
    expect(rejected.locator(".mk-seam")).to_have_count(0)
    dashes = "node => getComputedStyle(node).strokeDasharray"
    assert rejected.locator(".mk-line").evaluate(dashes) != "none"
    assert confirmed.locator(".mk-line").evaluate(dashes) == "none"
    assert confirmed.locator(".mk-badge text").text_content() == "1\u2009✓"
    assert rejected.locator(".mk-badge text").text_content() == "2\u2009✗"
    parchment = 0.74
    for kind in ("confirmed", "rejected"):
        page.locator(".mk-echo").click()
        assert contrast(parchment, luminance(page, f".mk-lit .mk-{kind} .mk-line", "stroke")) >= 3
    words = page.locator(".mk-word[aria-label*='confirmed'], .mk-word[aria-label*='rejected']")
    expect(words).to_have_count(2)


def test_keys_judge_the_chosen_hit_and_take_it_back(page: Page) -> None:
    page.locator(".mk-stage").focus()
    page.keyboard.press("y")
    expect(page.locator(".mk-decisions-status")).to_contain_text("Choose a hit first")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("y")
    said(page, "1 confirmed")
    expect(page.locator(".mk-stage")).to_be_focused()
    expect(page.locator(".mk-hit-box.mk-selected.mk-confirmed")).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("N")
    said(page, "1 confirmed, 1 rejected")
    expect(hit(page, 2)).to_have_class("mk-rejected")
    page.keyboard.press("n")
    said(page, "1 confirmed")
    page.keyboard.press("n")
    page.keyboard.press("y")
    said(page, "2 confirmed")
    page.locator(".mk-text").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    third = hit(page, 3).locator(".mk-hit")
    expect(third).to_be_focused()
    page.keyboard.press("n")
    said(page, "2 confirmed, 1 rejected")
    expect(third).to_be_focused()  # although the list was drawn anew
    hit(page, 3).locator(".mk-yes").focus()
    page.keyboard.press("y")
    said(page, "3 confirmed")
    expect(hit(page, 3).locator(".mk-yes")).to_be_focused()


def test_keys_mean_letters_where_something_is_typed(page: Page) -> None:
    hit(page, 1).locator(".mk-hit").click()
    page.locator(".mk-text").fill("")
    page.locator(".mk-text").press_sequentially("ynYN")
    page.locator(".mk-sort").focus()
    page.keyboard.press("n")
    page.locator(".mk-threshold").focus()
    page.keyboard.press("y")
    expect(page.locator(".mk-text")).to_have_value("ynYN")
    said(page, "")
    page.locator(".mk-hit").first.focus()
    page.keyboard.press("Control+y")
    said(page, "")
    page.locator(".mk-editing").click()
    boxes = page.locator(".mk-word").count()
    page.keyboard.press("y")
    expect(page.locator(".mk-decisions-status")).to_have_text("")
    assert page.locator(".mk-word").count() == boxes
    page.locator(".mk-done").click()


def test_fast_keys_are_all_kept_in_order(page: Page) -> None:
    page.locator(".mk-stage").focus()
    for _ in range(4):
        page.keyboard.press("ArrowDown")
        page.keyboard.press("y")
    page.keyboard.press("n")
    assert page.locator(".mk-hit-scroll li.mk-confirmed").count() == 3  # drawn before the server has answered
    said(page, "3 confirmed, 1 rejected")
    expect(page.locator(".mk-hit-scroll li.mk-rejected")).to_have_count(1)


def test_undo_and_clear(page: Page) -> None:
    before = places(page)
    for rank, button in ((1, ".mk-yes"), (2, ".mk-no"), (3, ".mk-no")):
        hit(page, rank).locator(button).click()
    said(page, "1 confirmed, 2 rejected")
    page.locator(".mk-feedback-clear").click()
    said(page, "No decisions left")
    assert places(page) == before
    page.locator(".mk-feedback-undo").click()
    said(page, "1 confirmed, 2 rejected")
    page.locator(".mk-feedback-undo").click()
    said(page, "1 confirmed, 1 rejected")
    page.locator(".mk-feedback-undo").focus()
    page.keyboard.press("Enter")
    said(page, "1 confirmed")
    page.keyboard.press("Enter")
    said(page, "")
    expect(page.locator(".mk-feedback-undo")).to_be_hidden()
    expect(page.locator(".mk-hit").first).to_be_focused()  # who works by keyboard is not lost


def test_judged_hits_are_shown_whatever_the_threshold(page: Page) -> None:
    last = page.locator(".mk-hit-list li").count()
    hit(page, last).locator(".mk-yes").click()
    hit(page, last - 1).locator(".mk-no").click()
    said(page, "1 confirmed, 1 rejected")
    set_threshold(page, 100)
    page.locator(".mk-limit").select_option("10")
    kept = page.locator(".mk-hit-list li")
    expect(kept.locator("xpath=self::*[contains(@class, 'mk-confirmed')]")).to_have_count(1)
    expect(kept.locator("xpath=self::*[contains(@class, 'mk-rejected')]")).to_have_count(1)
    found = int(re.findall(r"\d+", page.locator(".mk-echo").inner_text())[0])
    assert found == page.locator(".mk-hit-list li:not(.mk-rejected)").count()
    facts = " ".join(page.locator(".mk-page-list .mk-page-facts").all_inner_texts())
    assert found == sum(map(int, re.findall(r"(\d+)\shits?\b", facts)))


def test_decisions_belong_to_the_search_and_outlast_other_ones(page: Page) -> None:
    place = places(page)[1]
    hit(page, 2).locator(".mk-yes").click()
    said(page, "1 confirmed")
    query(page, "dog")
    said(page, "")
    assert page.locator(".mk-confirmed").count() == 0
    page.locator(".mk-page-list .mk-page").first.click()
    query(page, "  The ")
    said(page, "1 confirmed")
    assert places(page)[1] == place
    expect(hit(page, 2)).to_have_class("mk-confirmed")
    page.locator(".mk-page-list .mk-page").last.click()
    page.locator(".mk-word").first.click()
    settle(page)
    said(page, "")
    query(page, "the")  # with the clicked word: another search
    said(page, "")


def test_decisions_count_on_other_pages_and_go_with_theirs(page: Page) -> None:
    page.locator(".mk-scope").get_by_text("This page").click()
    settle(page)
    before = scores(page)
    page.locator(".mk-page-list .mk-page").first.click()
    settle(page)
    hit(page, 1).locator(".mk-no").click()
    said(page, "1 rejected")
    page.locator(".mk-page-list .mk-page").last.click()
    settle(page)
    said(page, "1 rejected")
    assert page.locator(".mk-rejected").count() == 0
    assert scores(page) != before
    page.locator(".mk-page-list .mk-close").first.click()
    expect(page.locator(".mk-page-list .mk-page")).to_have_count(1)
    said(page, "No decisions left")
    assert scores(page) == before


def test_decisions_follow_a_corrected_box(page: Page) -> None:
    page.locator(".mk-scope").get_by_text("This page").click()
    settle(page)
    last = page.locator(".mk-word").count() - 1
    item = page.locator(f".mk-hit-scroll li[data-word='{last}']")
    item.locator(".mk-yes").click()
    said(page, "1 confirmed")
    page.locator(".mk-editing").click()
    page.locator(".mk-word[data-word='0']").click()
    page.keyboard.press("Delete")
    expect(page.locator(".mk-word")).to_have_count(last, timeout=20_000)
    moved = page.locator(f".mk-hit-scroll li[data-word='{last - 1}']")
    expect(moved).to_have_class("mk-confirmed")
    said(page, "1 confirmed")


def test_a_telephone_has_room_for_fingers(open_page: OpenPage) -> None:
    page = open_page(390, 844, is_mobile=True, has_touch=True)
    query(page, "the")
    set_threshold(page, 0)
    for selector in (".mk-yes", ".mk-no"):
        box = hit(page, 1).locator(selector).bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 40
    hit(page, 1).locator(".mk-yes").tap()
    said(page, "1 confirmed")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
