"""A teacher shares a page with a class; two students open it by its address, each with decisions of their own."""

from __future__ import annotations

import os
import re
from pathlib import Path

from playwright.sync_api import Page, expect

from ..conftest import OpenPage
from ..test_page import open_file, query, settle

LONG = 90_000


def picture_of(page: Page, name: str) -> None:
    """Keep a picture of the page where MARK_PICTURES names a folder."""
    if folder := os.environ.get("MARK_PICTURES"):
        page.screenshot(path=str(Path(folder) / f"{name}.png"))


def test_two_students_open_a_class_and_decide_for_themselves(
    open_page: OpenPage, server: str, rendered_page: Path
) -> None:
    teacher = open_page()
    open_file(teacher, rendered_page)
    opener = teacher.get_by_role("button", name="Share with a class")
    opener.focus()
    teacher.keyboard.press("Enter")
    dialog = teacher.get_by_role("dialog", name="Share with a class")
    expect(dialog).to_contain_text(re.compile(r"until nobody has opened it for 4\shours"))
    expect(dialog.get_by_label("Address of the class")).to_be_hidden()
    picture_of(teacher, "before")
    dialog.get_by_role("button", name="Share these pages").click()
    expect(dialog.get_by_role("status")).to_contain_text(re.compile(r"2\spages are shared"), timeout=LONG)
    expect(dialog.locator(".mk-class_sharing-code")).to_have_text(re.compile(r"^[a-z2-9]{4}-[a-z2-9]{4}$"))
    address = dialog.get_by_label("Address of the class").input_value()
    assert re.fullmatch(re.escape(server) + r"/\?class=[a-z2-9]{8}", address)
    teacher.set_viewport_size({"width": 390, "height": 800})
    assert dialog.evaluate("node => node.scrollWidth <= node.clientWidth")
    picture_of(teacher, "phone")
    teacher.set_viewport_size({"width": 1280, "height": 800})
    picture_of(teacher, "shared")
    students = []
    for _ in range(2):
        page = open_page()
        page.goto(address)
        expect(page.locator(".mk-page")).to_have_count(2, timeout=LONG)
        expect(page.locator(".mk-pages")).to_contain_text("known words.png")
        query(page, "quick")
        students.append(page)
    first, second = students
    first.locator(".mk-hit-list li").first.get_by_role("button", name="Confirm").click()
    settle(first)
    expect(first.locator(".mk-decisions-status")).to_contain_text("confirmed")
    first.reload()
    expect(first.locator(".mk-decisions-status")).to_contain_text("confirmed", timeout=LONG)
    query(second, "quick")
    expect(second.locator(".mk-decisions-status")).not_to_contain_text("confirmed")
    picture_of(first, "student")
    dialog.get_by_role("button", name="End the class").click()
    expect(dialog.get_by_role("status")).to_contain_text("The class is over", timeout=LONG)
    expect(dialog.get_by_label("Address of the class")).to_be_hidden()
    late = open_page()
    late.goto(address)
    expect(late.locator(".mk-notices")).to_contain_text("There is no class of this code", timeout=LONG)
    expect(late.locator(".mk-page")).to_have_count(1)
    query(second, "river")  # what is open stays
    expect(second.locator(".mk-echo")).to_contain_text("“river”")
