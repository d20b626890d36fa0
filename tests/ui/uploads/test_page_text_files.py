"""Texts that come with their pages: in files of boxes, and in files of their own."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mark_core import MarkError
from mark_core.transcript.page_text import PageText, TextWord
from mark_core.ui.server import Server
from mark_core.ui.tools import transcript
from mark_core.ui.uploads import layout_files, page_text_files

from ..tabs import Tab, notices, upload
from .test_layout_files import layout, page_xml

asked: list[tuple[str, ...]] = []


@pytest.fixture(autouse=True)
def align(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """Texts are placed, that of "strange" words hardly; what was to be aligned."""
    asked.clear()

    def align(page: Any, lines: Any, before: Any, report: Callable[[str, float], None]) -> PageText:
        report("Placing the words", 0.5)
        asked.append(tuple(lines))
        if "unreadable" in lines:
            raise MarkError("The model “{name}” reads no lines.", name="x")
        sure = 0.01 if "strange" in lines else 0.9
        return PageText(tuple(TextWord(line, n, (10, 10, 30, 12), sure) for n, line in enumerate(lines)))

    monkeypatch.setattr(transcript, "align_text", align)
    return asked


def add(server: Server, *files: dict[str, str]) -> tuple[list[list[Any]], dict[str, Any], list[str]]:
    """The words of the text of the first page added, what the view says of texts, and sentences."""
    tab, _ = Tab.arrive(server)
    view = tab.add(*files)
    told = view["transcript"]["pages"].get(view["pages"][1]["id"])
    words = json.loads(Path(told["data"]).read_text())["words"] if told else []
    return words, view["transcript"], notices(view)


def with_texts(*texts: str) -> str:
    """Words with texts in one line."""
    xml = page_xml(words=len(texts))
    for text in texts:
        xml = xml.replace(
            "/></Word>", f"/><TextEquiv conf='0.8'><Unicode>{text}</Unicode></TextEquiv></Word >", 1
        )
    return xml.replace("</Word >", "</Word>")


def test_the_text_of_words_comes_with_their_boxes(server: Server) -> None:
    words, _, sentences = add(
        server, upload(server, "b.png"), layout(server, "b.xml", with_texts("Fort", "Cumb’d,"))
    )
    assert words == [
        ["Fort", 0, [10, 20, 50, 24], 0.8, False, 0],
        ["Cumb’d,", 0, [80, 20, 50, 24], 0.8, False, 1],
    ]
    assert asked == []  # their places are known
    assert sentences == []


def test_words_without_text_bring_none(server: Server) -> None:
    assert add(server, upload(server, "b.png"), layout(server, "b.xml", page_xml()))[:2] == (
        [],
        {"pages": {}, "undo": False, "offered": {}},
    )


def test_a_text_file_goes_to_the_page_of_its_name(server: Server) -> None:
    words, told, sentences = add(
        server,
        upload(server, "b.png"),
        upload(server, "c.png"),
        layout(server, "b.txt", "the orders\n\nof the Fort\n"),
    )
    assert asked == [("the orders", "of the Fort")]
    assert [row[0] for row in words] == ["the orders", "of the Fort"]
    assert len(told["pages"]) == 1
    assert sentences == []


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("other.txt", "the orders"),
        (
            "other.xml",
            "<TEI xmlns='http://www.tei-c.org/ns/1.0'><text><body><l>the orders</l></body></text></TEI>",
        ),
        ("other.csv", "line,text\n1,the orders\n"),
    ],
)
def test_one_page_and_one_text_belong_together(server: Server, name: str, content: str) -> None:
    words, _, sentences = add(server, upload(server, "b.png"), layout(server, name, content))
    assert [row[0] for row in words] == ["the orders"]
    assert sentences == []


def test_pages_of_one_text_go_to_the_pages_they_name(server: Server) -> None:
    body = "<pb facs='c.jpg'/><p>two</p><pb facs='b.jpg'/><p>one</p>"
    tei = f"<TEI xmlns='http://t'><text><body>{body}</body></text></TEI>"
    words, told, _ = add(
        server, upload(server, "b.png"), upload(server, "c.png"), layout(server, "x.tei", tei)
    )
    assert [row[0] for row in words] == ["one"]
    assert len(told["pages"]) == 2


def test_a_text_that_does_not_belong_is_offered(server: Server) -> None:
    words, told, sentences = add(server, upload(server, "b.png"), layout(server, "b.txt", "strange"))
    assert words == []
    assert len(told["offered"]) == 1
    assert sentences == [f"b.png: {page_text_files.NOT_ATTACHED}"]


def test_what_is_of_no_use_costs_one_sentence(server: Server) -> None:
    files = [upload(server, "b.png"), upload(server, "c.png")]
    _, _, sentences = add(server, *files, layout(server, "x.txt", "the orders"))
    assert sentences == [f"x.txt: {layout_files.UNUSED_TEXT}"]
    _, told, sentences = add(server, upload(server, "b.png"), layout(server, "b.txt", "unreadable"))
    assert told["pages"] == {}
    assert sentences == ["b.png: The model “x” reads no lines."]
