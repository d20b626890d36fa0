"""Ways to ask: phrases and patterns, spelling variants, one page or all, in which order."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from mark_core.retrieval.query import HELP

from ..conftest import OpenPage
from ..test_page import open_file, query, set_threshold, settle


@pytest.fixture
def two_pages(open_page: OpenPage, rendered_page: Path, tmp_path: Path) -> Page:
    """The page whose words are known, twice under two names, the second one shown."""
    page = open_page()
    for number, name in enumerate(("first page.png", "second page.png"), start=1):
        path = tmp_path / name
        Image.open(rendered_page).save(path)
        open_file(page, path, number)
    page.locator(".mk-page-list .mk-close").first.click()
    expect(page.locator(".mk-page-list .mk-page")).to_have_count(2)
    return page


def first_box(page: Page) -> dict[str, float]:
    word = page.locator(".mk-hit-list li[data-rank]").first.get_attribute("data-word")
    box = page.locator(f".mk-word[data-word='{word}']")
    return {name: float(box.get_attribute(name) or 0) for name in ("x", "y", "width", "height")}


def test_every_word_of_a_phrase_lights_up_with_its_number(open_page: OpenPage, rendered_page: Path) -> None:
    page = open_page()
    open_file(page, rendered_page)
    page.locator(".mk-scope").get_by_text("This page").click()
    query(page, '"quick brown"')
    expect(page.locator(".mk-echo")).to_contain_text("for “quick brown” on this page")
    set_threshold(page, 0)
    best = page.locator(".mk-hit-box[data-rank='1']")
    lines = best.locator(".mk-line")
    assert lines.count() == 2
    assert best.locator(".mk-badge text").all_text_contents() == ["1", "1"]
    left, right = (float(lines.nth(k).get_attribute("x") or 0) for k in (0, 1))
    assert 120 < left < right  # "the" comes before
    item = page.locator(".mk-hit-list li[data-rank='1']")
    shape = item.locator("canvas").evaluate("canvas => canvas.width / canvas.height")
    single = first_box(page)
    assert shape > 1.5 * single["width"] / single["height"]
    second = int(item.get_attribute("data-word") or 0) + 1
    word = page.locator(f".mk-word[data-word='{second}']")
    expect(word).to_have_attribute("aria-label", re.compile("^Hit 1, "))
    word.hover()
    expect(page.locator(".mk-hit-box.mk-hover")).to_have_attribute("data-rank", "1")
    expect(item.locator(".mk-hit.mk-hover")).to_have_count(1)


@pytest.mark.parametrize(
    ("typed", "line"), [("jum*", 1), ("r?ver", 2), ("juumps~1", 1)], ids=["star", "letter", "edit"]
)
def test_patterns_find_their_word(open_page: OpenPage, rendered_page: Path, typed: str, line: int) -> None:
    page = open_page()
    open_file(page, rendered_page)
    page.locator(".mk-scope").get_by_text("This page").click()
    query(page, typed)
    set_threshold(page, 0)
    box = first_box(page)
    middle = box["y"] + box["height"] / 2
    assert 60 + 150 * line < middle < 170 + 150 * line
    assert (box["x"] < 110) is (line == 1)


def score_of_river(page: Page) -> int:
    """Percent of the last word of the page, "river"."""
    last = page.locator(".mk-word").count() - 1
    text = page.locator(f".mk-hit-list li[data-word='{last}'] .mk-score").inner_text()
    return int(re.sub(r"\D", "", text))


def test_variants_are_asked_for_by_a_switch(open_page: OpenPage, rendered_page: Path) -> None:
    page = open_page()
    open_file(page, rendered_page)
    page.locator(".mk-scope").get_by_text("This page").click()
    set_threshold(page, 0)

    query(page, "riuer")
    before = score_of_river(page)
    page.locator(".mk-options summary").click()
    page.locator(".mk-variants").focus()
    page.keyboard.press("Space")
    settle(page)
    assert score_of_river(page) > before
    expect(page.locator(".mk-echo")).to_contain_text("riuer")


def test_abbreviations_are_asked_for_by_language(open_page: OpenPage, rendered_page: Path) -> None:
    page = open_page()
    open_file(page, rendered_page)
    page.locator(".mk-scope").get_by_text("This page").click()
    set_threshold(page, 0)

    query(page, "riverum")  # riveꝝ, which is read as river
    before = score_of_river(page)
    page.locator(".mk-options summary").click()
    page.locator(".mk-abbreviations").select_option("la")
    settle(page)
    after = score_of_river(page)
    assert after > before
    page.locator(".mk-abbreviations").select_option("")
    settle(page)
    assert score_of_river(page) == before


def test_help_says_what_the_command_line_says_and_opens_by_key(open_page: OpenPage) -> None:
    page = open_page()
    opener = page.locator(".mk-help-open")
    expect(page.locator(".mk-help")).to_be_hidden()
    page.locator(".mk-scope input:checked").focus()
    page.keyboard.press("Tab")  # the options
    page.keyboard.press("Tab")
    expect(opener).to_be_focused()
    page.keyboard.press("Enter")
    expect(opener).to_have_attribute("aria-expanded", "true")
    for typed, sentence in HELP:
        row = page.locator(".mk-help div", has=page.get_by_text(typed, exact=True))
        expect(row.locator("dd")).to_have_text(sentence)
    expect(page.locator(".mk-help")).to_contain_text("Y confirms")
    page.keyboard.press("Enter")
    expect(page.locator(".mk-help")).to_be_hidden()


def test_this_page_is_the_page_that_is_shown(two_pages: Page) -> None:
    page = two_pages
    query(page, "jumps")
    set_threshold(page, 0)
    shown = page.locator(".mk-hit-list li").evaluate_all(
        "items => new Set(items.map(i => i.dataset.page)).size"
    )
    assert shown == 2
    page.locator(".mk-scope").get_by_text("This page").click()
    settle(page)
    expect(page.locator(".mk-echo")).to_contain_text("on this page")

    def pages() -> list[str]:
        return page.locator(".mk-hit-list li").evaluate_all(
            "items => [...new Set(items.map(i => i.dataset.page))]"
        )

    (second,) = pages()
    page.locator(".mk-text").fill("half typed")
    page.locator(".mk-page-list .mk-page").first.click()
    settle(page)
    (first,) = pages()
    assert first != second
    expect(page.locator(".mk-echo")).to_contain_text("“jumps” on this page")
    page.locator(".mk-scope").get_by_text("All pages").click()
    settle(page)
    assert len(pages()) == 2


def test_pages_that_come_after_the_search_are_offered(open_page: OpenPage, rendered_page: Path) -> None:
    page = open_page()
    query(page, "jumps")
    set_threshold(page, 0)
    expect(page.locator(".mk-later")).to_be_hidden()
    before = page.locator(".mk-hit-list li").count()
    open_file(page, rendered_page)
    expect(page.locator(".mk-later")).to_have_text(re.compile(r"Search 1\snew page too"))
    assert page.locator(".mk-hit-list li").count() == before
    page.locator(".mk-later").click()
    settle(page)
    expect(page.locator(".mk-later")).to_be_hidden()
    expect(page.locator(".mk-hit-list li").first).to_contain_text("known words.png")
    assert page.locator(".mk-notices p").count() == 0


def test_hits_in_reading_order_page_by_page(two_pages: Page) -> None:
    page = two_pages
    query(page, "the")
    set_threshold(page, 0)
    page.locator(".mk-sort").select_option("page")
    assert page.locator(".mk-group h3").all_inner_texts() == ["first page.png", "second page.png"]
    places = page.locator(".mk-hit-list li[data-rank]").evaluate_all(
        "items => items.map(i => [i.dataset.page, Number(i.dataset.word)])"
    )
    order = page.locator(".mk-hit-list li").evaluate_all(
        "items => [...new Set(items.map(i => i.dataset.page))]"
    )
    order = [one for one in order if one]
    assert places == sorted(places, key=lambda place: (order.index(place[0]), place[1]))
    page.locator(".mk-stage").focus()
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    chosen = page.locator(".mk-hit-list li:has(.mk-selected)")
    expect(chosen).to_have_attribute("data-word", str(places[2][1]))
    page.locator(".mk-sort").select_option("best")
    assert page.locator(".mk-group").count() == 0
    ranks = page.locator(".mk-hit-list .mk-rank").all_inner_texts()
    assert ranks == [str(rank) for rank in range(1, len(ranks) + 1)]


def test_arrow_keys_lead_from_the_query_into_the_hits_and_back(open_page: OpenPage) -> None:
    page = open_page()
    query(page, "the")
    set_threshold(page, 0)
    page.locator(".mk-text").focus()
    page.keyboard.press("ArrowDown")
    expect(page.locator(".mk-hit").first).to_be_focused()
    expect(page.locator(".mk-hit-box.mk-selected")).to_have_attribute("data-rank", "1")
    page.keyboard.press("ArrowDown")
    expect(page.locator(".mk-hit-box.mk-selected")).to_have_attribute("data-rank", "2")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(page.locator(".mk-text")).to_be_focused()


def test_nothing_likely_is_said_plainly(open_page: OpenPage, rendered_page: Path) -> None:
    page = open_page()
    open_file(page, rendered_page)
    page.locator(".mk-scope").get_by_text("This page").click()
    query(page, "constantinople")
    expect(page.locator(".mk-echo")).to_have_text("No likely hit for “constantinople” on this page")
    expect(page.locator(".mk-echo-note")).to_have_text(
        re.compile(r"No hit above \d+\s%; best guesses below\.")
    )
    assert page.locator(".mk-guess-list .mk-guess").count() > 0


def test_a_sure_reading_is_shown(open_page: OpenPage, rendered_page: Path) -> None:
    page = open_page()
    open_file(page, rendered_page)
    page.locator(".mk-scope").get_by_text("This page").click()
    query(page, "quick")
    set_threshold(page, 0)
    texts = page.locator(".mk-reads").all_inner_texts()
    assert "reads as “quick”" in texts
    assert len(texts) < page.locator(".mk-hit").count()


@pytest.mark.parametrize("width", [1280, 900, 390])
def test_long_queries_and_titles_break_nothing(
    open_page: OpenPage, rendered_page: Path, tmp_path: Path, width: int
) -> None:
    page = open_page(width, 844)
    for number, name in enumerate(("x" * 110 + ".png", "a letter " * 12 + ".png"), start=1):
        path = tmp_path / name
        Image.open(rendered_page).save(path)
        page.locator(".mk-file").set_input_files(str(path))
        expect(page.locator(".mk-page-list .mk-page")).to_have_count(number + 1, timeout=60_000)
    query(page, " ".join(["w" * 20] * 6))
    set_threshold(page, 0)
    for order in ("best", "page"):
        page.locator(".mk-sort").select_option(order)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        edge = page.locator(".mk-hits").bounding_box()
        assert edge is not None
        for selector in (".mk-hit >> nth=0", ".mk-echo", ".mk-no >> nth=0"):
            box = page.locator(selector).bounding_box()
            assert box is not None
            assert edge["x"] - 5 <= box["x"]
            assert box["x"] + box["width"] <= edge["x"] + edge["width"] + 5
