"""Words typed in full are found abbreviated: the tables, their rules, and their vote in a search."""

import re

import numpy as np
import pytest

import mark_core as mark
from mark_core.model.alphabet import ALPHABET, fold_lenient, is_folded
from mark_core.retrieval.gallery import Gallery
from mark_core.retrieval.query import parse_query
from mark_core.retrieval.typed import term_logits
from mark_core.retrieval.variants.abbreviations import (
    LANGUAGES,
    MAX_FORMS,
    abbreviation_table,
    abbreviations,
)
from tests.conftest import encoding_that_reads
from tests.retrieval.test_typed import READING_ALONE, Silent

WRITTEN = [
    ("la", "omnia", "om̄ia"), ("la", "omnibus", "omībꝰ"), ("la", "per", "ꝑ"), ("la", "pro", "ꝓ"), ("la", "quod", "ꝙ"),
    ("la", "que", "q̄"), ("la", "malorum", "maloꝝ"), ("la", "contra", "ꝯtra"), ("la", "dicitur", "dicit᷑"),
    ("la", "semper", "semꝑ"), ("la", "tempore", "tꝑe"), ("la", "unus", "unꝰ"), ("la", "dominus", "dn̄s"),
    ("la", "Christi", "xp̄i"), ("la", "Iesus", "ih̄s"), ("la", "deus", "d̄s"), ("la", "quibus", "qͥb"),
    ("la", "vestra", "vr̄a"),
    ("fr", "et", "7"), ("fr", "chevalier", "chlr̄"), ("fr", "conte", "ꝯte"), ("fr", "grant", "grāt"),
    ("it", "nostro", "nr̄o"), ("it", "quando", "quādo"), ("it", "persona", "ꝑsona"),
    ("es", "dicho", "dh̄o"), ("es", "merced", "mᵈ"), ("es", "tiempo", "tp̄o"), ("es", "que", "q̃"),
    ("de", "komen", "komē"), ("de", "nimmer", "nīmer"), ("de", "gulden", "fl."), ("de", "vnd", "vn̄"),
    ("en", "honourable", "hon.ble"), ("en", "received", "rec'd"), ("en", "which", "wᶜʰ"), ("en", "the", "yᵉ"),
    ("en", "government", "governmᵗ"), ("en", "person", "ꝑson"),
]  # fmt: skip


@pytest.mark.parametrize(("language", "word", "written"), WRITTEN)
def test_what_was_written_is_among_the_forms(language, word, written):
    assert fold_lenient(written) in abbreviations(fold_lenient(word), language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_tables_are_folded_and_their_rules_shorten(language):
    table = abbreviation_table(language)
    assert len(table.words) > 30
    assert len(table.rules) > 10
    for word, forms in table.words.items():
        assert is_folded(word, ALPHABET)
        assert not set(word) & set("vj")
        assert forms
        for form in forms:
            assert is_folded(form, ALPHABET)
            assert form != word
    for pattern, to in table.rules:
        assert re.fullmatch(r"(\\1|[a-z0-9])*", to)
        assert len(to.replace("\\1", "x")) < len(
            re.sub(r"\(\?<?[=!][^)]*\)|[$^()?|\]]|\[[^\]]*", "x", pattern.pattern)
        )


@pytest.mark.parametrize("language", LANGUAGES)
def test_forms_are_few_shorter_and_other_than_the_word(language):
    for word in ("circumstantiarumque", "incomparabilibus", "commendamus", "a", "1755", "und", "orders"):
        forms = abbreviations(word, language)
        assert len(forms) == len(set(forms)) <= MAX_FORMS
        assert word not in forms
        assert all(0 < len(form) <= len(word) for form in forms)
    assert abbreviations("1755", language) == []


def test_u_and_v_i_and_j_are_one_letter_in_the_tables():
    assert abbreviations("unde", "la")[0] == "un"
    assert abbreviations("vnde", "la")[0] == "vn"  # the first letter stays as it is typed
    assert abbreviations("jesus", "la")[0] == "jhs"
    assert abbreviations("diuinus", "la") == [f.replace("v", "u") for f in abbreviations("divinus", "la")]


def logits(query: str, words: list[str], language: str | None) -> np.ndarray:
    gallery = Gallery(encoding_that_reads(words, 16))
    (term,) = parse_query(query, abbreviations_of=language)
    return term_logits(gallery, Silent(), READING_ALONE, term)


def test_an_abbreviation_votes_less_surely_than_the_word():
    words = ["omnia", "omia", "orders"]
    full, short, other = logits("omnia", words, "la")
    assert full > short > 0 > other
    plain = logits("omnia", words, None)
    assert plain[0] == full
    assert plain[1] < short
    assert (logits("omnia", words, "la") >= plain).all()


def test_patterns_and_phrases_keep_their_meaning():
    (term,) = parse_query("omni*", abbreviations_of="la")
    assert term.abbreviated == ()
    assert [term.abbreviated[:1] for term in parse_query("per omnia", abbreviations_of="la")] == [
        ("p",),
        ("omia",),
    ]
    with pytest.raises(mark.MarkError, match="la, fr, it"):
        parse_query("omnia", abbreviations_of="xx")


def test_a_search_of_an_index_takes_the_language(random_model):
    index = mark.WordIndex(random_model)
    page = mark.load_page(np.tile(np.array([[240, 240, 30, 30]], np.uint8), (60, 60)))
    words = [mark.Word((10, 10, 40, 30)), mark.Word((80, 10, 40, 30))]
    page_id = index.add(page, words)
    plain = {hit.word: hit.score for hit in index.search(text="omnia")}
    wider = {hit.word: hit.score for hit in index.search(text="omnia", abbreviations="la")}
    assert all(wider[word] >= plain[word] for word in plain)
    assert index.explain((page_id, 0), text="omnia", abbreviations="la").words
    with pytest.raises(mark.MarkError):
        index.search(text="omnia", abbreviations="xx")
