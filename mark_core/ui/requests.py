"""What the browser asks for. Nothing in a request is trusted before a function of this module has checked it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mark_core.errors import MarkError
from mark_core.message import Message
from mark_core.pages.iiif import is_url

if TYPE_CHECKING:
    from mark_core.ui.session.session import Session

MAX_FILES = 60  # in one request
MAX_TEXT = 1000  # characters of a query that are read at all; the library says how long one may be
MAX_NAME = 120
MAX_ADDRESS = 4096
MAX_COUNT = 10**9  # of versions, revisions and requests
MAX_ID = 64
MISSING = "{file} did not arrive; please add it again."
INVALID = "The page sent something that makes no sense here; please reload it and try again."


@dataclass(frozen=True)
class Request:
    """One request of the page.

    feature: name of the browser's event, a key of `FEATURES`. action: what of that feature is asked for. number: counts
    the requests of one loaded page, from 1. fields: the rest, unchecked.
    """

    feature: str
    action: str
    number: int
    fields: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def of_event(cls, feature: str, event: Any) -> Request:
        """The request that a gradio event carries. Raises MarkError if it has no action or no valid number."""
        data = getattr(event, "_data", None)
        fields = data if isinstance(data, dict) else {}
        number, action = whole_number(fields.get("number"), 0, MAX_COUNT), fields.get("action")
        if not isinstance(action, str) or len(action) > MAX_ID:
            raise MarkError(INVALID)
        return cls(feature, action, number, fields)

    def get(self, name: str) -> Any:
        """A field, unchecked; None where it is missing."""
        return self.fields.get(name)

    def chosen(self, actions: Container[str]) -> str:
        """The action. Raises MarkError if it is none of ``actions``."""
        return choice(self.action, actions)


def text(value: Any) -> str | None:
    """One line of printable text, cut at MAX_TEXT characters; None if it is blank. Raises MarkError for no text."""
    if value is None:
        return None
    if not isinstance(value, str):
        raise MarkError(INVALID)
    cut = "".join(" " if unicodedata.category(c) in {"Cc", "Cs", "Co"} else c for c in value[:MAX_TEXT])
    return cut.strip() or None


def title(value: Any) -> str:
    """A name for a page, cut at MAX_NAME characters. Raises MarkError if it is blank."""
    name = text(value)
    if name is None:
        raise MarkError("A page needs a name of at least one letter.")
    return name[:MAX_NAME]


def address(value: Any) -> str:
    """A web address as typed; the library decides whether it may be fetched. Raises MarkError if it is none."""
    if not isinstance(value, str) or len(value) > MAX_ADDRESS:
        raise MarkError(INVALID)
    url = value.strip()
    if not is_url(url):
        raise MarkError("A web address is needed here that starts with https:// or http://.")
    return url


def long_text(value: Any, limit: int, too_long: str) -> str:
    """Text of many lines. Raises MarkError if it has more than ``limit`` characters; ``too_long`` is the sentence for
    that, with a placeholder ``{limit}``."""
    if not isinstance(value, str):
        raise MarkError(INVALID)
    if len(value) > limit:
        raise MarkError(too_long, limit=limit)
    return value


def whole_number(value: Any, low: int, high: int) -> int:
    """A whole number in [low, high]. Raises MarkError otherwise; JSON true and 1.5 are no whole numbers."""
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise MarkError(INVALID)
    return value


def whole_numbers(value: Any, low: int, high: int, at_most: int) -> tuple[int, ...]:
    """A list of at most ``at_most`` whole numbers in [low, high]. Raises MarkError otherwise."""
    if not isinstance(value, list) or len(value) > at_most:
        raise MarkError(INVALID)
    return tuple(whole_number(entry, low, high) for entry in value)


def real_number(value: Any, low: float, high: float) -> float:
    """A number in [low, high]. Raises MarkError otherwise; NaN is in no interval."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise MarkError(INVALID)
    return float(value)


def flag(value: Any) -> bool:
    """True or false. Raises MarkError otherwise."""
    if not isinstance(value, bool):
        raise MarkError(INVALID)
    return value


def choice(value: Any, choices: Container[str]) -> str:
    """One of ``choices``. Raises MarkError otherwise."""
    if not isinstance(value, str) or value not in choices:
        raise MarkError(INVALID)
    return value


def page_id(value: Any, session: Session) -> str:
    """The id of an open page. Raises MarkError if there is no such page in this session."""
    if not isinstance(value, str) or len(value) > MAX_ID:
        raise MarkError(INVALID)
    return session.page(value).id


def word_place(fields: Any, session: Session) -> tuple[str, int] | None:
    """A word as (page id, word number) from ``{page, word, version}``; None if ``fields`` is None.

    With ``version``, the number is that of the boxes of that version, and the present number is returned. Raises
    MarkError if there is no such page or word.
    """
    if fields is None:
        return None
    if not isinstance(fields, Mapping):
        raise MarkError(INVALID)
    page, version = page_id(fields.get("page"), session), fields.get("version")
    if version is None:
        return page, whole_number(fields.get("word"), 0, session.page(page).words - 1)
    word = whole_number(fields.get("word"), 0, MAX_COUNT)
    return page, session.page(page).current_word(word, whole_number(version, 0, MAX_COUNT))


def files(
    value: Any, folder: Path, notify: Callable[[Message], None] = lambda sentence: None
) -> list[tuple[Path, str]]:
    """Uploaded files as (path, name to show), from ``[{path, name}]``.

    notify: called with one sentence about each that did not arrive, where others did. Raises MarkError if none did, if
    a path, with links resolved, does not lie in the upload folder, or if there are too many.
    """
    if not isinstance(value, list) or not value:
        raise MarkError(INVALID)
    if len(value) > MAX_FILES:
        raise MarkError("Please add at most {limit} files at once.", limit=MAX_FILES)
    found = []
    missing: list[Message] = []
    for entry in value:
        if not isinstance(entry, dict) or not isinstance(entry.get("path"), str):
            raise MarkError(INVALID)
        try:
            path = Path(entry["path"]).resolve()
        except (OSError, ValueError) as error:
            raise MarkError(INVALID) from error
        if not path.is_relative_to(folder.resolve()):
            raise MarkError(INVALID)
        name = (text(entry.get("name")) or path.name)[:MAX_NAME]
        if path.is_file():
            found.append((path, name))
        else:
            missing.append(Message(MISSING, {"file": name}))
    for sentence in missing if found else missing[:-1]:
        notify(sentence)
    if not found:
        raise MarkError(MISSING, **missing[-1].values)
    return found
