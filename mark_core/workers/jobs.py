"""What a worker does: the work of an index with a page, and learning a hand."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mark_core.message import Message
from mark_core.model.mark import MarkModel
from mark_core.model.weights import to_bytes
from mark_core.pages.page import Page
from mark_core.retrieval.indexed import IndexedPage
from mark_core.retrieval.indexer import Indexer

if TYPE_CHECKING:
    from mark_core.training.lexicon import Lexicon


class Stop(Exception):
    """Raised at the next report of a job that is not wanted any more."""


class Teller:
    """What a job tells on its way. send: called with a kind and values. stop: is set when the job is to end."""

    def __init__(self, send: Callable[..., None], stop: threading.Event) -> None:
        self._send = send
        self.stop = stop

    def report(self, step: str, share: float) -> None:
        """Raises Stop."""
        if self.stop.is_set():
            raise Stop
        self._send("report", step, share)

    def share(self, share: float) -> None:
        """Raises Stop."""
        self.report("", share)

    def notify(self, sentence: Message) -> None:
        self._send("notify", sentence)

    def tell(self, step: str, share: float) -> None:
        """A report of a job that ends by itself when it is to."""
        self._send("report", step, share)

    def watch(self, *values: Any) -> None:
        self._send("watch", *values)

    def end(self, kind: str, value: Any) -> None:
        self._send(kind, value)


Job = Callable[..., Any]


def ready(model: MarkModel, teller: Teller) -> None:
    """Nothing: the model is loaded by now."""


def turn(model: MarkModel, teller: Teller, page: Page) -> int:
    return Indexer().turn(model, page)


def index(
    model: MarkModel,
    teller: Teller,
    page: Page,
    words: Sequence[Any] | None,
    direction: str,
    flatten: bool,
    script: str | None,
) -> dict[str, Any]:
    """The fields of the indexed page, without the page itself, which the other side has."""
    found = Indexer().index(model, page, words, direction, flatten, script, teller.report, teller.notify)
    return fields_of(found)


def encode(model: MarkModel, teller: Teller, page: IndexedPage) -> dict[str, Any]:
    return fields_of(Indexer().encode(model, page, teller.share))


def fields_of(page: IndexedPage) -> dict[str, Any]:
    return {name: value for name, value in vars(page).items() if name not in ("id", "page")}


def learn(
    model: MarkModel,
    teller: Teller,
    strips: Sequence[np.ndarray],
    lexicon: Lexicon | None,
    options: Mapping[str, Any],
) -> tuple[bytes | None, bool, str, tuple[Any, ...]]:
    """The weights if they are better, and the other fields of the ``Adaptation``. options: of ``training.adapt``."""
    from mark_core.training.adapt import adapt

    found = adapt(
        model, strips, lexicon, progress=teller.tell, stop=teller.stop, watch=teller.watch, **options
    )
    return to_bytes(found.network) if found.improved else None, found.improved, found.sentence, found.cycles


JOBS: dict[str, Job] = {"ready": ready, "turn": turn, "index": index, "encode": encode, "learn": learn}
