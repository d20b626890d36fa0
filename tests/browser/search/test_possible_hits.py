"""Hits that stand out though none is likely, and the histogram of scores over the slider."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import expect

from ..conftest import OpenPage, running
from ..test_page import lit, query, set_threshold


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running("tests/browser/timid_scores.py", tmp_path_factory.mktemp("timid")) as address:
        yield address


def test_what_stands_out_is_shown_as_possible(open_page: OpenPage) -> None:
    page = open_page()
    query(page, "Winchester")
    expect(page.locator(".mk-echo")).to_have_text("3 possible hits for “Winchester”")
    expect(page.locator(".mk-echo-note")).to_contain_text("these stand out from all other words here")
    expect(page.locator(".mk-hit-list .mk-hit")).to_have_count(3)
    expect(page.locator(".mk-hit-box.mk-possible")).to_have_count(3)
    scores = page.get_by_role("img", name="Scores of the words that were found")
    assert scores.locator(".mk-score-lit").count() >= 1
    assert scores.locator(".mk-score-all").count() >= 2
    assert "0\u202f%" not in page.locator(".mk-guess-list .mk-score").all_inner_texts()

    # a decision about a guess: the numbers stay in the order of the list, on the page too
    guess = page.locator(".mk-guess-list li").last
    guess.locator(".mk-yes").click()
    expect(page.locator(".mk-hit-list li.mk-confirmed")).to_have_count(1)
    ranks = page.locator(".mk-hit-scroll .mk-rank").all_inner_texts()
    assert ranks == [str(number) for number in range(1, len(ranks) + 1)]
    badges = [badge.split("\u2009")[0] for badge in page.locator(".mk-badge text").all_text_contents()]
    assert sorted(badges) == ranks[: len(badges)]

    set_threshold(page, 60)  # who moves the slider decides alone
    expect(page.locator(".mk-hit-box.mk-possible")).to_have_count(0)
    assert lit(page) == 1  # what is confirmed


def test_a_word_that_is_not_there_has_no_possible_hit(open_page: OpenPage) -> None:
    page = open_page()
    query(page, "constantinople")
    expect(page.locator(".mk-echo")).to_have_text("No likely hit for “constantinople”")
    expect(page.locator(".mk-hit-list .mk-hit")).to_have_count(0)
