"""Why this match? and how much the clicked word counts, in a real browser."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ..conftest import OpenPage

SLOW = 60_000


@pytest.fixture
def page(open_page: OpenPage, rendered_page: Path) -> Page:
    """The known words, searched for one of them."""
    page = open_page()
    page.set_input_files(".mk-file", str(rendered_page))
    page.wait_for_function("document.querySelectorAll('.mk-page').length > 1", timeout=SLOW)
    expect(page.locator(".mk-page[aria-current]")).to_contain_text("known words", timeout=SLOW)
    return page


def find(page: Page, text: str) -> None:
    page.fill(".mk-text", text)
    page.click(".mk-find")
    expect(page.locator(".mk-hits")).not_to_have_attribute("aria-busy", "true", timeout=SLOW)
    expect(page.locator(".mk-hit").first).to_be_visible(timeout=SLOW)


def why(page: Page, rank: int) -> None:
    page.get_by_role("button", name=f"Why hit {rank}?").click()
    expect(page.locator(".mk-explanation-pair")).to_be_visible(timeout=SLOW)


def test_letters_stand_under_the_crop_where_they_are(page: Page) -> None:
    find(page, "quick")
    why(page, 1)
    dialog = page.get_by_role("dialog", name="Why hit 1?")
    expect(dialog).to_be_visible()
    expect(dialog.locator(".mk-explanation-typed")).to_have_text("quick")
    letters = dialog.locator(".mk-explanation-letter")
    expect(letters).to_have_count(5)
    assert [letter.inner_text().split("\n")[0].split(":")[0][0] for letter in letters.all()] == list("quick")
    expect(dialog.locator(".mk-explanation-facts")).to_contain_text("All 5 letters were found, in order.")
    crop = dialog.locator(".mk-explanation-crop").bounding_box()
    boxes = [letter.bounding_box() for letter in letters.all()]
    assert [box["x"] for box in boxes] == sorted(box["x"] for box in boxes)
    assert abs(boxes[0]["x"] - crop["x"]) < 4
    assert abs(boxes[-1]["x"] + boxes[-1]["width"] - crop["x"] - crop["width"]) < 4
    # a u is wider than an i in any face: the letters stand where they are, not evenly
    assert boxes[1]["width"] > boxes[2]["width"]
    expect(dialog.locator(".mk-explanation-grounds li").first).to_contain_text("best of")


def test_a_wrong_letter_is_named_and_marked_with_more_than_a_colour(page: Page) -> None:
    find(page, "quack")
    why(page, 1)
    wrong = page.locator(".mk-explanation-letter.mk-explanation-absent")
    expect(wrong).to_have_count(1)
    expect(wrong).to_contain_text("a: not found")
    expect(wrong.locator(".mk-explanation-sign")).to_have_text("×")
    expect(page.locator(".mk-explanation-facts")).to_contain_text("Not found: a (looks more like i)")


def test_escape_closes_and_the_focus_goes_back(page: Page) -> None:
    find(page, "quick")
    button = page.get_by_role("button", name="Why hit 1?")
    button.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".mk-explanation-pair")).to_be_visible(timeout=SLOW)
    page.keyboard.press("Escape")
    expect(page.locator(".mk-explanation-panel")).to_be_hidden()
    expect(button).to_be_focused()


def test_a_clicked_word_is_compared_along_its_length(page: Page) -> None:
    find(page, "the")
    page.locator(".mk-hit").first.click()
    page.locator(".mk-stage").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".mk-chip")).to_be_visible()
    expect(page.locator(".mk-echo")).to_contain_text("the clicked word", timeout=SLOW)
    why(page, 2)
    dialog = page.locator(".mk-explanation-panel")
    expect(dialog.locator(".mk-explanation-clicked canvas")).to_be_visible()
    expect(dialog.locator(".mk-explanation-typed")).to_be_hidden()
    assert dialog.locator(".mk-explanation-words .mk-explanation-alike").count() > 3
    expect(dialog.locator(".mk-explanation-facts")).to_contain_text("clicked word")
    expect(dialog.locator(".mk-explanation-key")).to_be_visible()


def test_the_weight_is_shown_for_both_only_and_can_be_overruled(page: Page) -> None:
    balance = page.locator(".mk-example_weight")
    find(page, "the")
    expect(balance).to_be_hidden()
    page.locator(".mk-hit").first.click()
    page.locator(".mk-stage").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".mk-echo")).to_contain_text("the clicked word", timeout=SLOW)
    expect(balance).to_be_hidden()
    find(page, "the")
    expect(balance).to_be_visible(timeout=SLOW)
    learnt = page.locator(".mk-example_weight-value").inner_text()
    expect(page.locator(".mk-example_weight-learnt")).to_be_hidden()
    before = page.locator(".mk-score").all_inner_texts()
    slider = page.get_by_role("slider", name="How much the clicked word counts")
    slider.focus()
    page.keyboard.press("End")
    expect(page.locator(".mk-example_weight-learnt")).to_be_visible(timeout=SLOW)
    expect(page.locator(".mk-example_weight-value")).to_have_text("100\u202f%")
    page.wait_for_function(  # the first may be as sure as before
        "before => [...document.querySelectorAll('.mk-score')].map((e) => e.innerText).join('|') !== before",
        arg="|".join(before),
        timeout=SLOW,
    )
    page.click(".mk-example_weight-learnt")
    expect(page.locator(".mk-example_weight-value")).to_have_text(learnt, timeout=SLOW)
    expect(page.locator(".mk-example_weight-learnt")).to_be_hidden()
    page.click(".mk-chip-x")
    expect(balance).to_be_hidden(timeout=SLOW)


def test_the_dialog_fits_a_telephone(open_page: OpenPage) -> None:
    page = open_page(390, 844)
    find(page, "Captain")
    why(page, 1)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    panel = page.locator(".mk-explanation-panel").bounding_box()
    assert panel["x"] >= 0
    assert panel["x"] + panel["width"] <= 390
    body = page.locator(".mk-explanation-panel .mk-panel-body")
    assert body.evaluate("node => node.scrollWidth <= node.clientWidth")
