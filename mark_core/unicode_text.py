"""Unicode normalisation of text from elsewhere in linear time."""

from __future__ import annotations

import unicodedata
from typing import Literal

_MARKS = 30  # in a row; Unicode Standard Annex 15, "Stream-Safe Text Format"


def normalized(form: Literal["NFC", "NFKD"], text: str) -> str:
    """``unicodedata.normalize`` of a text, in which at most 30 combining marks follow each other: their sorting takes
    the square of their number, minutes for a hundred thousand."""
    return unicodedata.normalize(form, _stream_safe(text))


def _stream_safe(text: str) -> str:
    if len(text) <= _MARKS or text.isascii():
        return text
    kept, run = [], 0
    for char in text:
        # a character of its own may split into marks, so that what has no class of its own is looked into too
        split = unicodedata.normalize("NFKD", char)
        run = run + len(split) if unicodedata.combining(split[0]) else 0
        if run <= _MARKS:
            kept.append(char)
    return "".join(kept)
