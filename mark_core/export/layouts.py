"""Layout files, matched with the pages they belong to."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from mark_core.export.layout import LayoutPage
from mark_core.export.layout_file import read_layout
from mark_core.export.names import any_stem_key, file_key, folders_of, pictured_key, shared_folders, stem_key
from mark_core.pages.page import Page

_KINDS = ("page", "alto", "hocr", "")  # of two files about one page, the first kind is taken

_LEVELS = 6  # of likeness between names, see `_page_keys`


@dataclass(eq=False)
class _Waiting:
    """A layout without a page yet. name: of its file, with folders. file: counts the files. load: reads it."""

    name: str
    file: int
    kind: str
    keys: list[set[str]]
    load: Callable[[], list[LayoutPage]]

    @property
    def folders(self) -> tuple[str, ...]:
        return folders_of(self.name)


@dataclass
class Layouts:
    """Layout files, matched with pages.

    A layout belongs to the page whose image file it names, or, if its file has one page, whose name is that of the
    file, see `names`; of several with one name, to that in the nearest folder. Where two pages or two files fit equally
    well, neither is taken.

    unclear: names of files of which it could not be told where they belong. spare: those about pages that another file
    describes too.
    """

    unclear: list[str] = field(default_factory=list)
    spare: list[str] = field(default_factory=list)
    _waiting: list[_Waiting] = field(default_factory=list)
    _expected: list[dict[str, list[str]]] = field(default_factory=lambda: [{} for _ in range(_LEVELS)])
    _files: int = 0

    def __len__(self) -> int:
        """Number of layouts without a page."""
        return len(self._waiting)

    @property
    def left(self) -> list[str]:
        """Names of the files with such layouts, without duplicates."""
        return list(dict.fromkeys(one.name for one in self._waiting))

    def expect(self, names: Iterable[str]) -> None:
        """Names of files whose pages will come, with folders where they are known."""
        for name in names:
            for level, key in enumerate(_page_keys(name, "")):
                if key:
                    self._expected[level].setdefault(key, []).append(name)

    def read(self, file: str | os.PathLike[str], name: str | None = None) -> None:
        """Add a file. name: of the file, by default from its path. Raises MarkError as `read_layout`."""
        self.add(name or Path(file).name, read_layout(file))

    def add(self, name: str, layouts: Sequence[LayoutPage]) -> None:
        """Add the pages of a file of this name."""
        self._files += 1
        for layout in layouts:
            self._add(name, layout.kind, layout.image, len(layouts) == 1, [layout])

    def add_later(self, name: str, kind: str, image: str, load: Callable[[], list[LayoutPage]]) -> None:
        """Add a file that is read when its page comes. name: with folders. kind, image: as in `LayoutPage`."""
        self._files += 1
        self._waiting.append(_Waiting(name, self._files, kind, _layout_keys(name, image, True), load))

    def _add(self, name: str, kind: str, image: str, single: bool, layout: list[LayoutPage]) -> None:
        keys = _layout_keys(name, image, single)
        self._waiting.append(_Waiting(name, self._files, kind, keys, lambda: layout))

    def take(self, page: Page, stem: str = "", alone: bool = False) -> tuple[str, LayoutPage] | None:
        """Remove and return the file name and layout of a page; None if there is none.

        stem: unique stem of the page, which is tried before that of its image. alone: there is one page and one layout,
        which belong together whatever their names. Raises MarkError as `read_layout`, if the file is read only now.
        """
        found = self._match(page, stem)
        if found is None and alone and len(self._waiting) == 1 and not self.unclear:
            found = self._waiting[0]
        if found is None:
            return None
        self._waiting.remove(found)
        first, *others = found.load()
        for layout in others:
            keys = _layout_keys(found.name, layout.image, False)
            self._waiting.append(_Waiting(found.name, found.file, found.kind, keys, partial(list, [layout])))
        return found.name, first

    def _match(self, page: Page, stem: str) -> _Waiting | None:
        paths = self._expected[1].get(file_key(page.name), [])
        path = (
            paths[0] if len(paths) == 1 else page.name
        )  # pages of a zip have their folders only where they must
        for level, key in enumerate(_page_keys(page.name, stem)):
            candidates = [one for one in self._waiting if key and key in one.keys[level]]
            candidates = _nearest(candidates, folders_of(path))
            if not candidates:
                continue
            if any(self._is_expected(one, better) for one in candidates for better in range(level)):
                return None  # another page fits better
            if level and self._fits_others(candidates, path, level, key):
                self._set_aside(candidates, self.unclear)
                return None
            return self._one_of(candidates)
        return None

    def _is_expected(self, layout: _Waiting, level: int) -> bool:
        return any(key in self._expected[level] for key in layout.keys[level])

    def _fits_others(self, candidates: list[_Waiting], name: str, level: int, key: str) -> bool:
        """Whether another page that is expected fits as well."""
        others = self._expected[level].get(key, [])
        if len(others) < 2:
            return False
        own = max(shared_folders(folders_of(name), one.folders) for one in candidates)
        best = [max(shared_folders(folders_of(other), one.folders) for one in candidates) for other in others]
        return sum(shared >= own for shared in best) > 1

    def _one_of(self, candidates: list[_Waiting]) -> _Waiting | None:
        """The layout among those that fit equally well: the first of one file, or that of the best kind."""
        kinds = [_KINDS.index(one.kind) for one in candidates]
        best = [one for one, kind in zip(candidates, kinds, strict=True) if kind == min(kinds)]
        if len({one.file for one in best}) > 1:
            self._set_aside(candidates, self.unclear)
            return None
        self._set_aside([one for one in candidates if one.file != best[0].file], self.spare)
        return best[0]

    def _set_aside(self, layouts: list[_Waiting], names: list[str]) -> None:
        for one in layouts:
            self._waiting.remove(one)
            if one.name not in names:
                names.append(one.name)


def _page_keys(name: str, stem: str) -> list[str]:
    """What a page is called at each level, the most certain first."""
    full, known = file_key(name), stem_key(name)
    return [stem_key(stem) if stem else "", full, full, known, known, any_stem_key(name)]


def _layout_keys(name: str, image: str, single: bool) -> list[set[str]]:
    """What the page of a layout may be called at each level. single: its file has one page."""
    own, alone = image or "", name if single else ""
    keys = [
        {stem_key(alone)},
        {file_key(own)},
        {pictured_key(alone)},
        {stem_key(own)},
        {stem_key(alone)},
        {any_stem_key(own), any_stem_key(alone)},
    ]
    return [level - {""} for level in keys]


def _nearest(layouts: list[_Waiting], folders: tuple[str, ...]) -> list[_Waiting]:
    """Those whose folders agree with those of the page farthest down."""
    if len(layouts) < 2 or not folders:
        return layouts
    shared = [shared_folders(folders, one.folders) for one in layouts]
    return [one for one, count in zip(layouts, shared, strict=True) if count == max(shared)]
