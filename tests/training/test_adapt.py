import threading
from dataclasses import replace

import numpy as np
import pytest

from mark_core import MarkError
from mark_core.model.encoding import Encoding
from mark_core.model.mark import MarkModel, load_model
from mark_core.model.strip import to_strip
from mark_core.retrieval.reading.typed_words import log_likelihood, pad_letters, pair_likelihood
from mark_core.retrieval.scoring import Calibration
from mark_core.training import adapt as module
from mark_core.training.adapt import adapt
from mark_core.training.hand.lesson import choose, is_read, lexicon_fit
from mark_core.training.labelers import PseudoLabels
from mark_core.training.labelling import guess_words
from mark_core.training.lexicon import Lexicon
from tests.conftest import draw_word, encoding_that_reads

TEXTS = ["orders", "letter", "captain", "general", "march", "fort"]
LEXICON = Lexicon.of([(word, 0.1) for word in [*TEXTS, "winchester", "colonel", "regiment"]])


def test_pairs_have_the_likelihoods_of_single_queries():
    encoding = encoding_that_reads(["abba", "cab", "a"])
    p = pad_letters(encoding.letters, encoding.counts)
    queries = ["abba", "cab", "ba", "a", "abb"]
    rows = np.array([0, 1, 2, 2, 0])
    expected = [log_likelihood(p, query)[row] for query, row in zip(queries, rows, strict=True)]
    np.testing.assert_allclose(pair_likelihood(p, rows, queries), expected, rtol=1e-6)


def test_a_guess_follows_the_letters_among_words_of_like_vectors():
    encoding = encoding_that_reads(["march", "fort"])
    vectors = np.zeros((len(LEXICON), 4), np.float32)  # the vectors say nothing
    guesses = guess_words(encoding, LEXICON, vectors, Calibration(text=(0.0, 1.0, 1.0)))
    assert [LEXICON.words[i] for i in guesses.word] == ["march", "fort"]
    assert (guesses.confidence > 0.9).all()
    unknown = guess_words(encoding_that_reads(["zzzz"]), LEXICON, vectors, Calibration(text=(0.0, 1.0, 1.0)))
    assert unknown.confidence[0] < 0.01


def test_frequent_words_win_where_nothing_else_decides():
    words = Lexicon.of([("cat", 1e-6), ("cot", 1e-2)])
    letters = encoding_that_reads(["cat"])
    table = letters.letters.astype(np.float64)
    table[2] = np.log(1e-4)
    table[2, [0, 14]] = np.log(0.5)  # a and o alike
    vectors = np.zeros((2, 4), np.float32)
    either = Encoding(letters.vectors, table.astype(np.float16), letters.counts, letters.shapes)
    guess = guess_words(either, words, vectors, Calibration(text=(0.0, 1.0, 1.0)))
    assert words.words[guess.word[0]] == "cot"


def test_fit_of_a_word_list():
    assert lexicon_fit(encoding_that_reads(["march", "fort", "xxyy", "abc"]), LEXICON) == pytest.approx(2 / 3)
    assert lexicon_fit(encoding_that_reads(["a"]), LEXICON) == 0.0


def test_chosen_are_the_surest_that_agree_with_themselves():
    sure = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4])
    agreed = np.array([True, False, True, True, True, True])
    pseudo_labels = PseudoLabels(("a", "b", "", "d", "e", "f"), np.ones(6, bool), sure, agreed, 1.0)
    assert choose(pseudo_labels, 0.5).tolist() == [0, 3, 4]
    assert choose(replace(pseudo_labels, agreed=np.zeros(6, bool)), 0.5).tolist() == []


def test_a_lesson_in_which_nothing_is_read():
    sure, agreed = np.linspace(1, 0.5, 200), np.ones(200, bool)
    pseudo_labels = PseudoLabels(("a",) * 200, np.arange(200) < 3, sure, agreed, 1.0)
    assert is_read(pseudo_labels)
    assert not is_read(replace(pseudo_labels, readable=np.arange(200) < 1))
    assert not is_read(
        replace(pseudo_labels, readable=np.arange(200) >= 100)
    )  # what is read is not learnt from
    assert not is_read(replace(pseudo_labels, agreed=np.zeros(200, bool)))


