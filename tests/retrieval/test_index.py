import json

import numpy as np
import pytest
import torch

from mark_core import MarkError, Page, WordIndex
from mark_core.model.alphabet import SCRIPTS
from mark_core.model.config import preset
from mark_core.model.mark import MarkModel
from mark_core.model.network import MarkNetwork
from mark_core.model.weights import from_bytes, make_card, to_bytes
from mark_core.model.word_script import SCRIPT_NAMES
from mark_core.retrieval import indexed
from mark_core.retrieval.composed import compose
from mark_core.retrieval.hit import Hit
from mark_core.retrieval.query import Query
from mark_core.retrieval.snapshot import Snapshot
from mark_core.segmentation.edit import add_word, merge_words, remove_words, split_word
from tests.conftest import TEXTS, make_page


@pytest.fixture
def index(random_model):
    index = WordIndex(random_model)
    index.add(*make_page())
    return index


def test_example_comes_first_and_its_twins_follow(index):
    (page,) = index.pages
    hits = index.search(example=(page.id, 2), top=3)
    assert [hit.rank for hit in hits] == [1, 2, 3]
    assert (hits[0].word, hits[0].score) == (2, 1.0)
    assert {hit.word for hit in hits} == {0, 2, 6}
    assert hits[0].box == page.words[2].box
    assert all(0 <= hit.score <= 1 for hit in hits)


def test_a_crop_from_outside_is_an_example(index):
    (page,) = index.pages
    x, y, w, h = page.words[3].box
    hits = index.search(example=page.page.pixels[y : y + h, x : x + w].copy(), top=1)
    assert hits[0].word == 3


def test_both_weigh_as_much_as_is_said(index):
    (page,) = index.pages
    now = index._snapshot()
    text = now.score(Query("orders")).typed
    example = now.compare(page.encoding.select([1]))
    for example_weight, expected in ((0.3, compose(text, example, 0.3)), (0, text), (1, example)):
        hits = index.search(
            text="orders", example=(page.id, 1), top=len(TEXTS), example_weight=example_weight
        )
        assert [hit.word for hit in hits] == np.argsort(-expected, kind="stable").tolist()
        assert {hit.example_weight for hit in hits} == {example_weight}


def test_the_weight_is_that_of_the_card_and_only_of_composed_queries(index):
    (page,) = index.pages
    both = {"text": "orders", "example": (page.id, 1)}
    assert {hit.example_weight for hit in index.search(**both)} == {0.5}
    index.set_model(MarkModel(index.model.network, {"calibration": {"balance": [-1, 0, 0, 0.5, 0, 0]}}))
    clicked = index._snapshot().compare(page.encoding.select([1]))
    best = np.sort(np.clip(np.delete(clicked, 1), -20, 8))[-5:].mean()
    (example_weight,) = {hit.example_weight for hit in index.search(**both)}
    assert (
        example_weight
        == index.weight("orders", (page.id, 1))
        == pytest.approx(1 / (1 + np.exp(1 - 0.5 * best)))
    )
    assert {hit.example_weight for hit in index.search(text="orders")} == {None}
    assert {hit.example_weight for hit in index.search(example=(page.id, 1), example_weight=0.2)} == {None}
    for example_weight in (-0.1, 1.5, float("nan")):
        with pytest.raises(MarkError, match="between 0 and 1"):
            index.search(**both, example_weight=example_weight)


def test_typed_hits_are_sorted_and_limited(index):
    hits = index.search(text="orders", top=5)
    assert len(hits) == 5
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)
    assert index.search(text="orders", top=0) == []


def test_pages_come_and_go(index):
    first = index.pages[0].id
    second = index.add(*make_page("other", 1))
    assert len(index) == 2 * len(TEXTS)
    assert {hit.page for hit in index.search(text="orders", top=99)} == {first, second}
    assert {hit.page for hit in index.search(text="orders", top=99, pages=[second])} == {second}
    index.remove(first)
    assert {hit.page for hit in index.search(text="orders", top=99)} == {second}
    with pytest.raises(MarkError, match="no longer"):
        index.search(example=(first, 0))
    assert index.add(*make_page("third")) not in (first, second)


