"""Fonts for training: fetched once into a folder by a command, never needed at run time.

``fetch(folder)`` asks the package manager of Node for the ``@fontsource`` families and Debian's for the rest, those of
TeX among them, unpacks them below ``folder`` and writes ``licences.csv`` beside them.
"""

from __future__ import annotations

import csv
import hashlib
import shutil
import subprocess
from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from mark_core.training.synthesis.debian import download_package
from mark_core.training.synthesis.tex_fonts import TEX_PACKAGE, fetch_tex_fonts

FAMILIES = Path(__file__).with_name("families.txt")
LATIN_DICTIONARY = "deb/collatinus/usr/share/collatinus/data/lemmes.la"
_STYLES = {
    "hand": ("400-normal", "700-normal"),
    "kurrent": ("400-normal", "700-normal"),
    "pen": ("400-normal", "700-normal"),
    "black": ("400-normal", "700-normal"),
    "print": ("400-normal", "400-italic", "700-normal"),
    "other": ("400-normal", "400-italic", "700-normal"),
}
_SUFFIXES = (".ttf", ".otf", ".woff2")


@dataclass(frozen=True)
class Face:
    """One face: files that together cover its characters (a web font is cut into subsets)."""

    family: str
    style: str
    kind: str
    files: tuple[str, ...]

    @property
    def held_out(self) -> bool:
        """Whether the family is kept for validation: about 1 in 14, decided by its name alone."""
        return int(hashlib.sha256(self.family.encode()).hexdigest(), 16) % 14 == 0

    def has(self, char: str) -> bool:
        return any(ord(char) in _coverage(file) for file in self.files)

    def covers(self, text: str) -> bool:
        return all(self.has(char) for char in text)


def wanted() -> list[tuple[str, str]]:
    """(kind, family) of every family in the list."""
    rows = []
    for line in FAMILIES.read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            kind, *families = line.split()
            rows += [(kind, family) for family in families]
    return rows


def fetch(folder: Path) -> None:
    """Download and unpack all families below ``folder``. Needs ``npm``, ``apt-get`` and ``dpkg-deb``."""
    for tool in ("npm", "apt-get", "dpkg-deb"):
        if shutil.which(tool) is None:
            raise FileNotFoundError(f"fetching the training fonts needs `{tool}`, which is not installed")
    folder.mkdir(parents=True, exist_ok=True)
    families = [family for _, family in wanted()]
    npm = [f"@fontsource/{family}" for family in families if ":" not in family]
    (folder / "package.json").write_text('{"private": true}\n', encoding="utf-8")
    subprocess.run(
        ["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save", *npm],
        cwd=folder,
        check=True,
    )
    packages = [family.removeprefix("deb:") for family in families if family.startswith("deb:")]
    for package in [*packages, "collatinus"]:
        target = folder / "deb" / package
        if target.exists():
            continue
        archive = download_package(package, folder)
        if archive is None:
            print(f"{package}: not in the distribution, left out")
            continue
        unpacked = target.with_suffix(".part")  # an interrupted step leaves no half a package behind
        unpacked.mkdir(parents=True, exist_ok=True)
        subprocess.run(["dpkg-deb", "-x", str(archive), str(unpacked)], check=True)
        unpacked.replace(target)
        archive.unlink()
    fetch_tex_fonts(folder, [family for family in families if family.startswith(("tex:", "mf:"))])
    _write_licences(folder)


