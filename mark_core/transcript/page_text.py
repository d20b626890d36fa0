"""The text of a page: every word with its place and how sure it is, kept while the boxes of the page change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from mark_core.errors import MarkError
from mark_core.model.alphabet import fold_lenient
from mark_core.segmentation.word import Box, Word
from mark_core.transcript.page_alignment import BELONGS, AlignedText

MAX_WORDS = 20_000  # of the text of a page
MAX_LETTERS = 120  # of a word
UNSURE = (
    0.5  # certainty below which a placed word is unsure: above it 98 of 100 stand there, see docs/results.md
)
_IN = 0.3  # of its box that a word of the text shares with a word of the page, to lie in it
_COVERED = 0.6  # of a word of the page that words of the text cover, where none lies in it
_ROWS = 256  # of the table of boxes at once


@dataclass(frozen=True)
class TextWord:
    """A word of a text.

    line: number of its line of the text, from 0, ascending. box: x y w h in page pixels, None where it was not found on
    the page. certainty: 0..1, that it stands there. by_hand: a person has typed or confirmed it.
    """

    text: str
    line: int
    box: Box | None = None
    certainty: float = 0.0
    by_hand: bool = False

    @property
    def is_sure(self) -> bool:
        return self.box is not None and (self.by_hand or self.certainty >= UNSURE)


@dataclass(frozen=True, eq=False)
class PageText:
    """The words of a text, in its order. Immutable."""

    words: tuple[TextWord, ...]

    @classmethod
    def aligned(cls, found: AlignedText, before: PageText | None = None) -> PageText:
        """A text that was placed on its page. before: the same text as it was; what a person has said of it stays."""
        rows: list[tuple[int, int, str, Box | None, float]] = [
            (word.line, word.number, word.text, word.box, word.certainty) for word in found.placed
        ]
        rows += [(word.line, word.number, word.text, None, 0.0) for word in found.unplaced]
        rows.sort(key=lambda row: row[:2])
        words = [TextWord(text[:MAX_LETTERS], line, box, certainty) for line, _, text, box, certainty in rows]
        if before is not None and [word.text for word in before.words] == [word.text for word in words]:
            words = [
                replace(then, box=then.box or now.box, line=now.line) if then.by_hand else now
                for then, now in zip(before.words, words, strict=True)
            ]
        return cls(tuple(words[:MAX_WORDS]))

    @cached_property
    def placed(self) -> int:
        return sum(word.box is not None for word in self.words)

    @cached_property
    def unsure(self) -> int:
        """How many placed words are not sure."""
        return sum(word.box is not None and not word.is_sure for word in self.words)

    @cached_property
    def certainty(self) -> float:
        """The mean over all words; an unplaced one counts as 0."""
        sure = [0.0 if word.box is None else 1.0 if word.by_hand else word.certainty for word in self.words]
        return sum(sure) / len(sure) if sure else 0.0

    @property
    def belongs(self) -> bool:
        """Whether it is the text of the page, see ``AlignedText.belongs``."""
        return self.certainty >= BELONGS

    def lines(self) -> list[str]:
        """The text by lines."""
        lines: dict[int, list[str]] = {}
        for word in self.words:
            lines.setdefault(word.line, []).append(word.text)
        return [" ".join(lines[line]) for line in sorted(lines)]

    def moved(self, moved: Callable[[Box], Box]) -> PageText:
        """After boxes have got other places."""
        return PageText(
            tuple(word if word.box is None else replace(word, box=moved(word.box)) for word in self.words)
        )

    def corrected(self, number: int, text: str) -> PageText:
        """With another text of a word, as a person has read it; without the word if it is empty.

        Raises MarkError if there is no such word.
        """
        if not 0 <= number < len(self.words):
            raise MarkError("The transcript has changed in the meantime; please look again and repeat it.")
        words = list(self.words)
        if text:
            words[number] = replace(words[number], text=text[:MAX_LETTERS], certainty=1.0, by_hand=True)
        else:
            del words[number]
        return PageText(tuple(words))

    def typed(self, page: Sequence[Word], number: int, text: str) -> PageText:
        """With the text that a person has read in a word of the page that has none yet.

        A word of that text that was not found gets the place, else a new one is put in where it is read. Raises
        MarkError if there are too many words.
        """
        box = page[number].box
        own = fold_lenient(text)
        for place, word in enumerate(self.words):
            if word.box is None and own and fold_lenient(word.text) == own:
                known = TextWord(text[:MAX_LETTERS], word.line, box, 1.0, by_hand=True)
                return PageText((*self.words[:place], known, *self.words[place + 1 :]))
        if len(self.words) >= MAX_WORDS:
            raise MarkError("The text of a page holds at most {limit} words.", limit=MAX_WORDS)
        place, line = self._between(page, number)
        behind = self.words[place:]
        if line is None:  # a line of its own
            line = self.words[place - 1].line + 1 if place else 0
            behind = tuple(replace(word, line=word.line + 1) for word in behind)
        new = TextWord(text[:MAX_LETTERS], line, box, 1.0, by_hand=True)
        return PageText((*self.words[:place], new, *behind))

    def _between(self, page: Sequence[Word], number: int) -> tuple[int, int | None]:
        """Where in the text a word of the page is put in: behind the last one that is read before it. And in which of
        its lines: that of a neighbour in its line of the page; None for one of its own."""
        at = self.on_words(page)
        place = max(
            (place for place, known in enumerate(at, start=1) if known is not None and known < number),
            default=0,
        )
        neighbours = [other for other in (place - 1, place) if 0 <= other < len(at)]
        for other in neighbours:
            known = at[other]
            if known is not None and page[known].line == page[number].line:
                return place, self.words[other].line
        lines = {self.words[other].line for other in neighbours}
        return place, lines.pop() if len(neighbours) == 2 and len(lines) == 1 else None

    def with_labels(
        self, page: Sequence[Word], confirmed: Mapping[Box, str], typed: Mapping[Box, str]
    ) -> PageText:
        """With what a person has said of words of the page: a typed text takes the place of what the text has there, a
        confirmed one where it is another word that nobody has typed; both are sure."""
        if not confirmed and not typed:
            return self
        here: dict[int, list[int]] = {}
        for place, at in enumerate(self.on_words(page)):
            if at is not None and page[at].box in {**confirmed, **typed}:
                here.setdefault(at, []).append(place)
        words: list[TextWord | None] = list(self.words)
        for at, places in here.items():
            box = page[at].box
            first = self.words[places[0]]
            there = " ".join(self.words[place].text for place in places)
            text = typed.get(box) or confirmed.get(box, "")
            if box not in typed and fold_lenient(text) == fold_lenient(there):
                for place in places:
                    words[place] = replace(self.words[place], certainty=1.0, by_hand=True)
            elif text and (box in typed or not all(self.words[place].by_hand for place in places)):
                for place in places:
                    words[place] = None
                words[places[0]] = TextWord(text, first.line, box, 1.0, by_hand=True)
        return PageText(tuple(word for word in words if word is not None))

    def on_words(self, page: Sequence[Word]) -> list[int | None]:
        """For every word of the text the number of the word of the page that it lies in; None without one."""
        return [None if at < 0 else int(at) for at in self._shares(page)[0]]

    def near_words(self, page: Sequence[Word]) -> list[int | None]:
        """The same, with the nearest word of the page for those that lie in none; None for those without a place."""
        at = self.on_words(page)
        for number in self._strays(at) if page else ():
            at[number] = _nearest(self.words[number].box, page)
        return at

    def pieces(self, page: Sequence[Word]) -> dict[int, tuple[int | None, ...]]:
        """For words of the page the numbers of the words of the text that stand there: none where they lie in another
        one's place. A word beside all words of the page stands with the nearest one; None is that one itself, where it
        has no text. Words of the page beside all text are left out."""
        at, covered = self._shares(page)
        found: dict[int, tuple[int | None, ...]] = {int(number): () for number in np.flatnonzero(covered)}
        for number in np.unique(at[at >= 0]):
            found[int(number)] = tuple(np.flatnonzero(at == number).tolist())
        for stray in self._strays(self.on_words(page)) if page else ():
            number = _nearest(self.words[stray].box, page)
            found[number] = (*found.get(number, (None,)), stray)
        return found

    @cached_property
    def folded(self) -> list[str]:
        """The words as queries are folded."""
        return [fold_lenient(word.text) for word in self.words]

    def _strays(self, at: Sequence[int | None]) -> list[int]:
        """Words of the text that have a place beside all words of the page."""
        return [n for n, word in enumerate(self.words) if word.box is not None and at[n] is None]

    def _shares(self, page: Sequence[Word]) -> tuple[np.ndarray, np.ndarray]:
        """(N,) the word of the page that each word of the text lies in, -1 for none, and (M,) bool whether a word of
        the page is covered by the boxes of the text."""
        known = self.__dict__.get(
            "_known"
        )  # asked for again and again, until the boxes of the page are others
        if known is None or known[0] is not page:
            known = (page, *self._compared(page))
            if isinstance(page, tuple):
                self.__dict__["_known"] = known
        return known[1], known[2]

    def _compared(self, page: Sequence[Word]) -> tuple[np.ndarray, np.ndarray]:
        at = np.full(len(self.words), -1)
        placed = [number for number, word in enumerate(self.words) if word.box is not None]
        if not placed or not page:
            return at, np.zeros(len(page), bool)
        boxes = np.array([self.words[number].box for number in placed], float)
        others = np.array([word.box for word in page], float)
        area = boxes[:, 2] * boxes[:, 3]
        cover = np.zeros(len(page))
        for start in range(0, len(boxes), _ROWS):
            some = slice(start, start + _ROWS)
            shared = _shared(boxes[some], others)
            equal = (boxes[some][:, None] == others[None]).all(axis=2)
            best = np.where(equal.any(axis=1), equal.argmax(axis=1), shared.argmax(axis=1))
            inside = shared[np.arange(len(best)), best] >= _IN * area[some]
            at[np.array(placed)[some]] = np.where(inside, best, -1)
            cover += shared.sum(axis=0)
        return at, cover >= _COVERED * others[:, 2] * others[:, 3]


def _nearest(box: Box | None, page: Sequence[Word]) -> int:
    """The word of a page whose middle is nearest to that of a box."""
    x, y, w, h = box or (0, 0, 0, 0)
    boxes = np.array([word.box for word in page], float)
    middles = boxes[:, :2] + boxes[:, 2:] / 2
    return int(np.hypot(*(middles - (x + w / 2, y + h / 2)).T).argmin())


def _shared(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """(N, M) page pixels that (N, 4) and (M, 4) boxes x y w h have in common."""
    low = np.maximum(boxes[:, None, :2], others[None, :, :2])
    high = np.minimum((boxes[:, :2] + boxes[:, 2:])[:, None], (others[:, :2] + others[:, 2:])[None])
    return np.prod(np.clip(high - low, 0, None), axis=2)
