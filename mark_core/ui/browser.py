"""Values that come from the browser. Nothing of them is believed before it has passed through here."""

from __future__ import annotations

import unicodedata
from collections.abc import Container
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mark_core.errors import MarkError
from mark_core.pages.iiif import is_url
from mark_core.segmentation.geometry import FRAMES
from mark_core.ui.corrections import KINDS, Correction
from mark_core.ui.layout import Layout
from mark_core.ui.question import Question

if TYPE_CHECKING:
    from mark_core.ui.session import Session

DIRECTIONS = ("auto", *FRAMES)
MAX_FILES = 60  # in one go
MAX_TEXT = 1000  # characters read at all; what a query may be is the library's to say
MAX_NAME = 120
MAX_ADDRESS = 4096
MAX_CHOSEN = 200  # boxes corrected at once
MAX_COUNT = 10**9  # of versions and questions
MAX_PIXEL = 10**6
_WORDS = {"change": (1, 1), "split": (1, 1), "remove": (1, MAX_CHOSEN), "join": (2, MAX_CHOSEN)}
_BAD = "The page sent something that makes no sense here; please reload it and try again."


def payload(event: Any) -> dict[str, Any]:
    """The event's data as a dict, whatever was sent."""
    data = getattr(event, "_data", None)
    return data if isinstance(data, dict) else {}


def text(value: Any) -> str | None:
    """A typed query: printable, cut at MAX_TEXT; None when nothing but blanks was typed."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise MarkError(_BAD)
    cut = "".join(" " if unicodedata.category(c) in {"Cc", "Cs", "Co"} else c for c in value[:MAX_TEXT])
    return cut.strip() or None


def title(value: Any) -> str:
    """A name that a visitor gives to a page, cut at MAX_NAME."""
    name = text(value)
    if name is None:
        raise MarkError("A page needs a name of at least one letter.")
    return name[:MAX_NAME]


def address(value: Any) -> str:
    """A web address as it was typed; whether it may be fetched is the library's to say."""
    if not isinstance(value, str) or len(value) > MAX_ADDRESS:
        raise MarkError(_BAD)
    url = value.strip()
    if not is_url(url):
        raise MarkError("A web address is needed here that starts with https:// or http://.")
    return url


def long_text(value: Any, most: int, name: str) -> str:
    """Text of many lines, at most ``most`` characters; ``name`` begins the sentence if it is longer."""
    if not isinstance(value, str):
        raise MarkError(_BAD)
    if len(value) > most:
        raise MarkError(f"{name} is too long; at most {most:,} letters are taken.")
    return value


def number(value: Any, low: int, high: int) -> int:
    """A whole number within bounds; JSON true and 1.5 are not whole numbers."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise MarkError(_BAD)
    return value


def numbers(value: Any, low: int, high: int, at_most: int) -> tuple[int, ...]:
    """Whole numbers within bounds, ``at_most`` of them."""
    if not isinstance(value, list) or len(value) > at_most:
        raise MarkError(_BAD)
    return tuple(number(entry, low, high) for entry in value)


def choice(value: Any, choices: Container[str]) -> str:
    """One of the words that are offered."""
    if not isinstance(value, str) or value not in choices:
        raise MarkError(_BAD)
    return value


def sheet_id(value: Any, session: Session) -> str:
    """The id of a page that is open in this session."""
    if not isinstance(value, str) or len(value) > 64:
        raise MarkError(_BAD)
    return session.sheet(value).id


def example(value: Any, session: Session) -> tuple[str, int] | None:
    """A clicked word as (sheet, word number), or None when no word was clicked.

    With the ``version`` of the boxes it was clicked on, its number is the one it has now.
    """
    if value is None:
        return None
    if not isinstance(value, dict):
        raise MarkError(_BAD)
    page = sheet_id(value.get("page"), session)
    if value.get("version") is None:
        return page, number(value.get("word"), 0, session.sheet(page).words - 1)
    word, version = number(value.get("word"), 0, MAX_COUNT), number(value["version"], 0, MAX_COUNT)
    return page, session.sheet(page).word_now(word, version)


def question(data: dict[str, Any], session: Session) -> Question:
    """What is searched for, how and where."""
    variants, page = _flag(data.get("variants", False)), data.get("page")
    only = None if page is None else sheet_id(page, session)
    example_weight = None if data.get("lam") is None else _real(data["lam"], 0.0, 1.0)
    return Question(
        text(data.get("text")), example(data.get("example"), session), variants, only, example_weight
    )


def correction(data: dict[str, Any], session: Session) -> tuple[str, int, Correction]:
    """A correction of boxes as (sheet, version of its boxes that it was made on, correction)."""
    page = sheet_id(data.get("page"), session)
    version = number(data.get("version"), 0, MAX_COUNT)
    kind, words = data.get("kind"), data.get("words", [])
    if not isinstance(kind, str) or kind not in KINDS or not isinstance(words, list):
        raise MarkError(_BAD)
    fewest, most = _WORDS.get(kind, (0, 0))
    if not fewest <= len(words) <= most:
        raise MarkError(_BAD)
    chosen = tuple(number(word, 0, MAX_COUNT) for word in words)
    if kind in ("add", "change"):
        return page, version, Correction(kind, chosen, box=_box(data.get("box")))
    if kind == "split":
        return page, version, Correction(kind, chosen, share=_real(data.get("share"), 0.0, 1.0))
    return page, version, Correction(kind, chosen)


def _box(value: Any) -> tuple[float, ...]:
    if not isinstance(value, list) or len(value) != 4:
        raise MarkError(_BAD)
    return tuple(_real(side, -MAX_PIXEL, MAX_PIXEL) for side in value)


def _real(value: Any, low: float, high: float) -> float:
    """A number within bounds; NaN lies within none."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise MarkError(_BAD)
    return float(value)


def layout(data: dict[str, Any]) -> Layout:
    """How the words of pages that come with these data are looked for."""
    return Layout(choice(data.get("direction"), DIRECTIONS), _flag(data.get("flatten", False)))


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise MarkError(_BAD)
    return value


def files(value: Any, folder: Path) -> list[tuple[Path, str]]:
    """Uploaded files as (path, name to show). Every path must lie in the upload folder, links resolved."""
    if not isinstance(value, list) or not value:
        raise MarkError(_BAD)
    if len(value) > MAX_FILES:
        raise MarkError(f"Please add at most {MAX_FILES} files at once.")
    found = []
    for entry in value:
        if not isinstance(entry, dict) or not isinstance(entry.get("path"), str):
            raise MarkError(_BAD)
        try:
            path = Path(entry["path"]).resolve()
        except (OSError, ValueError) as error:
            raise MarkError(_BAD) from error
        if not path.is_relative_to(folder.resolve()):
            raise MarkError(_BAD)
        if not path.is_file():
            raise MarkError("The file did not arrive; please add it again.")
        found.append((path, (text(entry.get("name")) or path.name)[:MAX_NAME]))
    return found
