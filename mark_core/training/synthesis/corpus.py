"""Groups of renderings of one word, written to shards that training reads.

A group is one label written by several faces: the positives of the contrastive losses. A shard is one
``.npz`` file; shard ``k`` of seed ``s`` is always the same, so an interrupted run goes on where it stopped.
"""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

import cv2
import numpy as np

from mark_core.model.held_out import is_held_out
from mark_core.model.strip import to_strip
from mark_core.training.synthesis.fonts import LATIN_DICTIONARY, Face, load_faces
from mark_core.training.synthesis.render import Context, render_word
from mark_core.training.synthesis.words import (
    LATIN_SOURCES,
    OTHER_SCRIPTS,
    WordSource,
    label_of,
    written_form,
)
from mark_core.whole_file import whole_file

GROUP = 3  # renderings of a word
SHARD_GROUPS = 2000
OTHER_SHARE = 0.3  # of the groups, in another script than Latin
HAND_LABELS = 170  # different words of one hand, some 400 renderings
KIND_SHARE = {"pen": 0.32, "hand": 0.28, "black": 0.21, "print": 0.19}
GERMAN_SHARE = {"pen": 0.22, "hand": 0.12, "black": 0.21, "print": 0.1, "kurrent": 0.35}
_PROBES = {"el": "αβγδ", "ru": "абвг", "he": "אבגד", "ar": "بتجد", "mn": "ᠠᠨᠮᠯ"}


@dataclass(frozen=True)
class Sample:
    """A rendered word: the crop, what was written, its label, its script and its face."""

    crop: np.ndarray
    written: str
    label: str
    script: str
    family: str


@dataclass(frozen=True)
class Corpus:
    """Draws samples from the faces below ``folder``; ``split`` is "train" or "val" (faces kept apart).

    only: one of ``OTHER_SCRIPTS``, for words in no other script."""

    folder: Path
    split: str = "train"
    only: str | None = None

    def group(self, generator: np.random.Generator, size: int = GROUP) -> list[Sample]:
        g = generator
        source = _source(self.folder)
        while True:
            latin = g.random() >= OTHER_SHARE
            shares = LATIN_SOURCES if latin else OTHER_SCRIPTS
            kind = str(g.choice(list(shares), p=np.array(list(shares.values())) / sum(shares.values())))
            if self.only:
                latin, kind = False, self.only
            script = "latin" if latin else kind
            word = source.draw(g, kind)
            if script == "el" and word.endswith("σ"):
                word = word[:-1] + "ς"
            if script == "latin" and not label_of(word).isascii():
                continue
            if not label_of(word) or (self.split == "val") != is_held_out(label_of(word)):
                continue
            samples: list[Sample] = []
            for _ in range(size * 4):
                sample = self._sample(word, script, kind, source, g)
                if sample is not None and (not samples or sample.label == samples[0].label):
                    samples.append(sample)
                if len(samples) == size:
                    return samples

    def hand(self, face: Face, generator: np.random.Generator, labels: int = HAND_LABELS) -> list[Sample]:
        """Words in one face, as of one hand: English, spelled as no training word is; some occur often, most do not."""
        g, source = generator, _source(self.folder)
        samples: list[Sample] = []
        seen: set[str] = set()
        while len(seen) < labels:
            word = source.draw(g, "en")
            label = label_of(word)
            if label in seen or not label.isascii() or not is_held_out(label):
                continue
            seen.add(label)
            for _ in range(int(min(g.geometric(0.4), 8))):
                sample = self._sample(word, "latin", "en", source, g, face)
                if sample is not None and sample.label == label:
                    samples.append(sample)
        return samples

    def _sample(self, word, script, kind, source, g, face: Face | None = None) -> Sample | None:
        face = face or self._face(script, g, GERMAN_SHARE if kind == "de" else KIND_SHARE)
        written = written_form(word, g, face.has)
        if not face.covers(written):
            written = word
        if not face.covers(written):
            return None
        near = [source.draw(g, kind) if g.random() < p else "" for p in (0.35, 0.35, 0.4, 0.4)]
        near = [w if face.covers(w) else "" for w in near]
        long_lines = [
            " ".join(w for w in (n, source.draw(g, kind)) if n and face.covers(w)) for n in near[2:]
        ]
        try:
            crop = render_word(written, face, script, Context(near[0], near[1], *long_lines), g)
        except (OSError, ValueError):
            return None
        return Sample(crop, written, label_of(written), script, face.family)

    def _face(self, script: str, g: np.random.Generator, shares: dict[str, float]) -> Face:
        families = _families(self.folder, script, self.split)
        if script == "latin":
            kinds = [k for k in shares if families.get(k)]
            share = np.array([shares[k] for k in kinds])
            pool = families[str(g.choice(kinds, p=share / share.sum()))]
        else:
            pool = [family for kind in sorted(families) for family in families[kind]]
        faces = pool[int(g.integers(len(pool)))]
        return faces[int(g.integers(len(faces)))]


