"""An index on disk: a folder (see ``folder``) or one file (see ``project``), told apart by the path."""

from __future__ import annotations

from pathlib import Path

from mark_core.model.mark import MarkModel, load_model
from mark_core.retrieval.index import WordIndex
from mark_core.storage.folder import folder_model, load_folder, save_folder
from mark_core.storage.project import SUFFIX, open_project, save_project


def save_index(index: WordIndex, path: str | Path) -> None:
    """Write an index to one file if the name ends in ``.mark``, else to a folder.

    Raises MarkError if a file cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() == SUFFIX:
        save_project(path, index)
    else:
        save_folder(index, path)


def load_index(path: str | Path, model: MarkModel | None = None) -> WordIndex:
    """Read what ``save_index`` has written, or a project of the app.

    model: the weights of a folder; by default those that it was adapted to, or the shipped ones. A project that was
    adapted always uses its own. Raises MarkError if it is damaged, or a folder was made with other weights.
    """
    path = Path(path)
    return open_project(path, model).index if path.is_file() else load_folder(path, model)


def open_index(path: Path, weights: str | None = None, device: str | None = None) -> WordIndex:
    """``load_index`` for the command line. weights: file or preset, see ``load_model``; None: those of the index."""
    return load_index(path, load_model(weights, device) if weights else folder_model(path, device))
