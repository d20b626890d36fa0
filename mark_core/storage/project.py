"""A project: pages, words and the work of a person in one portable file.

FILE.mark is a zip of ``project.json`` (pages with titles, boxes and order, decisions), ``words.safetensors``
(encodings), ``files/`` (the original page files, one for all pages of a PDF) and, if the model was adapted,
``hand.safetensors`` with its card ``hand.json``. See ``container`` for the checks.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image
from safetensors.numpy import save as save_arrays

from mark_core.errors import MarkError
from mark_core.message import Message
from mark_core.model.mark import MarkModel, load_model
from mark_core.model.weights import from_bytes, make_card, to_bytes
from mark_core.pages.cropping.crop import as_kept
from mark_core.pages.page import Page
from mark_core.pages.turn import turned
from mark_core.retrieval.index import WordIndex
from mark_core.retrieval.indexed import IndexedPage, index_page
from mark_core.storage.container import DAMAGED, NO_PROJECT, Writer
from mark_core.storage.line_arrays import line_arrays, read_lines_of
from mark_core.storage.project_source import CARD, HAND, SAID, WORDS, FileSource, ProjectSource
from mark_core.storage.record import (
    DAMAGE,
    arrays_of,
    describe,
    read_alternatives,
    read_encodings,
    read_message,
    read_page,
    read_script,
    read_text,
    read_words,
    real,
    whole,
)

SUFFIX = ".mark"
FORMAT = "mark-project"
VERSION = 1
Progress = Callable[[str, float], None]  # name of the step, share done 0..1

_MAX_PAGES = 1000
_MAX_TITLE = 1000
_MAX_WEIGHTS = 16  # of one calibration


@dataclass(frozen=True, eq=False)
class Project:
    """index: the pages in their order, p1, p2 and so on, with the weights they were seen by. titles, notes: of the
    pages, in the same order, as messages where the program that saved it worded them. decisions: what it said of hits,
    names: what it called words, answers: what a person has read in them, transcripts: the texts of pages, all as JSON,
    or None."""

    index: WordIndex
    titles: tuple[str | Message, ...]
    notes: tuple[str | Message, ...]
    decisions: Any = None
    names: Any = None
    answers: Any = None
    transcripts: Any = None

    def save(self, path: str | Path) -> None:
        """See ``save_project``."""
        said = (self.names, self.answers, self.transcripts)
        save_project(path, self.index, self.titles, self.notes, self.decisions, None, *said)


def save_project(
    path: str | Path,
    index: WordIndex,
    titles: Sequence[str | Message] | None = None,
    notes: Sequence[str | Message] | None = None,
    decisions: Any = None,
    progress: Progress | None = None,
    names: Any = None,
    answers: Any = None,
    transcripts: Any = None,
) -> None:
    """Write the pages of an index, in their order, to one file; an older file of that name is replaced at the end.

    titles, notes: one of each for every page; by default the page's own name, and none. decisions, names, answers,
    transcripts: kept as they are, must be JSON. Raises MarkError when the file cannot be written.
    """
    report = progress or (lambda step, done: None)
    pages = [replace(page, id=f"p{place}") for place, page in enumerate(index.pages, start=1)]
    titles = [page.page.name for page in pages] if titles is None else titles
    notes = [""] * len(pages) if notes is None else notes
    entries = []
    try:
        with Writer(Path(path)) as writer:
            for place, (page, title, note) in enumerate(zip(pages, titles, notes, strict=True)):
                report("Packing the pages", place / len(pages))
                file, number = _add_file(writer, page.page)
                said = {**_said("title", title), **_said("note", note)}
                cut = page.page.file is None and page.page.part is not None
                entries.append({**describe(page), **said, "file": file, "frame": number, "cut": cut})
            report("Packing the words", 0.0)
            arrays: dict[str, np.ndarray] = {}
            for page in pages:
                arrays |= arrays_of(page) | line_arrays(page)
            writer.add(WORDS, save_arrays({name: np.ascontiguousarray(a) for name, a in arrays.items()}))
            hand = "hand" in index.model.card
            if hand:
                _add_hand(writer, index.model)
            report("Closing the file", 1.0)
            writer.finish(
                {
                    "format": FORMAT,
                    "version": VERSION,
                    "weights": index.model.card.get("sha256"),
                    "hand": hand,
                    "pages": entries,
                    "decisions": decisions,
                    "names": names,
                    "answers": answers,
                    "transcripts": transcripts,
                }
            )
    except OSError as error:
        raise MarkError("The file {file} cannot be written there.", file=Path(path).name) from error


def open_project(
    path: str | Path,
    model: MarkModel | None = None,
    progress: Progress | None = None,
    max_pages: int = _MAX_PAGES,
    max_bytes: int | None = None,
    *,
    source: ProjectSource | None = None,
    encoding: Callable[[int], AbstractContextManager[None]] = lambda pages: nullcontext(),
) -> Project:
    """Read a project file into a new index; no object of the caller is changed.

    model: the weights in use, by default the shipped ones; the weights of a learnt hand in the file replace them.
    Words are encoded again if the file was written with other weights. max_pages, max_bytes: limits of the number of
    pages and of the memory of their pixels. source: reads the file, by default here. encoding: is held while the words
    of a page are encoded again, and gets the number of pages whose words are. Raises MarkError if the file is damaged,
    of another version, larger than the limits, or no project.
    """
    report = progress or (lambda step, done: None)
    report("Opening the project", 0.0)
    source = source or FileSource(Path(path))
    head = source.head()
    if head.get("format") != FORMAT:
        raise MarkError(NO_PROJECT)
    if head.get("version") != VERSION:
        raise MarkError(
            "This project file was written by another version of MARK, which this one cannot read."
        )
    try:
        model = model or load_model()
        hand = head["hand"]
        if hand is True:
            model = _read_hand(source, model)
        elif hand is not False:
            raise ValueError("hand")
        count = whole(head["count"])
        if count > max_pages:
            raise MarkError(
                "This project has {count} pages, but there is room for {limit} only.",
                count=count,
                limit=max_pages,
            )
        known = head["weights"] == model.card.get("sha256")
        arrays = source.arrays() if known else {}
        index = WordIndex(model)
        titles: list[str | Message] = []
        notes: list[str | Message] = []
        room = max_bytes
        for place in range(count):
            share = place / count
            report("Reading the pages", share)
            entry, page = _load(source, place)
            room = None if room is None else room - page.nbytes
            if room is not None and room < 0:
                raise MarkError("There is no room for all pages of this project.")
            words = read_words(entry, page.width, page.height)
            titles.append(_read_said(entry, "title"))
            notes.append(_read_said(entry, "note"))
            page_id, script = f"p{place + 1}", read_script(entry)
            others = read_alternatives(entry, words, page.width, page.height)
            if known:
                seen = read_encodings(page_id, arrays, len(words), len(others), model)
                indexed = IndexedPage(page_id, page, words, seen[0], others, seen[1], script=script)
                indexed = replace(indexed, lines=read_lines_of(page_id, indexed, arrays, model))
            else:
                with encoding(count):
                    told = partial(_encoded, report, place, count)
                    indexed = index_page(model, page_id, page, words, others, report=told, script=script)
            index.restore([indexed])
        said = [head.get(key) for key in SAID]
    except (*DAMAGE, AttributeError, IndexError, RecursionError) as error:
        if isinstance(error, MarkError):
            raise
        raise MarkError(DAMAGED) from error
    report("Opening the project", 1.0)
    return Project(index, tuple(titles), tuple(notes), *said)


def _encoded(report: Progress, place: int, count: int, share: float) -> None:
    report("Looking at every word again", (place + share) / count)


def _said(key: str, text: str | Message) -> dict[str, Any]:
    """The JSON fields of a title or note: the English text, and the message it was made from, which older versions of
    MARK do not read."""
    return {key: str(text)} | ({f"{key}_message": text.to_json()} if isinstance(text, Message) else {})


def _read_said(entry: dict[str, Any], key: str) -> str | Message:
    text = read_text(entry[key], _MAX_TITLE)
    if entry.get(f"{key}_message") is None:
        return text
    message = read_message(entry[f"{key}_message"], _MAX_TITLE)
    return message if str(message) == text else text


def _add_file(writer: Writer, page: Page) -> tuple[str, int]:
    """Write the file that a page is decoded from, or a PNG of its pixels.

    Returns the name of the member and the number of the page in it."""
    if page.file is not None:
        data, number = page.file.data, page.file.number
    else:
        buffer = io.BytesIO()
        Image.fromarray(turned(page.pixels, -page.turn)).save(buffer, "PNG", compress_level=3)
        data, number = buffer.getvalue(), 0
    name = f"files/{hashlib.sha256(data).hexdigest()}"
    writer.add(name, data, packed=True)
    return name, number


def _load(source: ProjectSource, place: int) -> tuple[dict[str, Any], Page]:
    entry, page = source.page(place)
    fields = read_page(entry)
    cut = entry.get("cut", False)  # whether the picture is that of the part alone; older files have none
    if not isinstance(cut, bool):
        raise TypeError("cut")
    kept = as_kept(page, fields["turn"], None if cut else fields["part"])
    kept = replace(kept, file=None if cut else kept.file, **fields)  # a file has all of the picture
    if fields["part"] is not None and kept.unturned_size != fields["part"].box[2:]:
        raise ValueError("part")
    return entry, kept


def _add_hand(writer: Writer, model: MarkModel) -> None:
    data = to_bytes(model.network)
    facts = {key: model.card[key] for key in ("hand", "calibration") if key in model.card}
    writer.add(HAND, data)
    writer.add(CARD, json.dumps(make_card(model.network, data, **facts)).encode())


def _read_hand(source: ProjectSource, base: MarkModel) -> MarkModel:
    """The model of a learnt hand. Only numbers are read from the file; the architecture is that of ``base``.

    Raises MarkError if the hand was learnt with another architecture, ValueError if a number is out of range."""
    data, card = source.hand()
    if card["config"] != base.network.config.to_dict():
        raise MarkError(
            "The hand of this project was learnt by another version of MARK, so it cannot be opened."
        )
    facts: dict[str, Any] = {"hand": card["hand"]}
    if card.get("calibration") is not None:
        facts["calibration"] = {
            key: [real(weight, -1e6, 1e6) for weight in card["calibration"][key]]
            for key in ("text", "example", "pattern")
            if key in card["calibration"]
        }
        if not all(1 <= len(weights) <= _MAX_WEIGHTS for weights in facts["calibration"].values()):
            raise ValueError("calibration")
        # a hand is learnt with the calibration of its base; what is not taken from the file, as of lines, is still that
        facts["calibration"] = {**(base.card.get("calibration") or {}), **facts["calibration"]}
    network = from_bytes(base.network.config, data)
    if not all(bool(tensor.isfinite().all()) for tensor in network.state_dict().values()):
        raise ValueError("weights")
    return MarkModel(network, make_card(network, data, **facts), str(base.device))
