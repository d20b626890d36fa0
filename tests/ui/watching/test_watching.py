"""What whoever runs a server sees: health, counters and logs, without anything of a visitor."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from mark_core import MarkError
from mark_core.ui.connection import Connection
from mark_core.ui.doors.doors import Doors
from mark_core.ui.fifo_lock import FifoLock
from mark_core.ui.replies import error_message
from mark_core.ui.server import Server
from mark_core.ui.watching.counters import Counters
from mark_core.ui.watching.health import METRICS_VARIABLE, QUEUES, Health
from mark_core.ui.watching.json_log import EVENTS, JsonFormatter, begin_logging, log_event

from ..tabs import Tab

BEARER = {"Authorization": "Bearer a long word"}


def client(server: Server, ready: list[bool]) -> TestClient:
    health = Health(server.store, server.counters, lambda: ready[0])
    app = Starlette(routes=[Connection(server).route(), *health.routes()])
    return TestClient(Doors(app, server.store.root, server.counters))


def test_health_is_told_with_the_queue(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    ready, lock = [False], FifoLock(slots=1)
    monkeypatch.setitem(QUEUES, "indexing", lock)
    with client(server, ready) as visitor:
        assert visitor.get("/healthz").status_code == 503
        ready[0] = True
        server.store.open()
        for _ in range(3):
            lock.join()
        answer = visitor.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"ready": True, "sessions": 1, "queue": {"indexing": 2, "learning": 0}}


def test_metrics_are_there_only_with_their_word(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    with client(server, [True]) as visitor:
        assert visitor.get("/metrics", headers=BEARER).status_code == 404
    monkeypatch.setenv(METRICS_VARIABLE, "a long word")
    with client(server, [True]) as visitor:
        assert visitor.get("/metrics").status_code == 401
        assert visitor.get("/metrics", headers={"Authorization": "Bearer x"}).status_code == 401
        tab, _ = Tab.arrive(server)
        tab.view("search", "search", text="Geheimnis", variants=False, page=None)
        visitor.get("/no such path/Geheimnis")
        answer = visitor.get("/metrics", headers=BEARER)
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = answer.text.splitlines()
    assert "mark_sessions 1" in lines
    assert 'mark_features_total{feature="search",state="done"} 1' in lines
    assert 'mark_refused_total{reason="path"} 1' in lines
    assert 'mark_requests_total{route="none",status="404"} 1' in lines
    assert "# TYPE mark_requests_total counter" in lines
    assert "Geheimnis" not in answer.text
    for line in lines:  # name{labels} value
        assert line.startswith("# ") or float(line.rsplit(" ", 1)[1]) >= 0


def test_counters_escape_what_stands_in_labels() -> None:
    counters = Counters()
    counters.add("mark_refused_total", reason='a"b\\c\nd')
    assert 'reason="a\\"b\\\\c\\nd"} 1' in counters.text()


def test_logs_hold_nothing_of_a_visitor(
    server: Server, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("MARK_LOG", "json")
    root = logging.getLogger()
    before = list(root.handlers), EVENTS.level
    try:
        assert begin_logging()
        with client(server, [True]) as visitor:
            visitor.get(f"/gradio_api/file={server.store.root}/Geheimnis.jpg")
        tab, _ = Tab.arrive(server)
        tab.view("search", "search", text="Geheimnis", variants=False, page=None)
        logging.getLogger("mark_core.x").error("%s failed", "Geheimnis", exc_info=ValueError("Geheimnis"))
        try:
            raise OSError("/home/Geheimnis.png")
        except OSError as error:
            error_message(error, "adding a page")
        log_event("started", seconds=3)
    finally:
        root.handlers, EVENTS.level = before[0], before[1]
        EVENTS.setLevel(before[1])
    said = capsys.readouterr().err
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    assert "Geheimnis" not in said
    events = {line["event"] for line in lines}
    assert {"request", "feature", "%s failed", "started"} <= events
    (fault,) = (line for line in lines if line.get("error") == "OSError")
    assert any(place.startswith(f"{Path(__file__).name}:") for place in fault["places"])
    (searched,) = (line for line in lines if line.get("feature") == "search")
    assert searched["state"] == "done"
    assert searched["milliseconds"] >= 0


def test_an_unknown_kind_of_log_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MARK_LOG", raising=False)
    assert not begin_logging()
    monkeypatch.setenv("MARK_LOG", "xml")
    with pytest.raises(MarkError, match="MARK_LOG must be one of json"):
        begin_logging()


def test_a_line_is_json_whatever_stands_in_it() -> None:
    record = logging.LogRecord("a", logging.INFO, "f", 1, 'a "quoted"\nevent', None, None)
    assert json.loads(JsonFormatter().format(record))["event"] == 'a "quoted"\nevent'
