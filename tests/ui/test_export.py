from __future__ import annotations

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from mark_core.ui.desk import Desk
from mark_core.ui.handouts import KEPT, Handouts
from mark_core.ui.take_away import slug

from mark_core.ui import take_away

from .test_desk import arrive, event, upload


def searched(desk: Desk, text: str = "One two") -> tuple[str, dict[str, Any]]:
    """A session with a sample and a page of its own, two indexes, after a search."""
    key, _ = arrive(desk)
    list(desk.add(key, event(files=[upload(desk, "b.png")], direction="auto")))
    return key, desk.search(key, event(seq=3, text=text))


def take(desk: Desk, key: str, **data: Any) -> dict[str, Any]:
    return desk.take_away(key, event(seq=9, **data))["panels"]["taken"]


def table(answer: dict[str, Any]) -> list[dict[str, str]]:
    text = Path(answer["file"]).read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_hits_of_several_indexes_are_one_table_in_the_ranks_shown(desk: Desk) -> None:
    key, view = searched(desk)
    ranks = [hit["rank"] for hit in view["result"]["hits"][:4]]
    answer = take(desk, key, format="csv", hits=ranks, search=3, turn=0)
    assert (answer["seq"], answer["error"]) == (9, None)
    assert (answer["name"], Path(answer["file"]).name) == ("mark-hits-one-two.csv",) * 2
    assert (answer["kind"], answer["count"], answer["pages"]) == ("hits", 4, 2)
    assert answer["bytes"] == Path(answer["file"]).stat().st_size
    rows = table(answer)
    assert [row["rank"] for row in rows] == ["1", "2", "3", "4"]
    shown = [(hit["page"], hit["word"]) for hit in view["result"]["hits"][:4]]
    places = {page["id"]: str(place) for place, page in enumerate(view["pages"], start=1)}
    assert [(row["page"], row["word"]) for row in rows] == [(places[p], str(w + 1)) for p, w in shown]
    assert {row["file"] for row in rows} == {"a.png", "b.png"}
    spans = [range(hit["word"], hit["word"] + len(hit["boxes"])) for hit in view["result"]["hits"][:4]]
    assert [row["reads"] for row in rows] == [" ".join(f"w{word}" for word in span) for span in spans]
    boxes = view["result"]["hits"][0]["boxes"]  # a phrase has those of all its words
    assert [int(rows[0][side]) for side in "xywh"] == boxes[0]
    assert rows[0]["boxes"] == "; ".join(" ".join(map(str, box)) for box in boxes)
    assert rows[0]["query"] == "One two"


def test_hits_of_this_page_keep_their_ranks(desk: Desk) -> None:
    key, view = searched(desk)
    page = view["pages"][1]["id"]
    ranks = [hit["rank"] for hit in view["result"]["hits"]]
    answer = take(desk, key, format="json", hits=ranks, search=3, turn=0, page=page)
    assert answer["name"] == "mark-hits-one-two-b.json"
    rows = json.loads(Path(answer["file"]).read_text())["hits"]
    assert [row["rank"] for row in rows] == [h["rank"] for h in view["result"]["hits"] if h["page"] == page]
    assert {row["page_id"] for row in rows} == {page}


def test_decisions_are_taken_away(desk: Desk) -> None:
    key, view = searched(desk)
    place = {name: view["result"]["hits"][1][name] for name in ("page", "word")}
    desk.judge(key, event(seq=1, search=3, act="rejected", **place))
    answer = take(desk, key, format="csv", hits=[1, 2], search=3, turn=1)
    assert [row["decision"] for row in table(answer)] == ["", "rejected"]


