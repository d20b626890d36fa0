"""``export`` and ``--boxes`` on the command line, on a strip of the rendered letter."""

import json
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from mark_core.cli.main import main
from mark_core.export.formats import FORMATS
from mark_core.export.read import read_layout

LETTER = Path(__file__).resolve().parents[2] / "sample_pages" / "letter-english-rendered.jpg"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """strip.png and two.png, and an index of the first and of both."""
    folder = tmp_path_factory.mktemp("export")
    with Image.open(LETTER) as image:
        top = image.height // 5
        image.crop((0, top, image.width, top + image.height // 12)).save(folder / "strip.png")
        image.crop((0, 2 * top, image.width, 2 * top + image.height // 12)).save(folder / "two.png")
    assert main(["index", str(folder / "strip.png"), "--out", str(folder / "one")]) == 0
    both = [str(folder / "strip.png"), str(folder / "two.png")]
    assert main(["index", *both, "--out", str(folder / "both")]) == 0
    return folder


def run(capsys, *arguments):
    capsys.readouterr()
    code = main([str(a) for a in arguments])
    return code, *capsys.readouterr()


def export(capsys, index, kind, out, *more):
    return run(capsys, "export", "--index", index, "--format", kind, "--out", out, *more)


@pytest.mark.parametrize("kind", list(FORMATS))
def test_every_format(capsys, folder, tmp_path, kind):
    out = tmp_path / f"new/words{FORMATS[kind].suffix}"
    code, printed, err = export(capsys, folder / "one", kind, out, "--json")
    assert (code, err) == (0, "")
    summary = json.loads(printed)
    assert summary["words"] > 5
    assert summary["pages"] == 1
    assert summary["bytes"] == out.stat().st_size
    assert (summary["format"], summary["media_type"]) == (kind, FORMATS[kind].media_type)


def test_hits_of_a_word_and_of_an_example(capsys, folder, tmp_path):
    out = tmp_path / "hits.json"
    code, printed, _ = export(capsys, folder / "both", "json", out, "--text", "the", "--top", 3)
    assert code == 0
    assert "3 hits" in printed
    document = json.loads(out.read_text(encoding="utf-8"))
    assert [hit["rank"] for hit in document["hits"]] == [1, 2, 3]
    assert document["query"] == "the"
    export(capsys, folder / "both", "json", out, "--example", "2:3", "--top", 1)
    document = json.loads(out.read_text(encoding="utf-8"))
    assert [(hit["page_id"], hit["word"], hit["score"]) for hit in document["hits"]] == [("p2", 3, 1.0)]


def test_several_pages_need_a_zip(capsys, folder, tmp_path):
    code, _, err = export(capsys, folder / "both", "page", tmp_path / "words.xml")
    assert code == 2
    assert "2 pages" in err
    assert not (tmp_path / "words.xml").exists()
    code, _, _ = export(capsys, folder / "both", "page", tmp_path / "words.zip")
    assert code == 0
    assert zipfile.ZipFile(tmp_path / "words.zip").namelist() == ["strip.xml", "two.xml"]


def test_exported_boxes_are_taken_instead_of_segmenting(capsys, folder, tmp_path):
    export(capsys, folder / "one", "alto", tmp_path / "strip.xml")
    (layout,) = read_layout(tmp_path / "strip.xml")
    text = (tmp_path / "strip.xml").read_text(encoding="utf-8")
    start, end = text.index("<String"), text.index("<String", text.index("<String") + 1)
    (tmp_path / "strip.xml").write_text(text[:start] + text[end:], encoding="utf-8")
    code, printed, _ = run(
        capsys,
        "index",
        folder / "strip.png",
        "--out",
        tmp_path / "i",
        "--boxes",
        tmp_path / "strip.xml",
        "--json",
    )
    assert code == 0
    assert json.loads(printed)["words"] == len(layout.words) - 1
    code, printed, _ = run(
        capsys, "search", folder / "strip.png", "--boxes", tmp_path / "strip.xml", "--text", "the", "--json"
    )
    boxes = {tuple(hit["box"]) for hit in json.loads(printed)}
    x, y, right, bottom = layout.words[0].corners
    assert (x, y, right - x, bottom - y) not in boxes
    assert len(boxes) > 3


def test_bad_boxes_are_one_sentence(capsys, folder, tmp_path):
    (tmp_path / "bad.xml").write_text("<svg/>")
    code, out, err = run(
        capsys, "search", folder / "strip.png", "--boxes", tmp_path / "bad.xml", "--text", "the"
    )
    assert (code, out) == (2, "")
    assert err == "mark: bad.xml: This file is not PAGE XML, ALTO or hOCR.\n"
    code, _, err = run(
        capsys, "search", "--index", folder / "one", "--boxes", tmp_path / "bad.xml", "--text", "the"
    )
    assert code == 2
    assert "has its boxes already" in err


def test_no_index_no_export(capsys, tmp_path):
    code, _, err = export(capsys, tmp_path, "csv", tmp_path / "x.csv")
    assert code == 2
    assert "no MARK index" in err


def test_a_zip_brings_its_boxes(capsys, folder, tmp_path):
    """Words of one picture, and of the other a line in which they are looked for."""
    with Image.open(folder / "strip.png") as strip, Image.open(folder / "two.png") as two:
        sizes = strip.size, two.size
    word = '<TextLine><String CONTENT="" HPOS="10" VPOS="20" WIDTH="50" HEIGHT="24"/></TextLine>'
    line = f'<TextLine HPOS="0" VPOS="0" WIDTH="{sizes[1][0] // 2}" HEIGHT="{sizes[1][1]}"/>'
    with zipfile.ZipFile(tmp_path / "book.zip", "w") as archive:
        for name, (width, height), inside in zip(("strip", "two"), sizes, (word, line), strict=True):
            archive.write(folder / f"{name}.png", f"book/{name}.png")
            page = f'<Page WIDTH="{width}" HEIGHT="{height}">{inside}</Page>'
            archive.writestr(f"book/alto/{name}.xml", f"<alto><Layout>{page}</Layout></alto>")
        archive.writestr("book/notes.txt", "notes")
    code, _, err = run(
        capsys, "index", tmp_path / "book.zip", "--out", tmp_path / "index", "--direction", "ltr"
    )
    assert code == 0
    assert f"mark: {tmp_path / 'book.zip'}: left out: book/notes.txt\n" in err
    code, _, _ = export(capsys, tmp_path / "index", "json", tmp_path / "words.json")
    exported = json.loads((tmp_path / "words.json").read_text(encoding="utf-8"))
    first, second = (
        [word["box"] for word in exported["words"] if word["page_id"] == page["id"]]
        for page in exported["pages"]
    )
    assert first == [[10, 20, 50, 24]]
    assert len(second) > 2
    assert max(x + w for x, _, w, _ in second) < 0.55 * sizes[1][0]
