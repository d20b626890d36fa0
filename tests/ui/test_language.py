"""Every string of the interface has its line in the table of every language, and every line is used."""

from __future__ import annotations

import ast
import json
import re

import pytest

from mark_core.ui import language

from . import strings

PLACEHOLDER = re.compile(r"\{(\w+)\*?\}")
OTHERS = {  # what can be typed, values of a sentence of the library
    "a–z and 0–9",
    "Latin, Greek, Cyrillic, Hebrew, Arabic and Mongolian letters and 0–9",
}
SAME = {
    "Escape",
    "Enter",
    "Delete",
    "End",
    "Home",
    "Files",
    "English",
    "Deutsch",
}  # keys; a language in itself


def of_scripts() -> tuple[set[str], dict[str, str]]:
    single: set[str] = set()
    forms: dict[str, str] = {}
    for name, code in strings.scripts().items():
        if name != "shared/language.js":
            said, counted = strings.in_javascript(code)
            single |= said
            forms |= counted
    return single, forms


def wanted() -> set[str]:
    single, forms = of_scripts()
    html = set().union(*map(strings.in_html, strings.fragments().values()))
    app = set(strings.texts_in(strings.SERVER / "app.py")) & {"Find words", "About"}
    served = strings.of_the_server() | strings.of_the_library() | strings.of_the_samples()
    return single | set(forms) | html | app | served | OTHERS


@pytest.mark.parametrize("code", language.TABLES)
def test_every_string_has_a_translation(code: str) -> None:
    assert wanted() - set(language.table(code)) == set()


@pytest.mark.parametrize("code", language.TABLES)
def test_no_translation_is_left_over(code: str) -> None:
    assert set(language.table(code)) - wanted() == set()


@pytest.mark.parametrize("code", language.TABLES)
def test_placeholders_are_those_of_the_english(code: str) -> None:
    for english, entry in language.table(code).items():
        named = set(PLACEHOLDER.findall(english))
        for form, text in (entry if isinstance(entry, dict) else {"other": entry}).items():
            silent = {"n"} if form == "one" else set()  # one thing needs no number
            assert named - silent <= set(PLACEHOLDER.findall(text)) <= named, english
            assert text.strip(), english


@pytest.mark.parametrize("code", language.TABLES)
def test_forms_are_given_only_where_a_number_decides(code: str) -> None:
    _, forms = of_scripts()
    for english, entry in language.table(code).items():
        if isinstance(entry, dict):
            assert english in forms, english
            assert "other" in entry, english


@pytest.mark.parametrize("code", language.TABLES)
def test_a_line_is_written_once(code: str) -> None:
    text = (language.ASSETS / "languages" / f"{code}.json").read_text(encoding="utf-8")
    pairs: list[str] = []
    json.loads(text, object_pairs_hook=lambda found: pairs.extend(key for key, _ in found) or dict(found))
    keys = [key for key in pairs if key not in ("one", "few", "many", "other", "two", "zero")]
    assert sorted(keys) == sorted(set(keys))


def test_scripts_say_nothing_past_the_tables() -> None:
    for name, code in strings.scripts().items():
        if name != "shared/language.js":
            assert strings.unsaid(code) - SAME == set(), name


def test_no_sentence_of_the_server_is_put_together_before_it_is_said() -> None:
    assert strings.formatted_messages(strings.SERVER) == []


def test_sentences_of_the_server_are_collected() -> None:
    said = strings.of_the_server()
    assert "Box deleted. Undo is possible." in said  # a message
    assert "There are pages 1 to {last}, so “{part}” cannot be chosen." in said  # an error
    assert "This session has ended." in said  # by name
    assert (
        "The list is too long; at most {limit} letters are taken." in said
    )  # given to a function that raises it
    code = 'def f(n):\n    raise MarkError(f"{n} is too long.")\n'
    (given,) = strings.messages_in(ast.parse(code))
    assert isinstance(given, ast.JoinedStr)


def test_the_collection_sees_what_it_is_for() -> None:
    html = '<p title="A title">A text <b translate="no">CSV</b><input aria-label="A label">more</p>'
    assert strings.in_html(html) == {"A title", "A text", "A label", "more"}
    code = 'put(a, tr("One {x}.", { x: 1 }), plural(n, "{n} cat", "{n} cats"), count(sum(a, b), "page", "pages"));'
    assert strings.in_javascript(code) == ({"One {x}."}, {"{n} cats": "{n} cat", "{n} pages": "{n} page"})
    with pytest.raises(ValueError, match="not a text"):
        strings.in_javascript("tr(LABELS[kind])")
    assert strings.unsaid('say("This was forgotten."); tr("This was not.");') == {"This was forgotten."}
    assert strings.unsaid("say(`The page ${title} was forgotten.`);") != set()


def test_the_script_cannot_end_its_element_early() -> None:
    script = language.script()
    assert script.count("</") == 1
    assert script.endswith("</script>")


def test_the_manual_names_what_the_page_shows() -> None:
    manual = (strings.ROOT / "docs" / "usage.md").read_text(encoding="utf-8")
    page = manual.split("## The page")[1].split("\n## ")[0]
    named = {" ".join(name.split()) for name in re.findall(r'(?<!`)"([A-Z][^"`]+)"', page)}
    assert len(named) > 12
    assert named - wanted() == set()
