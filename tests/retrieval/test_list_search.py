from types import SimpleNamespace

import pytest

from mark_core.errors import MarkError
from mark_core.retrieval import list_search
from mark_core.retrieval.hit import Hit
from mark_core.retrieval.list_search import MAX_TERMS, Found, read_terms, search_list


class Shelf(SimpleNamespace):
    """An index with words of known probability: {term: scores}."""

    def __len__(self) -> int:
        return 1000

    def search(self, text, top, pages, variants):
        if text == "*":
            raise MarkError("A pattern needs at least one letter.")
        self.asked = pages, variants
        scores = sorted(self.words.get(text, []), reverse=True)
        return [Hit("p1", n, (0, 0, 9, 9), score, n + 1, 0) for n, score in enumerate(scores[:top])]


def test_terms_are_lines_without_repetition():
    assert read_terms("\ufeffFort\n\n fort  Cumberland \r\nFort\n") == ["Fort", "fort Cumberland"]
    assert read_terms("a\na\nb") == ["a", "b"]
    assert len(read_terms("\n".join(f"n{i}" for i in range(MAX_TERMS)))) == MAX_TERMS
    with pytest.raises(MarkError, match="at most 500 lines; this one has 501"):
        read_terms("\n".join(f"n{i}" for i in range(MAX_TERMS + 1)))
    with pytest.raises(MarkError, match="empty"):
        read_terms(" \n\t\n")


def test_hits_of_all_sources_are_counted_and_the_best_is_named():
    one = Shelf(words={"fort": [0.9, 0.4], "york": [0.2]})
    two = Shelf(words={"fort": [0.95, 0.5]})
    found = search_list([(one, None), (two, ["p1"])], ["fort", "york", "*", "none"], variants=True)
    assert [(f.term, f.count, f.source) for f in found] == [
        ("fort", 3, 1),
        ("york", 0, 0),
        ("*", 0, 0),
        ("none", 0, 0),
    ]
    assert [f.best and f.best.score for f in found] == [0.95, 0.2, None, None]
    assert found[2] == Found("*", problem="A pattern needs at least one letter.")
    assert two.asked == (["p1"], True)


def test_frequent_words_are_counted_to_the_end(monkeypatch):
    monkeypatch.setattr(list_search, "_FIRST", 3)
    shelf = Shelf(words={"the": [0.9] * 7 + [0.1]})
    assert search_list([(shelf, None)], ["the"])[0].count == 7
    assert search_list([(shelf, None)], ["the"], threshold=0.05)[0].count == 8


def test_progress_is_told_and_may_end_it():
    shelf, steps = Shelf(words={}), []
    search_list([(shelf, None)], ["a", "b"], progress=lambda step, done: steps.append(done))
    assert steps == [0.0, 0.5, 1.0]

    def stop(step, done):
        if done:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        search_list([(shelf, None)], ["a", "b"], progress=stop)
