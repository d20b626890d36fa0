"""A transcript gets its coordinates: every word of a text is placed on its page by forced alignment.

Lines of the text are matched to lines of the page (``line_matching``), then the words of a matched line are placed in
it (``model.alignment``). What does not fit is told, not guessed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from mark_core.errors import MarkError
from mark_core.model.alignment import align as align_columns
from mark_core.model.alphabet import RIGHT_TO_LEFT, fold_lenient, is_folded
from mark_core.model.line_reader import read_lines
from mark_core.model.mark import MarkModel, load_model
from mark_core.model.strip import STRIP_HEIGHT, to_strip
from mark_core.pages.load import load_page
from mark_core.pages.page import Page
from mark_core.segmentation.line_strips import StripFrame, line_strips
from mark_core.segmentation.segment import segment_page
from mark_core.segmentation.text_line import TextLine, extents
from mark_core.segmentation.word import Box, Word
from mark_core.transcript.line_breaks import broken, read_letters
from mark_core.transcript.line_matching import line_gains, match_lines
from mark_core.transcript.line_order import ordered_lines
from mark_core.transcript.word_edges import word_edges

if TYPE_CHECKING:
    from mark_core.retrieval.index import WordIndex

# Log-odds that a word stands where it was placed: bias, nats a letter of the word, and of its line. Fitted on lines of
# hands that were never trained on, with words and lines exchanged: `benchmarks/transcript_alignment.py --lines`.
_CERTAINTY = (7.5, 1.3, 1.3)
# Certainty of a whole text below which it is not taken for that of the page. On gw a text with 30 % of its letters
# wrong has 0.49, that of another page 0.05 (`benchmarks/transcript_alignment.py`).
BELONGS = 0.25
READING, MATCHING, PLACING = (
    "Reading the lines of the page",
    "Finding the lines of the text",
    "Placing the words",
)
_TOGETHER = 16  # lines that are read between two reports
_SAME = 0.6  # IoU along the line from which a word of the segmentation is taken to be the placed one


Progress = Callable[[str, float], None]  # name of the step, share done 0..1


@dataclass(frozen=True)
class PlacedWord:
    """A word of a transcript and where it stands.

    text: as given. line: number of its line of the text. number: of the word in that line. box: x y w h in page
    pixels. word: number of the word of the page that has this box, None where the page has no such word.
    confidence: <= 0, how far the word lies below what was read there, in nats a letter. certainty: 0..1, that the
    word stands there.
    """

    text: str
    line: int
    number: int
    box: Box
    word: int | None
    confidence: float
    certainty: float


@dataclass(frozen=True)
class UnplacedWord:
    """A word of a transcript that was not found on the page, numbered as in ``PlacedWord``."""

    text: str
    line: int
    number: int


@dataclass(frozen=True)
class AlignedText:
    """placed: in the order of the text. unplaced: those whose line is not on the page, that have no letters the model
    reads, or too many for their line. lines: for each line of the text the number of the page's line, None without.
    """

    placed: tuple[PlacedWord, ...]
    unplaced: tuple[UnplacedWord, ...]
    lines: tuple[int | None, ...]

    @property
    def certainty(self) -> float:
        """0..1, the mean over all words; an unplaced one counts as 0. Low if the text is not that of the page."""
        count = len(self.placed) + len(self.unplaced)
        return sum(word.certainty for word in self.placed) / count if count else 0.0

    @property
    def belongs(self) -> bool:
        """Whether the text is that of the page."""
        return self.certainty >= BELONGS


def align(
    page: Page | np.ndarray | WordIndex,
    text: str | Sequence[str],
    model: MarkModel | None = None,
    page_id: str | None = None,
    lines: Sequence[TextLine] | None = None,
    progress: Progress | None = None,
    rebreak: bool = False,
) -> AlignedText:
    """Place the words of a transcript on their page.

    page: a page, a picture that ``load_page`` takes, or an index: of several pages in it, ``page_id`` names one.
    text: the transcript, a line of text for a line of the page, in reading order; lines may be missing or too many.
    model: the shipped one by default, that of an index if there is one. lines: of the page, in reading order; by
    default those of the index, else they are looked for. progress: called with the name of the step and the share
    done, 0..1. rebreak: if hardly a word stands where it should, the text is broken into lines as it is read on the
    page (``line_breaks``); lines and numbers of words are then those of the lines that it is broken into.

    Raises MarkError if the model reads no lines, or the index has no such page.
    """
    report = progress or (lambda step, done: None)
    page, words, model, traced = _source(page, page_id, model)
    if model.network.config.input != "strip":
        raise MarkError("The model “{name}” reads no lines.", name=model.network.config.name)
    report(READING, 0.0)
    if lines is None:
        if words is None or not traced:
            own = segment_page(page)
            words, traced = tuple(own.words) if words is None else words, tuple(own.lines)
        lines = ordered_lines(words, traced)
    written = [line.split() for line in (text.splitlines() if isinstance(text, str) else text)]
    read = _ReadLines.of(page, words or (), lines, model, report)
    found = _Transcript(written, model).placed_on(read, report)
    if rebreak and not found.belongs:
        again = broken(
            [word for line in written for word in line], read_letters(read.columns, model.alphabet)
        )
        better = _Transcript(again, model).placed_on(read, report)
        found = better if better.certainty > found.certainty else found
    return found


def _source(
    page: Page | np.ndarray | WordIndex, page_id: str | None, model: MarkModel | None
) -> tuple[Page, tuple[Word, ...] | None, MarkModel, tuple[TextLine, ...]]:
    """The page, its words if they are known, the model, and the lines that were traced on the page."""
    if isinstance(page, Page):
        return page, None, model or load_model(), ()
    if isinstance(page, np.ndarray):
        return load_page(page), None, model or load_model(), ()
    pages = {one.id: one for one in page.pages}
    if page_id is None and len(pages) == 1:
        (page_id,) = pages
    if page_id not in pages:
        raise MarkError("Name one of the pages of the index: {known}.", known=", ".join(pages) or "–")
    chosen = pages[page_id]
    return chosen.page, chosen.words, model or page.model, chosen.lines.lines if chosen.lines else ()


def _reported(columns: Sequence[np.ndarray], report: Progress, step: str) -> Iterator[np.ndarray]:
    for number, one in enumerate(columns):
        report(step, number / len(columns))
        yield one


@dataclass(frozen=True, eq=False)
class _ReadLines:
    """The lines of a page as strips, with what the reading head sees in them, and the words of the page."""

    words: Sequence[Word]
    strips: Sequence[np.ndarray]
    frames: Sequence[StripFrame]
    columns: Sequence[np.ndarray]

    @classmethod
    def of(
        cls, page: Page, words: Sequence[Word], lines: Sequence[TextLine], model: MarkModel, report: Progress
    ) -> _ReadLines:
        cut = list(line_strips(page.grey, lines, STRIP_HEIGHT))
        strips = [to_strip(strip, max_width=strip.shape[1]) for strip, _ in cut]
        columns: list[np.ndarray] = []
        for first in range(0, len(strips), _TOGETHER):
            report(READING, first / len(strips))
            columns += read_lines(model, strips[first : first + _TOGETHER])
        return cls(words, strips, [frame for _, frame in cut], columns)


class _Transcript:
    """A text by lines of words as written, with what the reading head would see of it."""

    def __init__(self, written: Sequence[Sequence[str]], model: MarkModel) -> None:
        self.written, self.model = written, model
        folded = [[fold_lenient(word) for word in line] for line in written]
        # of every line the numbers of the words that can be read, from left to right as their ink
        self.numbers = [
            [n for n, word in enumerate(line) if is_folded(word, model.alphabet)] for line in folded
        ]
        for line, numbers in zip(folded, self.numbers, strict=True):
            letters = "".join(line[n] for n in numbers)
            if 2 * sum(char in RIGHT_TO_LEFT for char in letters) > len(letters):
                numbers.reverse()
        self.words = [[line[n] for n in numbers] for line, numbers in zip(folded, self.numbers, strict=True)]

    def placed_on(self, lines: _ReadLines, report: Progress) -> AlignedText:
        model, columns = self.model, lines.columns
        read = _reported(columns, report, MATCHING)
        gains = line_gains(read, self.words, model.alphabet, model.space)
        matched: list[int | None] = [None] * len(self.written)
        placed: list[PlacedWord] = []
        pairs = match_lines(gains)
        for number, (at, line) in enumerate(pairs):
            report(PLACING, number / len(pairs))
            matched[at] = line
            boxes = _Boxes(lines.words, lines.strips[line], lines.frames[line])
            placed += self._placed(at, columns[line], boxes)
        placed.sort(key=lambda word: (word.line, word.number))
        known = {(word.line, word.number) for word in placed}
        unplaced = tuple(
            UnplacedWord(word, at, number)
            for at, line_words in enumerate(self.written)
            for number, word in enumerate(line_words)
            if (at, number) not in known
        )
        return AlignedText(tuple(placed), unplaced, tuple(matched))

    def _placed(self, at: int, columns: np.ndarray, boxes: _Boxes) -> list[PlacedWord]:
        words = self.words[at]
        places = align_columns(columns, words, self.model.alphabet, self.model.space)
        lengths = np.array([len(words[place.word]) for place in places])
        sure = np.array([place.confidence for place in places])
        of_line = float((sure * lengths).sum() / max(1, lengths.sum()))
        out = []
        for place, span in zip(places, word_edges(boxes.strip, places), strict=True):
            box, known = boxes.of(span)
            number = self.numbers[at][place.word]
            out.append(
                PlacedWord(
                    self.written[at][number], at, number, box, known, place.confidence,
                    certainty(place.confidence, of_line),
                )
            )  # fmt: skip
        return out


@dataclass(frozen=True, eq=False)
class _Boxes:
    """Boxes of the words of one line, those of the page where they agree."""

    words: Sequence[Word]
    strip: np.ndarray
    frame: StripFrame

    def of(self, span: tuple[int, int]) -> tuple[Box, int | None]:
        """The box of columns of the strip, and the number of the page's word that it is."""
        start, stop = (float(place) for place in self.frame.along(np.array(span)))
        best, number = _SAME, None
        for order, word in enumerate(self.words):
            if self.frame.line.holds(word):
                first, last, _, _ = extents(word)
                shared = min(stop, last) - max(start, first)
                iou = shared / (max(stop, last) - min(start, first))
                if iou >= best:
                    best, number = iou, order
        return (self.frame.box(*span), None) if number is None else (self.words[number].box, number)


def certainty(word: float, line: float) -> float:
    """0..1, that a word stands where it was placed, from its confidence and that of its line, nats a letter."""
    bias, of_word, of_line = _CERTAINTY
    return float(1 / (1 + np.exp(-(bias + of_word * word + of_line * line))))
