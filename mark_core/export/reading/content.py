"""What MARK reads in a page, for export, labelled as read by a machine.

Letters are folded: small, without accents and punctuation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import TYPE_CHECKING

from mark_core.export.geometry import original_box
from mark_core.pages.page import Page
from mark_core.segmentation.word import Box

if TYPE_CHECKING:
    from mark_core.retrieval.lines.reading import ReadLine

LABEL = (
    "Read by a machine (MARK), not checked by a person. "
    "Letters are small, without accents; there is no punctuation."
)
MACHINE = "read by a machine, not checked"


@dataclass(frozen=True, eq=False)
class PageReading:
    """A page and what its lines read, in reading order, at least one."""

    page: Page
    lines: Sequence[ReadLine]
    created: datetime = field(default_factory=lambda: datetime.now(timezone.utc).replace(microsecond=0))

    def boxes(self) -> list[list[Box]]:
        """Of all words, line by line, in pixels of the original image."""
        return [[original_box(word.box, self.page) for word in line.words] for line in self.lines]
