"""The worker process: it does one job after the other for the server that started it, and ends with it."""

from __future__ import annotations

import os
import pickle
import queue
import threading
import traceback
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, BinaryIO

import cv2
import torch

from mark_core.errors import MarkError
from mark_core.memory import give_back
from mark_core.model.config import MarkConfig
from mark_core.model.mark import MarkModel
from mark_core.model.weights import from_bytes
from mark_core.workers.jobs import JOBS, Stop, Teller

KEPT_MODELS = 2  # weights at a time, the last used ones


@dataclass(frozen=True)
class Weights:
    """A model on its way to a worker. number: tells models apart. data: None where the worker has it."""

    number: int
    config: MarkConfig | None = None
    data: bytes | None = None
    card: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Request:
    """job: a key of JOBS. threads: of the processor that may be used."""

    job: str
    weights: Weights
    arguments: tuple[Any, ...]
    threads: int


def main() -> None:
    """Serve requests from standard input on standard output until the server has ended."""
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what a library prints is no answer
    requests: queue.SimpleQueue[tuple[Request, threading.Event]] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(os.fdopen(0, "rb"), requests), daemon=True).start()
    models: OrderedDict[int, MarkModel] = OrderedDict()
    while True:
        request, stop = requests.get()
        _do(request, Teller(_sender(answers), stop), models)
        del request
        give_back()


def _listen(stream: BinaryIO, requests: queue.SimpleQueue[tuple[Request, threading.Event]]) -> None:
    """Hand requests on; None stops the last one. The end of the server ends this process in the middle of its work."""
    stop = threading.Event()
    try:
        while True:
            request = pickle.load(stream)
            if request is None:
                stop.set()
            else:
                stop = threading.Event()
                requests.put((request, stop))
    finally:
        os._exit(0)


def _sender(stream: BinaryIO) -> Any:
    def send(*message: Any) -> None:
        try:
            pickle.dump(message, stream, protocol=5)
            stream.flush()
        except OSError:  # nobody is there any more
            os._exit(0)

    return send


def _do(request: Request, teller: Teller, models: OrderedDict[int, MarkModel]) -> None:
    torch.set_num_threads(request.threads)
    cv2.setNumThreads(request.threads)
    try:
        answer = "done", JOBS[request.job](_model(request.weights, models), teller, *request.arguments)
    except Stop:
        answer = "stopped", None
    except MarkError as error:
        answer = "refused", error.message
    except Exception:
        answer = "failed", traceback.format_exc()
    teller.end(*answer)


def _model(weights: Weights, models: OrderedDict[int, MarkModel]) -> MarkModel:
    if weights.number not in models:
        assert weights.config is not None
        assert weights.data is not None
        network = from_bytes(weights.config, weights.data)
        models[weights.number] = MarkModel(network, weights.card, "cpu")
    models.move_to_end(weights.number)
    while len(models) > KEPT_MODELS:
        models.popitem(last=False)
    return models[weights.number]
