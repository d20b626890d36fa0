from __future__ import annotations

from collections.abc import Iterator

import pytest

from mark_core.isolation.limits import ReadLimits
from mark_core.isolation.pool import ReaderPool


@pytest.fixture(scope="module")
def pool() -> Iterator[ReaderPool]:
    """The processes of a small server, whose patience is short."""
    pool = ReaderPool(ReadLimits(processes=3, seconds=6.0))
    yield pool
    pool.close()