def test_a_query_touches_no_pixels(index, monkeypatch):
    """Index once, query cheaply: neither cropping nor the image tower may run for an indexed example."""

    def fail(*args, **kwargs):
        raise AssertionError("pixels were touched")

    monkeypatch.setattr(index.model.network, "images", fail)
    page = index.pages[0]
    object.__setattr__(page.page, "pixels", None)
    assert index.search(text="orders")
    assert index.search(example=(page.id, 0))
    assert index.search(text="orders", example=(page.id, 0))


def test_a_page_without_words_is_refused_and_nothing_is_lost(index):
    blank = Page(np.full((300, 300, 3), 255, np.uint8), "blank", "x")
    with pytest.raises(MarkError, match="No words"):
        index.add(blank)
    assert len(index.pages) == 1
    assert index.search(text="orders")


def test_decisions_move_what_is_like_them(index):
    (page,) = index.pages
    plain = index.search(text="orders", top=99)
    assert index.search(text="orders", top=99, confirmed=(), rejected=()) == plain
    confirmed = index.search(text="orders", top=99, confirmed=[(page.id, 3)])
    assert confirmed[0].word == 3
    rejected = index.search(text="orders", top=99, rejected=[(page.id, 0)])
    before, after = ({hit.word: hit.score for hit in hits} for hits in (plain, rejected))
    assert all(after[word] < before[word] for word in (0, 2, 6))  # the twins go with it
    with pytest.raises(MarkError, match="no longer"):
        index.search(text="orders", rejected=[(page.id, 99)])


def crop(page, number):
    x, y, w, h = page.words[number].box
    return page.page.grey[y : y + h, x : x + w].copy()


def test_a_judged_hit_of_another_index_counts_as_its_crop(index):
    (page,) = index.pages
    plain = index.search(text="orders", top=99)
    confirmed = index.search(text="orders", top=99, confirmed=[[crop(page, 3)]])
    assert confirmed[0].word == 3
    rejected = index.search(text="orders", top=99, rejected=[[crop(page, 0)]])
    before, after = ({hit.word: hit.score for hit in hits} for hits in (plain, rejected))
    assert all(after[word] < before[word] for word in (0, 2, 6))


def test_a_confirmed_phrase_says_nothing_of_its_first_word_alone(index):
    (page,) = index.pages
    plain = {hit.word: hit.score for hit in index.search(text="letter orders", top=99)}
    for reference in ((page.id, 1), [crop(page, 1), crop(page, 2)]):  # "letter orders" stands at 1 and at 5
        hits = index.search(text="letter orders", top=99, confirmed=[reference])
        assert {hit.word for hit in hits[:2]} == {1, 5}
        assert all(hit.score > plain[hit.word] for hit in hits[:2])
    # "orders letter" at 0 shares a word with the rejected "orders captain" at 2: the other word must count too
    rejected = {
        hit.word: hit.score for hit in index.search(text="orders letter", top=99, rejected=[(page.id, 2)])
    }
    alone = {hit.word: hit.score for hit in index.search(text="orders letter", top=99)}
    assert alone[2] / rejected[2] > alone[0] / rejected[0]


def test_judged_words_are_compared_once_for_many_searches(index, monkeypatch):
    (page,) = index.pages
    asked = []
    compare = Snapshot.compare
    monkeypatch.setattr(Snapshot, "compare", lambda self, *rest: asked.append(1) or compare(self, *rest))
    judged = {"confirmed": [(page.id, 3), [crop(page, 1)]], "rejected": [(page.id, 0), [crop(page, 5)]]}
    first = index.search(text="orders", **judged)
    index.search(text="letter", **judged)
    assert len(asked) == 4
    assert index.search(text="orders", **judged) == first
    asked.clear()
    index.edit_words(page.id, remove_words(page.words, [7]))  # other words, other likenesses
    index.search(text="orders", confirmed=[(page.id, 3)])
    assert len(asked) == 1


