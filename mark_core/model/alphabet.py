"""The letters the model reads, and folding a text to them.

Scripts and their letters (``SCRIPTS``): Latin ``a-z0-9``, Greek, Cyrillic, Hebrew, Arabic, traditional Mongolian.
Rules of folding, in this order:

1. compatibility forms are split (NFKD): accents, breathings, vowel points and hamza leave their letter, ``ﬁ`` becomes
   ``fi``, ``²`` becomes ``2``, presentation forms of Hebrew and Arabic become letters;
2. upper case becomes lower case;
3. letters that Unicode does not split become others (``_SPELLED_OUT``). Latin: long s ``ſ`` -> ``s``, ``ß`` ->
   ``ss``, ``æ`` -> ``ae``; scribal signs become their base letter (``ꝑ`` -> ``p``, ``ꝛ`` -> ``r``). Final forms become
   the usual ones (``ς`` -> ``σ``, ``ם`` -> ``מ``). Old Cyrillic letters become those of today (``ѣ`` -> ``е``, ``ѡ``
   -> ``о``, ``ѿ`` -> ``от``). Letters that look the same become one (Mongolian ``ᠤ`` -> ``ᠣ``);
4. what is neither a letter nor a digit (punctuation, spaces, marks, symbols) is dropped;

Folded text is in the order in which it is typed and read. Where the order of the ink along the line counts, a word of
Hebrew or Arabic letters is turned round by ``ink_order``.

A letter of no script here is not dropped: :func:`fold` raises, because a query that silently lost its letters would
find nonsense.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import TypeVar

from mark_core.errors import MarkError
from mark_core.message import Message
from mark_core.unicode_text import normalized

ALPHABET = "abcdefghijklmnopqrstuvwxyz0123456789"  # Latin
SCRIPTS = {
    "latin": ALPHABET,
    "greek": "αβγδεζηθικλμνξοπρστυφχψω",
    "cyrillic": "абвгдежзиклмнопрстуфхцчшщъыьэюя",
    "hebrew": "אבגדהוזחטיכלמנסעפצקרשת",
    "arabic": "ءابتثجحخدذرزسشصضطظعغفقكلمنهويپچژگ",
    "mongolian": "ᠠᠡᠢᠣᠥᠧᠨᠩᠪᠫᠬᠭᠮᠯᠰᠱᠲᠴᠵᠶᠷᠸᠹᠺᠻᠼᠽᠾᠿᡀᡁᡂ",
}
LETTERS = "".join(SCRIPTS.values())
RIGHT_TO_LEFT = frozenset(SCRIPTS["hebrew"] + SCRIPTS["arabic"])
Letters = TypeVar("Letters", bound=Sequence[str])
MAX_QUERY_LETTERS = 40  # the longest word a strip can show; longer input is not a word

_SPELLED_OUT = {
    "ſ": "s", "ß": "ss", "ẞ": "ss", "æ": "ae", "œ": "oe", "ø": "o", "đ": "d", "ð": "d", "þ": "th",
    "ł": "l", "ı": "i", "ȷ": "j", "ŋ": "n", "ħ": "h", "ꜵ": "ao", "ꜳ": "aa", "ꝏ": "oo", "ꝑ": "p",
    "ꝓ": "p", "ꝕ": "p", "ꝗ": "q", "ꝙ": "q", "ꝛ": "r", "ꝝ": "r", "ꝟ": "v", "ꝥ": "th", "ꝧ": "th",
    "ꝁ": "k", "ꝃ": "k", "ꝅ": "k", "ꝉ": "l", "ꝇ": "l", "ꝋ": "o", "ꝯ": "9", "ꝰ": "9", "ꝫ": "3",
    "ꞃ": "r", "ꞅ": "s", "ꝼ": "f", "ꝺ": "d", "ᵹ": "g", "ꝭ": "s", "ƀ": "b", "ɨ": "i", "ɵ": "o",
    "ƿ": "w", "ȝ": "y", "ꝩ": "v", "ꝡ": "y",
    "ς": "σ", "ϗ": "και", "ϛ": "στ", "ͅ": "",
    "ѣ": "е", "є": "е", "ѥ": "е", "і": "и", "ѵ": "и", "ѳ": "ф", "ѕ": "з", "ѡ": "о", "ѻ": "о",
    "ѿ": "от", "ѹ": "у", "ꙋ": "у",
    "ѧ": "я", "ѩ": "я", "ꙗ": "я", "ѫ": "у", "ѭ": "ю", "ѯ": "кс", "ѱ": "пс", "ꙑ": "ы", "ꙁ": "з", "ђ": "д", "ћ": "ч",
    "љ": "ль", "њ": "нь", "џ": "ч", "ј": "и", "ґ": "г", "ꙩ": "о", "ꙫ": "о", "ꙇ": "и", "ꙍ": "о", "ѽ": "о",
    "ך": "כ", "ם": "מ", "ן": "נ", "ף": "פ", "ץ": "צ",
    "ى": "ي", "ة": "ه", "ٱ": "ا", "ک": "ك", "ی": "ي", "ۀ": "ه", "ە": "ه", "ھ": "ه", "ہ": "ه", "ے": "ي", "ڭ": "ك",
    "ᠤ": "ᠣ", "ᠦ": "ᠥ", "ᠳ": "ᠲ",
}  # fmt: skip
_DROPPED = frozenset("ـ")  # tatweel only stretches its neighbours


def fold_lenient(text: str) -> str:
    """Fold ``text`` to the letters of ``SCRIPTS``; letters of other scripts are kept as they are, lower case."""
    out = []
    for char in normalized("NFKD", text).lower():
        if char in LETTERS:
            out.append(char)
        elif char in _SPELLED_OUT:
            out.append(_SPELLED_OUT[char])
        elif char in _DROPPED:
            continue
        elif unicodedata.category(char) == "Nd":
            out.append(str(unicodedata.digit(char)))
        elif unicodedata.category(char)[0] in "LN":
            out.append(char)
    return "".join(out)


def ink_order(letters: Letters) -> Letters:
    """The letters of a folded word, or of a query term (see ``query.Term``), from left to right along the line.

    Hebrew and Arabic words are turned round; turning round twice gives the word again.
    """
    literal = [char for item in letters if item not in ("?", "*") for char in item]
    leftward = bool(literal) and all(char in RIGHT_TO_LEFT for char in literal)
    return letters[::-1] if leftward else letters  # type: ignore[return-value]


def script_of(text: str) -> str | None:
    """The script of a folded word, by its first letter of ``SCRIPTS`` that is no digit; None if it has none."""
    for char in text:
        for name, letters in SCRIPTS.items():
            if char in letters and not char.isdigit():
                return name
    return "latin" if any(char.isdigit() for char in text) else None


def is_folded(text: str, alphabet: str = ALPHABET) -> bool:
    """True if ``text`` is not empty and made of letters of the alphabet alone, as the reading heads need it."""
    return bool(text) and all(char in alphabet for char in text)


def is_supported(text: str, alphabet: str = ALPHABET) -> bool:
    """True if ``text`` folds to at least one letter and all its letters are in the alphabet."""
    return is_folded(_letters(text, alphabet), alphabet)


def fold(text: str, alphabet: str = ALPHABET) -> str:
    """Fold a typed query to the alphabet.

    A model that was trained on a transliteration has an alphabet of its own, in which case matters: a text in it is
    left as it is. Raises MarkError with a plain sentence if nothing is left, if a letter belongs to a script that
    cannot be typed, or if the word is longer than ``MAX_QUERY_LETTERS``.
    """
    folded = _letters(text, alphabet)
    foreign = sorted({char for char in folded if char not in alphabet})
    if foreign:
        shown = ", ".join(f"“{char}”" for char in foreign[:3])
        raise MarkError(
            "MARK cannot read {letters} as typed text, only {alphabet}; "
            "click a word on the page instead and it will look for others like it.",
            letters=shown,
            alphabet=_named(alphabet),
        )
    if not folded:
        raise MarkError("Type at least one letter or digit, or click a word on the page.")
    if len(folded) > MAX_QUERY_LETTERS:
        raise MarkError(
            "The query has {count} letters; type one word of at most {limit} letters.",
            count=len(folded),
            limit=MAX_QUERY_LETTERS,
        )
    return folded


def _letters(text: str, alphabet: str) -> str:
    return fold_lenient(text) if alphabet.startswith(ALPHABET) else "".join(text.split())


def _named(alphabet: str) -> Message | str:
    if alphabet == ALPHABET:
        return Message("a–z and 0–9")
    if alphabet == LETTERS:
        return Message("Latin, Greek, Cyrillic, Hebrew, Arabic and Mongolian letters and 0–9")
    return " ".join(alphabet)
