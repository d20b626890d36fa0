"""The interface in another language, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from mark_core.ui import language

from .conftest import OpenPage
from .test_page import query, settle, try_sample_query

TABLE = language.table("de")
SLOW = 60_000
PLACEHOLDER = re.compile(r"\{\w+\}")

# Texts and spoken attributes of all that is shown.
SHOWN = """() => {
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT | NodeFilter.SHOW_ELEMENT);
  const found = [];
  while (walker.nextNode()) {
    const node = walker.currentNode;
    const owner = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    if (owner.closest("script, style, [translate=no]") || !owner.checkVisibility()) continue;
    if (node.nodeType === Node.TEXT_NODE) found.push(node.data);
    else for (const name of ["aria-label", "title", "placeholder", "aria-valuetext"]) {
      found.push(node.getAttribute(name) || "");
    }
  }
  return found.map((text) => text.replace(/[\\s\\u00a0]+/g, " ").trim()).filter(Boolean);
}"""


def english_left(page: Page, table: dict[str, Any] = TABLE) -> list[str]:
    """What is shown and is an English sentence of the table."""
    known = {text for text, said in table.items() if said != text and len(re.sub(PLACEHOLDER, "", text)) > 3}
    whole = {text for text in known if not PLACEHOLDER.search(text)}
    parts = [
        re.compile(PLACEHOLDER.sub(".+", re.escape(text).replace(r"\{", "{").replace(r"\}", "}")))
        for text in known - whole
        if re.search(r"[a-z]{3}", PLACEHOLDER.sub("", text))
    ]
    return [
        text for text in page.evaluate(SHOWN) if text in whole or any(one.fullmatch(text) for one in parts)
    ]


@pytest.fixture
def page(open_page: OpenPage) -> Page:
    return open_page(locale="de-DE")


def test_a_german_browser_gets_german(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.get_by_role("tab", name="Suche")).to_be_visible()
    expect(page.locator(".mk-page")).to_contain_text("Ein Brief aus dem Fort, 1756")
    expect(page.locator(".mk-page")).to_contain_text(re.compile(r"\d+\sWörter"))
    expect(page.get_by_role("button", name="Handschrift lernen")).to_be_visible()
    text = try_sample_query(page)
    expect(page.locator(".mk-echo")).to_have_text(re.compile(rf"\d+\sTreffer für „{text}“"))
    page.locator(".mk-word").nth(3).click()
    settle(page)
    expect(page.locator(".mk-echo")).to_contain_text("das angeklickte Wort")


def test_sentences_of_the_server_are_german_too(page: Page, rendered_page: Path, tmp_path: Path) -> None:
    query(page, "日本")
    expect(page.locator(".mk-notices")).to_contain_text("nicht als eingegebenen Text lesen, nur lateinische")
    empty = tmp_path / "leer.png"
    empty.write_bytes(b"")
    page.locator(".mk-file").set_input_files(str(empty))
    expect(page.locator(".mk-notices")).to_contain_text("leer.png: Diese Datei ist leer.", timeout=SLOW)
    page.locator(".mk-page-list .mk-close").first.click()
    expect(page.locator(".mk-undo-bar")).to_contain_text("Seite entfernt: Ein Brief aus dem Fort, 1756.")


def states(page: Page) -> Iterator[str]:
    """One state of the screen after the other."""
    yield "at first"
    try_sample_query(page)
    page.locator(".mk-hit").first.click()
    page.keyboard.press("y")
    expect(page.locator(".mk-decisions-status")).to_have_text("1 bestätigt")
    yield "hits"
    page.locator(".mk-explanation").nth(1).click()
    expect(page.locator(".mk-explanation-pair")).to_be_visible(timeout=SLOW)
    yield "why"
    page.keyboard.press("Escape")
    for button in (".mk-export", ".mk-learning", ".mk-list_search"):
        page.locator(button).click()
        yield button
        page.keyboard.press("Escape")
    page.locator(".mk-word_clusters").click()
    expect(page.locator(".mk-word_clusters-open").first).to_be_visible(timeout=SLOW)
    yield "words"
    page.keyboard.press("Escape")
    page.locator(".mk-shortcuts").click()
    yield "keys"
    page.keyboard.press("Escape")
    page.locator(".mk-help-open").click()
    page.locator(".mk-web summary").click()
    page.locator(".mk-options summary").click()
    yield "options"
    page.locator(".mk-editing").click()
    page.locator(".mk-stage").focus()
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    yield "correcting"
    page.keyboard.press("ArrowRight")
    expect(page.locator(".mk-editing-status")).to_contain_text("Rahmen verschoben", timeout=SLOW)
    yield "corrected"
    query(page, '"zzxqzq zzxq"')
    yield "nothing likely"
    page.get_by_role("tab", name="Über MARK").click()
    yield "about"


def test_no_english_is_left(page: Page) -> None:
    found = {name: english_left(page) for name in states(page)}
    assert found == {name: [] for name in found}


def test_the_check_itself_sees_english(open_page: OpenPage) -> None:
    page = open_page()
    try_sample_query(page)
    page.locator(".mk-options summary").click()
    left = english_left(page)
    assert "Spelling variants" in left
    assert any(text.endswith("“Winchester”") for text in left)


def test_the_switch_changes_what_is_there_and_is_remembered(open_page: OpenPage) -> None:
    page = open_page(locale="it-IT")  # a language that nobody has written yet
    expect(page.locator("html")).to_have_attribute("lang", "en")
    try_sample_query(page)
    hits = page.locator(".mk-hit").count()
    page.get_by_role("combobox", name="Language").focus()
    page.keyboard.press("D")
    expect(page.locator("html")).to_have_attribute("lang", "de")
    expect(page.locator(".mk-echo")).to_contain_text("Treffer für")
    assert page.locator(".mk-hit").count() == hits
    assert english_left(page) == []
    page.reload()
    page.wait_for_selector(".mk-word", state="attached", timeout=SLOW)
    expect(page.locator("html")).to_have_attribute("lang", "de")
    page.get_by_role("combobox", name="Sprache").select_option(label="English")
    expect(page.locator(".mk-find")).to_have_text("Find")
    expect(page.get_by_role("tab", name="About")).to_be_visible()


WORDED = """
async (messages) => {
  const { href } = document.querySelector('link[rel="modulepreload"][href$="/shared/language.js"]');
  const { worded } = await import(href);
  return messages.map((message) => String(worded(message)));
}
"""


def worded(page: Page, *messages: dict[str, object]) -> list[str]:
    """How the page says sentences of the server."""
    page.locator('link[rel="modulepreload"][href$="/shared/language.js"]').wait_for(
        state="attached", timeout=60_000
    )
    return page.evaluate(WORDED, list(messages))


def test_every_sentence_of_the_server_finds_its_own_line(page: Page) -> None:
    """What is put into one must not make it look like another."""
    sentences = [text for text in TABLE if PLACEHOLDER.search(text) and isinstance(TABLE[text], str)]
    assert len(sentences) > 50
    values = {text: {name[1:-1]: f"value {name}" for name in PLACEHOLDER.findall(text)} for text in sentences}
    said = worded(page, *({"id": text, "values": values[text]} for text in sentences))
    assert said == [PLACEHOLDER.sub(lambda one: f"value {one[0]}", TABLE[text]) for text in sentences]


def test_what_comes_from_outside_is_never_markup(page: Page) -> None:
    name = "<img src=x onerror=alert(1)>.png"
    message = {
        "id": "{file}: {sentence}",
        "values": {"file": name, "sentence": {"id": "This file is empty."}},
    }
    assert worded(page, message)[0].startswith("<img src=x")
    for odd in ("__proto__", "constructor", "{file}: {sentence}", ": ", "x" * 50_000 + ": " + "y: " * 20_000):
        assert worded(page, {"id": odd, "values": {}}) == [odd]
        assert worded(page, {"id": "{file}", "values": {"file": odd}}) == [odd]


def test_no_english_is_left_in_french(open_page: OpenPage) -> None:
    page, table = open_page(locale="fr-FR"), language.table("fr")
    found = english_left(page, table)
    try_sample_query(page)
    page.locator(".mk-options summary").click()
    found += english_left(page, table)
    for button in (".mk-export", ".mk-learning", ".mk-list_search", ".mk-shortcuts"):
        page.locator(button).click()
        found += english_left(page, table)
        page.keyboard.press("Escape")
    page.get_by_role("tab", name="À propos").click()
    assert found + english_left(page, table) == []


@pytest.mark.parametrize(
    ("locale", "tabs"), [("de-DE", ("Suche", "Über MARK")), ("fr-FR", ("Recherche", "À propos"))]
)
@pytest.mark.parametrize("width", [390, 820, 1280])
def test_longer_words_fit(open_page: OpenPage, width: int, locale: str, tabs: tuple[str, str]) -> None:
    page = open_page(width, 844, locale=locale)
    try_sample_query(page)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    wide = page.evaluate(
        "[...document.querySelectorAll('.mk button, .mkb button, [role=tab]')].filter((node) => node.checkVisibility()"
        " && node.scrollWidth > node.clientWidth + 1).map((node) => node.textContent)"
    )
    assert wide == []
    for name in tabs:
        expect(page.get_by_role("tab", name=name)).to_be_visible()
