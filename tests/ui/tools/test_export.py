from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from mark_core.ui.server import Server
from mark_core.ui.session.downloads import KEPT, Downloads
from mark_core.ui.tools import export as module
from mark_core.ui.tools.export import slug

from ..tabs import Tab, text, upload


def searched(server: Server, typed: str = "One two") -> tuple[Tab, dict[str, Any]]:
    """A session with a sample and a page of its own, two indexes, after search request 2."""
    tab, _ = Tab.arrive(server)
    tab.add(upload(server, "b.png"))
    return tab, tab.view("search", "search", text=typed)


def export(tab: Tab, **fields: Any) -> dict[str, Any]:
    reply = tab.reply("export", "export", **fields)
    assert reply["state"] == "done", reply
    return reply["data"]


def table(answer: dict[str, Any]) -> list[dict[str, str]]:
    written = Path(answer["file"]).read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(written)))


def test_hits_of_several_indexes_are_one_table_in_the_ranks_shown(server: Server) -> None:
    tab, view = searched(server)
    ranks = [hit["rank"] for hit in view["search"]["hits"][:4]]
    answer = export(tab, format="csv", hits=ranks, search=2, revision=0)
    assert (answer["name"], Path(answer["file"]).name) == ("mark-hits-one-two.csv",) * 2
    assert (answer["kind"], answer["count"], answer["pages"]) == ("hits", 4, 2)
    assert answer["bytes"] == Path(answer["file"]).stat().st_size
    rows = table(answer)
    assert [row["rank"] for row in rows] == ["1", "2", "3", "4"]
    shown = [(hit["page"], hit["word"]) for hit in view["search"]["hits"][:4]]
    places = {page["id"]: str(place) for place, page in enumerate(view["pages"], start=1)}
    assert [(row["page"], row["word"]) for row in rows] == [(places[p], str(w + 1)) for p, w in shown]
    assert {row["file"] for row in rows} == {"a.png", "b.png"}
    spans = [range(hit["word"], hit["word"] + len(hit["boxes"])) for hit in view["search"]["hits"][:4]]
    assert [row["reads"] for row in rows] == [" ".join(f"w{word}" for word in span) for span in spans]
    boxes = view["search"]["hits"][0]["boxes"]  # a phrase has those of all its words
    assert [int(rows[0][side]) for side in "xywh"] == boxes[0]
    assert rows[0]["boxes"] == "; ".join(" ".join(map(str, box)) for box in boxes)
    assert rows[0]["query"] == "One two"


def test_hits_of_this_page_keep_their_ranks(server: Server) -> None:
    tab, view = searched(server)
    page = view["pages"][1]["id"]
    ranks = [hit["rank"] for hit in view["search"]["hits"]]
    answer = export(tab, format="json", hits=ranks, search=2, revision=0, page=page)
    assert answer["name"] == "mark-hits-one-two-b.json"
    rows = json.loads(Path(answer["file"]).read_text())["hits"]
    assert [row["rank"] for row in rows] == [h["rank"] for h in view["search"]["hits"] if h["page"] == page]
    assert {row["page_id"] for row in rows} == {page}


def test_decisions_are_exported(server: Server) -> None:
    tab, view = searched(server)
    place = {name: view["search"]["hits"][1][name] for name in ("page", "word")}
    tab.view("feedback", "rejected", search=2, **place)
    answer = export(tab, format="csv", hits=[1, 2], search=2, revision=1)
    assert [row["decision"] for row in table(answer)] == ["", "rejected"]


def test_decisions_travel_with_the_hits(server: Server) -> None:
    tab, view = searched(server)
    hits = view["search"]["hits"]
    for action, hit in (("confirmed", hits[0]), ("rejected", hits[2])):
        place = {"page": hit["page"], "word": hit["word"], "version": 0}
        view = tab.view("feedback", action, search=2, **place)
    ranks = [hit["rank"] for hit in view["search"]["hits"]]
    answer = export(tab, format="csv", hits=ranks, search=2, revision=view["search"]["revision"])
    shown = [hit.get("decision", "") for hit in view["search"]["hits"]]
    assert [row["decision"] for row in table(answer)] == shown
    assert sorted(filter(None, shown)) == ["confirmed", "rejected"]


def test_all_words_of_one_page_and_of_all(server: Server) -> None:
    tab, view = searched(server)
    answer = export(tab, format="csv", page=view["pages"][0]["id"])
    assert (answer["name"], answer["kind"]) == ("mark-words-a.csv", "words")
    assert (answer["count"], answer["pages"]) == (3, 1)
    answer = export(tab, format="page")
    assert answer["name"] == "mark-words-page-xml.zip"
    with zipfile.ZipFile(answer["file"]) as archive:
        assert archive.namelist() == ["a.xml", "b.xml"]


