"""Fonts that exist as METAFONT programs only (German school hands, medieval bookhands), made into TrueType files.

``mf`` draws the letters at a high resolution into a GF file (Fuchs and Knuth, "GFtype", 1990); their outlines, the
widths and the joining rules of the TFM file become a font that any renderer can use.
"""

from __future__ import annotations

import os
import struct
import subprocess
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

_PIXELS_PER_INCH = 2000  # METAFONT counts to 4,095
_SMOOTHING = 0.7  # pixels that an outline may leave the drawn edge by
_SETUP = (
    "\\input plain; mode_def outlines = proofing:=0; fontmaking:=1; pixels_per_inch:={resolution}; blacker:=0; "
    "fillin:=0; o_correction:=1; enddef; mode:=outlines; input {name}; end"
)
_BOUNDARY = 32  # METAFONT programs use the space as the end of a word


@dataclass(frozen=True)
class Glyph:
    """A drawn letter. ink: (H, W) bool, row 0 is the highest; left, top: of its corner beside the origin, pixels, up
    is positive; advance: pixels."""

    ink: np.ndarray
    left: int
    top: int
    advance: float


def make_font(name: str, sources: list[Path], tools: Path, target: Path) -> None:
    """Write the METAFONT program ``name`` as the TrueType file ``target``.

    sources: folders of its ``.mf`` files. tools: where the packages with ``mf`` and its macros were unpacked.
    Raises FileNotFoundError if ``mf`` is missing or drew nothing.
    """
    from fontTools.tfmLib import TFM

    program = tools / "usr/bin/mf-nowin"
    if not program.exists():
        raise FileNotFoundError(f"there is no METAFONT below {tools}")
    folder = target.with_suffix(".part")
    folder.mkdir(parents=True, exist_ok=True)
    libraries = sorted({str(path.parent) for path in tools.glob("usr/lib/**/libkpathsea*")})
    texmf = tools / "usr/share/texlive/texmf-dist"
    macros = [*sources, texmf / "metafont/base", texmf / "fonts/source/public/cm"]
    environment = {
        **os.environ,
        "LD_LIBRARY_PATH": os.pathsep.join(libraries),
        "MFINPUTS": os.pathsep.join([".", *(str(path.resolve()) for path in macros), ""]),
        "TEXMFCNF": str((texmf / "web2c").resolve()),
    }
    command = _SETUP.format(resolution=_PIXELS_PER_INCH, name=name)
    subprocess.run(
        [str(program.resolve()), "-ini", "-interaction=nonstopmode", f"-jobname={name}", command],
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        check=False,  # it complains of rounding that does no harm
    )
    drawn = sorted(folder.glob("*gf"))
    if not drawn or not list(folder.glob("*.tfm")):
        raise FileNotFoundError(f"METAFONT drew nothing of {name}")
    glyphs = read_gf(drawn[0].read_bytes())
    _write_truetype(name, glyphs, TFM(str(next(folder.glob("*.tfm")))), target)
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()


def read_gf(data: bytes) -> dict[int, Glyph]:
    """Letters of a GF file by their code. Raises ValueError if it is none."""
    if data[:2] != bytes([247, 131]):
        raise ValueError("not a GF file")
    advance = _advances(data)
    glyphs: dict[int, Glyph] = {}
    at = 3 + data[2]
    code, left, top = 0, 0, 0
    runs: list[tuple[int, int, int]] = []
    row, column, black = 0, 0, False
    while data[at] != 248:  # the postamble
        op, at = data[at], at + 1
        if op <= 66:  # a run of one colour
            size = op - 63 if op > 63 else 0
            length = int.from_bytes(data[at : at + size], "big") if size else op
            at += size
            if black:
                runs.append((row, column, column + length))
            column, black = column + length, not black
        elif op == 67:  # a letter begins
            code, _, left, _, _, top = struct.unpack(">6i", data[at : at + 24])
            at, runs, row, column, black = at + 24, [], 0, 0, False
        elif op == 68:  # the same with short numbers
            code, width, most, _, top = data[at : at + 5]
            left = most - width
            at, runs, row, column, black = at + 5, [], 0, 0, False
        elif op == 69:  # it ends
            glyphs[code % 256] = Glyph(_ink(runs), left, top, advance.get(code % 256, 0.0))
        elif 70 <= op <= 73:  # empty rows
            size = op - 70
            row += 1 + int.from_bytes(data[at : at + size], "big")
            at, column, black = at + size, 0, False
        elif 74 <= op <= 238:  # the next row, begun by white
            row, column, black = row + 1, op - 74, True
        elif 239 <= op <= 242:  # a comment
            size = op - 238
            at += size + int.from_bytes(data[at : at + size], "big")
        elif op == 243:
            at += 4
    return glyphs


