"""The vectors of a word list. Those of a language are computed once and kept in the user's cache directory.

A file belongs to one typed side of the weights, known by its content, so learnt hands share it with the weights they
come from and a file of weights cannot pass for another. Lists of a person's own are never written down.
"""

from __future__ import annotations

import hashlib
import math
import os
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np

from mark_core.model.mark import MarkModel
from mark_core.training.lexicon import Lexicon
from mark_core.whole_file import whole_file

TYPED_SIDE = (
    "clip.text",
    "gate_in",
    "gate_out",
    "text_to_image",
    "image_to_text",
)  # of a network's parameters
KEPT = 6  # files; the longest unused goes first
_TOGETHER = 256  # words looked at between two ticks

Tick = Callable[[float], None]  # hears the share done, 0..1; what it raises ends the work


def cache_folder() -> Path:
    """Where computed vectors are kept: ``MARK_CACHE`` if set, else the cache directory of the user."""
    if named := os.environ.get("MARK_CACHE"):
        return Path(named)
    usual = os.environ.get("LOCALAPPDATA") if os.name == "nt" else os.environ.get("XDG_CACHE_HOME")
    return (Path(usual) if usual else Path.home() / ".cache") / "mark"


def word_vectors(model: MarkModel, lexicon: Lexicon, tick: Tick | None = None) -> np.ndarray:
    """(V, D) float32, L2-normalised to the precision of float16, one row a word of the list."""
    tick = tick or (lambda share: None)
    out = np.empty((len(lexicon), model.dim), np.float16)
    file = _file(model, lexicon.name) if lexicon.name else None
    missing = np.ones(len(lexicon), bool)
    if file is not None and (kept := _read(file, model.dim)) is not None:
        row = dict(zip(kept[0], range(len(kept[0])), strict=True))
        found = np.array([row.get(word, -1) for word in lexicon.words])
        missing = found < 0
        out[~missing] = kept[1][found[~missing]]
    rows = np.flatnonzero(missing)
    out[rows] = _embed(model, [lexicon.words[i] for i in rows], tick)
    if file is not None and len(rows) > len(lexicon) // 20:  # another edition of the list, or none yet
        _write(file, lexicon.words, out)
    return out.astype(np.float32)


def words_within(
    model: MarkModel,
    lexicon: Lexicon,
    seconds: float,
    clock: Callable[[], float] = time.monotonic,
    tick: Tick | None = None,
) -> Lexicon:
    """The list, or those of its words whose vectors are there within so many seconds: the ones that are kept, and the
    most frequent others. How fast this processor is is measured on some of them."""
    file = _file(model, lexicon.name) if lexicon.name else None
    kept = None if file is None else _read(file, model.dim)
    known = set(kept[0]) if kept else set()
    missing = np.array([i for i, word in enumerate(lexicon.words) if word not in known], np.int64)
    missing = missing[np.argsort(-lexicon.log_frequency[missing], kind="stable")]
    if len(missing) <= _TOGETHER or seconds == math.inf:
        return lexicon
    since = clock()
    _embed(model, [lexicon.words[i] for i in missing[:_TOGETHER]], tick or (lambda share: None))
    pace = (clock() - since) / _TOGETHER
    count = len(missing) if pace <= 0 else max(_TOGETHER, int(seconds / pace))
    return lexicon.without(missing[count:])


def _embed(model: MarkModel, words: Sequence[str], tick: Tick) -> np.ndarray:
    """Words of like length together, because padding costs."""
    order = sorted(range(len(words)), key=lambda i: len(words[i]))
    out = np.empty((len(words), model.dim), np.float16)
    for start in range(0, len(order), _TOGETHER):
        tick(start / len(order))
        rows = order[start : start + _TOGETHER]
        out[rows] = model.embed_texts([words[i] for i in rows])
    return out


def _file(model: MarkModel, name: str) -> Path:
    digest = hashlib.sha256(repr(model.network.config.to_dict()).encode())
    for key, value in sorted(model.network.state_dict().items()):
        if key.startswith(TYPED_SIDE):
            digest.update(key.encode())
            digest.update(value.float().cpu().contiguous().numpy().tobytes())
    return cache_folder() / f"words-{name.replace('+', '-')}-{digest.hexdigest()[:24]}.npz"


def _read(file: Path, dim: int) -> tuple[list[str], np.ndarray] | None:
    """Words and vectors of a file; None if it is not there or not as it should be."""
    try:
        with np.load(file, allow_pickle=False) as arrays:
            words, vectors = str(arrays["words"]).split("\n"), arrays["vectors"]
    except Exception:  # whatever somebody has put there
        return None
    if vectors.dtype != np.float16 or vectors.shape != (len(words), dim) or not np.isfinite(vectors).all():
        return None
    with suppress(OSError):
        os.utime(file)
    return words, vectors


def _write(file: Path, words: Sequence[str], vectors: np.ndarray) -> None:
    """A cache that cannot be written costs time and nothing else."""
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(file) as out:
            np.savez(out, words=np.array("\n".join(words)), vectors=vectors)
        files = sorted(file.parent.glob("words-*.npz"), key=lambda one: one.stat().st_mtime)
        for old in files[:-KEPT]:
            old.unlink(missing_ok=True)
