"""Counters of a server, written in the text format of Prometheus, version 0.0.4."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Labels = tuple[tuple[str, str], ...]

COUNTED = {
    "mark_requests_total": "Requests by route and status.",
    "mark_features_total": "Requests of the page that were carried out, by feature and state.",
    "mark_refused_total": "Requests that a door has refused, by reason.",
    "mark_received_bytes_total": "Bytes of files that visitors have sent.",
}
MEASURED = {
    "mark_sessions": "Visits that are open.",
    "mark_pages": "Pages of visitors that are open.",
    "mark_memory_bytes": "Memory of their pixels and files.",
    "mark_disk_bytes": "Bytes of their files on the disk.",
    "mark_waiting": "Tasks that wait for others, by kind.",
}


class Counters:
    """Every method may be called from any thread. gauges: by name of MEASURED, what gives its values by labels."""

    def __init__(self) -> None:
        self.gauges: dict[str, Callable[[], Mapping[Labels, float]]] = {}
        self._counts: dict[str, dict[Labels, float]] = {name: {} for name in COUNTED}
        self._lock = threading.Lock()

    def add(self, name: str, amount: float = 1.0, **labels: str) -> None:
        """Count. name: of COUNTED; labels: a few fixed words, never what a visitor has written."""
        key = tuple(sorted(labels.items()))
        with self._lock:
            counts = self._counts[name]
            counts[key] = counts.get(key, 0.0) + amount

    def value(self, name: str, **labels: str) -> float:
        with self._lock:
            return self._counts[name].get(tuple(sorted(labels.items())), 0.0)

    def text(self) -> str:
        """All of them."""
        with self._lock:
            counts = {name: dict(values) for name, values in self._counts.items()}
        lines: list[str] = []
        for name, values in counts.items():
            lines += _lines(name, "counter", COUNTED[name], values)
        for name, read in self.gauges.items():
            lines += _lines(name, "gauge", MEASURED[name], read())
        return "\n".join(lines) + "\n"


def _lines(name: str, kind: str, told: str, values: Mapping[Labels, float]) -> list[str]:
    rows = [f"{name}{_labels(labels)} {value:.15g}" for labels, value in sorted(values.items())]
    return [f"# HELP {name} {told}", f"# TYPE {name} {kind}", *rows]


def _labels(labels: Labels) -> str:
    if not labels:
        return ""
    named = [f'{name}="{_escaped(value)}"' for name, value in labels]
    return "{" + ",".join(named) + "}"


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
