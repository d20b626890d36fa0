"""Boxes corrected by a visitor's hands: mouse, keyboard and fingers."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ..conftest import OpenPage
from ..test_page import centre, contrast, luminance, open_file, query, set_threshold, settle

Box = tuple[float, float, float, float]
EMPTY = (620, 470, 200, 60)  # paper without writing


def boxes(page: Page) -> list[Box]:
    """Page pixels, in reading order."""
    script = "nodes => nodes.map(n => ['x', 'y', 'width', 'height'].map(a => Number(n.getAttribute(a))))"
    return [tuple(box) for box in page.locator(".mk-word").evaluate_all(script)]


def at(page: Page, x: float, y: float) -> tuple[float, float]:
    """Where a point of the page is on the screen."""
    place = page.locator(".mk-svg").evaluate(
        "(svg, [x, y]) => { const p = new DOMPoint(x, y).matrixTransform(svg.getScreenCTM()); return [p.x, p.y]; }",
        [x, y],
    )
    return place[0], place[1]


def middle(page: Page, box: Box) -> tuple[float, float]:
    return at(page, box[0] + box[2] / 2, box[1] + box[3] / 2)


def drag(page: Page, start: tuple[float, float], end: tuple[float, float]) -> None:
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    page.mouse.move(*end)
    page.mouse.up()


def draw(page: Page, box: Box) -> None:
    drag(page, at(page, box[0], box[1]), at(page, box[0] + box[2], box[1] + box[3]))


def said(page: Page, sentence: str) -> None:
    expect(page.locator(".mk-editing-status")).to_contain_text(sentence, timeout=20_000)


def corrected(page: Page, sentence: str) -> list[Box]:
    """Waits for the answer and returns the boxes after it."""
    said(page, sentence)
    return boxes(page)


def near(one: Box, other: Box, slack: float = 2.5) -> bool:
    return all(abs(a - b) <= slack for a, b in zip(one, other, strict=True))


def hits_off_their_boxes(page: Page) -> list[str]:
    """Ranks of the listed hits of this page whose outline does not lie on the word of their number."""
    script = """items => items.filter(item => {
        const lit = document.querySelector(`.mk-hit-box[data-rank='${item.dataset.rank}'] .mk-line`);
        if (!lit) return false;  // on another page
        const word = document.querySelector(`.mk-word[data-word='${item.dataset.word}']`);
        const middle = box => box.x.baseVal.value + box.width.baseVal.value / 2;
        return !word || Math.abs(middle(lit) - middle(word)) > 1;
    }).map(item => item.dataset.rank)"""
    assert page.locator(".mk-hit-box").count() > 1
    return page.locator(".mk-hit-list li").evaluate_all(script)


@pytest.fixture
def desk(open_page: OpenPage, rendered_page: Path) -> Callable[..., Page]:
    """Opens the page whose words are known, with the correction of boxes switched on."""

    def open_(*args: int, **options: object) -> Page:
        page = open_page(*args, **options)
        open_file(page, rendered_page)
        page.locator(".mk-editing").click()
        expect(page.locator(".mk-editing")).to_have_attribute("aria-pressed", "true")
        said(page, "choose it")
        return page

    return open_


def test_a_box_is_drawn_undone_and_made_again(desk: Callable[..., Page]) -> None:
    page = desk()
    before = boxes(page)
    draw(page, EMPTY)
    after = corrected(page, "New box drawn. Undo is possible.")
    [new] = [box for box in after if box not in before]
    assert near(new, EMPTY)
    assert len(after) == len(before) + 1
    expect(page.locator(".mk-chosen")).to_have_count(1)  # it is chosen, ready to be adjusted
    expect(page.locator(".mk-page[aria-current]")).to_contain_text(f"{len(after)}\u00a0words")
    page.locator(".mk-undo").click()
    assert corrected(page, "is undone") == before
    page.keyboard.press("Control+Shift+Z")  # the keys belong to the page again
    assert corrected(page, "made again") == after
    page.locator(".mk-redo").click(force=True)  # told to be of no use now, and says so
    said(page, "nothing to redo")


def test_a_box_is_moved_and_resized_by_mouse(desk: Callable[..., Page]) -> None:
    page = desk()
    before = boxes(page)
    x, y, w, h = before[0]
    start = middle(page, before[0])
    drag(page, start, middle(page, (x + 12, y - 8, w, h)))
    moved = corrected(page, "Box moved.")
    assert near(moved[0], (x + 12, y - 8, w, h))
    assert moved[1:] == before[1:]
    x, y, w, h = moved[0]
    drag(page, centre(page, ".mk-grip[data-grip='1,1'] .mk-knob"), at(page, x + w + 60, y + h + 40))
    bigger = corrected(page, "Box resized.")
    assert bigger[0][:2] == (x, y)
    assert near(bigger[0], (x, y, w + 54, h + 34), slack=8)  # the grip stands a little off the corner
    for _ in range(2):
        page.keyboard.press("Control+z")
    expect(page.locator(".mk-undo")).to_have_attribute("aria-disabled", "true")
    assert boxes(page) == before


def test_a_box_is_split_and_its_halves_are_joined(desk: Callable[..., Page]) -> None:
    page = desk()
    before = boxes(page)
    x, y, w, h = before[1]
    page.mouse.click(*middle(page, before[1]))
    said(page, "Word 2 in line 1 chosen")
    page.locator(".mk-split").click()
    said(page, "Move the line")
    target = at(page, x + 0.3 * w, y + h / 2)
    page.mouse.move(*target)
    place = float(page.locator(".mk-cut").get_attribute("x1") or 0)
    assert place == pytest.approx(x + 0.3 * w, abs=2.5)
    page.mouse.click(*target)
    parted = corrected(page, "Box split into two.")
    assert len(parted) == len(before) + 1
    assert parted[1][0] + parted[1][2] == parted[2][0] == pytest.approx(x + 0.3 * w, abs=2.5)
    page.keyboard.press("Escape")
    page.mouse.click(*middle(page, parted[2]))
    page.locator(".mk-join").click(force=True)
    said(page, "Choose two boxes")  # one is not enough
    page.keyboard.down("Shift")
    page.mouse.click(*middle(page, parted[1]))
    page.keyboard.up("Shift")
    said(page, "2 boxes chosen")
    page.locator(".mk-join").click()
    assert corrected(page, "2 boxes joined into one.") == before


def test_boxes_are_deleted(desk: Callable[..., Page]) -> None:
    page = desk()
    before = boxes(page)
    page.mouse.click(*middle(page, before[2]))
    page.locator(".mk-more").click()
    page.mouse.click(*middle(page, before[4]))
    page.locator(".mk-delete").click()
    after = corrected(page, "2 boxes deleted. Undo is possible.")
    assert after == [box for box in before if box not in (before[2], before[4])]
    page.locator(".mk-undo").click()
    assert corrected(page, "is undone") == before


def test_corrections_in_quick_succession_are_all_made(desk: Callable[..., Page]) -> None:
    page = desk()
    before = boxes(page)
    gone = [before[0], before[3], before[5]]
    for box in gone:
        page.mouse.click(*middle(page, box))
        page.keyboard.press("Delete")
    x, y, w, h = before[7]
    for step in (10, 20):
        drag(page, middle(page, (x + step - 10, y, w, h)), middle(page, (x + step, y, w, h)))
    expect(page.locator(".mk-word")).to_have_count(len(before) - 3)
    said(page, "Box moved.")
    page.wait_for_function("document.querySelectorAll('.mk-draft').length === 0")
    expected = [(x + 20, y, w, h) if box == before[7] else box for box in before if box not in gone]
    page.wait_for_timeout(500)
    assert all(near(one, other, 4) for one, other in zip(boxes(page), expected, strict=True))
    assert page.locator(".mk-notices p").count() == 0


def test_the_keyboard_alone_is_enough(desk: Callable[..., Page]) -> None:
    page = desk()
    before = boxes(page)
    page.keyboard.press("Escape")  # leaves; the switch has the focus
    expect(page.locator(".mk-editing-bar")).to_be_hidden()
    page.keyboard.press("Enter")
    expect(page.locator(".mk-editing-bar")).to_be_visible()
    for _ in range(9):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.classList.contains('mk-stage')"):
            break
    for key in ("Home", "ArrowDown", "ArrowUp", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    said(page, "Word 2 in line 1 chosen")
    assert page.locator(".mk-word").nth(1).get_attribute("aria-selected") == "true"
    for key in ("ArrowRight", "ArrowRight", "Shift+ArrowDown", "ArrowUp"):
        page.keyboard.press(key)
    x, y, w, h = before[1]
    assert corrected(page, "Box moved.")[1] == (x + 2, y + 9, w, h)
    for key in ("Alt+ArrowRight", "Alt+Shift+ArrowRight", "Alt+ArrowUp"):
        page.keyboard.press(key)
    assert corrected(page, "Box resized.")[1] == (x + 2, y + 9, w + 11, h - 1)
    for key in ("s", "Shift+ArrowLeft", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    parted = corrected(page, "Box split into two.")
    assert parted[1][2] == pytest.approx((w + 11) / 2 - 9, abs=1)
    page.keyboard.press("j")  # both halves are still chosen
    assert corrected(page, "joined into one")[1] == (x + 2, y + 9, w + 11, h - 1)
    page.keyboard.press("Delete")
    assert corrected(page, "Box deleted.") == [before[0], *before[2:]]
    page.keyboard.press("n")
    assert len(corrected(page, "New box drawn.")) == len(before)
    for _ in range(6):
        page.keyboard.press("Control+z")
    expect(page.locator(".mk-undo")).to_have_attribute("aria-disabled", "true")
    assert boxes(page) == before
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator(".mk-editing-bar")).to_be_hidden()
    assert page.locator(".mk-chip").is_hidden()  # nothing was searched for meanwhile


def test_fingers_on_a_telephone(desk: Callable[..., Page]) -> None:
    page = desk(390, 844, is_mobile=True, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.locator(".mk-stage").scroll_into_view_if_needed()
    hand = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        fingers = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        hand.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers})

    def stroke(start: tuple[float, float], end: tuple[float, float]) -> None:
        touch("touchStart", start)
        for share in (0.3, 0.7, 1):
            touch("touchMove", tuple(a + (b - a) * share for a, b in zip(start, end, strict=True)))
        page.wait_for_timeout(150)  # no fling: Chromium gives no click to a tap that comes right after one
        touch("touchEnd")
        page.wait_for_timeout(350)

    def tap(box: Box) -> None:
        page.touchscreen.tap(*middle(page, box))

    before = boxes(page)
    tap(before[0])
    said(page, "Word 1 in line 1 chosen")
    for reach in page.locator(".mk-grip .mk-grip-area").all():
        size = reach.bounding_box()
        assert size is not None
        assert min(size["width"], size["height"]) >= 43.9
    for tool in page.locator(".mk-editing-bar .mk-tool").all():
        size = tool.bounding_box()
        assert size is not None
        assert min(size["width"], size["height"]) >= 44
    x, y, w, h = before[0]
    stroke(middle(page, before[0]), middle(page, (x + 40, y + 20, w, h)))
    moved = corrected(page, "Box moved.")
    assert near(moved[0], (x + 40, y + 20, w, h), slack=4)
    knob = centre(page, ".mk-grip[data-grip='-1,-1'] .mk-knob")
    stroke(knob, (knob[0] - 15, knob[1] - 5))
    assert corrected(page, "Box resized.")[0][2] > moved[0][2] + 20
    stroke(at(page, 640, 480), at(page, 800, 530))
    drawn = corrected(page, "New box drawn.")
    assert len(drawn) == len(before) + 1
    page.locator(".mk-split").tap()
    said(page, "Cut here")
    page.locator(".mk-split").tap()
    assert len(corrected(page, "Box split into two.")) == len(before) + 2
    page.locator(".mk-join").tap()
    said(page, "joined into one")
    page.locator(".mk-delete").tap()
    said(page, "Box deleted.")
    seen = page.locator(".mk-svg").get_attribute("viewBox")
    here = centre(page, ".mk-stage")
    touch("touchStart", (here[0] - 20, here[1]), (here[0] + 20, here[1]))
    for reach_ in (40, 60):
        touch("touchMove", (here[0] - reach_, here[1]), (here[0] + reach_, here[1]))
    touch("touchEnd")
    page.wait_for_timeout(500)  # see above
    assert page.locator(".mk-svg").get_attribute("viewBox") != seen  # two fingers still zoom
    expect(page.locator(".mk-word")).to_have_count(len(before))
    page.locator(".mk-done").tap()
    expect(page.locator(".mk-editing-bar")).to_be_hidden()


def test_hits_and_boxes_agree_after_a_correction(desk: Callable[..., Page]) -> None:
    page = desk()
    page.locator(".mk-done").click()
    before = boxes(page)
    page.mouse.click(*middle(page, before[4]))  # outside the mode a click searches
    settle(page)
    page.locator(".mk-scope").get_by_text("This page").click()  # the sample's words fill the list otherwise
    settle(page)
    set_threshold(page, 0)
    expect(page.locator(".mk-chip")).to_be_visible()
    page.locator(".mk-editing").click()
    page.mouse.click(*middle(page, before[1]))
    page.keyboard.press("Delete")
    after = corrected(page, "Box deleted.")
    first = page.locator(".mk-hit-list li").first
    expect(first).to_have_attribute("data-word", "3")
    expect(first).to_contain_text("the word you clicked")
    expect(page.locator(".mk-word[data-word='3']")).to_have_attribute(
        "aria-label", "Hit 1, 100\u202f%, line 2"
    )
    assert hits_off_their_boxes(page) == []
    page.locator(".mk-text").fill("and")
    page.locator(".mk-find").click()
    expect(page.locator(".mk-echo")).to_contain_text("the clicked word with “and”")
    page.mouse.click(*middle(page, after[3]))
    page.keyboard.press("Delete")
    expect(page.locator(".mk-chip")).to_be_hidden()
    expect(page.locator(".mk-notices p")).to_contain_text("no longer searched for")
    expect(page.locator(".mk-echo")).to_contain_text(re.compile("for “and”"))


def test_a_sample_is_corrected_for_this_visitor_only(open_page: OpenPage) -> None:
    page = open_page()
    before = boxes(page)
    page.locator(".mk-editing").click()
    page.mouse.click(*middle(page, before[3]))
    page.keyboard.press("Delete")
    assert len(corrected(page, "Box deleted.")) == len(before) - 1
    assert boxes(open_page()) == before
    query(page, page.locator(".mk-try").first.inner_text())
    assert page.locator(".mk-hit").count() > 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_chosen_box_is_seen_by_day_and_night(open_page: OpenPage, scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    page.locator(".mk-editing").click()
    page.mouse.click(*middle(page, boxes(page)[3]))
    parchment = 0.74  # relative luminance of #e8dcc0
    assert contrast(parchment, luminance(page, ".mk-chosen", "stroke")) >= 3
    bar = luminance(page, ".mk-editing-bar", "backgroundColor")
    for name in (".mk-editing-status", ".mk-delete", ".mk-join"):  # the last has nothing to act on
        assert contrast(bar, luminance(page, name, "color")) >= 4.5
    assert page.locator(".mk-grip").count() >= 4  # not colour alone