def test_decisions_travel_with_the_hits(desk: Desk) -> None:
    key, view = searched(desk)
    hits = view["result"]["hits"]
    for act, hit in (("confirmed", hits[0]), ("rejected", hits[2])):
        judged = {"page": hit["page"], "word": hit["word"], "version": 0}
        view = desk.judge(key, event(seq=4, search=3, act=act, **judged))
    ranks = [hit["rank"] for hit in view["result"]["hits"]]
    answer = take(desk, key, format="csv", hits=ranks, search=3, turn=view["result"]["turn"])
    shown = [hit["judged"] or "" for hit in view["result"]["hits"]]
    assert [row["decision"] for row in table(answer)] == shown
    assert sorted(filter(None, shown)) == ["confirmed", "rejected"]


def test_all_words_of_one_page_and_of_all(desk: Desk) -> None:
    key, view = searched(desk)
    answer = take(desk, key, format="csv", page=view["pages"][0]["id"])
    assert (answer["name"], answer["kind"]) == ("mark-words-a.csv", "words")
    assert (answer["count"], answer["pages"]) == (3, 1)
    answer = take(desk, key, format="page")
    assert answer["name"] == "mark-words-page-xml.zip"
    with zipfile.ZipFile(answer["file"]) as archive:
        assert archive.namelist() == ["a.xml", "b.xml"]


def test_what_was_answered_goes_with_words_and_hits(desk: Desk) -> None:
    key, view = searched(desk, "one")
    page = view["pages"][1]["id"]
    desk.answer_word(key, event(seq=1, act="answered", page=page, word=2, version=0, text="Fort"))
    rows = table(take(desk, key, format="csv"))
    assert [row["text"] for row in rows] == ["", "", "", "", "", "Fort"]
    (rank,) = (hit["rank"] for hit in view["result"]["hits"] if (hit["page"], hit["word"]) == (page, 2))
    assert table(take(desk, key, format="csv", hits=[rank], search=3, turn=0))[0]["text"] == "Fort"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"format": "exe"}, "makes no sense"),
        ({"format": ["csv"]}, "makes no sense"),
        ({"format": "csv", "page": "elsewhere"}, "no longer open"),
        ({"format": "csv", "hits": [1, True], "search": 3, "turn": 0}, "makes no sense"),
        ({"format": "csv", "hits": list(range(1, 600)), "search": 3, "turn": 0}, "makes no sense"),
        ({"format": "csv", "hits": [77], "search": 3, "turn": 0}, "have changed"),
        ({"format": "csv", "hits": [1], "search": 2, "turn": 0}, "have changed"),
        ({"format": "csv", "hits": [], "search": 3, "turn": 0}, "no hits"),
    ],
)
def test_what_cannot_be_taken_gets_a_sentence(desk: Desk, data: dict, sentence: str) -> None:
    key, _ = searched(desk)
    answer = take(desk, key, **data)
    assert sentence in answer["error"]
    assert "file" not in answer


def test_no_search_and_no_pages(desk: Desk) -> None:
    key, view = arrive(desk)
    assert "search for a word first" in take(desk, key, format="csv", hits=[1])["error"]
    desk.remove(key, event(page=view["pages"][0]["id"]))
    assert "no pages" in take(desk, key, format="csv")["error"]


def test_too_many_pictures_in_one_file(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    key, view = searched(desk)
    monkeypatch.setattr(take_away, "MAX_DRAWN", 1000)
    assert "too large" in take(desk, key, format="png")["error"]
    assert take(desk, key, format="png", page=view["pages"][0]["id"])["error"] is None


def test_files_go_with_the_session_and_are_not_hoarded(desk: Desk) -> None:
    key, _ = searched(desk)
    files = [Path(take(desk, key, format="csv")["file"]) for _ in range(KEPT + 1)]
    assert [file.exists() for file in files] == [False] + [True] * KEPT
    desk.store.close(key)
    assert not any(file.parent.exists() for file in files)


def test_nothing_is_written_for_a_session_that_has_ended(tmp_path: Path) -> None:
    handouts = Handouts(tmp_path)
    first, second = handouts.write("a.csv", b"1"), handouts.write("a.csv", b"2")
    assert first != second
    assert len(first.parent.name) >= 24
    handouts.delete()
    with pytest.raises(ValueError, match="ended"):
        handouts.write("a.csv", b"3")
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
