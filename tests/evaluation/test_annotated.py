import csv

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mark_core.cli.main import main
from mark_core.evaluation.annotated import in_annotated_part
from mark_core.evaluation.boxes import KnownPage, score_pages
from mark_core.evaluation.dataset import load_dataset
from mark_core.evaluation.retrieval import evaluate_pages
from mark_core.pages.load import load_page
from mark_core.segmentation.word import Word

TRUTH = [(100, 100, 80, 40), (300, 100, 80, 40), (100, 160, 80, 40)]  # the hull lacks its lower right corner


def test_a_heading_above_the_annotation_is_outside_and_the_rim_of_half_a_line_inside():
    boxes = [
        (200, 100, 60, 40),  # between two true words
        (200, 10, 60, 40),  # a heading, 70 pixels above
        (200, 66, 60, 40),  # its centre is 14 pixels above the hull: less than half a line
        (200, 50, 60, 40),  # 30 pixels: more
        (340, 200, 40, 40),  # in the bounding box of the truth or nearly, but beyond its hull
    ]
    assert in_annotated_part(boxes, TRUTH).tolist() == [True, False, True, False, False]


@given(
    st.lists(
        st.tuples(*[st.integers(0, 900)] * 2, *[st.integers(1, 99)] * 2).map(tuple), min_size=1, max_size=30
    )
)
def test_every_true_box_is_in_the_annotated_part(truth):
    assert in_annotated_part(truth, truth).all()


def test_without_truth_nothing_is_annotated():
    assert not in_annotated_part(TRUTH, np.zeros((0, 4))).any()
    assert in_annotated_part(np.zeros((0, 4)), TRUTH).shape == (0,)


def test_a_box_where_nobody_said_what_stands_there_does_no_harm():
    page = load_page(np.full((300, 500), 200, np.uint8))
    words = [Word(box) for box in [*TRUTH, (200, 10, 60, 40)]]
    known = KnownPage("one", page, np.array(TRUTH))
    assert score_pages("set", [known], lambda page: words).total.extent.precision == 0.75
    score = score_pages("set", [known], lambda page: words, annotated_only=True).total.extent
    assert (score.precision, score.recall) == (1.0, 1.0)


@pytest.fixture
def folder(tmp_path):
    page = np.full((300, 700), 225, np.uint8)
    rows = []
    for i, text in enumerate(["of", "orders", "captain", "regiment"]):
        x, y = 20 + i * 165, 150
        cv2.putText(page, text, (x, y), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 40, 2)
        rows.append(
            {"page": "one.png", "x": x - 5, "y": y - 35, "w": 150, "h": 50, "text": text, "key": text}
        )
    cv2.putText(page, "orders", (20, 60), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 40, 2)  # a heading not in the table
    (tmp_path / "pages").mkdir()
    cv2.imwrite(str(tmp_path / "pages" / "one.png"), page)
    with (tmp_path / "words.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, rows[0])
        writer.writeheader()
        writer.writerows(rows)
    return tmp_path


def test_a_right_hit_in_a_heading_that_is_not_in_the_table_is_no_wrong_hit(folder, wordwise_model):
    dataset = load_dataset(folder)
    boxes = [tuple(box) for box in dataset.boxes(dataset.pages[0]).tolist()]
    heading = (15, 25, 150, 50)
    found = lambda page: ([Word(heading), *(Word(box) for box in boxes)], [])  # noqa: E731
    without = lambda page: ([Word(box) for box in boxes], [])  # noqa: E731
    everywhere = evaluate_pages(dataset, wordwise_model, found)
    score = evaluate_pages(dataset, wordwise_model, found, annotated_only=True)
    assert score.extent == pytest.approx(evaluate_pages(dataset, wordwise_model, without).extent)
    assert score.extent >= everywhere.extent


def test_words_are_reported_by_their_length(folder, random_model):
    dataset = load_dataset(folder)
    boxes = [tuple(box) for box in dataset.boxes(dataset.pages[0]).tolist()]
    long_ones = lambda page: ([Word(box) for box in boxes[2:]], [])  # noqa: E731
    score = evaluate_pages(dataset, random_model, long_ones)
    assert score.by_length["1-2"] == 0  # no box for "of"
    assert np.isnan(score.by_length["3-4"])  # no such word
    counts = {"1-2": 1, "5-7": 2, "8+": 1}
    mean = sum(score.by_length[name] * count for name, count in counts.items()) / 4
    assert mean == pytest.approx(score.extent)
    assert score.by_length["8+"] >= 50


def test_true_crops_have_no_part_that_is_not_annotated(folder, capsys):
    assert main(["evaluate", "--dataset", str(folder), "--only", "words", "--annotated-only"]) != 0
    assert "--annotated-only" in capsys.readouterr().err
