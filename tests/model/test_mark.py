import numpy as np
import pytest
import torch

import mark_core as mark
from mark_core import MarkError
from mark_core.model.config import PRESETS, preset
from mark_core.model.mark import BATCH, MarkModel, best_device, squares, to_square
from mark_core.model.network import MarkNetwork, tokenize
from mark_core.model.strip import pad_strips, to_strip


def test_vectors_do_not_depend_on_the_batch(random_model, crops):
    together = random_model.encode(crops)
    reversed_order = random_model.encode(crops[::-1])
    np.testing.assert_allclose(
        together.vectors, reversed_order.vectors[::-1], atol=2e-3 if random_model._half else 1e-5
    )
    start = 0
    for i, crop in enumerate(crops):
        alone = random_model.encode([crop])
        np.testing.assert_allclose(
            alone.vectors[0], together.vectors[i], atol=2e-3 if random_model._half else 1e-5
        )
        assert alone.counts[0] == together.counts[i]
        part = together.letters[start : start + together.counts[i]]
        np.testing.assert_allclose(alone.letters, part, atol=0.05 if random_model._half else 1e-2)
        start += together.counts[i]


def test_float32_vectors_do_not_depend_on_the_batch(random_model, crops, monkeypatch):
    monkeypatch.setattr(random_model, "_half", False)
    together = random_model.embed_images(crops)
    for i, crop in enumerate(crops):
        np.testing.assert_allclose(random_model.embed_images([crop])[0], together[i], atol=1e-5)


def test_typed_words_do_not_depend_on_the_batch(random_model):
    words = ["orders", "a", "winchester", "1755", "circumstances"]
    together = random_model.embed_texts(words)
    for i, word in enumerate(words):
        np.testing.assert_allclose(random_model.embed_texts([word])[0], together[i], atol=1e-5)


def test_shapes_and_lengths(random_model, crops):
    encoding = random_model.encode(crops)
    assert encoding.vectors.shape == (len(crops), random_model.dim)
    assert encoding.vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(encoding.vectors, axis=1), 1, atol=1e-5)
    assert encoding.letters.shape == (encoding.counts.sum(), 37)
    np.testing.assert_allclose(np.exp(encoding.letters.astype(np.float64)).sum(1), 1, atol=0.02)


def test_more_than_a_batch_keeps_the_order(random_model, crops):
    many = [crops[i % len(crops)] for i in range(BATCH + 9)]
    vectors = random_model.embed_images(many)
    np.testing.assert_allclose(vectors[BATCH + 2], vectors[(BATCH + 2) % len(crops)], atol=2e-3)


def test_empty_lists(random_model):
    assert random_model.embed_images([]).shape == (0, 256)
    assert random_model.embed_texts([]).shape == (0, 256)


def test_bad_input(random_model):
    with pytest.raises(MarkError):
        random_model.embed_images([np.zeros((4, 4))])
    with pytest.raises(MarkError):
        random_model.embed_texts(["სიტყვა"])


def test_same_seed_same_network():
    vectors = []
    for _ in range(2):
        torch.manual_seed(3)
        vectors.append(MarkModel(MarkNetwork(preset("mark-compact")), device="cpu").embed_texts(["word"]))
    np.testing.assert_array_equal(*vectors)


@pytest.mark.parametrize(
    "change",
    [
        {"gate": False},
        {"adaptation": "none"},
        {"adaptation": "mlp"},
        {"ctc_head": False},
        {"clip": "mark-compact-vit"},
        {"clip": "mark-compact-wide"},
    ],
)
def test_parts_can_be_left_out_or_exchanged(change, crops, monkeypatch):
    model = MarkModel(MarkNetwork(preset("mark-compact", **change)), device="cpu")
    monkeypatch.setattr(model, "_half", False)
    assert model.embed_texts(["word"]).shape == (1, 256)
    together = model.encode(crops[:3])
    assert together.vectors.shape == (3, 256)
    for i, crop in enumerate(crops[:3]):
        np.testing.assert_allclose(model.encode([crop]).vectors[0], together.vectors[i], atol=1e-5)


def test_padding_beside_a_word_changes_nothing_in_the_transformer_tower(crops):
    network = MarkNetwork(preset("mark-compact", clip="mark-compact-vit")).eval()
    strip = to_strip(crops[0])
    with torch.inference_mode():
        short, long = (network.images(torch.from_numpy(pad_strips([strip], w))).embedding for w in (192, 320))
    np.testing.assert_allclose(short, long, atol=1e-5)


def test_presets_by_name():
    assert set(PRESETS) == {"mark-compact", "mark-b32"}
    with pytest.raises(MarkError, match="no model named"):
        preset("mark-huge")
    with pytest.raises(MarkError, match="no model named"):
        mark.load_model("mark-huge")


def test_tokens_of_the_paper_are_a_prompt():
    assert tokenize(["word"], "bpe").shape == (1, 77)
    assert tokenize(["ab", "abcd"], "characters").shape == (2, 5)


def test_square_for_a_clip_tower(crops):
    square = to_square(to_strip(crops[2]))
    assert square.shape == (3, 224, 224)
    assert square[0, 0, 0] == pytest.approx((1 - 0.48145466) / 0.26862954, rel=1e-5)  # the padding is white


def test_padded_strips_become_the_squares_of_their_crops(crops):
    strips = [to_strip(crop) for crop in crops[:3]]
    for square, strip in zip(squares(pad_strips(strips)), strips, strict=True):
        np.testing.assert_array_equal(square, to_square(strip))


def test_device():
    assert best_device() in ("cuda", "mps", "cpu")