@pytest.fixture(scope="module")
def collection():
    """120 crops of six words in one hand."""
    g = np.random.default_rng(0)
    out = []
    for i in range(120):
        crop = draw_word(TEXTS[i % 6], 1.0 + 0.02 * (i % 7), 2)
        noise = g.normal(0, 6, crop.shape)
        out.append(to_strip(np.clip(crop + noise, 0, 255).astype(np.uint8)))
    return out


@pytest.fixture
def short(monkeypatch):
    monkeypatch.setattr(module, "STEPS", 3)


def test_learning_leaves_the_model_alone_and_gives_one_that_can_be_kept(collection, short, tmp_path):
    from mark_core.model.weights import save_network

    model = load_model()
    before = {key: value.clone() for key, value in model.network.state_dict().items()}
    steps, watched = [], []
    result = adapt(
        model,
        collection,
        LEXICON,
        minutes=0.4,
        progress=lambda step, done: steps.append((step, done)),
        watch=lambda *states: watched.append(states),
    )
    assert result.kept is (watched[-1][1] if result.improved else result.cycles[0])
    assert all(before is result.cycles[0] and best.worth > before.worth for before, best in watched)
    assert all((value == before[key]).all() for key, value in model.network.state_dict().items())
    assert len(result.cycles) >= 2
    assert result.cycles[0].learnt == 0
    assert all(0 <= c.agreement <= 1 and 0 <= c.confidence <= 1 for c in result.cycles)
    assert steps[0] == ("Reading the words", 0.0)
    learnt = result.model(model)
    if not result.improved:
        assert learnt is model
        return
    assert learnt.card["hand"]["base"] == model.card["sha256"]
    np.testing.assert_array_equal(learnt.embed_texts(["orders"]), model.embed_texts(["orders"]))
    save_network(learnt.network, tmp_path / "hand.safetensors", hand=learnt.card["hand"])
    again = load_model(tmp_path / "hand.safetensors")
    assert again.card["sha256"] == learnt.card["sha256"]
    crop = draw_word("fort")
    np.testing.assert_array_equal(again.embed_images([crop]), learnt.embed_images([crop]))


def test_a_script_that_the_list_does_not_fit_is_learnt_without_it(collection, short):
    upside_down = [np.ascontiguousarray(strip[::-1]) for strip in collection]
    result = adapt(load_model(), upside_down, LEXICON, minutes=0.3)
    assert len(result.cycles) >= 2
    assert result.improved is ("look alike" in result.sentence)


def test_without_a_list_an_unknown_script_is_learnt_from_what_looks_alike(collection, short):
    upside_down = [np.ascontiguousarray(strip[::-1]) for strip in collection]
    result = adapt(load_model(), upside_down, None, minutes=0.3)
    assert len(result.cycles) >= 2
    assert result.cycles[1].learnt >= 30


def test_stopping_at_once_learns_nothing(collection, short):
    stop = threading.Event()
    stop.set()
    result = adapt(load_model(), collection, LEXICON, minutes=1, stop=stop)
    assert (result.improved, result.cycles) == (False, ())
    assert "stopped before" in result.sentence


def test_preparing_tells_its_steps_and_can_be_stopped(collection, short):
    stop, steps = threading.Event(), []

    def progress(step, done):
        steps.append(step)
        if step == "Learning the word list":
            stop.set()

    result = adapt(load_model(), collection, LEXICON, minutes=1, progress=progress, stop=stop)
    assert (result.improved, result.cycles) == (False, ())
    assert list(dict.fromkeys(steps)) == ["Reading the words", "Learning the word list"]


def test_too_few_words_and_models_that_do_not_read(collection):
    with pytest.raises(MarkError, match="at least 60 words"):
        adapt(load_model(), collection[:59], LEXICON)
    from mark_core.model.config import preset
    from mark_core.model.network import MarkNetwork

    blind = MarkModel(MarkNetwork(preset("mark-compact", ctc_head=False)), device="cpu")
    with pytest.raises(MarkError, match="no reading head"):
        adapt(blind, collection, LEXICON)
