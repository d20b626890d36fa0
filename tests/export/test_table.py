import csv
import io
import json

import pytest

from mark_core.export.extract import extract_hits, extract_words
from mark_core.export.table import list_search_to_csv, to_csv, to_json
from mark_core.retrieval.list_search import Found
from tests.export.samples import WORDS, make_hit, make_index, make_page, make_phrase


def rows(data):
    assert data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


def test_csv_of_words():
    page = make_page("Brief ſ.jpg", size=(200, 120), original=(400, 240), number=4)
    table = rows(to_csv(extract_words(make_index(make_page("a.jpg"), page))))
    assert len(table) == 2 * len(WORDS)
    assert table[-1] == {
        "page": "2", "file": "Brief ſ.jpg", "file_page": "5", "line": "2", "word": "3", "x": "24", "y": "120",
        "w": "200", "h": "50", "confidence": "0.7", "direction": "ltr", "reads": "tuesday", "text": "",
    }  # fmt: skip


def test_what_a_person_has_read_stands_beside_the_guess():
    read = {("p1", 2): "Tuesday"}
    table = rows(to_csv(extract_words(make_index(make_page()), texts=read)))
    assert [row["text"] for row in table] == ["", "", "Tuesday"]
    hits = extract_hits(make_index(make_page()), [make_hit("p1", 2, 1)], "tues*", texts=read)
    assert json.loads(to_json(hits))["hits"][0]["text"] == "Tuesday"


def test_a_phrase_has_the_boxes_of_all_its_words():
    page = make_page(original=(400, 240))
    extract = extract_hits(make_index(page), [make_phrase("p1", 0, 3, 1)], "fort of cumberland")
    boxes = [[2 * side for side in word.box] for word in WORDS]
    (row,) = rows(to_csv(extract))
    assert row["boxes"] == "; ".join(" ".join(map(str, box)) for box in boxes)
    assert [int(row[side]) for side in "xywh"] == boxes[0]
    (hit,) = json.loads(to_json(extract))["hits"]
    assert (hit["box"], hit["boxes"]) == (boxes[0], boxes)


def test_csv_of_hits():
    hits = [make_hit("p1", 2, 1, 0.98765), make_hit("p1", 0, 2, 0.5)]
    first, second = rows(
        to_csv(extract_hits(make_index(make_page()), hits, "Orders", {("p1", 2): "confirmed"}))
    )
    assert [first[key] for key in ("rank", "score", "decision", "query", "word", "reads")] == [
        "1", "0.9877", "confirmed", "Orders", "3", "orders",
    ]  # fmt: skip
    assert (second["rank"], second["decision"]) == ("2", "")


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1", "＝1", "=\0"]
)
def test_csv_runs_no_formula(text):
    extract = extract_hits(
        make_index(make_page(f"{text}.jpg")), [make_hit("p1", 0, 1, reads=text)], f"x{text}"
    )
    object.__setattr__(extract, "query", text)
    (row,) = rows(to_csv(extract))
    for cell in (row["query"], row["file"], row["reads"]):
        assert cell.startswith("'"), cell
        assert "\0" not in cell


def test_csv_keeps_commas_quotes_and_lines_in_their_cell():
    (row,) = rows(to_csv(extract_hits(make_index(make_page('a,"b"\n.jpg')), [make_hit("p1", 0, 1)], "q")))
    assert row["file"] == 'a,"b"\n.jpg'


def test_json_of_words():
    document = json.loads(to_json(extract_words(make_index(make_page("é.jpg", original=(400, 240))))))
    assert (document["format"], document["version"]) == ("mark-export", 1)
    (page,) = document["pages"]
    assert (page["file"], page["width"], page["height"], page["sha256"]) == ("é.jpg", 400, 240, "sha-é.jpg")
    assert document["words"][0] == {
        "page_id": "p1", "line": 1, "word": 1, "box": [20, 40, 120, 48], "confidence": 0.9, "direction": "ltr",
        "reads": "tuesday", "text": "",
    }  # fmt: skip
    assert "query" not in document


def test_json_of_hits():
    hits = [make_hit("p2", 2, 1, 0.9), make_hit("p1", 0, 2, 0.5)]
    index = make_index(make_page("a.jpg"), make_page("b.jpg"))
    document = json.loads(to_json(extract_hits(index, hits, "=x", {("p1", 0): "rejected"})))
    assert document["query"] == "=x"  # a program evaluates nothing, so nothing is changed
    found = [(hit["page_id"], hit["rank"], hit["score"], hit["decision"]) for hit in document["hits"]]
    assert found == [("p2", 1, 0.9, None), ("p1", 2, 0.5, "rejected")]


def test_a_looked_up_list_has_a_row_for_every_term():
    page = make_page("a.jpg", original=(400, 240))
    rows = [
        (Found("Fort", 2, make_hit("p1", 1, 1, 0.87654)), 3, page),
        (Found("=1+1", problem="Type at least one letter."), 0, None),
    ]
    table = list(csv.DictReader(io.StringIO(list_search_to_csv(rows).decode("utf-8-sig"))))
    assert table[0] == {
        **{"term": "Fort", "hits": "2", "score": "0.8765", "page": "3", "file": "a.jpg", "file_page": "1"},
        **{
            "line": "1",
            "word": "2",
            "x": "160",
            "y": "36",
            "w": "100",
            "h": "52",
            "reads": "orders",
            "problem": "",
        },
    }
    assert table[1]["term"] == "'=1+1"
    assert (table[1]["hits"], table[1]["score"], table[1]["problem"]) == (
        "0",
        "",
        "Type at least one letter.",
    )
