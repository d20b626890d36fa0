"""Serialisation of a page of an index as JSON and arrays, for folders and projects.

Input is untrusted: every value is checked. Invalid values raise ValueError, KeyError, TypeError or OverflowError
(DAMAGE), which the caller turns into a MarkError.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

import numpy as np

from mark_core.message import Message
from mark_core.model.encoding import LETTER_CLASSES, Encoding
from mark_core.model.word_script import SCRIPT_NAMES
from mark_core.pages.page import PagePart, PageSource
from mark_core.segmentation.alternatives import Alternative
from mark_core.segmentation.word import Box, Word

if TYPE_CHECKING:
    from mark_core.model.mark import MarkModel
    from mark_core.retrieval.indexed import IndexedPage

DAMAGE = (KeyError, TypeError, ValueError, OverflowError)
_DIRECTIONS = ("ltr", "rtl", "ttb")
_KINDS = {
    "vectors": np.float32,
    "letters": np.float16,
    "counts": np.int32,
    "shapes": np.float16,
    "scripts": np.uint8,
}
_MOST = 10**9
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def describe(page: IndexedPage) -> dict[str, Any]:
    """A page without its pixels and encodings, as JSON."""
    return {
        "id": page.id,
        "name": page.page.name,
        "sha256": page.page.sha256,
        "number": page.page.number,
        "dpi": page.page.dpi,
        "scale": page.page.scale,
        "original_size": list(page.page.original_size),
        "turn": page.page.turn,
        "part": None if page.page.part is None else asdict(page.page.part),
        "script": page.script,
        "source": None if page.page.source is None else asdict(page.page.source),
        "words": [_describe_word(word) for word in page.words],
        "alternatives": [
            {**_describe_word(one.word), "over": [list(box) for box in one.over]} for one in page.alternatives
        ],
    }


def _describe_word(word: Word) -> dict[str, Any]:
    return {
        "box": list(word.box),
        "confidence": round(word.confidence, 4),
        "line": word.line,
        "order": word.order,
        "direction": word.direction,
        "reach": None if word.context_box is None else list(word.context_box),
    }


def arrays_of(page: IndexedPage) -> dict[str, np.ndarray]:
    """The encodings of a page, under names that begin with its id."""
    encodings = {page.id: page.encoding, _others(page.id): page.alternative_encoding}
    return {
        f"{name}.{part.name}": getattr(encoding, part.name)
        for name, encoding in encodings.items()
        for part in fields(Encoding)
    }


def read_id(entry: Mapping[str, Any]) -> str:
    page_id = entry["id"]
    if not isinstance(page_id, str) or not re.fullmatch(r"p\d{1,9}", page_id):
        raise ValueError("page id")
    return page_id


def read_page(entry: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a ``Page`` except its pixels."""
    dpi = entry["dpi"]
    width, height = entry["original_size"]
    return {
        "name": read_text(entry["name"]),
        "sha256": read_text(entry["sha256"]),
        "number": whole(entry["number"]),
        "dpi": None if dpi is None else real(dpi, 0.0, 1e6),
        "scale": real(entry["scale"], 1e-6, 1.0),
        "original_size": (whole(width, 1), whole(height, 1)),
        "source": _read_source(entry.get("source")),
        "turn": _read_turn(entry.get("turn", 0)),  # older files have none
        "part": _read_part(entry.get("part")),
    }


def _read_turn(value: Any) -> int:
    turn = whole(value, 0, 270)
    if turn % 90:
        raise ValueError("turn")
    return turn


def _read_part(entry: Mapping[str, Any] | None) -> PagePart | None:
    """None too for files that were written before pages were cropped."""
    if entry is None:
        return None
    width, height = entry["whole"]
    (x, y, w, h), whole_size = _read_box(entry["box"]), (whole(width, 1), whole(height, 1))
    if x + w > whole_size[0] or y + h > whole_size[1]:
        raise ValueError("part outside the picture")
    return PagePart((x, y, w, h), whole_size)


def read_script(entry: Mapping[str, Any]) -> str | None:
    """The script that a person said a page is written in; None for older files, which have none."""
    script = entry.get("script")
    if script is not None and script not in SCRIPT_NAMES:
        raise ValueError("script")
    return script


def read_words(entry: Mapping[str, Any], width: int, height: int) -> tuple[Word, ...]:
    """The words of a page of ``width`` x ``height`` pixels."""
    return tuple(_read_word(word, width, height) for word in entry["words"])


def read_alternatives(
    entry: Mapping[str, Any], words: Sequence[Word], width: int, height: int
) -> tuple[Alternative, ...]:
    """The alternatives to words of the page; empty for files of older versions."""
    boxes = {word.box for word in words}
    alternatives = []
    for one in entry.get("alternatives", ()):
        over = tuple(_read_box(box) for box in one["over"])
        if not over or not boxes.issuperset(over):
            raise ValueError("alternative to no word")
        alternatives.append(Alternative(_read_word(one, width, height), over))
    return tuple(alternatives)


