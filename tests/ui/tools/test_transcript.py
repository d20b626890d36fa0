"""The text of a page: read from a file, aligned, sought beside the ink, corrected, saved, exported, undone."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mark_core.transcript.page_text import MAX_WORDS, PageText, TextWord
from mark_core.ui.server import Server
from mark_core.ui.tools import transcript as module

from ..fakes import FakeIndex
from ..tabs import Tab, replies, text, upload

BOXES = [(10, 10, 30, 12), (50, 10, 30, 12), (90, 10, 30, 12)]
Opened = tuple[Tab, str]


def aligned(*certainties: float) -> Callable[..., PageText]:
    """An alignment that places the words of a text one after the other on those of a page."""

    def align(
        page: Any, lines: Any, before: PageText | None, report: Callable[[str, float], None]
    ) -> PageText:
        report("Reading the lines of the page", 0.0)
        report("Placing the words", 0.5)
        words = [(word, number) for number, line in enumerate(lines) for word in line.split()]
        places = [*zip(BOXES, certainties, strict=False), *[(None, 0.0)] * len(words)]
        return PageText(
            tuple(
                TextWord(word, line, box, sure)
                for (word, line), (box, sure) in zip(words, places, strict=False)
            )
        )

    return align


@pytest.fixture
def opened(server: Server, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """A tab with a page of its own, and its id. Texts are surely placed."""
    monkeypatch.setattr(module, "align_text", aligned(0.97, 0.4, 0.95))
    tab, _ = Tab.arrive(server)
    return tab, tab.add(upload(server, "b.png"))["pages"][1]["id"]


def align(tab: Tab, page: str, said: str = "the orders\nof Governour") -> dict[str, Any]:
    return tab.reply("transcript", "align", page=page, text=said)


def words(view: dict[str, Any], page: str) -> list[list[Any]]:
    return json.loads(Path(view["transcript"]["pages"][page]["data"]).read_text())["words"]


def act(tab: Tab, action: str, **fields: Any) -> dict[str, Any]:
    """The view after something was done."""
    view = tab.view("transcript", action, **fields)
    assert replies(view, "transcript")[-1]["state"] == "done", replies(view, "transcript")[-1]
    return view


def test_a_text_is_aligned_step_by_step_and_shown_with_its_certainty(opened: Opened) -> None:
    tab, page = opened
    views = tab.views("transcript", "align", page=page, text="the orders\n\nof Governour")
    steps = [text(replies(view, "transcript")[-1]["step"]) for view in views[:-1]]
    assert {"Reading the lines of the page", "Placing the words"} <= set(steps)
    last = replies(views[-1], "transcript")[-1]
    assert last["data"] == {"attached": True, "words": 4, "placed": 3}
    told = views[-1]["transcript"]
    assert told["pages"][page] | {"data": ""} == {
        "data": "", "words": 4, "placed": 3, "unsure": 1, "certainty": 0.58,
    }  # fmt: skip
    assert words(views[-1], page) == [
        ["the", 0, [10, 10, 30, 12], 0.97, False, 0],
        ["orders", 0, [50, 10, 30, 12], 0.4, False, 1],
        ["of", 1, [90, 10, 30, 12], 0.95, False, 2],
        ["Governour", 1, None, 0.0, False, None],
    ]
    # the same file until the text changes
    assert tab.view("search", "search", text="one")["transcript"] == told


def test_a_text_of_another_page_is_not_attached_without_asking(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab, page = opened
    monkeypatch.setattr(module, "align_text", aligned(0.05, 0.02))
    assert align(tab, page)["data"] == {"attached": False, "words": 4, "placed": 2}
    view = tab.view("search", "search", text="one")
    assert view["transcript"]["pages"] == {}
    assert view["transcript"]["offered"][page]["placed"] == 2
    view = act(tab, "attach", page=page)
    assert view["transcript"]["offered"] == {}
    assert len(words(view, page)) == 4
    assert "no longer here" in tab.error("transcript", "attach", page=page)
    align(tab, page)
    assert act(tab, "dismiss", page=page)["transcript"]["offered"] == {}


def search(tab: Tab, typed: str) -> list[tuple[int, float, Any, Any, Any]]:
    """(word, score, by its ink, by the text, what stands there) of the page with the text."""
    view = tab.view("search", "search", text=typed)
    page = view["pages"][1]["id"]
    hits = [hit for hit in view["search"]["hits"] if hit["page"] == page]
    return [(hit["word"], hit["score"], hit.get("ink"), hit.get("text"), hit.get("other")) for hit in hits]


def test_a_search_says_whether_a_hit_rests_on_ink_or_text(opened: Opened) -> None:
    tab, page = opened
    assert search(tab, "of") == [
        (0, 0.9, None, None, None),
        (1, 0.7, None, None, None),
        (2, 0.5, None, None, None),
    ]
    align(tab, page)
    assert search(tab, "of") == [
        (2, 0.95, 0.5, 0.95, None),  # the text is surer than the ink
        (0, 0.9, 0.9, None, "the"),  # the ink finds it, and another word surely stands there
        (1, 0.7, 0.7, None, None),  # the text is not sure there
    ]
    assert search(tab, "order?")[1] == (1, 0.7, 0.7, 0.4, None)  # the ink is surer
    assert search(tab, "odrers~2")[1][3] == 0.4
    assert search(tab, "the orders")[0] == (0, 0.9, 0.9, 0.4, None)
    assert [row[3] for row in search(tab, "governour")] == [None] * 3  # it is not on the page


def test_what_the_ink_does_not_list_is_found_by_its_text(
    opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    tab, page = opened
    align(tab, page)
    monkeypatch.setattr(FakeIndex, "search", lambda *_, **__: [])
    view = tab.view("search", "search", text="of")
    (hit,) = view["search"]["hits"]
    assert (hit["page"], hit["word"], hit["score"], hit["text"], hit["box"]) == (
        page,
        2,
        0.95,
        0.95,
        list(BOXES[2]),
    )
    assert "ink" not in hit
    (phrase,) = tab.view("search", "search", text="orders of")["search"]["hits"]
    assert phrase["boxes"] == [list(BOXES[1]), list(BOXES[2])]
    (over,) = tab.view("search", "search", text="ordersof")["search"]["hits"]
    assert (over["word"], over["divided"], over["text"]) == (1, True, 0.4)
    other = view["pages"][0]["id"]
    assert tab.view("search", "search", text="of", page=other)["search"]["hits"] == ()


def test_a_corrected_word_is_by_hand_and_found_at_once(opened: Opened) -> None:
    tab, page = opened
    align(tab, page)
    tab.view("search", "search", text="letters")
    view = act(tab, "correct", page=page, number_of_word=1, was="orders", text="letters")
    assert words(view, page)[1] == ["letters", 0, list(BOXES[1]), 1.0, True, 1]
    best = view["search"]["hits"][0]
    assert (best["page"], best["word"], best["score"], best["text"]) == (page, 1, 1.0, 1.0)
    assert view["search"]["revision"] == 1
    assert search(tab, "one")[-1] == (
        1,
        0.07,
        0.7,
        None,
        "letters",
    )  # a person says that another word stands there
    view = act(tab, "correct", page=page, number_of_word=3, was="Governour", text="")
    assert len(words(view, page)) == 3
    view = act(tab, "undone")
    assert len(words(view, page)) == 4
    view = act(tab, "undone")
    assert words(view, page)[1][0] == "orders"
    assert act(tab, "undone")["transcript"] == {"pages": {}, "undo": False, "offered": {}}
    assert "nothing to undo" in tab.error("transcript", "undone")


@pytest.mark.parametrize(
    ("action", "fields", "sentence"),
    [
        ("correct", {"number_of_word": 1, "was": "other", "text": "x"}, "changed in the meantime"),
        ("correct", {"number_of_word": 9, "was": "orders", "text": "x"}, "changed in the meantime"),
        ("correct", {"number_of_word": -1, "was": "orders", "text": "x"}, "makes no sense"),
        ("correct", {"number_of_word": 1, "was": "orders", "text": 7}, "makes no sense"),
        ("type", {"word": 2, "version": 0, "text": " "}, "makes no sense"),
        ("type", {"word": 7, "text": "x"}, "makes no sense"),
        ("align", {"text": " \n"}, "Paste the text"),
        ("align", {"text": ["a"]}, "makes no sense"),
        ("align", {"text": "a" * (module.MAX_LETTERS + 1)}, "too long"),
        ("read", {"files": []}, "makes no sense"),
        ("read", {"files": [{"path": "/etc/passwd", "name": "a.txt"}]}, "makes no sense"),
        ("eat", {}, "makes no sense"),
    ],
)
def test_what_makes_no_sense_gets_a_sentence(
    opened: Opened, action: str, fields: dict[str, Any], sentence: str
) -> None:
    tab, page = opened
    align(tab, page)
    assert sentence in tab.error("transcript", action, page=page, **fields)
    assert "no longer open" in tab.error("transcript", action, page="elsewhere", **fields) or action == "eat"


def test_a_word_without_text_gets_one(opened: Opened) -> None:
    tab, page = opened
    view = act(tab, "type", page=page, word=2, version=0, text="Fort")
    assert words(view, page) == [["Fort", 0, list(BOXES[2]), 1.0, True, 2]]
    view = act(tab, "type", page=page, word=0, version=0, text="of")
    assert [row[0] for row in words(view, page)] == ["of", "Fort"]


def test_the_text_keeps_its_places_when_boxes_are_edited(opened: Opened) -> None:
    tab, page = opened
    align(tab, page)
    tab.view("search", "search", text="of")
    view = tab.view("editing", "change", page=page, version=0, words=[2], box=[95, 12, 40, 14])
    assert words(view, page)[2] == ["of", 1, [95, 12, 40, 14], 0.95, False, 2]
    assert next(hit for hit in view["search"]["hits"] if hit["page"] == page)["text"] == 0.95
    view = tab.view("editing", "join", page=page, version=1, words=[0, 1])
    assert [row[5] for row in words(view, page)] == [0, 0, 1, None]
    view = tab.view("editing", "undo", page=page, version=2)
    assert [row[5] for row in words(view, page)][2] == 2


def test_the_text_is_turned_with_its_page(opened: Opened) -> None:
    tab, page = opened
    align(tab, page)
    view = tab.view("uploads", "turn", page=page, degrees=90)
    (turned,) = (one for one in view["pages"] if one["id"] == page)
    assert turned["width"] == 120
    for row in words(view, page)[:3]:
        x, y, w, h = row[2]
        assert x + w <= 120
        assert y + h <= 200


def test_what_was_typed_for_a_word_outranks_the_text(opened: Opened) -> None:
    tab, page = opened
    align(tab, page)
    view = tab.view("active_learning", "answered", page=page, word=1, version=0, text="Letters")
    assert words(view, page)[1][:1] + words(view, page)[1][3:5] == ["Letters", 1.0, True]
    view = act(tab, "correct", page=page, number_of_word=1, was="Letters", text="letters,")
    assert words(view, page)[1][0] == "letters,"
    rows = table(tab, page)
    assert [row["text"] for row in rows] == ["the", "letters,", "of"]
    assert [row["text_certainty"] for row in rows] == ["0.97", "", "0.95"]


def table(tab: Tab, page: str, **fields: Any) -> list[dict[str, str]]:
    reply = tab.reply("export", "export", format="csv", page=page, **fields)
    return list(csv.DictReader(io.StringIO(Path(reply["data"]["file"]).read_text("utf-8-sig"))))


def test_a_confirmed_hit_makes_its_word_sure(opened: Opened) -> None:
    tab, page = opened
    align(tab, page)
    tab.view("search", "search", text="ORDERS")
    view = tab.view("feedback", "confirmed", search=tab.number, page=page, word=1, version=0)
    assert words(view, page)[1] == ["orders", 0, list(BOXES[1]), 1.0, True, 1]


@pytest.mark.parametrize("kind", ["page", "alto", "hocr", "tei"])
def test_the_text_is_exported_with_its_places(opened: Opened, kind: str) -> None:
    tab, page = opened
    align(tab, page)
    reply = tab.reply("export", "export", format=kind, page=page)
    data = Path(reply["data"]["file"]).read_bytes()
    for word in (b"the", b"orders", b"of"):
        assert b">" + word + b"<" in data or b'CONTENT="' + word + b'"' in data
    assert b"Governour" not in data  # it has no place
    assert {"page": b'conf="0.4', "alto": b'WC="0.4', "hocr": b"x_wconf 40", "tei": b'cert="0.4'}[
        kind
    ] in data


def test_texts_are_saved_with_the_project(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    tab, page = opened
    align(tab, page)
    session = tab.session
    names = {one.id: f"p{place}" for place, one in enumerate(session.pages, start=1)}
    rows = json.loads(json.dumps(session.transcripts.to_rows(names)))
    again = type(session.transcripts).from_rows(rows, {"p2": session.page(page)})
    assert again.now[page].words == session.transcripts.now[page].words
    assert type(session.transcripts).from_rows([], {}).now == {}


@pytest.mark.parametrize(
    "word",
    [
        ["", 0, None, 0.0, False],
        [7, 0, None, 0.0, False],
        ["a", -1, None, 0.0, False],
        ["a", 0, [0, 0, 0, 9], 0.5, False],
        ["a", 0, [190, 0, 30, 9], 0.5, False],
        ["a", 0, [1, 2, 3], 0.5, False],
        ["a", 0, None, 1.5, False],
        ["a", 0, None, float("nan"), False],
        ["a", 0, None, 0.5, "yes"],
        ["a", 0],
        None,
    ],
)
def test_damaged_texts_of_a_project_are_refused(opened: Opened, word: Any) -> None:
    tab, page = opened
    pages = {"p2": tab.session.page(page)}
    read = type(tab.session.transcripts).from_rows
    for rows in (
        [{"page": "p2", "words": [word]}],
        [{"page": "p9", "words": []}],
        {"p2": 1},
        [{"page": "p2"}],
    ):
        with pytest.raises(ValueError, match="damaged"):
            read(rows, pages)
    with pytest.raises(ValueError, match="damaged"):
        read([{"page": "p2", "words": [["a", 0, None, 0.0, False]] * (MAX_WORDS + 1)}], pages)
    with pytest.raises(ValueError, match="damaged"):
        read([{"page": "p2", "words": [["a", 1, None, 0.0, False], ["b", 0, None, 0.0, False]]}], pages)


def test_a_file_is_read_for_the_page_in_view(opened: Opened, server: Server) -> None:
    tab, page = opened
    path = server.store.upload_folder / "b.txt"
    path.write_text("the orders\n\nof")
    reply = tab.reply("transcript", "read", page=page, files=[{"path": str(path), "name": "b.txt"}])
    assert reply["data"]["lines"] == 2
    assert json.loads(Path(reply["data"]["data"]).read_text()) == ["the orders", "of"]
    assert tab.session.received.nbytes == 0  # nothing that was sent is left behind
    path.write_text("<svg/>")
    error = tab.error("transcript", "read", page=page, files=[{"path": str(path), "name": "b.xml"}])
    assert "cannot be read" in error


def test_it_can_be_taken_away_and_goes_with_the_session(opened: Opened, server: Server) -> None:
    tab, page = opened
    align(tab, page)
    view = tab.view("search", "search", text="one")
    file = Path(view["transcript"]["pages"][page]["data"])
    assert act(tab, "remove", page=page)["transcript"]["pages"] == {}
    assert file.exists()
    session = tab.session
    server.store.close(tab.key)
    assert not file.exists()
    assert session.view()["transcript"]["pages"] == {}


def test_aligning_can_be_cancelled(opened: Opened, monkeypatch: pytest.MonkeyPatch) -> None:
    tab, page = opened

    def slow(page: Any, lines: Any, before: Any, report: Callable[[str, float], None]) -> PageText:
        tab.session.tasks.cancel("transcript")
        report("Placing the words", 0.5)
        raise AssertionError("not cancelled")

    monkeypatch.setattr(module, "align_text", slow)
    assert align(tab, page)["state"] == "cancelled"
    assert tab.view("search", "search", text="one")["transcript"]["pages"] == {}