def _write_licences(folder: Path) -> None:
    with (folder / "licences.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["family", "licence"])
        for _, family in wanted():
            if family.startswith(("tex:", "mf:")):
                writer.writerow([family, f"see the copyright file of {TEX_PACKAGE}"])
                continue
            if family.startswith("deb:"):
                found = list((folder / "deb" / family.removeprefix("deb:")).rglob("copyright"))
            else:
                found = list((folder / "node_modules" / "@fontsource" / family).glob("LICENSE"))
            text = found[0].read_text(encoding="utf-8", errors="replace") if found else ""
            names = [
                n for n in ("Open Font License", "Apache", "GPL", "GUST", "MIT", "public domain") if n in text
            ]
            writer.writerow([family, " / ".join(names) or "see the package"])


def load_faces(folder: Path) -> list[Face]:
    """All faces below ``folder`` that can draw something, sorted by name (the order is part of the seed)."""
    faces: list[Face] = []
    for kind, family in wanted():
        if ":" in family:
            root = folder / family.replace(":", "/")
            for path in sorted(p for p in root.rglob("*") if p.suffix.lower() in _SUFFIXES):
                if any(
                    word in path.stem
                    for word in ("Initials", "Medium", "Semi", "Extra", "Condensed", "Expanded")
                ):
                    continue
                faces.append(Face(family, path.stem, kind, (str(path),)))
            continue
        files = folder / "node_modules" / "@fontsource" / family / "files"
        groups: dict[str, list[str]] = defaultdict(list)
        for path in sorted(files.glob("*.woff2")):
            for style in _STYLES[kind]:
                if path.stem.endswith(style):
                    groups[style].append(str(path))
        if not groups:  # a family of one odd weight
            groups["only"] = [str(p) for p in sorted(files.glob("*-normal.woff2"))][:6]
        faces += [Face(family, style, kind, tuple(paths)) for style, paths in groups.items() if paths]
    return sorted((f for f in faces if _draws_letters(f)), key=lambda f: (f.kind, f.family, f.style))


@lru_cache(maxsize=4096)
def _coverage(file: str) -> frozenset[int]:
    from fontTools.ttLib import TTFont

    with TTFont(file, lazy=True) as font:
        return frozenset(font.getBestCmap() or ())


def _draws_letters(face: Face) -> bool:
    """Capitals and small letters differ, and at least one script can be written."""
    try:
        if face.covers("abcdefghijklmnopqrstuvwxyz"):
            return _mask(face, "hamburg").shape != _mask(face, "HAMBURG").shape
        return any(face.covers(sample) for sample in ("αβγδ", "абвг", "אבגד", "بتجد", "ᠠᠨᠮᠯ"))
    except (OSError, ValueError):
        return False


def _mask(face: Face, text: str) -> np.ndarray:
    font = truetype(face.files[_file_of(face, text[0])], 32)
    return np.asarray(font.getmask(text, mode="L")).reshape(font.getmask(text, mode="L").size[::-1])


@lru_cache(maxsize=4096)
def truetype(file: str, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(file, size, layout_engine=ImageFont.Layout.RAQM)


def _file_of(face: Face, char: str) -> int:
    for i, file in enumerate(face.files):
        if ord(char) in _coverage(file):
            return i
    return 0


def draw_text(
    draw: ImageDraw.ImageDraw, xy: tuple[float, float], text: str, face: Face, size: int, spacing: float = 0.0
) -> float:
    """Draw ``text`` with its baseline at ``xy`` and return its advance; runs of one file are shaped together.

    ``spacing`` (pixels) sets letters apart one by one, which breaks the joins of a written hand as a pen does.
    """
    x, y = xy
    for file, run in _runs(face, text, bool(spacing)):
        font = truetype(face.files[file], size)
        draw.text((x, y), run, font=font, fill=255, anchor="ls")
        x += font.getlength(run) + spacing
    return x - xy[0]


def text_length(text: str, face: Face, size: int, spacing: float = 0.0) -> float:
    return sum(
        truetype(face.files[f], size).getlength(run) + spacing for f, run in _runs(face, text, bool(spacing))
    )


def _runs(face: Face, text: str, single: bool) -> list[tuple[int, str]]:
    """(file, text) of the pieces that are shaped at once: all of it where one file has every letter, since letters
    of two files do not join."""
    whole = next((i for i, file in enumerate(face.files) if _coverage(file).issuperset(map(ord, text))), None)
    if whole is not None and text and not single:
        return [(whole, text)]
    runs: list[tuple[int, str]] = []
    for char in text:
        file = _file_of(face, char)
        if runs and runs[-1][0] == file and not single:
            runs[-1] = (file, runs[-1][1] + char)
        else:
            runs.append((file, char))
    return runs


def em_for_height(face: Face, sample: str, height: int) -> int:
    """Font size at which ``sample`` is about ``height`` pixels tall (faces differ twofold at one size)."""
    font = truetype(face.files[_file_of(face, sample[0])], 100)
    top, bottom = font.getbbox(sample, anchor="ls")[1::2]
    return int(np.clip(round(100 * height / max(bottom - top, 20)), 12, 200))


def blank(width: int, height: int) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    image = Image.new("L", (width, height), 0)
    return image, ImageDraw.Draw(image)
