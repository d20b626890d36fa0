"""Fonts of the TeX world: outlines as they are, METAFONT programs drawn and outlined."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from mark_core.training.synthesis.debian import download_package
from mark_core.training.synthesis.metafont import make_font

TEX_PACKAGE = "texlive-fonts-extra"
_TOOLS = ("texlive-binaries", "texlive-base", "libkpathsea6")
_FONTS = "usr/share/texlive/texmf-dist/fonts"
_PROGRAMS = ("schulschriften", "bookhands")  # folders of METAFONT programs
_WEIGHTS = ("b14", "bx14", "eb14", "bsl14", "bxsl14", "ebsl14", "10", "b10", "r10")  # files of one hand


def fetch_tex_fonts(folder: Path, families: list[str]) -> None:
    """Unpack ``tex:NAME`` (a folder of outline fonts) below ``folder/tex`` and draw ``mf:NAME`` below ``folder/mf``.

    Needs ``apt-get`` and ``dpkg-deb`` for what is not there yet; the package has half a gigabyte.
    """
    missing = [family for family in families if not (folder / family.replace(":", "/")).exists()]
    if not missing:
        return
    tools = folder / "deb" / "texlive-tools"
    for package in (*_TOOLS, TEX_PACKAGE):
        marker = folder / "deb" / package / "copyright"
        if marker.exists():
            continue
        archive = download_package(package, folder)
        if archive is None:
            print(f"{package}: not in the distribution; the fonts of TeX are left out")
            return
        _unpack(archive, folder / "deb" / package if package == TEX_PACKAGE else tools, missing)
        archive.unlink()
        marker.parent.mkdir(parents=True, exist_ok=True)
        found = sorted((folder / "deb").rglob(f"usr/share/doc/{package}/copyright"))
        marker.write_bytes(found[0].read_bytes() if found else b"see the package")
    fonts = folder / "deb" / TEX_PACKAGE / _FONTS
    for family in missing:
        kind, name = family.split(":")
        target = folder / kind / name
        if kind == "tex":
            found = sorted(fonts.glob(f"*type/public/{name}"))
            if found:
                shutil.copytree(found[0], target)
            continue
        sources = [fonts / "source/public" / program for program in _PROGRAMS]
        programs = [f"{name}{weight}" for weight in _WEIGHTS]
        for program in programs:
            if any((source / f"{program}.mf").exists() for source in sources):
                make_font(program, sources, tools, target / f"{program}.ttf")


def _unpack(archive: Path, target: Path, families: list[str]) -> None:
    """All of a package of programs; of the package of fonts only the folders that are asked for."""
    target.mkdir(parents=True, exist_ok=True)
    if not archive.name.startswith(TEX_PACKAGE):
        subprocess.run(["dpkg-deb", "-x", str(archive), str(target)], check=True)
        return
    wanted = [
        f"./{_FONTS}/*type/public/{name}/*"
        for kind, name in (f.split(":") for f in families)
        if kind == "tex"
    ]
    wanted += [f"./{_FONTS}/source/public/{program}/*" for program in _PROGRAMS]
    wanted += [f"./usr/share/doc/{TEX_PACKAGE}/*"]
    with subprocess.Popen(["dpkg-deb", "--fsys-tarfile", str(archive)], stdout=subprocess.PIPE) as contents:
        subprocess.run(
            ["tar", "x", "-C", str(target), "--wildcards", *wanted], stdin=contents.stdout, check=False
        )
