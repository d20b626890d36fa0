import numpy as np

from mark_core.model.encoding import Encoding
from mark_core.training.labelers import CollectionLabeler, ListTeacher, name_groups
from mark_core.training.lexicon import Lexicon
from tests.conftest import encoding_that_reads


class FakeModel:
    """Two crops are one word if their vectors agree by more than half."""

    card = {"calibration": {"example": [-5.0, 10.0, 0.0, 0.0]}}  # noqa: RUF012


def seen(vectors: np.ndarray, words: list[str] | None = None) -> Encoding:
    read = encoding_that_reads(words or ["x"] * len(vectors))
    unit = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return Encoding(unit.astype(np.float32), read.letters, read.counts, np.zeros((len(unit), 0), np.float16))


def directions(*numbers: int) -> np.ndarray:
    """One axis a word, every crop a little beside it."""
    g = np.random.default_rng(0)
    return np.eye(8)[list(numbers)] + g.normal(0, 0.05, (len(numbers), 8))


def test_crops_that_look_alike_are_one_group_and_others_alone():
    pseudo_labels = CollectionLabeler(FakeModel()).label(
        seen(directions(0, 1, 0, 2, 1, 0), list("pqrstu")), seen(directions(0, 1, 0, 2, 1, 0), list("pqrstv"))
    )
    assert pseudo_labels.labels[0] == pseudo_labels.labels[2] == pseudo_labels.labels[5] != ""
    assert pseudo_labels.labels[1] == pseudo_labels.labels[4] != pseudo_labels.labels[0]
    assert pseudo_labels.labels[3] == "s"  # alone, but it reads the same twice
    assert pseudo_labels.readable.tolist() == [False, False, False, True, False, False]
    assert pseudo_labels.agreed.all()
    assert 0 <= pseudo_labels.certainty <= 1


def test_a_crop_whose_changed_drawing_goes_elsewhere_does_not_agree():
    here, changed = directions(0, 0, 1, 1), directions(0, 1, 1, 1)
    pseudo_labels = CollectionLabeler(FakeModel()).label(
        seen(here, list("abcd")), seen(changed, list("efgh"))
    )
    assert pseudo_labels.agreed.tolist() == [True, False, True, True]


def test_two_sure_readings_name_a_group():
    groups = np.array([7, 7, 7, 4, 4, -1, -1])
    readings = ["fort", "fort", "fcrt", "abc", "abd", "march", "xq"]
    sure = np.array([True, True, False, True, True, True, False])
    labels, readable = name_groups(groups, readings, sure)
    assert labels[:3] == ("fort",) * 3
    assert labels[3] == labels[4]
    assert labels[3] not in readings
    assert labels[5:] == ("march", "")
    assert readable.tolist() == [True, True, True, False, False, True, False]


def test_confidence_alone_is_that_of_the_lesson():
    crops = seen(directions(0, 1, 0, 2, 1, 0), ["x"] * 3 + ["stuv"] + ["x"] * 2)
    labeler = CollectionLabeler(FakeModel())
    np.testing.assert_allclose(labeler.confidence(crops)[:3], labeler.label(crops, crops).confidence[:3])
    assert labeler.confidence(crops)[3] == 1.0  # read surely


def test_a_word_list_is_surer_of_what_it_holds(random_model):
    labeler = ListTeacher(random_model, Lexicon.of([("fort", 1.0), ("march", 1.0)]))
    read = encoding_that_reads(["fort", "zzzz"], random_model.dim)
    first, second = labeler.confidence(read)
    assert first > second
    np.testing.assert_array_equal([first, second], labeler.label(read, read).confidence)
