from __future__ import annotations

import json

import pytest

from mark_core.cli.main import main
from mark_core.data_files import data_file

PAGE = str(data_file("sample_pages") / "letter-english-rendered.jpg")


@pytest.fixture(scope="module")
def narrow(tmp_path_factory):
    """The upper part of the rendered letter, so that it is read quickly."""
    from PIL import Image

    path = tmp_path_factory.mktemp("pages") / "part.png"
    with Image.open(PAGE) as image:
        image.crop((0, 0, image.width, image.height // 4)).save(path)
    return path


def test_lines_are_written_as_text(narrow, capsys):
    assert main(["read", str(narrow)]) == 0
    written = capsys.readouterr().out
    assert written.startswith("[Read by a machine (MARK)")
    assert len(written.splitlines()) > 3


def test_json_has_the_certainty_of_every_letter(narrow, capsys):
    assert main(["read", str(narrow), "--json"]) == 0
    (page,) = json.loads(capsys.readouterr().out)
    assert page["checked"] is False
    word = page["lines"][0]["words"][0]
    assert len(word["certainties"]) == len(word["text"])


def test_several_pages_need_a_zip(narrow, tmp_path, capsys):
    assert main(["read", str(narrow), str(narrow), "--as", "alto"]) == 2
    assert "ends in .zip" in capsys.readouterr().err
    out = tmp_path / "new" / "read.zip"
    assert main(["read", str(narrow), str(narrow), "--as", "alto", "--out", str(out)]) == 0
    assert out.read_bytes().startswith(b"PK")
    assert main(["read", str(narrow), "--as", "page", "--out", str(tmp_path / "read.xml")]) == 0
    assert b"PcGts" in (tmp_path / "read.xml").read_bytes()
