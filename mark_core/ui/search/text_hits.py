"""Hits of the ink and of the texts of pages as one list: each says which of the two it rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from mark_core.transcript.text_search import combined, find_in_text, is_contradicted, weighed_down
from mark_core.ui.search.hit_rows import HitRow, hit_row

if TYPE_CHECKING:
    from mark_core.retrieval.query import Term
    from mark_core.transcript.page_text import PageText, TextWord
    from mark_core.transcript.text_search import TextMatch
    from mark_core.ui.collection.open_page import OpenPage

Texts = Mapping[str, "PageText"]  # of pages, by page id


def with_text(
    rows: Sequence[HitRow], pages: Sequence[OpenPage], texts: Texts, terms: Sequence[Term]
) -> list[HitRow]:
    """The hits of the ink, with what the texts of the pages say there, and the hits of the texts alone.

    On pages with a text a hit has its probability by the ink as ``ink``. Where the text matches, how sure that is
    stands as ``text``, and the surer of both is the score; where another word surely stands there, it is ``other``.
    """
    found: list[HitRow] = []
    by_page: dict[str, list[HitRow]] = {}
    for row in rows:
        if row["page"] in texts:
            by_page.setdefault(row["page"], []).append(row)
        else:
            found.append(row)
    for page in pages:
        if page.id in texts:
            found += _of_page(by_page.get(page.id, []), page, texts[page.id], terms)
    return found


def _of_page(rows: Sequence[HitRow], page: OpenPage, text: PageText, terms: Sequence[Term]) -> list[HitRow]:
    words = page.entry.words
    near = text.near_words(words)
    matches: dict[int, TextMatch] = {}
    for match in find_in_text(text, terms):
        at = near[match.first]
        if at is not None and (at not in matches or matches[at].certainty < match.certainty):
            matches[at] = match
    pieces = text.pieces(words)
    found: list[HitRow] = []
    for row in rows:
        known = matches.pop(row["word"], None)
        if known is not None and known.divided and not row.get("divided"):
            row = {**_text_row(page, row["word"], known, text), "score": row["score"]}
        span = range(row["word"], row["word"] + len(row.get("boxes", [row["box"]])))
        others = [text.words[n] for word in span for n in pieces.get(word, ()) if n is not None]
        if row.get("divided"):  # the text may have it in two parts, or whole in either line
            others = []
        found.append(_told(row, known, others))
    return found + [_text_row(page, at, match, text) for at, match in matches.items()]


def _text_row(page: OpenPage, at: int, match: TextMatch, text: PageText) -> HitRow:
    """A hit of the text, in the boxes of its words."""
    boxes = [word.box for word in text.words[match.first : match.first + match.count] if word.box]
    row = hit_row(page, min(at, len(page.entry.words) - len(boxes)), boxes, match.certainty)
    row["text"] = match.certainty
    if match.divided:
        row["divided"] = True
    return row


def _told(row: HitRow, match: TextMatch | None, others: Sequence[TextWord]) -> HitRow:
    """A hit of the ink with what the text says there."""
    ink = row["score"]
    if match is not None:
        return {**row, "score": combined(ink, match.certainty), "ink": ink, "text": match.certainty}
    if is_contradicted(others):
        said = " ".join(word.text for word in others)
        return {**row, "score": weighed_down(ink, others), "ink": ink, "other": said}
    return {**row, "ink": ink}
