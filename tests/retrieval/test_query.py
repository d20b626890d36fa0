import pytest
from hypothesis import given
from hypothesis import strategies as st

from mark_core import MarkError
from mark_core.retrieval.query import MAX_TERMS, Term, parse_query
from mark_core.retrieval.variants.spellings import spellings


@pytest.mark.parametrize(
    ("typed", "terms"),
    [
        ("Orders", (Term(tuple("orders"), "orders"),)),
        ("“Fort  Cumberland”", (Term(tuple("fort"), "fort"), Term(tuple("cumberland"), "cumberland"))),
        ("winch*", (Term((*"winch", "*"), None),)),
        ("*ch**er", (Term(("*", *"ch", "*", *"er"), None),)),
        ("col?nel", (Term((*"col", "?", *"nel"), None),)),
        ("orders~1", (Term(tuple("orders"), "orders", 1),)),
        ("orders~", (Term(tuple("orders"), "orders", 1),)),
        ("a , b", (Term(("a",), "a"), Term(("b",), "b"))),
    ],
)
def test_what_can_be_typed(typed, terms):
    assert parse_query(typed) == terms


def test_variants_are_classes_of_letters():
    (term,) = parse_query("vita", variants=True)
    assert term == Term(("uv", "ijy", "t", "a"), "vita", variants=True)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("  ", "at least one letter"),
        ("?!", "at least one letter"),
        ("***", "at least one letter beside"),
        ("a b c d e f g", f"at most {MAX_TERMS} words"),
        ("orders~3", "At most 2 letters"),
        ("a~1", "too short"),
        ("or*~1", "either ~ or"),
        ("λόγος", "click a word"),
        ("λό*", "click a word"),
    ],
)
def test_what_cannot(typed, sentence):
    with pytest.raises(MarkError, match=sentence):
        parse_query(typed)


@given(st.text(max_size=40))
def test_any_text_is_parsed_or_refused_in_a_sentence(text):
    try:
        terms = parse_query(text)
    except MarkError as error:
        terms, sentence = None, str(error)
    if terms is None:
        assert sentence.endswith(".")
    else:
        assert all(term.literal for term in terms)


def test_spellings_nearest_first():
    assert spellings("vita")[0] == "vita"
    assert {"uita", "vjta", "vyta"} == set(spellings("vita", 4)[1:])
    assert "uyta" in spellings("vita", 12)
    assert spellings("letter") == ["letter", "leter"]
    assert spellings("abc") == ["abc"]
