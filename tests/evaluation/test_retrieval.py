import csv

import cv2
import numpy as np
import pytest

from mark_core import MarkError
from mark_core.evaluation import retrieval
from mark_core.evaluation.dataset import load_dataset
from mark_core.evaluation.report import evaluate
from mark_core.evaluation.retrieval import evaluate_pages, evaluate_words, relevance_keys, true_crops
from mark_core.segmentation.alternatives import Alternative
from mark_core.segmentation.word import Word
from mark_core.training.run import transcribed_words

TEXTS = ["orders", "letter", "orders", "captain", "Letter", "òrders", "λόγος", "λόγος"]


@pytest.fixture
def folder(tmp_path):
    page = np.full((400, 700), 225, np.uint8)
    rows = []
    for i, text in enumerate(TEXTS):
        x, y = 20 + (i % 4) * 165, 60 + (i // 4) * 120
        cv2.putText(page, text.replace("λόγος", "~%~"), (x, y), cv2.FONT_HERSHEY_SIMPLEX, 1.1, 40, 2)
        rows.append(
            {"page": "one.png", "x": x - 5, "y": y - 35, "w": 150, "h": 50, "text": text, "key": text.lower()}
        )
    (tmp_path / "pages").mkdir()
    cv2.imwrite(str(tmp_path / "pages" / "one.png"), page)
    with (tmp_path / "words.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return tmp_path


def test_crops_and_keys(folder):
    dataset = load_dataset(folder)
    crops = true_crops(dataset)
    assert [crop.shape for crop in crops] == [(50, 150)] * len(TEXTS)
    assert np.abs(crops[0].astype(int) - crops[2].astype(int)).mean() < 3  # both say "orders"
    assert relevance_keys(dataset, "key") == [t.lower() for t in TEXTS]
    assert relevance_keys(dataset, "text")[4] == "letter"
    assert len(true_crops(dataset, 3)) == 3


def test_identical_words_are_found_by_example(folder, random_model):
    score = evaluate_words(load_dataset(folder), random_model)
    assert score.clicked_embedding.weighted > 90
    assert score.clicked.queries == 6
    assert score.typed.queries == 5  # orders, òrders, letter, captain, λόγος


def test_words_and_pages_are_read_in_the_script_that_is_told(folder, random_model, monkeypatch):
    told = []
    together, page = retrieval.encode_together, retrieval.index_page
    monkeypatch.setattr(retrieval, "encode_together", lambda *args: told.append(args[-1]) or together(*args))
    monkeypatch.setattr(
        retrieval, "index_page", lambda *args, script: told.append(script) or page(*args, script=script)
    )
    dataset = load_dataset(folder)
    for script in (None, "greek"):
        evaluate_words(dataset, random_model, limit=3, script=script)
        evaluate_pages(dataset, random_model, lambda page: ([Word((15, 25, 150, 50))], ()), script=script)
    assert told == [None, None, "greek", "greek"]


@pytest.fixture
def folded(folder):
    table = (folder / "words.csv").read_text(encoding="utf-8").splitlines()
    rows = [table[0] + ",fold", *(f"{row},{1 + i // 4}" for i, row in enumerate(table[1:]))]
    (folder / "words.csv").write_text("\n".join(rows), encoding="utf-8")
    return folder


def test_a_fold_is_a_gallery_of_its_own(folded, random_model):
    score = evaluate_words(load_dataset(folded), random_model, fold=1)
    assert (score.words, score.typed.queries, score.clicked.queries) == (4, 3, 2)
    with pytest.raises(MarkError, match="no fold 7"):
        evaluate_words(load_dataset(folded), random_model, fold=7)


def test_training_on_transcribed_words_leaves_out_the_tested_fold(folded):
    words = transcribed_words(folded, fold=1)
    assert list(words.labels) == ["letter"]  # of the four of fold 2, accented and Greek words cannot be typed
    assert list(transcribed_words(folded).labels) == ["captain", "letter", "letter", "orders", "orders"]
    assert list(transcribed_words(folded, "text", fold=1).labels) == ["letter", "orders"]
    (folded / "words.csv").write_text("page,x,y,w,h,text,key\none.png,1,1,9,9,λ,λ\n", encoding="utf-8")
    with pytest.raises(MarkError, match="no word to train on"):
        transcribed_words(folded)


def test_folds_need_a_column(folder, random_model):
    with pytest.raises(MarkError, match="no column “fold”"):
        evaluate_words(load_dataset(folder), random_model, fold=1)


def test_unseen_spelling_is_scored_apart(folder, random_model, monkeypatch):
    monkeypatch.setattr(
        "mark_core.evaluation.retrieval.is_held_out", lambda word: word in ("captain", "λόγος")
    )
    score = evaluate_words(load_dataset(folder), random_model)
    assert score.unseen.queries == 2


def test_pages_with_the_true_boxes_equal_true_crops(folder, random_model):
    dataset = load_dataset(folder)
    boxes = dataset.boxes(dataset.pages[0]).tolist()
    exact = lambda page: ([Word(tuple(box)) for box in boxes], [])  # noqa: E731
    pages = evaluate_pages(dataset, random_model, exact)
    assert pages.at_50 == pages.at_25 == pages.extent
    assert pages.at_50 == pytest.approx(evaluate_words(dataset, random_model).typed.unique, abs=1.0)


def test_a_word_without_a_box_counts_as_missed(folder, random_model):
    dataset = load_dataset(folder)
    boxes = dataset.boxes(dataset.pages[0]).tolist()
    only_captain = lambda page: ([Word(tuple(boxes[3]))], [])  # noqa: E731
    assert evaluate_pages(dataset, random_model, only_captain).at_50 == pytest.approx(20.0)


def test_two_boxes_on_one_word_count_once(folder, random_model):
    dataset = load_dataset(folder)
    x, y, w, h = dataset.boxes(dataset.pages[0]).tolist()[3]
    doubled = lambda page: ([Word((x, y, w, h)), Word((x + 2, y, w, h))], [])  # noqa: E731
    assert evaluate_pages(dataset, random_model, doubled).at_50 <= 25.0


def test_report_says_what_is_wrong(folder, random_model):
    with pytest.raises(MarkError, match="no column"):
        evaluate([folder], only="boxes", column="colour")
    with pytest.raises(MarkError, match="not a data set"):
        evaluate([folder / "pages"], only="boxes")
    (row,) = evaluate([folder], only="boxes")
    assert row["dataset"] == folder.name
    assert 0 <= row["box F1, IoU .5"] <= 1


def test_a_word_that_was_cut_in_two_is_found_in_the_box_of_both(folder, random_model):
    dataset = load_dataset(folder)
    boxes = [tuple(box) for box in dataset.boxes(dataset.pages[0]).tolist()]
    x, y, w, h = boxes[3]
    halves = [Word((x, y, w // 2, h)), Word((x + w // 2, y, w - w // 2, h))]
    cut = [Word(box) for box in boxes if box != boxes[3]] + halves
    whole = Alternative(Word(boxes[3]), tuple(half.box for half in halves))
    missed = evaluate_pages(dataset, random_model, lambda page: (cut, []))
    found = evaluate_pages(dataset, random_model, lambda page: (cut, [whole]))
    assert missed.extent < found.extent
    assert found.words_found == len(cut)
