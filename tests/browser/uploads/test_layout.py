"""Where things are: search and page first, on a telephone and at 200 % zoom too; the line around each hit."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from ..conftest import Collection, OpenPage
from ..test_page import query, set_threshold, settle, try_sample_query

SIDEWAYS = "document.documentElement.scrollWidth <= window.innerWidth"


def box(page: Page, selector: str) -> dict[str, float]:
    found = page.locator(selector).first.bounding_box()
    assert found is not None
    return dict(found)


def test_one_row_is_between_the_search_field_and_the_page(open_page: OpenPage) -> None:
    page = open_page()
    field, stage = box(page, ".mk-bar"), box(page, ".mk-stage")
    assert stage["y"] - field["y"] - field["height"] < 60
    assert stage["height"] > 0.6 * 860
    tools = page.locator(".mk-tools button").evaluate_all(
        "nodes => nodes.map((node) => Math.round(node.getBoundingClientRect().bottom))"
    )
    assert len(tools) >= 7
    assert max(tools) - min(tools) <= 4  # one strip
    shelf = box(page, ".mk-shelves")
    assert shelf["height"] > 0.7 * stage["height"]  # pages and samples have the column


def test_samples_have_a_picture(open_page: OpenPage) -> None:
    page = open_page()
    page.wait_for_function(
        "(() => { const image = document.querySelector('.mk-sample img'); return image && image.naturalWidth > 40; })()"
    )
    assert page.locator(".mk-sample img").count() == page.locator(".mk-sample").count()


def test_options_fold_out_over_the_page_and_say_how_many_are_on(open_page: OpenPage) -> None:
    page = open_page()
    before = box(page, ".mk-stage")
    opener = page.locator(".mk-options summary")
    opener.click()
    expect(page.locator(".mk-variants")).to_be_visible()
    assert box(page, ".mk-stage") == before
    page.locator(".mk-variants").check()
    expect(opener).to_have_text("Options1")
    page.keyboard.press("Escape")
    expect(page.locator(".mk-variants")).to_be_hidden()
    expect(opener).to_be_focused()


@pytest.mark.parametrize(("width", "height"), [(390, 844), (640, 430)], ids=["telephone", "200 %"])
def test_hits_are_one_tap_away_and_lead_back_to_the_page(
    open_page: OpenPage, width: int, height: int
) -> None:
    page = open_page(width, height, has_touch=True)
    try_sample_query(page)
    set_threshold(page, 0)
    assert page.evaluate(SIDEWAYS)
    page.evaluate("window.scrollTo(0, 0)")
    hits = page.locator(".mk-jump-hits")
    expect(hits).to_have_text("Hits 200")
    expect(hits).to_be_in_viewport(ratio=1)
    hits.tap()
    third = page.locator(".mk-hit").nth(2)
    expect(page.locator(".mk-hit").first).to_be_in_viewport()
    third.scroll_into_view_if_needed()
    third.tap()
    expect(page.locator(".mk-stage")).to_be_in_viewport(ratio=0.6)
    expect(page.locator(".mk-hit-box.mk-selected")).to_have_attribute("data-rank", "3")
    expect(page.locator(".mk-jump")).to_be_in_viewport(ratio=1)  # it stays in sight
    page.locator(".mk-jump-hits").tap()
    expect(third).to_be_in_viewport()
    yes = page.locator(".mk-yes").nth(2)
    yes.scroll_into_view_if_needed()
    yes.tap()
    expect(yes).to_be_in_viewport()  # who decides stays at the list


def test_what_takes_time_says_at_once_that_it_was_heard(open_page: OpenPage) -> None:
    page = open_page()
    page.route("**/session/request", lambda route: None)  # the server does not answer
    page.locator(".mk-text").fill("orders")
    page.locator(".mk-find").click()
    expect(page.locator(".mk-searching")).to_be_visible(timeout=2000)
    page.locator(".mk-sample").first.click()
    expect(page.locator(".mk-busy")).to_contain_text("One moment…", timeout=2000)
    page.unroute_all(behavior="ignoreErrors")


WRITTEN = """node => {
  const { width, height } = node;
  const pixels = node.getContext("2d").getImageData(0, 0, width, height).data;
  let blue = 0, paper = 0;
  for (let at = 0; at < pixels.length; at += 4) {
    const [r, g, b, a] = pixels.slice(at, at + 4);
    if (r === 11 && g === 61 && b === 145) blue += 1;
    else if (a === 255) paper += 1;
  }
  return { width: node.clientWidth, blue, paper };
}"""


def test_a_hit_shows_the_line_around_it_with_the_word_framed(open_page: OpenPage) -> None:
    page = open_page()
    query(page, "Captain")
    first = page.locator(".mk-hit-list li").first
    expect(first.locator(".mk-where")).to_have_text(re.compile(r"^line \d+ · A letter from the fort, 1756$"))
    strip = first.locator("canvas").first
    page.wait_for_function("document.querySelector('.mk-hit canvas').style.width !== ''")
    seen = strip.evaluate(WRITTEN)
    word = page.locator(f".mk-word[data-word='{first.get_attribute('data-word')}']")
    share = float(word.get_attribute("width") or 0) / float(word.get_attribute("height") or 1)
    assert seen["width"] > 1.8 * share * 30  # far more than the word, which is about 30 pixels high
    assert seen["blue"] > 50
    assert seen["paper"] > 20 * seen["blue"] > 0
    expect(strip).to_have_attribute("aria-label", "Snippet of hit 1")


def test_pages_have_counts_and_bars(collection: Collection) -> None:
    page = collection()
    query(page, "harbour")
    page.locator(".mk-sort").select_option("page")
    groups = page.locator(".mk-group")
    expect(groups).to_have_count(3)
    for group in groups.all():
        expect(group).to_contain_text(re.compile(r"\d+\shits?"))
        assert group.locator(".mk-count-bar").is_visible()
    widths = page.locator(".mk-page-list .mk-count-bar .mk-bar-fill").evaluate_all(
        "nodes => nodes.map((node) => node.getBoundingClientRect().width / node.parentNode.clientWidth)"
    )
    assert len(widths) == 3
    assert max(widths) == pytest.approx(1, abs=0.02)


def test_of_a_long_list_only_what_is_near_is_built(open_page: OpenPage) -> None:
    page = open_page()
    try_sample_query(page)
    page.locator(".mk-limit").select_option("200")
    set_threshold(page, 0)
    rows = page.locator(".mk-hit-list li")
    expect(rows).to_have_count(200)
    page.wait_for_function("document.querySelectorAll('.mk-hit-list .mk-hit').length > 5")
    assert page.locator(".mk-hit-list .mk-hit").count() < 60
    last = rows.last
    last.scroll_into_view_if_needed()
    expect(last.locator(".mk-hit")).to_be_visible()
    expect(last.locator(".mk-rank")).to_have_text("200")
    expect(rows.first.locator(".mk-hit")).to_have_count(0)
    page.locator(".mk-text").press("ArrowDown")  # by key every row is reached
    expect(rows.first.locator(".mk-hit")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(rows.nth(1).locator(".mk-hit.mk-selected")).to_be_focused()


def test_the_first_visit_is_led_in_four_steps_and_the_second_is_not(open_page: OpenPage) -> None:
    page = open_page(first_visit=True)
    card = page.get_by_role("region", name="First steps")
    expect(card).to_contain_text("Step 1 of 4: Search")
    expect(card).to_contain_text("Shown once")
    expect(page.locator(".mk-bar.mk-tour-target")).to_be_visible()
    try_sample_query(page)
    expect(card).to_contain_text("Step 2 of 4: Click")
    page.locator(".mk-word").nth(12).click()
    settle(page)
    expect(card).to_contain_text("Step 3 of 4: Confirm")
    page.locator(".mk-yes").nth(1).click()
    expect(card).to_contain_text("Step 4 of 4: Export")
    page.locator(".mk-export").click()
    page.keyboard.press("Escape")
    expect(card).to_be_hidden()
    page.reload()
    page.wait_for_selector(".mk-word", state="attached")
    expect(card).to_be_hidden()
    page.locator(".mk-shortcuts").click()
    page.locator(".mk-tour-again").click()
    expect(card).to_contain_text("Step 1 of 4")
    page.locator(".mk-tour-skip").click()
    expect(card).to_be_hidden()
    assert page.locator(".mk-tour-target").count() == 0


def test_a_french_browser_gets_french(open_page: OpenPage) -> None:
    page = open_page(locale="fr-FR")
    expect(page.locator("html")).to_have_attribute("lang", "fr")
    expect(page.locator(".mk-find")).to_have_text("Chercher")
    text = try_sample_query(page)
    expect(page.locator(".mk-echo")).to_have_text(re.compile(rf"\d+\srésultats? pour «\s{text}\s»"))
    assert page.evaluate(SIDEWAYS)
