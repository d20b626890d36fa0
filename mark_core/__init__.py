"""MARK: find words in historical documents without transcribing them.

The public names are imported on first use, so that ``import mark_core`` costs nothing and the
page and segmentation code can be used without torch.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from mark_core.errors import MarkError

if TYPE_CHECKING:
    from mark_core.model.mark import MarkModel, load_model
    from mark_core.pages.iiif import iiif_listing, iiif_pages
    from mark_core.pages.load import load_page, load_pages
    from mark_core.pages.page import Page
    from mark_core.retrieval.hit import Hit
    from mark_core.retrieval.index import WordIndex
    from mark_core.retrieval.lines.reading import ReadLine, ReadWord
    from mark_core.retrieval.page_reading import read
    from mark_core.segmentation.segment import segment
    from mark_core.segmentation.word import Word
    from mark_core.storage.project import Project, open_project, save_project
    from mark_core.transcript.page_alignment import AlignedText, align

__version__ = "0.1.0"

_HOME = {
    "MarkModel": "mark_core.model.mark",
    "load_model": "mark_core.model.mark",
    "iiif_listing": "mark_core.pages.iiif",
    "iiif_pages": "mark_core.pages.iiif",
    "load_page": "mark_core.pages.load",
    "load_pages": "mark_core.pages.load",
    "Page": "mark_core.pages.page",
    "Project": "mark_core.storage.project",
    "open_project": "mark_core.storage.project",
    "save_project": "mark_core.storage.project",
    "Hit": "mark_core.retrieval.hit",
    "WordIndex": "mark_core.retrieval.index",
    "ReadLine": "mark_core.retrieval.lines.reading",
    "ReadWord": "mark_core.retrieval.lines.reading",
    "read": "mark_core.retrieval.page_reading",
    "segment": "mark_core.segmentation.segment",
    "Word": "mark_core.segmentation.word",
    "AlignedText": "mark_core.transcript.page_alignment",
    "align": "mark_core.transcript.page_alignment",
}

__all__ = [
    "AlignedText",
    "Hit",
    "MarkError",
    "MarkModel",
    "Page",
    "Project",
    "ReadLine",
    "ReadWord",
    "Word",
    "WordIndex",
    "align",
    "iiif_listing",
    "iiif_pages",
    "load_model",
    "load_page",
    "load_pages",
    "open_project",
    "read",
    "save_project",
    "segment",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted(__all__)
