from dataclasses import replace

import numpy as np
import pytest

from mark_core.model.mark import MarkModel
from mark_core.training import word_vectors as module
from mark_core.training.lexicon import Lexicon
from mark_core.training.word_vectors import word_vectors

WORDS = ["fort", "march", "orders", "captain", "a", "winchester"]


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("MARK_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def looked_at(monkeypatch):
    """The words that a model is asked about."""
    words = []
    embed = MarkModel.embed_texts
    monkeypatch.setattr(MarkModel, "embed_texts", lambda self, some: words.extend(some) or embed(self, some))
    return words


@pytest.fixture
def english():
    return Lexicon.of([(word, 1.0) for word in WORDS], "en")


def test_a_language_is_looked_at_once_and_further_words_alone(random_model, folder, looked_at, english):
    first = word_vectors(random_model, english)
    np.testing.assert_allclose(first, random_model.embed_texts(english.words), atol=1e-3)
    looked_at.clear()
    again = word_vectors(random_model, english)
    assert looked_at == []
    np.testing.assert_array_equal(again, first)
    more = english.with_words(["Zzz", "fort"])
    assert more.name == "en"
    vectors = word_vectors(random_model, more)
    assert looked_at == ["zzz"]
    rows = [more.words.index(word) for word in english.words]
    np.testing.assert_array_equal(vectors[rows], first)


def test_other_weights_have_a_file_of_their_own_unless_only_their_eyes_differ(
    random_model, folder, looked_at, english
):
    import copy

    word_vectors(random_model, english)
    seeing, typing = (MarkModel(copy.deepcopy(random_model.network), device="cpu") for _ in range(2))
    for key, value in seeing.network.state_dict().items():
        if not key.startswith(module.TYPED_SIDE):
            value.add_(0.5) if value.dtype.is_floating_point else None
    looked_at.clear()
    word_vectors(seeing, english)  # a learnt hand
    assert looked_at == []
    next(iter(typing.network.clip.text.state_dict().values())).add_(0.5)
    word_vectors(typing, english)
    assert sorted(looked_at) == sorted(english.words)
    assert len(list(folder.iterdir())) == 2


def test_a_list_of_ones_own_is_not_written_down(random_model, folder, english):
    word_vectors(random_model, replace(english, name=""))
    assert not folder.exists()


@pytest.mark.parametrize("damage", [b"", b"PK\x03\x04nonsense", None])
def test_a_file_that_is_not_as_it_should_be_is_written_anew(random_model, folder, looked_at, english, damage):
    first = word_vectors(random_model, english)
    (file,) = folder.iterdir()
    if damage is None:
        np.savez(file, words=np.array("fort"), vectors=np.full((1, 3), np.nan, np.float16))
    else:
        file.write_bytes(damage)
    np.testing.assert_array_equal(word_vectors(random_model, english), first)
    looked_at.clear()
    word_vectors(random_model, english)
    assert looked_at == []


def test_only_so_many_files_are_kept(random_model, folder, english, monkeypatch):
    monkeypatch.setattr(module, "KEPT", 2)
    for name in ("en", "de", "fr"):
        word_vectors(random_model, replace(english, name=name))
    assert len(list(folder.iterdir())) == 2
    assert not list(folder.glob("words-en-*"))


def test_without_a_place_to_keep_them_they_are_computed(random_model, tmp_path, monkeypatch, english):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("MARK_CACHE", str(tmp_path / "file" / "cache"))
    assert word_vectors(random_model, english).shape == (len(english), random_model.dim)


def test_looking_can_be_stopped_and_leaves_nothing(random_model, folder, english):
    def stop(share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        word_vectors(random_model, english, stop)
    assert not folder.exists()
