"""Values of JSON from elsewhere, where an entry of the wrong type counts as absent."""

from __future__ import annotations

import math
from typing import Any

_MOST = 10**9  # pixels; larger lengths are no lengths of images


def whole(value: Any) -> int | None:
    """A positive length in pixels given as 1000, 1000.0 or "1000"; None for anything else."""
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 10:
        value = int(value)
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 1 <= value < _MOST:
        return int(value)
    return None


def real(value: Any) -> float | None:
    """A finite number of at most a thousand million, given as a number or as text; None for anything else."""
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    if isinstance(value, str) and (len(value) > 40 or "_" in value):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if math.isfinite(number) and abs(number) < _MOST else None


def identifier(value: Any) -> str | None:
    """The URI of a resource given as a string or as an object with an id."""
    if isinstance(value, dict):
        value = value.get("id") or value.get("@id")
    return value if isinstance(value, str) and value else None


def kind_of(value: dict[str, Any]) -> str:
    """The type of a resource without the prefix of its vocabulary: ``Manifest`` for ``sc:Manifest``; "" for none."""
    kind = value.get("type") or value.get("@type")
    kind = next((entry for entry in as_list(kind) if isinstance(entry, str)), "")
    return str(kind).rpartition(":")[2]


def as_list(value: Any) -> list[Any]:
    """A list as it is, nothing for None, and one entry for anything else."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def dicts(value: Any) -> list[dict[str, Any]]:
    """The objects among the entries."""
    return [item for item in as_list(value) if isinstance(item, dict)]
