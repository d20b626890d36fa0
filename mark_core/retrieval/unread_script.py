"""What is typed in a script in which no word of the searched pages is read, and so cannot be found by reading."""

from __future__ import annotations

from collections.abc import Sequence

from mark_core.message import Message
from mark_core.model.alphabet import fold_lenient, script_of
from mark_core.model.encoding import Encoding
from mark_core.model.word_script import SCRIPT_NAMES
from mark_core.retrieval.query import words_of

TITLES = {  # as people call them
    "latin": Message("Latin"),
    "greek": Message("Greek"),
    "cyrillic": Message("Cyrillic"),
    "hebrew": Message("Hebrew"),
    "arabic": Message("Arabic"),
    "mongolian": Message("Mongolian"),
}
UNREAD = (
    "No word here is read as {script}; if the page is written in {script}, add it again with “Script: {script}” "
    "under the page options."
)


def unread_script(text: str, encodings: Sequence[Encoding]) -> str | None:
    """The name of the first script among the words of a typed query in which no word of the encodings is read. None if
    there is no such script, or no word to read; numbers are in every script."""
    read = {SCRIPT_NAMES[number] for encoding in encodings for number in encoding.scripts.tolist()}
    for piece in words_of(text):
        script = script_of("".join(char for char in fold_lenient(piece) if not char.isdigit()))
        if read and script is not None and script not in read:
            return script
    return None


def unread_notice(text: str, encodings: Sequence[Encoding]) -> Message | None:
    """One sentence about `unread_script` with what to do; None if there is nothing to say."""
    script = unread_script(text, encodings)
    return None if script is None else Message(UNREAD, {"script": TITLES[script]})
