"""How long a row of a comparison may learn: processor time, or steps where each run is to be the same."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mark_core.errors import MarkError

_UNITS = {"s": 1.0, "m": 60.0, "h": 3600.0}


@dataclass(frozen=True)
class Budget:
    """seconds of processor time, or else a number of steps."""

    seconds: float | None = None
    steps: int | None = None

    def __post_init__(self) -> None:
        if (self.seconds or self.steps or 0) <= 0:
            raise MarkError("A comparison needs a budget of time or steps above zero.")

    def share(self, step: int, spent: float) -> float:
        """How much of it is used after so many steps and seconds: 1 and more, all of it."""
        return step / self.steps if self.steps else spent / (self.seconds or 1.0)

    def __str__(self) -> str:
        return f"{self.steps} steps" if self.steps else f"{self.seconds:g} s of processor time"


def seconds_of(text: str) -> float:
    """ "90s", "20m" or "1.5h" in seconds. Raises MarkError on anything else."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smh])", text.strip().lower())
    if not found:
        raise MarkError("“{text}” is no time; write 90s, 20m or 1.5h.", text=text)
    return float(found[1]) * _UNITS[found[2]]