def test_what_was_answered_goes_with_words_and_hits(server: Server) -> None:
    tab, view = searched(server, "one")
    page = view["pages"][1]["id"]
    tab.view("active_learning", "answered", page=page, word=2, version=0, text="Fort")
    rows = table(export(tab, format="csv"))
    assert [row["text"] for row in rows] == ["", "", "", "", "", "Fort"]
    (rank,) = (hit["rank"] for hit in view["search"]["hits"] if (hit["page"], hit["word"]) == (page, 2))
    assert table(export(tab, format="csv", hits=[rank], search=2, revision=0))[0]["text"] == "Fort"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"format": "exe"}, "makes no sense"),
        ({"format": ["csv"]}, "makes no sense"),
        ({"format": "csv", "page": "elsewhere"}, "no longer open"),
        ({"format": "csv", "hits": [1, True], "search": 2, "revision": 0}, "makes no sense"),
        ({"format": "csv", "hits": list(range(1, 600)), "search": 2, "revision": 0}, "makes no sense"),
        ({"format": "csv", "hits": [77], "search": 2, "revision": 0}, "have changed"),
        ({"format": "csv", "hits": [1], "search": 1, "revision": 0}, "have changed"),
        ({"format": "csv", "hits": [], "search": 2, "revision": 0}, "no hits"),
    ],
)
def test_what_cannot_be_taken_gets_a_sentence(server: Server, data: dict, sentence: str) -> None:
    tab, _ = searched(server)
    reply = tab.reply("export", "export", **data)
    assert sentence in text(reply["error"])
    assert reply["data"] == {}


def test_no_search_and_no_pages(server: Server) -> None:
    tab, view = Tab.arrive(server)
    assert "search for a word first" in tab.error("export", "export", format="csv", hits=[1])
    tab.view("pages", "remove", page=view["pages"][0]["id"])
    assert "no pages" in tab.error("export", "export", format="csv")


def test_too_many_pictures_in_one_file(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    tab, view = searched(server)
    monkeypatch.setattr(module, "MAX_DRAWN", 1000)
    assert "too large" in tab.error("export", "export", format="png")
    assert export(tab, format="png", page=view["pages"][0]["id"])["pages"] == 1


def test_files_go_with_the_session_and_are_not_hoarded(server: Server) -> None:
    tab, _ = searched(server)
    files = [Path(export(tab, format="csv")["file"]) for _ in range(KEPT + 1)]
    assert [file.exists() for file in files] == [False] + [True] * KEPT
    server.store.close(tab.key)
    assert not any(file.parent.exists() for file in files)


def test_nothing_is_written_for_a_session_that_has_ended(tmp_path: Path) -> None:
    downloads = Downloads(tmp_path)
    first, second = downloads.write("a.csv", b"1"), downloads.write("a.csv", b"2")
    assert first != second
    assert len(first.parent.name) >= 24
    downloads.delete()
    with pytest.raises(ValueError, match="ended"):
        downloads.write("a.csv", b"3")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("orders", "orders"),
        ("Fort Cumb*", "fort-cumb"),
        ("naïve ſtraße", "naive-strasse"),
        ("../../etc", "etc"),
        ("***", ""),
        ("ἀρχή", "αρχη"),
        ("x" * 90, "x" * 40),
    ],
)
def test_names_of_files(text: str, expected: str) -> None:
    assert slug(text) == expected


def test_what_the_lines_read_is_exported_and_labelled(server: Server) -> None:
    tab, view = searched(server)
    answer = export(tab, format="text", reading=True)
    assert (answer["kind"], answer["name"]) == ("reading", "mark-reading.txt")
    assert (answer["count"], answer["pages"]) == (2, 2)  # a line a page
    written = Path(answer["file"]).read_text(encoding="utf-8")
    assert written.startswith("[Read by a machine (MARK), not checked by a person.")
    assert written.count("w0 w1 w2") == 2
    page = view["pages"][0]["id"]
    for kind, name in (("page", "page-xml"), ("alto", "alto")):
        answer = export(tab, format=kind, reading=True, page=page)
        assert answer["name"] == f"mark-reading-a-{name}.xml"
        assert b"not checked" in Path(answer["file"]).read_bytes()
    answer = export(tab, format="alto", reading=True)
    assert zipfile.is_zipfile(answer["file"])


@pytest.mark.parametrize("fields", [{"format": "csv", "reading": True}, {"format": "text"}, {"reading": 3}])
def test_readings_have_formats_of_their_own(server: Server, fields: dict[str, Any]) -> None:
    tab, _ = searched(server)
    assert tab.reply("export", "export", **{"format": "text", **fields})["state"] == "failed"
