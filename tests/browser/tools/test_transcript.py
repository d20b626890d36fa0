"""A text is brought to its page, seen under its lines, sought, corrected, exported and kept."""

from __future__ import annotations

import csv
import io
import json
import re
from pathlib import Path
from typing import Any

from playwright.sync_api import Locator, Page, expect

from ..conftest import LINES, ROOT, SLOW, OpenPage
from ..test_page import open_file, query, settle

TEXT = [LINES[0].replace("quick", "quaick"), LINES[1], LINES[2].replace("river", "rivers and hills")]


def panel(page: Page) -> Locator:
    dialog = page.get_by_role("dialog", name="Transcript")
    if not dialog.is_visible():
        page.get_by_role("button", name="Transcript", exact=True).click()
    return dialog


def bring(page: Page, text: str) -> Locator:
    dialog = panel(page)
    field = dialog.get_by_label("Text of this page, by lines or by paragraphs")
    if not field.is_visible():
        dialog.get_by_text("Bring a text", exact=True).click()
    field.fill(text)
    dialog.get_by_role("button", name="Align", exact=True).click()
    return dialog


def attached(page: Page, path: Path, lines: list[str] | None = None) -> Page:
    """The page with its text."""
    open_file(page, path)
    dialog = bring(page, "\n".join(lines or TEXT))
    expect(dialog.get_by_role("status")).to_contain_text("were found on the page", timeout=SLOW)
    return page


def under_the_lines(page: Page) -> Locator:
    return page.locator(".mk-transcript-layer text")


def test_a_text_is_aligned_and_stands_under_its_lines(open_page: OpenPage, rendered_page: Path) -> None:
    page = attached(open_page(), rendered_page)
    dialog = panel(page)
    words = dialog.locator(".mk-transcript-word")
    expect(words).to_have_count(sum(len(line.split()) for line in TEXT))
    expect(dialog.get_by_role("button", name=re.compile(r"^fox, \d+.% sure$"))).to_be_visible()
    expect(under_the_lines(page).first).to_have_text("the")
    # a word stands under its ink
    jumps = page.locator(".mk-transcript-layer text", has_text="jumps").bounding_box()
    ink = page.locator('.mk-word[aria-label$=": jumps"]').bounding_box()
    assert jumps is not None
    assert ink is not None
    assert abs(jumps["x"] + jumps["width"] / 2 - ink["x"] - ink["width"] / 2) < 0.2 * ink["width"]
    assert ink["y"] + 0.5 * ink["height"] < jumps["y"] + jumps["height"] / 2 < ink["y"] + 2 * ink["height"]
    # what is unsure says so in more than its colour
    unsure = page.locator(".mk-transcript-layer .mk-unsure")
    for text in unsure.all_inner_texts():
        assert text.endswith("?")
    shown = page.get_by_role("button", name="Show transcript")
    expect(shown).to_have_attribute("aria-pressed", "true")
    shown.click()
    expect(under_the_lines(page)).to_have_count(0)
    shown.click()
    expect(under_the_lines(page).first).to_be_visible()


def test_a_word_of_the_panel_leads_to_the_page_by_mouse_and_key(
    open_page: OpenPage, rendered_page: Path
) -> None:
    page = attached(open_page(), rendered_page)
    dialog = panel(page)
    dialog.get_by_role("button", name=re.compile("^lazy, ")).click()
    assert (page.locator(".mk-stage").get_attribute("aria-activedescendant") or "").endswith("-7")
    expect(page.locator(".mk-transcript-input")).to_have_value("lazy")
    expect(page.locator(".mk-transcript-layer .mk-current")).to_have_text(re.compile("lazy"))
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    page.keyboard.press("Enter")
    expect(page.locator(".mk-transcript-input")).to_have_value("the")
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name="Transcript", exact=True)).to_be_focused()


def test_a_search_tells_ink_and_text_apart_and_a_correction_is_found(
    open_page: OpenPage, rendered_page: Path
) -> None:
    lines = [LINES[0], LINES[1].replace("lazy", "tardy"), LINES[2]]
    page = attached(open_page(), rendered_page, lines)
    query(page, "fox")
    expect(page.get_by_role("dialog", name="Transcript")).to_be_hidden()
    first = page.locator(".mk-hit-list li").first
    expect(first.locator(".mk-basis")).to_contain_text(re.compile(r"ink .* and transcript"))
    panel(page).get_by_role("button", name=re.compile("^tardy, ")).click()
    field = page.locator(".mk-transcript-input")
    field.fill("sluggish")
    field.press("Enter")
    expect(page.locator(".mk-transcript-sure")).to_have_text("by hand")
    query(page, "slugg*")  # only by the transcript
    expect(first.locator(".mk-basis")).to_contain_text("transcript 100")
    expect(first.locator(".mk-basis")).to_contain_text("by its ink")
    expect(page.locator(".mk-echo")).to_contain_text("1 hit")
    query(page, "lazy")  # the ink is against it
    against = page.locator(".mk-hit-scroll .mk-against").first
    expect(against).to_contain_text("the transcript has “sluggish”")
    panel(page).get_by_role("button", name="Undo").click()
    expect(page.locator(".mk-transcript-word", has_text="tardy")).to_be_visible()


