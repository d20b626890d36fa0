"""A photographed page whose lines bend."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import expect

from mark_core.evaluation.disturb import disturb

from ..conftest import ROOT, OpenPage
from ..test_page import open_file


def test_bent_lines_are_straightened_only_where_that_is_asked_for(
    open_page: OpenPage, tmp_path: Path
) -> None:
    leaf = np.array(Image.open(ROOT / "sample_pages" / "lucasta.047.jpg").convert("RGB"))
    bent = tmp_path / "bent.png"
    Image.fromarray(disturb("curl", leaf, np.zeros((0, 4)), seed=1)[0]).save(bent)
    page = open_page(390, 844)
    page.locator(".mk-web summary").click()
    switch = page.get_by_role("switch", name="Flatten curved pages")
    expect(switch).not_to_be_checked()
    open_file(page, bent)
    expect(page.locator(".mk-page-note")).to_have_count(0)
    switch.focus()
    page.keyboard.press("Space")
    expect(switch).to_be_checked()
    again = tmp_path / "again.png"
    bent.rename(again)
    open_file(page, again, 2)
    expect(page.locator(".mk-page-note")).to_contain_text("straighter: they bent by")
    assert page.locator(".mk-word").count() > 50
    page.get_by_role("combobox", name="Language").select_option("de")
    expect(page.locator(".mk-page-note")).to_contain_text(re.compile(r"bogen sich um \d,\d Grad"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_the_script_of_a_page_is_told(open_page: OpenPage) -> None:
    """A typed Greek word finds nothing on Latin pages, and the page says what to do; told, its words are Greek."""
    page = open_page(390, 844)
    page.locator(".mk-text").fill("λόγος")
    page.keyboard.press("Enter")
    expect(page.locator(".mk-echo-note")).to_contain_text("No word here is read as Greek")
    page.locator(".mk-web summary").click()
    script = page.get_by_role("combobox", name="Script")
    expect(script).to_have_value("auto")
    script.focus()
    page.keyboard.type("Greek")
    expect(script).to_have_value("greek")
    open_file(page, ROOT / "sample_pages" / "lucasta.047.jpg")
    expect(page.locator(".mk-page-note")).to_have_text("Script: Greek")
    page.locator(".mk-text").fill("λόγος")
    page.keyboard.press("Enter")
    expect(page.locator(".mk-echo-note")).not_to_contain_text("No word here is read as Greek")
    page.get_by_role("combobox", name="Language").select_option("de")
    expect(page.locator(".mk-page-note")).to_have_text("Schrift: Griechisch")
    expect(page.get_by_role("combobox", name="Schrift", exact=True)).to_have_value("greek")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_zip_of_pictures_and_boxes(open_page: OpenPage, tmp_path: Path) -> None:
    """As eScriptorium and Transkribus hand out a document: the boxes are those of the files, and the rest is named."""
    alto = (
        "<alto><Layout><Page WIDTH='1000' HEIGHT='700'><TextLine>"
        "<String CONTENT='the' HPOS='100' VPOS='200' WIDTH='80' HEIGHT='60'/>"
        "<String CONTENT='harbour' HPOS='200' VPOS='200' WIDTH='180' HEIGHT='60'/>"
        "</TextLine></Page></Layout></alto>"
    )
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name in ("0001", "0002"):
            buffer = io.BytesIO()
            Image.new("L", (1000, 700), 220).save(buffer, "PNG")
            archive.writestr(f"doc/{name}.png", buffer.getvalue())
            archive.writestr(f"doc/alto/{name}.xml", alto)
        archive.writestr("doc/mets.xml", "<mets/>")
        archive.writestr("doc/leaf.heic", b"")
    page = open_page()
    page.locator(".mk-file").set_input_files(str(path))
    expect(page.locator(".mk-page-list .mk-page")).to_have_count(3, timeout=60_000)
    expect(page.get_by_text("Boxes from 0001.xml")).to_have_count(1)
    page.locator(".mk-page-list .mk-page").nth(2).click()
    expect(page.get_by_text("Boxes from 0002.xml")).to_have_count(1)
    expect(page.get_by_text("HEIC pictures cannot be read here; please save them as JPEG.")).to_be_visible()
    expect(page.locator(".mk-word")).to_have_count(2)
