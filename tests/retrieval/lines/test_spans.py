"""Spans in the columns of lines: what is found, and that the fast search finds what a slow one does."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mark_core.retrieval.lines.automaton import automaton, pattern_of
from mark_core.retrieval.lines.columns import LineColumns
from mark_core.retrieval.lines.spans import every_span, find_spans
from mark_core.retrieval.lines.spikes import find_spikes
from mark_core.retrieval.query import parse_query

LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789 "
BLANK = len(LETTERS)


def columns_that_read(lines, seed=0, noise=0.0, wide=3):
    """Lines whose letters are read in one to ``wide`` columns each with a blank between; noise: how unsure."""
    random = np.random.default_rng(seed)
    dense = []
    for text in lines:
        path = []
        for letter in text:
            path += [LETTERS.index(letter)] * int(random.integers(1, wide + 1)) + [BLANK]
        logits = (
            random.normal(0, noise, (len(path), BLANK + 1)) if noise else np.zeros((len(path), BLANK + 1))
        )
        logits[np.arange(len(path)), path] += 8
        dense.append(logits - np.log(np.exp(logits).sum(axis=1, keepdims=True)))
    return LineColumns.from_dense(dense, LETTERS)


def search(columns, text, variants=False, **options):
    return find_spans(columns, pattern_of(parse_query(text, variants)), find_spikes(columns), **options)


LINES = [
    "the orders of captain waggener",
    "col nel washington and the colonel",
    "orders are orders",
    "to winchester the winter",
    "vnder the hors",
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("orders", [(0, "orders"), (2, "orders"), (2, "orders")]),
        ("the", [(0, "the"), (1, "the"), (3, "the"), (4, "the")]),
        ("col?nel", [(1, "colonel")]),
        ("win*", [(3, "winchester"), (3, "winter")]),
        ("*ter", [(3, "winchester"), (3, "winter")]),
        ("w*n", [(1, "washington")]),
        ("are orders", [(2, "are orders")]),
        ("order~1", [(0, "orders"), (2, "orders"), (2, "orders")]),
        ("ordrs~1", [(0, "orders"), (2, "orders"), (2, "orders")]),
        ("oxders~1", [(0, "orders"), (2, "orders"), (2, "orders")]),
        ("odrs~2", [(0, "orders"), (2, "orders"), (2, "orders"), (4, "hors")]),
    ],
)
@pytest.mark.parametrize("noise", [0.0, 0.5])
def test_what_is_typed_is_found_from_space_to_space(text, found, noise):
    columns = columns_that_read(LINES, noise=noise)
    spans = search(columns, text)
    sure = spans.select(np.flatnonzero(spans.score > -0.3))
    texts = []
    for line, start, stop in zip(sure.line.tolist(), sure.start.tolist(), sure.stop.tolist(), strict=True):
        path = columns.dense(line)[start:stop].argmax(axis=1)
        read = "".join(LETTERS[k] for k, _ in itertools.groupby(path.tolist()) if k != BLANK)
        texts.append((line, read))
    assert sorted(texts) == found


def test_old_spellings_are_found_where_they_count():
    columns = columns_that_read(LINES)
    assert search(columns, "under").score.max(initial=-9) < -0.5
    assert search(columns, "under", variants=True).score[0] > -0.1
    assert search(columns, "waggenner", variants=True).score[0] > -0.1


def test_a_part_of_a_word_is_no_hit():
    columns = columns_that_read(LINES)
    for part in ("order", "wash", "ington", "ster"):
        assert search(columns, part).score.max(initial=-9) < -0.5


def test_a_question_mark_is_a_letter_and_not_the_rest_of_the_one_before():
    columns = columns_that_read(["orders oorders"], wide=4)
    spans = search(columns, "o?rders")
    assert spans.score[0] > -0.1
    assert len(spans.select(np.flatnonzero(spans.score > -0.5))) == 1


def test_a_question_mark_is_one_letter_and_not_several():
    columns = columns_that_read(["ab abxb"])
    assert search(columns, "a?b").score.max(initial=-9) < -0.5
    assert search(columns, "a?xb").score[0] > -0.1


def test_a_doubled_letter_is_not_a_single_one():
    columns = columns_that_read(["leter", "letter"])
    spans = search(columns, "letter")
    assert spans.line[0] == 1
    assert len(spans) == 1 or spans.score[1] < -0.5


def reference(dense, texts, letters):
    """The best score of any of ``texts`` (each with its spaces) anywhere in a line: plain dynamic programming over
    one line and one text at a time, spaces put before and behind the line."""
    space, blank = letters.index(" "), len(letters)
    edge = np.full((1, blank + 1), -1e4)
    edge[0, space] = 0
    log_p = np.concatenate([edge, dense, edge])
    ahead = log_p - log_p.max(axis=1, keepdims=True)
    best = -1e4
    for text in texts:
        labels = [blank]
        for letter in text:
            labels += [letters.index(letter), blank]
        score = np.full(len(labels), -1e4)
        for column in ahead:
            after = score.copy()
            for s in range(len(labels)):
                options = [score[s]]
                if s > 1:
                    options.append(score[s - 1])
                    if labels[s] != blank and labels[s] != labels[s - 2]:
                        options.append(score[s - 2])
                if s == 1:
                    options.append(0.0)
                if s == 0:
                    options = [-1e4]
                after[s] = max(options) + column[labels[s]]
            score = after
            best = max(best, score[-2])
    return best


SMALL = "ab "
reads = st.lists(st.lists(st.floats(-6, 0), min_size=4, max_size=4), min_size=2, max_size=9).map(
    lambda rows: np.array(rows) - np.log(np.exp(rows).sum(axis=1, keepdims=True))
)


@settings(max_examples=60)
@given(reads, st.sampled_from(["a", "ab", "aab", "ba", "a b", "bb a"]))
def test_words_and_phrases_score_as_a_slow_search_says(dense, text):
    columns = LineColumns.from_dense([dense], SMALL)
    kept = columns.dense(0).astype(np.float64)
    spans = every_span(columns, pattern_of(parse_query(text)))
    expected = reference(kept, [f" {text} "], SMALL) / (len(text) + 2)
    found = spans.score[0] if len(spans) else -12.0
    assert found == pytest.approx(max(expected, -12.0), abs=0.02)


@settings(max_examples=40)
@given(reads, st.sampled_from(["a*", "*b", "a*b", "ab~1", "b~0"]))
def test_patterns_score_as_all_that_they_stand_for(dense, text):
    columns = LineColumns.from_dense([dense], SMALL)
    kept = columns.dense(0).astype(np.float64)
    every = ["".join(letters) for n in range(1, 6) for letters in itertools.product("ab", repeat=n)]
    if "~" in text:
        word, edits = text.split("~")
        texts = [one for one in every if _distance(one, word) <= int(edits)]
    else:
        texts = [one for one in every if re.fullmatch(text.replace("*", ".*"), one)]
    pattern = pattern_of(parse_query(text))
    spans = every_span(columns, pattern)
    expected = reference(kept, [f" {one} " for one in texts], SMALL) / pattern.given
    found = spans.score[0] if len(spans) else -12.0
    # a letter put between must show as a change of the likeliest class, so a pattern may score a little less
    assert found <= max(expected, -12.0) + 0.02


def _distance(a, b):
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row, last = [i], row
        for j, y in enumerate(b, 1):
            row.append(min(last[j] + 1, row[-1] + 1, last[j - 1] + (x != y)))
    return row[-1]


@given(st.integers(0, 10_000))
def test_the_first_look_loses_nothing_that_is_read_well(seed):
    random = np.random.default_rng(seed)
    words = ["the", "orders", "of", "colonel", "washington", "to", "fort", "a", "virginia"]
    lines = [" ".join(random.choice(words, 7)) for _ in range(12)]
    columns = columns_that_read(lines, seed, noise=1.0)
    for word in ("the", "orders", "washington", "a"):
        pattern = pattern_of(parse_query(word))
        slow = every_span(columns, pattern)
        fast = find_spans(columns, pattern, find_spikes(columns))
        best = dict(zip(fast.line.tolist()[::-1], fast.score.tolist()[::-1], strict=True))
        for line, score in zip(slow.line.tolist(), slow.score.tolist(), strict=True):
            if score > -1.0:
                assert best[line] == pytest.approx(score, abs=1e-3)


@settings(max_examples=30, deadline=None)
@given(
    st.integers(0, 10_000), st.sampled_from(["orders", "or*s", "o?ders", "orders~1", "colonel~2", "to fort"])
)
def test_the_first_look_finds_the_same_best_spans_as_a_full_scan(seed, text):
    random = np.random.default_rng(seed)
    words = ["the", "orders", "ordres", "of", "colonel", "washington", "to", "fort", "a", "virginia"]
    columns = columns_that_read([" ".join(random.choice(words, 7)) for _ in range(12)], seed, noise=1.0)
    pattern = pattern_of(parse_query(text))
    slow, fast = every_span(columns, pattern), find_spans(columns, pattern, find_spikes(columns))
    found = {
        (line, start): score for line, start, score in zip(fast.line, fast.start, fast.score, strict=True)
    }
    for line, start, score in zip(slow.line, slow.start, slow.score, strict=True):
        if score > -0.8:
            assert found[line, start] == pytest.approx(score, abs=1e-3)


def test_lines_looked_at_in_blocks_are_found_as_those_looked_at_together(monkeypatch):
    columns = columns_that_read(LINES * 20, noise=1.0)
    expected = search(columns, "orders", most=1000)
    monkeypatch.setattr("mark_core.retrieval.lines.spikes._BLOCK", 64)
    found = search(columns, "orders", most=1000)
    assert sorted(zip(found.line, found.start, found.stop, strict=True)) == sorted(
        zip(expected.line, expected.start, expected.stop, strict=True)
    )


def test_lines_do_not_see_each_other():
    columns = columns_that_read(LINES, noise=1.0)
    spans = search(columns, "orders")
    for line in (0, 2):
        alone = search(columns.select([line]), "orders")
        mine = spans.select(np.flatnonzero(spans.line == line))
        assert np.allclose(np.sort(mine.score), np.sort(alone.score)[-len(mine) :], atol=1e-4)
    assert not len(search(columns.select([]), "orders"))


def test_states_of_a_word_are_its_letters_and_blanks():
    machine = automaton(pattern_of(parse_query("an")), LETTERS)
    assert len(machine.of) == 2 * 4
    assert machine.given == 4
    assert machine.last.sum() == 1