def test_corrected_boxes_are_as_if_they_had_always_been_so(index, random_model, monkeypatch):
    (page,) = index.pages
    size = (page.page.width, page.page.height)
    words = remove_words(merge_words(split_word(page.words, 0, 0.4), [2, 3]), [5])
    words = add_word(words, (300, 300, 60, 40), size)
    seen = []
    look = random_model.look
    monkeypatch.setattr(
        random_model, "look", lambda strips, told=None: seen.append(len(strips)) or look(strips, told)
    )
    index.edit_words(page.id, words)
    assert seen == [4]  # two halves, one join, one drawn box; the rest is not looked at again
    other = WordIndex(random_model)
    other.add(page.page, words)
    (revised,), (expected,) = index.pages, other.pages
    assert revised.words == expected.words
    np.testing.assert_allclose(revised.encoding.vectors, expected.encoding.vectors, atol=2e-3)
    assert revised.encoding.counts.tolist() == expected.encoding.counts.tolist()
    np.testing.assert_allclose(revised.encoding.letters, expected.encoding.letters, atol=0.05)
    assert {hit.word for hit in index.search(text="orders", top=99)} == set(range(len(words)))
    index.edit_words(page.id, page.words)  # undone
    np.testing.assert_allclose(index.pages[0].encoding.vectors, page.encoding.vectors, atol=2e-3)
    index.edit_words(page.id, [])
    assert index.search(text="orders") == []
    with pytest.raises(MarkError, match="no longer"):
        index.edit_words("p9", words)


def test_a_page_of_another_index_is_taken_over_without_looking(index, random_model, monkeypatch):
    source = index.pages[0]
    own = WordIndex(random_model)
    own.add(*make_page("other", 1))
    with monkeypatch.context() as patch:
        patch.setattr(MarkModel, "look", lambda *_: pytest.fail("looked at again"))
        page_id = own.copy_from(index, source.id)
    copy = own.pages[-1]
    assert (copy.id, copy.words, copy.page) == (page_id, source.words, source.page)
    assert {page.id for page in own.pages} == {"p1", "p2"}
    own.edit_words(page_id, copy.words[1:])
    assert index.pages[0] is source
    torch.manual_seed(5)
    other = WordIndex(MarkModel(MarkNetwork(preset("mark-compact")), {}, "cpu"))
    other.copy_from(index, source.id)
    crops = [source.page.grey[y : y + h, x : x + w] for x, y, w, h in (word.box for word in source.words)]
    np.testing.assert_allclose(other.pages[0].encoding.vectors, other.model.embed_images(crops), atol=2e-3)
    with pytest.raises(MarkError, match="no longer"):
        own.copy_from(index, "p9")


def test_other_weights_see_every_page_again(index, random_model):
    index.add(*make_page("other", 1))
    torch.manual_seed(5)
    other = MarkModel(MarkNetwork(preset("mark-compact")), {"calibration": {"text": [1, 2, 3]}}, "cpu")
    before = index.search(text="orders", top=3)
    index.set_model(other)
    for page in index.pages:
        crops = [page.page.grey[y : y + h, x : x + w] for x, y, w, h in (word.box for word in page.words)]
        np.testing.assert_allclose(page.encoding.vectors, other.embed_images(crops), atol=2e-3)
    assert index.calibration.text == (1, 2, 3)
    index.set_model(random_model)
    assert [hit.word for hit in index.search(text="orders", top=3)] == [hit.word for hit in before]


def test_a_page_corrected_while_other_weights_look_at_it_keeps_its_correction(index, random_model):
    (page,) = index.pages
    words = remove_words(page.words, [0])

    class Slow(MarkModel):
        def look(self, strips, told=None):
            if len(strips) == len(page.words):
                index.edit_words(page.id, words)  # a person corrects a box meanwhile
            return super().look(strips, told)

    index.set_model(Slow(random_model.network, {}, "cpu"))
    assert index.pages[0].words == words
    assert len(index.pages[0].encoding) == len(words)


def scripts_of(page):
    return {SCRIPT_NAMES[number] for number in page.encoding.scripts.tolist()}


