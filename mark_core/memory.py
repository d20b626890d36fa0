"""Memory that is given back to the system, after a session has ended or a page was indexed."""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from typing import Any


@cache
def _trim() -> Any:
    """``malloc_trim`` of the GNU C library, or None elsewhere."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        return ctypes.CDLL("libc.so.6").malloc_trim
    except (OSError, AttributeError):
        return None


def give_back() -> bool:
    """Have the allocator return pages that are free; False where it cannot be asked."""
    trim = _trim()
    if trim is None:
        return False
    trim(0)
    return True
