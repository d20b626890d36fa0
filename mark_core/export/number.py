"""Numbers in layout files. What cannot be read counts as absent: programs write "", "NaN" and decimal commas."""

from __future__ import annotations

import math

_MOST = 1e8  # larger coordinates are on no image
_LONGEST = 40  # characters
MAX_POINTS = 2000  # of a polygon; a traced line has some hundreds

Point = tuple[float, float]


def read_number(text: str | None) -> float | None:
    """A finite number with decimal point or comma, else None."""
    if text is None or len(text) > _LONGEST or "_" in text:
        return None
    try:
        number = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return number if math.isfinite(number) and abs(number) <= _MOST else None


def read_share(text: str | None, whole: float = 1.0) -> float:
    """A confidence as a share of ``whole``, 0..1; 1 where it cannot be read."""
    number = read_number(text)
    return 1.0 if number is None else min(1.0, max(0.0, number / whole))


def read_points(text: str | None) -> list[Point] | None:
    """Points written ``x,y x,y`` or ``x y x y``; [] for none, None if one of them cannot be read.

    Of more than MAX_POINTS every second, third or further one is taken.
    """
    parts = (text or "").replace(";", " ").split()
    if all("," in part for part in parts):
        pairs = [tuple(part.split(",")) for part in parts]
    else:
        values = " ".join(parts).replace(",", " ").split()
        pairs = list(zip(values[::2], values[1::2], strict=False))
    points = []
    for pair in pairs[:: 1 + len(pairs) // (MAX_POINTS + 1)]:
        numbers = [read_number(value) for value in pair]
        if len(numbers) != 2 or numbers[0] is None or numbers[1] is None:
            return None
        points.append((numbers[0], numbers[1]))
    return points