def test_what_does_not_belong_to_the_page_is_not_attached_without_asking(
    open_page: OpenPage, rendered_page: Path
) -> None:
    page = open_page()
    open_file(page, rendered_page)
    dialog = bring(page, "arma virumque cano troiae\nqui primus ab oris\nitaliam fato profugus")
    offer = dialog.get_by_role("group", name="A text that does not seem to belong to this page")
    expect(offer).to_contain_text("hardly a word stands where it should", timeout=SLOW)
    expect(under_the_lines(page)).to_have_count(0)
    offer.get_by_role("button", name="Leave it").click()
    expect(offer).to_be_hidden()
    dialog.get_by_role("button", name="Align", exact=True).click()
    offer.get_by_role("button", name="Attach it anyway").click(timeout=SLOW)
    expect(dialog.locator(".mk-transcript-word")).to_have_count(11)
    dialog.get_by_role("button", name="Remove the text").click()
    expect(dialog.locator(".mk-transcript-word")).to_have_count(0)


def test_a_file_is_chosen_and_the_text_is_exported_and_kept(
    open_page: OpenPage, rendered_page: Path, tmp_path: Path
) -> None:
    page = open_page()
    open_file(page, rendered_page)
    dialog = panel(page)
    path = tmp_path / "known words.tei"
    body = "".join(f"<lb/>{line}" for line in LINES)
    path.write_text(f"<TEI xmlns='http://www.tei-c.org/ns/1.0'><text><body><p>{body}</p></body></text></TEI>")
    dialog.locator(".mk-transcript-file").set_input_files(str(path))
    expect(dialog.get_by_label("Text of this page")).to_have_value("\n".join(LINES))
    dialog.get_by_role("button", name="Align", exact=True).click()
    expect(dialog.get_by_role("status")).to_contain_text("12 of 12", timeout=SLOW)
    page.reload()
    page.wait_for_selector(".mk-word", state="attached")
    expect(under_the_lines(page)).to_have_count(12)
    rows = list(csv.DictReader(io.StringIO(exported(page, "CSV").read_text("utf-8-sig"))))
    assert [row["text"] for row in rows] == " ".join(LINES).split()
    assert all(float(row["text_certainty"]) > 0.5 for row in rows)
    assert 'cert="' in exported(page, "TEI").read_text()
    assert "x_wconf" in exported(page, "hOCR").read_text()


def exported(page: Page, kind: str) -> Path:
    page.get_by_role("button", name="Export", exact=True).first.click()
    dialog = page.get_by_role("dialog", name="Export")
    dialog.get_by_label(re.compile(f"^{kind} ")).check()
    dialog.get_by_label("this page only").check()
    with page.expect_download() as waiting:
        dialog.get_by_role("button", name="Export", exact=True).click()
    path = waiting.value.path()
    dialog.get_by_role("button", name="Close").first.click()
    return path


def test_a_text_beside_its_picture_comes_with_it(
    open_page: OpenPage, rendered_page: Path, tmp_path: Path
) -> None:
    page = open_page()
    text = tmp_path / f"{rendered_page.stem}.txt"
    text.write_text("\n".join(LINES))
    page.locator(".mk-file").set_input_files([str(text), str(rendered_page)])
    expect(page.locator(".mk-page-list .mk-page")).to_have_count(2, timeout=SLOW)
    expect(under_the_lines(page)).to_have_count(12, timeout=SLOW)
    expect(page.locator(".mk-notices p")).to_have_count(0)


def by_lines(words: list[Any]) -> str:
    """The text of a sample, whose words have boxes, by lines."""
    lines: list[list[str]] = [[]]
    last = None
    for text, *box in words:
        if last and box[1] > last[1] + last[3] / 2 and (box[0] < last[0] or box[1] > last[1] + last[3]):
            lines.append([])
        lines[-1].append(text)
        last = box
    return "\n".join(map(" ".join, lines))


def test_a_sample_with_its_text_on_a_telephone(open_page: OpenPage) -> None:
    page = open_page(390, 800)
    words = json.loads((ROOT / "sample_pages" / "letters.json").read_text(encoding="utf-8"))
    dialog = bring(page, by_lines(words["letter-english-rendered.jpg"]))
    expect(dialog.get_by_role("status")).to_contain_text("were found on the page", timeout=SLOW)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    query(page, "Winchester")
    settle(page)
    expect(page.locator(".mk-hit-list .mk-basis").first).to_contain_text("transcript")


def test_a_text_by_paragraphs_is_broken_as_the_page_is(open_page: OpenPage, rendered_page: Path) -> None:
    page = attached(open_page(), rendered_page, [" ".join(LINES)])
    lines = panel(page).locator(".mk-transcript-lines li")
    expect(lines).to_have_count(3)
    assert [line.locator(".mk-transcript-word").count() for line in lines.all()] == [4, 4, 4]