def test_a_page_is_read_in_the_script_that_is_told(random_model):
    """Whatever is done with it: numbers alone are read as such in every script, and these weights see none."""
    index = WordIndex(random_model)
    index.add(*make_page("told"), script="greek")
    index.add(*make_page("untold"))
    told, untold = index.pages
    assert (told.script, untold.script) == ("greek", None)
    assert scripts_of(told) == {"greek"} != scripts_of(untold)
    assert all(set(reading) <= set(SCRIPTS["greek"] + "0123456789") for reading in index.readings(told.id))
    blank = told.lines.columns.blank
    read = {told.lines.columns.letters[i] for i in set(told.lines.columns.path.tolist()) if i != blank}
    assert read <= set(SCRIPTS["greek"] + "0123456789 ")

    index.edit_words(told.id, split_word(told.words, 0, 0.4))
    other = WordIndex(random_model)
    copied = other._page(other.copy_from(index, told.id))
    index.set_model(MarkModel(random_model.network, {"name": "another"}))
    moved = WordIndex(random_model)
    moved.copy_from(index, told.id)
    drawn = index.encoded(told.page, told.words, script=told.script)
    for page in (index.pages[0], copied, moved.pages[0], drawn):
        assert (page.script, scripts_of(page)) == ("greek", {"greek"})
    with pytest.raises(MarkError, match="no script runes"):
        index.add(*make_page(), script="runes")
    assert len(index.pages) == 2


def test_a_crop_from_elsewhere_is_read_in_the_script_of_all_pages(random_model, crops):
    index = WordIndex(random_model)
    index.add(*make_page(), script="greek")
    seen = index._snapshot()._encode_example(crops[0]).encoding
    assert [SCRIPT_NAMES[number] for number in seen.scripts] == ["greek"]
    index.add(*make_page(), script="hebrew")
    seen = index._snapshot()._encode_example(crops[0]).encoding
    np.testing.assert_array_equal(seen.letters, random_model.encode(crops[:1]).letters)


def test_words_that_are_drawn_are_read_as_those_around_them(random_model, monkeypatch):
    index = WordIndex(random_model)
    page, words = make_page()
    index.add(page, words[1:])
    (entry,) = index.pages
    asked = []
    monkeypatch.setattr(indexed, "encode_together", lambda *args: asked.append(args) or entry.encoding)
    index.edit_words(entry.id, add_word(entry.words, words[0].box, (page.width, page.height)))
    ((_, strips, script, known, _),) = asked
    assert (len(strips), script) == (1, None)
    assert known.tolist() == entry.encoding.scripts.tolist()


def test_an_index_keeps_the_weights_it_has_learnt(index, random_model, tmp_path):
    torch.manual_seed(6)
    data = to_bytes(MarkNetwork(preset("mark-compact")))
    network = from_bytes(preset("mark-compact"), data)
    learnt = MarkModel(network, make_card(network, data, hand={"base": "x"}), "cpu")
    index.set_model(learnt)
    index.save(tmp_path)
    again = WordIndex.load(tmp_path)
    assert again.model.card["hand"] == {"base": "x"}
    assert again.search(text="orders", top=5) == index.search(text="orders", top=5)
    index.set_model(random_model)
    index.save(tmp_path)
    assert not list(tmp_path.rglob("hand.safetensors"))


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({}, "Type a word"),
        ({"text": "  "}, "Type a word"),
        ({"text": "სიტყვა"}, "click a word"),
        ({"text": "a" * 300}, "300 letters"),
        ({"example": ("p1", 99)}, "no longer"),
        ({"example": ("p9", 0)}, "no longer"),
    ],
)
def test_bad_queries(index, query, sentence):
    with pytest.raises(MarkError, match=sentence):
        index.search(**query)


def test_progress_names_the_steps(random_model):
    steps = []
    WordIndex(random_model).add(*make_page(), progress=lambda step, done: steps.append((step, done)))
    assert [step for step, _ in steps] == ["Finding words", "Learning their shapes", "Learning their shapes"]
    assert steps[-1][1] == 1.0


def test_a_page_that_was_removed_is_put_back(index, random_model):
    page = index.pages[0]
    before = [(hit.word, hit.score) for hit in index.search(text="orders")]
    index.remove(page.id)
    index.restore([page], random_model)
    assert [(hit.word, hit.score) for hit in index.search(text="orders")] == before
    assert index.pages[0].encoding is page.encoding
    later = index.add(*make_page("later"))
    index.remove(later)
    index.restore([page])
    assert index.add(*make_page("last")) not in (page.id, later)


