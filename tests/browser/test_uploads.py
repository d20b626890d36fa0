"""A photographed page whose lines bend."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import expect

from mark_core.evaluation.disturb import disturb

from .conftest import ROOT, OpenPage
from .test_page import open_file


def test_bent_lines_are_straightened_only_where_that_is_asked_for(
    open_page: OpenPage, tmp_path: Path
) -> None:
    leaf = np.array(Image.open(ROOT / "sample_pages" / "lucasta.047.jpg").convert("RGB"))
    bent = tmp_path / "bent.png"
    Image.fromarray(disturb("curl", leaf, np.zeros((0, 4)), seed=1)[0]).save(bent)
    page = open_page(390, 844)
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
    page.get_by_role("button", name="Deutsch").click()
    expect(page.locator(".mk-page-note")).to_contain_text(re.compile(r"bogen sich um \d,\d Grad"))
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
