"""axe-core on every state of the screen: no serious or critical violation."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from .conftest import OpenPage
from .test_page import settle, try_sample_query

DARK = re.compile(r"\bdark\b")


def hits(page: Page) -> None:
    try_sample_query(page)
    page.locator(".mk-hit").first.click()


def clicked(page: Page) -> None:
    page.locator(".mk-stage").focus()
    page.keyboard.press("End")
    page.keyboard.press("Enter")
    settle(page)


def nothing_likely(page: Page) -> None:
    page.locator(".mk-text").fill("zzxqzq")
    page.locator(".mk-text").press("Enter")
    settle(page)


def correcting(page: Page) -> None:
    page.locator(".mk-editing").click()
    page.locator(".mk-stage").focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")


def folded_out(page: Page) -> None:
    """All that is folded away at first."""
    for fold in page.locator(".mk details:not([open]) > summary").all():
        if fold.is_visible():
            fold.click()


def taking_away(page: Page) -> None:
    page.locator(".mk-export").click()


def asked(page: Page) -> None:
    page.locator(".mk-learning").click()
    page.locator(".mk-learning-language").select_option("none")
    page.locator(".mk-active_learning").click()
    page.locator(".mk-active_learning-skip").first.click()
    page.locator(".mk-active_learning-list li").nth(9).scroll_into_view_if_needed()


def keys(page: Page) -> None:
    page.locator(".mk-shortcuts").click()


def options(page: Page) -> None:
    page.locator(".mk-options summary").click()


def first_steps(page: Page) -> None:
    keys(page)
    page.locator(".mk-tour-again").click()


def transcribed(page: Page) -> None:
    page.get_by_role("button", name="Transcript", exact=True).click()
    field = page.locator(".mk-transcript-text")
    field.fill("Winchester, the 18th of November, 1756.\nSir, and more\nnothing of this stands there")
    page.get_by_role("button", name="Align", exact=True).click()
    page.locator(".mk-transcript-word").first.click(timeout=60_000)


def told_apart(page: Page) -> None:
    transcribed(page)
    try_sample_query(page)
    page.wait_for_selector(".mk-basis")


def cropping(page: Page) -> None:
    page.get_by_role("button", name="Crop or split").first.click()
    page.locator(".mk-cropping-panel").get_by_role("slider", name="Left").fill("200")


def about(page: Page) -> None:
    page.get_by_role("tab", name="About").click()


STATES: dict[str, Callable[[Page], None]] = {
    "at first": lambda page: None,
    **{state.__name__: state for state in (hits, clicked, nothing_likely, correcting, folded_out)},
    **{
        state.__name__: state
        for state in (
            taking_away,
            asked,
            about,
            keys,
            options,
            first_steps,
            transcribed,
            told_apart,
            cropping,
        )
    },
}


def violations(page: Page, *rules: str) -> list[str]:
    """Every serious or critical violation with the places it was found at. rules: those that are looked at; all."""
    options = {"runOnly": {"type": "rule", "values": list(rules)}} if rules else {}
    found = Axe().run(page, options=options).response["violations"]
    return [
        f"{one['id']}: {one['help']} at {[node['target'] for node in one['nodes']][:4]}"
        for one in found
        if one["impact"] in ("serious", "critical")
    ]


@pytest.mark.parametrize("name", STATES)
def test_no_state_has_a_serious_violation(open_page: OpenPage, name: str) -> None:
    page = open_page()
    page.emulate_media(color_scheme="light")
    expect(page.locator("body")).not_to_have_class(DARK)
    STATES[name](page)
    assert violations(page) == []
    page.emulate_media(color_scheme="dark")  # which changes nothing but colours
    expect(page.locator("body")).to_have_class(DARK)
    assert violations(page, "color-contrast") == []


def test_the_phone_has_none_either(open_page: OpenPage) -> None:
    page = open_page(390, 844, has_touch=True)
    hits(page)
    assert violations(page) == []


def test_the_check_itself_sees_a_fault(open_page: OpenPage) -> None:
    page = open_page()
    page.evaluate("document.querySelector('.mk-find').textContent = ''")
    assert any("button-name" in fault for fault in violations(page))