def test_a_page_put_back_after_other_weights_came_is_looked_at_again(index, random_model):
    page = index.pages[0]
    index.remove(page.id)
    torch.manual_seed(3)
    index.set_model(MarkModel(MarkNetwork(preset("mark-compact")), device="cpu"))
    index.restore([page], random_model)
    other = WordIndex(index.model)
    other.add(page.page, page.words)
    assert np.array_equal(index.pages[0].encoding.vectors, other.pages[0].encoding.vectors)
    assert not np.allclose(index.pages[0].encoding.vectors, page.encoding.vectors)


def test_pages_of_several_indexes_are_gathered(index, random_model):
    other = WordIndex(random_model)
    other.add(*make_page("other", 1))
    gathered = index.merged([(other, "p1"), (index, index.pages[0].id)])
    assert [(page.id, page.page.name) for page in gathered.pages] == [("p1", "other"), ("p2", "page")]
    assert gathered.pages[0].encoding is other.pages[0].encoding
    assert len(index.pages) == len(other.pages) == 1


def test_saved_and_opened(index, tmp_path, random_model):
    index.add(*make_page("other", 1))
    index.save(tmp_path / "saved")
    again = WordIndex.load(tmp_path / "saved", random_model)
    assert [p.id for p in again.pages] == [p.id for p in index.pages]
    assert [p.page.name for p in again.pages] == ["page", "other"]
    assert again.pages[0].words == index.pages[0].words
    assert again.search(text="orders", top=9) == index.search(text="orders", top=9)
    assert isinstance(again.search(example=("p2", 0))[0], Hit)
    assert again.add(*make_page("new")) == "p3"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"version": 9}, "another version"),
        ({"weights": "abc"}, "other weights"),
        ({"format": "zip"}, "no MARK index"),
        ({"pages": [{"id": "../../x"}]}, "damaged"),
        ({"pages": 3}, "damaged"),
    ],
)
def test_an_index_that_does_not_fit_is_refused(index, tmp_path, random_model, change, sentence):
    index.save(tmp_path)
    description = json.loads((tmp_path / "index.json").read_text()) | change
    (tmp_path / "index.json").write_text(json.dumps(description))
    with pytest.raises(MarkError, match=sentence):
        WordIndex.load(tmp_path, random_model)


def test_damaged_or_missing_files(index, tmp_path, random_model):
    with pytest.raises(MarkError, match="no MARK index"):
        WordIndex.load(tmp_path / "none", random_model)
    index.save(tmp_path)
    (words,) = tmp_path.glob("data-*/words.npz")
    words.write_bytes(b"not a zip")
    with pytest.raises(MarkError, match="damaged"):
        WordIndex.load(tmp_path, random_model)


def test_readings_are_those_of_the_hits(index):
    page = index.pages[0].id
    readings = index.readings(page)
    assert len(readings) == len(TEXTS)
    assert {hit.word: hit.reads for hit in index.search(text="orders", top=99)} == dict(enumerate(readings))
    with pytest.raises(MarkError, match="no longer"):
        index.readings("p9")


def test_a_ground_counts_the_words_of_other_indexes_too(index, random_model):
    (page,) = index.pages
    other = WordIndex(random_model)
    other.add(*make_page())
    other.add(*make_page())
    for query in ({"text": "orders", "example": (page.id, 1)}, {"text": "ord*"}):
        beside = other.measures(query["text"], crop(page, 1) if "example" in query else None)
        alone = index.explain((page.id, 3), **query).grounds
        both = {one.kind: one for one in index.explain((page.id, 3), **query, beside=[beside]).grounds}
        assert set(both) == {one.kind for one in alone} == set(beside)
        for one in alone:
            assert both[one.kind].of == 3 * one.of
            own = np.sort(index.measures(**query)[one.kind])[::-1]
            better = (beside[one.kind] > own[one.rank - 1]).sum()
            assert both[one.kind].rank == one.rank + better
