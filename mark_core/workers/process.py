"""One worker process, as the server has it."""

from __future__ import annotations

import itertools
import pickle
import queue
import threading
import weakref
from collections import OrderedDict
from contextlib import suppress
from typing import Any

from mark_core.isolation.process import lower_priority, start_python
from mark_core.model.mark import MarkModel
from mark_core.model.weights import to_bytes
from mark_core.workers.worker import KEPT_MODELS, Request, Weights

_START = "from mark_core.workers.worker import main; main()"
ENDED = ("ended",)  # the last message of a process
_OVER = ()  # the last message to one

_numbers = itertools.count(1)
_known: weakref.WeakKeyDictionary[MarkModel, int] = weakref.WeakKeyDictionary()
_lock = threading.Lock()


def number_of(model: MarkModel) -> int:
    """A number that tells the models of this process apart."""
    with _lock:
        return _known.setdefault(model, next(_numbers))


class Worker:
    """A process that does one job at a time. `stop` and `kill` may be called from any thread.

    messages: what it says, each a tuple with its kind first; ENDED when it is no more.
    """

    def __init__(self, priority: int) -> None:
        """priority: how far others come first, as `nice` counts it. Raises OSError when no process can be started."""
        self._process = start_python(_START)
        lower_priority(self._process.pid, priority)
        self.messages: queue.SimpleQueue[tuple[Any, ...]] = queue.SimpleQueue()
        self._models: OrderedDict[int, None] = OrderedDict()  # as the process has them
        # what is sent waits here, since a process that is only starting does not read yet
        self._outbox: queue.SimpleQueue[Request | tuple[()] | None] = queue.SimpleQueue()
        for work in (self._listen, self._write):
            threading.Thread(target=work, daemon=True, name="worker").start()

    @property
    def id(self) -> int:
        return self._process.pid

    def begin(self, job: str, model: MarkModel, arguments: tuple[Any, ...], threads: int) -> None:
        """Begin a job. Where the process has ended, ENDED is among its messages."""
        number = number_of(model)
        weights = Weights(number)
        if number not in self._models:
            network = model.network
            weights = Weights(number, network.config, to_bytes(network), model.card)
        self._models[number] = None
        self._models.move_to_end(number)
        while len(self._models) > KEPT_MODELS:
            self._models.popitem(last=False)
        self._outbox.put(Request(job, weights, arguments, threads))

    def stop(self) -> None:
        """Have the job end at its next report."""
        self._outbox.put(None)

    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def end(self) -> int:
        """End the process, wait for it, and return its exit code."""
        self._process.kill()
        self._outbox.put(_OVER)
        return self._process.wait()

    def _write(self) -> None:
        stream = self._process.stdin
        assert stream is not None
        with suppress(OSError, ValueError):  # nobody reads it any more
            while (message := self._outbox.get()) != _OVER:
                pickle.dump(message, stream, protocol=5)
                stream.flush()
                del message
        with suppress(OSError, ValueError):
            stream.close()

    def _listen(self) -> None:
        assert self._process.stdout is not None
        with suppress(Exception), self._process.stdout as stream:
            while True:
                self.messages.put(pickle.load(stream))
        self.messages.put(ENDED)