def _advances(data: bytes) -> dict[int, float]:
    """Advance of every letter in pixels, from the locators behind the postamble."""
    end = len(data.rstrip(bytes([223])))
    at = int.from_bytes(data[end - 5 : end - 1], "big") + 37
    advances = {}
    while data[at] in (245, 246):
        code = data[at + 1]
        if data[at] == 245:
            advances[code] = int.from_bytes(data[at + 2 : at + 6], "big", signed=True) / 65536
            at += 18
        else:
            advances[code] = float(data[at + 2])
            at += 11
    return advances


def _ink(runs: list[tuple[int, int, int]]) -> np.ndarray:
    rows = max((row for row, _, _ in runs), default=0) + 1
    ink = np.zeros((rows, max((end for _, _, end in runs), default=1)), bool)
    for row, start, end in runs:
        ink[row, start:end] = True
    return ink


def outlines(glyph: Glyph) -> list[np.ndarray]:
    """Closed outlines of a letter, each (N, 2) int in font units, those of holes turned the other way."""
    contours, _ = cv2.findContours(
        np.pad(glyph.ink, 1).astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE
    )
    found = []
    for contour in contours:
        points = cv2.approxPolyDP(contour, _SMOOTHING, True)[:, 0]
        if len(points) > 2:
            found.append(np.stack([points[:, 0] - 1 + glyph.left, glyph.top - points[:, 1] + 1], axis=1))
    return found


def _write_truetype(name: str, glyphs: dict[int, Glyph], metrics, target: Path) -> None:
    from fontTools.feaLib.builder import addOpenTypeFeaturesFromString
    from fontTools.fontBuilder import FontBuilder
    from fontTools.pens.ttGlyphPen import TTGlyphPen

    em = _em(metrics)
    names = {code: f"c{code}" for code in sorted(glyphs)}
    shapes, widths = {".notdef": TTGlyphPen(None).glyph(), "space": TTGlyphPen(None).glyph()}, {}
    widths[".notdef"] = widths["space"] = (em // 3, 0)
    for code, glyph in glyphs.items():
        pen = TTGlyphPen(None)
        for points in outlines(glyph):
            pen.moveTo(tuple(points[0].tolist()))
            for point in points[1:].tolist():
                pen.lineTo(tuple(point))
            pen.closePath()
        shapes[names[code]], widths[names[code]] = pen.glyph(), (round(glyph.advance), glyph.left)
    builder = FontBuilder(em, isTTF=True)
    builder.setupGlyphOrder(list(shapes))
    encoded = {code: names[code] for code in glyphs if 33 <= code < 127 or 192 <= code < 256}
    builder.setupCharacterMap({**encoded, 32: "space"})
    builder.setupGlyf(shapes)
    builder.setupHorizontalMetrics(widths)
    builder.setupHorizontalHeader(ascent=em, descent=-em // 2)
    builder.setupNameTable({"familyName": name, "styleName": "Regular"})
    builder.setupOS2(sTypoAscender=em, sTypoDescender=-em // 2, usWinAscent=em, usWinDescent=em // 2)
    builder.setupPost()
    rules = joining_rules(metrics, names)
    if rules:
        addOpenTypeFeaturesFromString(builder.font, rules)
    target.parent.mkdir(parents=True, exist_ok=True)
    builder.save(target)


def joining_rules(metrics, names: dict[int, str]) -> str:
    """The ligatures and kerns of a TFM file as OpenType features: two letters in one sign, a form before another
    letter, a form at the end of a word."""
    ligatures, before, last = [], [], {}
    for code, followers in metrics.ligatures.items():
        for follower, (kind, made) in followers.items():
            if code not in names or made not in names:
                continue
            if follower == _BOUNDARY:
                last[names[code]] = names[made]
            elif follower in names and kind == "LIG":
                ligatures.append(f"sub {names[code]} {names[follower]} by {names[made]};")
            elif follower in names and kind.startswith("LIG/"):
                before.append(f"sub {names[code]}' {names[follower]} by {names[made]};")
    kerns = [
        f"pos {names[code]} {names[follower]} {round(amount * _em(metrics))};"
        for code, followers in metrics.kerning.items()
        for follower, amount in followers.items()
        if code in names and follower in names
    ]
    text = []
    if ligatures:
        text.append("feature liga { " + " ".join(ligatures) + " } liga;")
    if before or last:
        forms = [f"ignore sub [{' '.join(last)}]' [{' '.join(names.values())}];"] if last else []
        forms += [f"sub {letter}' by {made};" for letter, made in last.items()]
        text.append("feature calt { " + " ".join([*before, *forms]) + " } calt;")
    if kerns:
        text.append("feature kern { " + " ".join(kerns) + " } kern;")
    return "\n".join(text)


def _em(metrics) -> int:
    return round(metrics.designsize / 72.27 * _PIXELS_PER_INCH)
