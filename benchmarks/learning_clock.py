"""Learning by the clock on the wall, as the page does it: ``python benchmarks/learning_clock.py PAGE [--minutes 2]``.

A session of the page's server learns the hand of one page. Printed: what was promised, after how long learning ended
and the page was encoded again, by how much the time left that was shown was wrong on the way, and, in a second run, how
long it took after Stop (--stop seconds after the beginning; 0: no second run) until the learning had ended.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import mark_core as mark
from mark_core.ui.collection.collection import Collection
from mark_core.ui.learning.learning import Learning, Plan
from mark_core.ui.session.limits import Limits
from mark_core.ui.session.session import Session

Shown = tuple[float, dict[str, Any]]  # seconds since the beginning, and what the page showed


def opened(path: Path, folder: Path) -> Session:
    """A session with one page."""
    model = mark.load_model()
    session = Session(
        "benchmark",
        Collection(mark.WordIndex(model)),
        folder,
        Limits(),
        time.monotonic(),
        new_index=lambda: mark.WordIndex(model),
    )
    session.add(mark.load_page(path), path.name)
    return session


def learn(learning: Learning, plan: Plan, stop_after: float | None = None) -> tuple[list[Shown], float]:
    """What was shown until the end, and the seconds from Stop to that. Without ``stop_after`` nobody stops it."""
    begun = time.monotonic()
    stopped: list[float] = []

    def stop() -> None:
        stopped.append(time.monotonic())
        learning.stop()

    timer = None if stop_after is None else threading.Timer(stop_after, stop)
    if timer is not None:
        timer.start()
    shown: list[Shown] = []
    for _ in learning.start(plan):
        shown.append((time.monotonic() - begun, dict(learning.to_view() or {})))
    while learning.running:
        time.sleep(0.05)
    ended = time.monotonic()
    shown.append((ended - begun, dict(learning.to_view() or {})))
    if timer is not None:
        timer.cancel()
    return shown, ended - stopped[0] if stopped else 0.0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("page", type=Path)
    parser.add_argument("--minutes", type=int, default=2)
    parser.add_argument("--language", default="en")
    parser.add_argument("--stop", type=float, default=60.0)
    options = parser.parse_args()
    plan = Plan(options.language, minutes=options.minutes)
    with tempfile.TemporaryDirectory() as folder:
        session = opened(options.page, Path(folder))
        shown, _ = learn(session.learning, plan)
        took = shown[-1][0]
        off = max(
            (abs(then + view["left"] - took) for then, view in shown if view.get("left") is not None),
            default=0,
        )
        state = shown[-1][1]
        print(
            f"{options.page.name}, {session.pages[0].words} words: promised {60 * options.minutes} s, took {took:.0f} s"
        )
        print(f"ended as {state['state']!r}: {state['message']['id']}")
        print(f"time left as it was shown: wrong by at most {off:.0f} s")
        session.close()
    if options.stop:
        with tempfile.TemporaryDirectory() as folder:
            session = opened(options.page, Path(folder))
            shown, answered = learn(session.learning, plan, options.stop)
            print(
                f"Stop after {options.stop:.0f} s: ended {answered:.1f} s later as {shown[-1][1]['state']!r}"
            )
            session.close()


if __name__ == "__main__":
    main()
