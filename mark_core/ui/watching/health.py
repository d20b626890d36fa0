"""Routes for whoever watches a server: ``/healthz``, and ``/metrics`` where MARK_METRICS is set."""

from __future__ import annotations

import hmac
import os
from collections.abc import Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from mark_core.ui.learning.learning import LOCK as LEARNING
from mark_core.ui.session.store import SessionStore
from mark_core.ui.uploads.upload_queue import INDEXING
from mark_core.ui.watching.counters import CONTENT_TYPE, Counters, Labels

METRICS_VARIABLE = "MARK_METRICS"  # the word that has to be sent as "Authorization: Bearer WORD"
QUEUES = {"indexing": INDEXING, "learning": LEARNING}


class Health:
    """What a server tells of itself. is_ready: whether it has all that a visitor's first view needs."""

    def __init__(self, store: SessionStore, counters: Counters, is_ready: Callable[[], bool]) -> None:
        self._store = store
        self._counters = counters
        self._is_ready = is_ready
        self._word = os.environ.get(METRICS_VARIABLE, "").strip()
        counters.gauges |= {
            "mark_sessions": lambda: {(): float(len(store))},
            "mark_pages": lambda: {(): self._sum(lambda one: sum(map(one.collection.owns, one.pages)))},
            "mark_memory_bytes": lambda: {(): self._sum(lambda one: one.nbytes)},
            "mark_disk_bytes": lambda: {(): self._sum(lambda one: one.disk)},
            "mark_waiting": self._waiting,
        }

    def routes(self) -> list[Route]:
        """``/metrics`` is there only where its word is set."""
        routes = [Route("/healthz", self._healthz, methods=["GET"], include_in_schema=False)]
        if self._word:
            routes.append(Route("/metrics", self._metrics, methods=["GET"], include_in_schema=False))
        return routes

    async def _healthz(self, request: Request) -> Response:
        """``{ready, sessions, queue: {indexing, learning}}``: tasks that wait for others. 503 until it is ready."""
        ready = self._is_ready()
        queue = {name: lock.waiting for name, lock in QUEUES.items()}
        told = {"ready": ready, "sessions": len(self._store), "queue": queue}
        return JSONResponse(told, 200 if ready else 503, headers={"Cache-Control": "no-store"})

    def _metrics(self, request: Request) -> Response:
        given = request.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {self._word}".encode()):
            return PlainTextResponse("", 401, headers={"WWW-Authenticate": "Bearer"})
        return PlainTextResponse(self._counters.text(), media_type=CONTENT_TYPE)

    def _sum(self, of: Callable[[Any], float]) -> float:
        return float(sum(of(session) for session in self._store.sessions()))

    def _waiting(self) -> Mapping[Labels, float]:
        return {(("kind", name),): float(lock.waiting) for name, lock in QUEUES.items()}
