"""A class at a hosted page: below the path of a proxy, with an access word, under the policies that forbid the rest."""

from __future__ import annotations

from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.helpers.proxy import proxied

from ..conftest import SLOW, STEPS_SEEN, add, running, wait_for_pages


def test_a_class_enters_with_its_word_and_works_below_a_path(
    browser: Browser, rendered_page: Path, tmp_path: Path
) -> None:
    settings = {"MARK_ACCESS": "Washington", "GRADIO_ROOT_PATH": "/mark"}
    with proxied("/mark") as (address, tell), running("app.py", tmp_path, **settings) as server:
        tell(server)
        context = browser.new_context(locale="de-DE", viewport={"width": 1280, "height": 860})
        context.add_init_script(STEPS_SEEN)
        page = context.new_page()
        page.goto(f"{address}/?sample=letter-english")
        field = page.get_by_label("Zugangswort")
        expect(field).to_be_focused()
        assert Axe().run(page).response["violations"] == []
        field.fill("Franklin")
        page.get_by_role("button", name="Weiter").click()
        expect(page.get_by_role("alert")).to_have_text(
            "Das ist nicht das Zugangswort; bitte versuchen Sie es noch einmal."
        )
        page.get_by_label("Zugangswort").fill("washington")

        faults: list[str] = []
        page.on("console", lambda m: faults.append(f"{m.type}: {m.text}") if m.type == "error" else None)
        page.on("pageerror", lambda error: faults.append(f"page error: {error}"))
        page.on(
            "request",
            lambda r: None if r.url.startswith((address, "data:", "blob:")) else faults.append(r.url),
        )
        page.get_by_role("button", name="Weiter").click()
        page.wait_for_selector(".mk-word", state="attached", timeout=SLOW)
        assert page.url == f"{address}/?sample=letter-english"
        add(page, rendered_page)  # a file goes through the proxy to this visit
        wait_for_pages(page, 2)
        page.locator(".mk-text").fill("quick")
        page.locator(".mk-text").press("Enter")
        expect(page.locator(".mk-hit-list li").first).to_be_visible(timeout=SLOW)
        assert page.locator("img").first.evaluate("image => image.complete")
        assert faults == []
        context.close()
