"""The languages of the interface: English, and one table of strings for every other one.

A sentence is written in English where it is said, and that English sentence is its key in
``assets/languages/de.json`` and ``fr.json``. So for a new sentence:

- in HTML, write it as text, ``aria-label``, ``title`` or ``placeholder``; it is found there by itself;
- in JavaScript, ``tr("Moved to place {place}.", { place })``; where a number decides about the form,
  ``plural(n, "{n} page is open.", "{n} pages are open.")`` (its key is the second form, its entry
  ``{"one": …, "other": …}``), or for a bare number ``count(n, "page", "pages")`` (key ``{n} pages``). Give the result
  to ``make``, ``setAll`` or ``put`` as child or attribute, not to ``textContent``: then it changes with the language;
- on the server, raise ``MarkError(template, **values)`` or send a ``Message``. The browser shows it by
  ``worded(message)``: its id is the key, and its values, which may be messages themselves, are put in by name. Lists
  and numbers that need forms are better sent as values, for the browser to make the sentence.

Then give it a line in every table. ``tests/ui/test_language.py`` fails where one is missing, has other placeholders, or
is no longer used. The library and the command line speak English only.
"""

from __future__ import annotations

import json
from typing import Any

from mark_core.data_files import data_file

ASSETS = data_file("assets")
TABLES = ("de", "fr")


def table(code: str) -> dict[str, Any]:
    """The English strings with their translations: a text, or one for each plural category."""
    return json.loads((ASSETS / "languages" / f"{code}.json").read_text(encoding="utf-8"))


def script() -> str:
    """The element that has to stand in the head of the page, with the tables for the scripts."""
    tables = json.dumps({code: table(code) for code in TABLES}, ensure_ascii=False).replace("<", "\\u003c")
    return f'<script type="application/json" id="mark-languages">{tables}</script>'
