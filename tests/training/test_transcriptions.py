import csv

import numpy as np
import pytest

from mark_core import MarkError, WordIndex, load_page
from mark_core.model.mark import load_model
from mark_core.segmentation.word import Word
from mark_core.training.transcriptions import known_texts, read_answers, write_questions
from tests.conftest import draw_word


@pytest.fixture(scope="module")
def index():
    found = WordIndex(load_model())
    for texts in (["orders", "fort"], ["march"]):
        page = np.full((160, 620), 230, np.uint8)
        words = []
        for i, text in enumerate(texts):
            crop = draw_word(text)
            height, width = crop.shape
            page[50 : 50 + height, 30 + 300 * i : 30 + 300 * i + width] = crop
            words.append(Word((30 + 300 * i, 50, width, height), order=i))
        found.add(load_page(page), words)
    return found


def test_answers_come_back_to_the_words_they_were_asked_about(index, tmp_path):
    table = tmp_path / "questions.csv"
    count = sum(len(entry.words) for entry in index.pages)
    write_questions(index, [count - 1, 0], ["?"] * count, table)
    with table.open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file))
    assert [line["page"] for line in lines] == [index.pages[-1].id, index.pages[0].id]
    assert [int(lines[0][side]) for side in "xywh"] == list(index.pages[-1].words[-1].box)
    assert read_answers(index, table) == {}
    lines[0]["text"] = "März "
    with table.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, lines[0])
        writer.writeheader()
        writer.writerows(lines)
    assert read_answers(index, table) == {count - 1: "März"}


@pytest.mark.parametrize("row", ["nowhere,0,x", "{page},99,x", "{page},-1,x", "{page},,x", "{page},²,x"])
def test_answers_about_words_that_are_not_there_are_refused(index, tmp_path, row):
    table = tmp_path / "answers.csv"
    table.write_text(f"page,word,text\n{row.format(page=index.pages[0].id)}\n", encoding="utf-8")
    with pytest.raises(MarkError, match="which is not there"):
        read_answers(index, table)


def test_a_table_that_cannot_be_read(index, tmp_path):
    (tmp_path / "bad.csv").write_bytes(b"\xff\xfe\x00")
    for name in ("bad.csv", "missing.csv"):
        with pytest.raises(MarkError, match="cannot be read"):
            read_answers(index, tmp_path / name)


def test_answers_of_a_project_by_their_boxes(index):
    (first, second) = index.pages
    box = list(second.words[0].box)
    rows = [
        {"page": second.id, "box": box, "text": "March"},
        {"page": first.id, "box": list(first.words[1].box), "text": ""},  # could not be read
        {"page": first.id, "box": [1, 2, 3, 4], "text": "nowhere"},
        {"page": [], "box": {}, "text": "x"}, {"page": first.id, "box": box, "text": 7}, "x", None,
    ]  # fmt: skip
    assert known_texts(index, rows) == {2: "March"}
    assert known_texts(index, None) == known_texts(index, {"page": 1}) == {}
