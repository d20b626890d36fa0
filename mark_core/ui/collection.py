"""The pages on one desk, in the order in which they lie there."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import mark_core as mark
from mark_core.ui.sheet import Sheet

if TYPE_CHECKING:
    from mark_core import WordIndex


@dataclass(eq=False)
class Collection:
    """Sheets in their order. Own pages lie in ``index``, each sample in its own shared one until it is corrected.

    It has no lock of its own: the session guards it.
    """

    index: WordIndex
    _sheets: dict[str, Sheet] = field(default_factory=dict)

    @property
    def sheets(self) -> list[Sheet]:
        return list(self._sheets.values())

    @property
    def nbytes(self) -> int:
        """Pixels of own pages; samples are everybody's."""
        return sum(sheet.nbytes for sheet in self._sheets.values() if self.owns(sheet))

    def owns(self, sheet: Sheet) -> bool:
        return sheet.index is self.index

    def sheet(self, sheet_id: str) -> Sheet:
        """Raises MarkError when the page is not on this desk."""
        if sheet_id not in self._sheets:
            raise mark.MarkError("This page is no longer open.")
        return self._sheets[sheet_id]

    def put(self, sheet: Sheet) -> None:
        """A new sheet goes to the end; one of the same id takes the place of the old."""
        self._sheets[sheet.id] = sheet

    def put_at(self, sheet: Sheet, place: int) -> None:
        """Lays a sheet at a 0-based place, or at the end when there are fewer."""
        sheets = [other for other in self._sheets.values() if other.id != sheet.id]
        sheets.insert(place, sheet)
        self._sheets = {other.id: other for other in sheets}

    def take(self, sheet_id: str) -> tuple[Sheet, int]:
        """Takes a sheet away; returns it and its 0-based place."""
        sheet = self.sheet(sheet_id)
        place = list(self._sheets).index(sheet_id)
        del self._sheets[sheet_id]
        return sheet, place

    def rename(self, sheet_id: str, title: str) -> None:
        self.put(replace(self.sheet(sheet_id), title=title))

    def delete_files(self) -> None:
        """Deletes what is nobody else's; the sheets are of no use afterwards."""
        for sheet in self._sheets.values():
            if self.owns(sheet):
                sheet.delete_files()
        self._sheets.clear()