def read_encodings(
    page_id: str, arrays: Mapping[str, np.ndarray], words: int, alternatives: int, model: MarkModel
) -> tuple[Encoding, Encoding]:
    """The encodings of so many words and alternatives of a page, as ``model`` would make them."""
    others = Encoding.join([], model.dim, model.shape_dim)
    if alternatives:
        others = _read_encoding(_others(page_id), arrays, alternatives, model)
    return _read_encoding(page_id, arrays, words, model), others


def _others(page_id: str) -> str:
    return f"{page_id}.alternatives"


def _read_encoding(name: str, arrays: Mapping[str, np.ndarray], count: int, model: MarkModel) -> Encoding:
    known = {part.name: f"{name}.{part.name}" for part in fields(Encoding)}
    if known["scripts"] not in arrays:  # older files have Latin letters alone
        del known["scripts"]
    encoding = Encoding(**{part: arrays[key] for part, key in known.items()})
    for name, kind in _KINDS.items():
        array = getattr(encoding, name)
        if array.dtype != kind or (array.dtype.kind == "f" and not np.isfinite(array).all()):
            raise ValueError(name)
    shapes = (encoding.vectors.shape, encoding.shapes.shape, encoding.counts.shape)
    if shapes != ((count, model.dim), (count, model.shape_dim), (count,)):
        raise ValueError("number of words")
    if encoding.scripts.shape != (count,) or (encoding.scripts >= len(SCRIPT_NAMES)).any():
        raise ValueError("scripts")
    if (encoding.counts < 0).any() or encoding.letters.shape != (
        int(encoding.counts.sum(dtype=np.int64)),
        LETTER_CLASSES,
    ):
        raise ValueError("number of columns")
    return encoding


def read_text(value: Any, longest: int = 4096) -> str:
    """A text on one line: what cannot be printed becomes blanks."""
    if not isinstance(value, str) or len(value) > longest:
        raise ValueError("text")
    return "".join(char if char.isprintable() else " " for char in value)


def read_message(value: Any, longest: int = 4096, depth: int = 3) -> Message:
    """What ``Message.to_json`` wrote. Raises ValueError, TypeError or KeyError if it is damaged, nested deeper than
    ``depth``, or if its template holds more than plain names, such as formats, which could be made to fill memory."""
    template = read_text(value["id"], longest)
    names = set(_PLACEHOLDER.findall(template))
    if depth == 0 or not isinstance(value["values"], dict) or not names <= set(value["values"]):
        raise ValueError("message")
    if value["values"] and set(_PLACEHOLDER.sub("", template)) & set("{}"):
        raise ValueError("message")
    values: dict[str, Any] = {}
    for name, entry in value["values"].items():
        if isinstance(entry, dict):
            values[name] = read_message(entry, longest, depth - 1)
        elif isinstance(entry, str):
            values[name] = read_text(entry, longest)
        else:
            values[name] = real(entry, -_MOST, _MOST) if isinstance(entry, float) else whole(entry, -_MOST)
    return Message(template, values)


def whole(value: Any, low: int = 0, high: int = _MOST) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise ValueError("number")
    return value


def real(value: Any, low: float, high: float) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("number")
    if not math.isfinite(value) or not low <= value <= high:
        raise ValueError("number")
    return float(value)


def _read_word(entry: Mapping[str, Any], width: int, height: int) -> Word:
    direction, context_box = entry["direction"], entry.get("reach")  # older files have none
    if direction not in _DIRECTIONS:
        raise ValueError("direction")
    box = _read_box(entry["box"])
    context_box = None if context_box is None else _read_box(context_box)
    for x, y, w, h in (box, context_box or box):
        if x + w > width or y + h > height:
            raise ValueError("box outside the page")
    return Word(
        box,
        real(entry["confidence"], 0.0, 1.0),
        whole(entry["line"]),
        whole(entry["order"]),
        direction,
        context_box,
    )


def _read_box(values: Any) -> Box:
    x, y, w, h = values
    return whole(x), whole(y), whole(w, 1), whole(h, 1)


def _read_source(entry: Mapping[str, Any] | None) -> PageSource | None:
    """None too for a page that was written before this was kept."""
    if entry is None:
        return None
    others = {key: entry[key] for key in ("manifest", "canvas", "service")}
    texts = {key: None if text is None else read_text(text) for key, text in others.items()}
    size = entry["canvas_size"]
    canvas_size = None if size is None else (whole(size[0]), whole(size[1]))
    part = entry.get("canvas_part")  # older files have none
    if part is not None:
        x, y, w, h = (real(value, 0.0 if place < 2 else 1e-3, _MOST) for place, value in enumerate(part))
        part = x, y, w, h
    return PageSource(read_text(entry["url"]), canvas_size=canvas_size, canvas_part=part, **texts)