@lru_cache(maxsize=2)
def _source(folder: Path) -> WordSource:
    return WordSource(folder / LATIN_DICTIONARY)


@lru_cache(maxsize=64)
def _families(folder: Path, script: str, split: str) -> dict[str, list[list[Face]]]:
    """Faces by kind and family; families are drawn alike, however many weights they have."""
    grouped: dict[str, dict[str, list[Face]]] = {}
    faces = _faces(folder)
    # a script with few families keeps all of them in both splits; its words are still apart
    usable = [f for f in faces if f.covers(_PROBES[script] if script != "latin" else "abcxyz019")]
    held = [f for f in usable if f.held_out == (split == "val")]
    if len({f.family for f in held}) < 2:
        held = usable
    for face in held:
        if script == "latin" and face.kind == "other":
            continue
        grouped.setdefault(face.kind, {}).setdefault(face.family, []).append(face)
    return {kind: list(families.values()) for kind, families in grouped.items()}


@lru_cache(maxsize=2)
def _faces(folder: Path) -> list[Face]:
    return load_faces(folder)


def write_shards(
    folder: Path,
    out: Path,
    count: int,
    seed: int = 0,
    split: str = "train",
    groups: int = SHARD_GROUPS,
    workers: int | None = None,
    first: int = 0,
) -> None:
    """Render shards ``first .. first + count - 1`` into ``out``; those already there are kept."""
    from tqdm import tqdm

    out.mkdir(parents=True, exist_ok=True)
    todo = [k for k in range(first, first + count) if not (out / f"{split}-{seed}-{k:04d}.npz").exists()]
    with ProcessPoolExecutor(workers or os.cpu_count() or 1) as pool:
        jobs = [pool.submit(_write_shard, folder, out, split, seed, k, groups) for k in todo]
        for job in tqdm(as_completed(jobs), total=len(jobs), desc="shards", unit="shard"):
            job.result()


def write_hands(folder: Path, out: Path, seed: int = 0, workers: int | None = None) -> None:
    """Render a shard of words in one face for every Latin family that training never sees; those there are kept.

    In place of the script stands the family: the hand."""
    out.mkdir(parents=True, exist_ok=True)
    families = [faces for kind in _families(folder, "latin", "val").values() for faces in kind]
    paths = [out / f"hand-{seed}-{k:04d}.npz" for k in range(len(families))]
    with ProcessPoolExecutor(workers or os.cpu_count() or 1) as pool:
        jobs = [
            pool.submit(_write_hand, folder, path, k, seed)
            for k, path in enumerate(paths)
            if not path.exists()
        ]
        for job in as_completed(jobs):
            job.result()


def _write_hand(folder: Path, path: Path, number: int, seed: int) -> None:
    cv2.setNumThreads(1)
    families = [faces for kind in _families(folder, "latin", "val").values() for faces in kind]
    samples = Corpus(folder, "val").hand(families[number][0], np.random.default_rng([seed, number, 7]))
    _save(path, [replace(sample, script=sample.family) for sample in samples])


def _write_shard(folder: Path, out: Path, split: str, seed: int, number: int, groups: int) -> None:
    cv2.setNumThreads(1)
    generator = np.random.default_rng([seed, number, split == "val"])
    corpus = Corpus(folder, split)
    samples = [sample for _ in range(groups) for sample in corpus.group(generator)]
    _save(out / f"{split}-{seed}-{number:04d}.npz", samples)


def _save(path: Path, samples: list[Sample]) -> None:
    strips = [to_strip(sample.crop) for sample in samples]
    arrays = {
        "pixels": np.concatenate(strips, axis=1),
        "widths": np.array([s.shape[1] for s in strips], np.int32),
        "labels": np.array([sample.label for sample in samples]),
        "scripts": np.array([sample.script for sample in samples]),
    }
    with whole_file(path) as file:
        np.savez(file, **arrays)
