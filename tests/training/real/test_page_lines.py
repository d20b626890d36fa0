"""A folder of pictures with PAGE XML or ALTO becomes lines, and what cannot be used is counted."""

import zipfile

import cv2
import numpy as np
import pytest

from mark_core import MarkError
from mark_core.cli.main import main
from mark_core.training.data import WordSet
from mark_core.training.real.corpus import read_corpus
from mark_core.training.real.layout_lines import read_layout_lines
from mark_core.training.real.line_pictures import HEIGHT, baseline_of, cut_line, unit_of
from mark_core.training.real.lines import fold_line

PAGE = """<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15">
<Page imageFilename="one.png" imageWidth="{width}" imageHeight="{height}">
<TextRegion id="r">{lines}</TextRegion></Page></PcGts>"""
ALTO = """<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Layout><Page WIDTH="600" HEIGHT="300"><PrintSpace>
<TextBlock><TextLine HPOS="20" VPOS="60" WIDTH="400" HEIGHT="60" BASELINE="100">
<String CONTENT="fort"/><SP/><String CONTENT="cumberland"/></TextLine>
<TextLine HPOS="20" VPOS="160" WIDTH="400" HEIGHT="60" BASELINE="20,200 420,200"><String CONTENT="orders"/></TextLine>
</TextBlock></PrintSpace></Page></Layout></alto>"""


def text_line(text="orders", baseline="40,100 400,100", polygon="40,60 400,60 400,120 40,120"):
    parts = [
        f'<Coords points="{polygon}"/>' if polygon else "",
        f'<Baseline points="{baseline}"/>' if baseline else "",
    ]
    said = f"<TextEquiv><Unicode>{text}</Unicode></TextEquiv>" if text else ""
    return f'<TextLine id="l">{"".join(parts)}{said}</TextLine>'


def write(folder, stem, xml, picture=True, size=(600, 300)):
    folder.mkdir(exist_ok=True, parents=True)
    (folder / f"{stem}.xml").write_text(xml, encoding="utf-8")
    if picture:
        page = np.full((size[1], size[0]), 230, np.uint8)
        cv2.putText(page, "orders", (40, 100), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 30, 3)
        cv2.imwrite(str(folder / f"{stem}.png"), page)


def test_page_xml_and_alto_give_the_same_kind_of_lines(tmp_path):
    write(tmp_path, "one", PAGE.format(width=600, height=300, lines=text_line("Fort, Cumberland¬")))
    write(tmp_path, "two", ALTO)
    found = read_corpus(tmp_path)
    assert [line.words for line in found.lines] == [
        ("fort", "cumberland"),
        ("fort", "cumberland"),
        ("orders",),
    ]
    assert all(line.strip.shape[0] == 48 for line in found.lines)
    assert (found.lines[0].strip > 150).any()  # there is ink in it
    assert not found.unused


def test_a_folder_is_a_hand_and_a_hand_is_on_one_side(tmp_path):
    for hand in "abcdefgh":
        for stem in ("one", "two"):
            write(tmp_path / hand, stem, PAGE.format(width=600, height=300, lines=text_line()))
    sides = {}
    for line in read_corpus(tmp_path).lines:
        sides.setdefault(line.hand, set()).add(line.held_out)
    assert len(sides) == 8
    assert all(len(side) == 1 for side in sides.values())
    assert {True} in sides.values()


def test_what_cannot_be_used_is_counted_by_reason(tmp_path):
    lines = [
        text_line(""),
        text_line("...", "40,100 400,100"),
        text_line("სიტყვა"),
        text_line(baseline="", polygon=""),
        text_line(baseline="40,20 41,280", polygon=""),
        text_line("o" * 300),
        text_line(),
    ]
    write(tmp_path, "one", PAGE.format(width=600, height=300, lines="".join(lines)))
    lost = PAGE.format(width=600, height=300, lines=text_line()).replace("one.png", "lost.png")
    write(tmp_path, "lost", lost, picture=False)
    (tmp_path / "other.xml").write_text("<svg/>")
    found = read_corpus(tmp_path)
    assert len(found.lines) == 1
    assert dict(found.unused) == {
        "no text": 1,
        "no letters": 1,
        "letters of a script that is not read": 1,
        "no baseline or polygon across the page": 2,
        "more letters than fit into the picture": 1,
        "picture missing": 1,
        "file that is neither PAGE XML nor ALTO, or damaged": 1,
    }


def test_nothing_there_is_said(tmp_path):
    with pytest.raises(MarkError, match="neither"):
        read_corpus(tmp_path)


def test_boxes_of_a_larger_scan_are_scaled(tmp_path):
    double = text_line(baseline="80,200 800,200", polygon="80,120 800,120 800,240 80,240")
    write(tmp_path, "one", PAGE.format(width=1200, height=600, lines=double))
    write(tmp_path, "two", PAGE.format(width=600, height=300, lines=text_line()))
    large, small = read_corpus(tmp_path).lines
    assert abs(large.strip.shape[1] - small.strip.shape[1]) <= 1
    assert np.abs(large.strip[:, :100].astype(int) - small.strip[:, :100]).mean() < 5


def test_a_bent_line_becomes_straight():
    page = np.full((300, 600), 255, np.uint8)
    x = np.arange(50, 550)
    y = (150 + 40 * np.sin(x / 90)).astype(int)
    for column, row in zip(x, y, strict=True):
        page[row - 2 : row + 1, column] = 0
    (line,) = read_layout_lines(
        PAGE.format(
            width=600,
            height=300,
            lines=text_line(
                baseline=" ".join(f"{c},{r}" for c, r in zip(x[::5], y[::5], strict=True)),
                polygon=" ".join(f"{c},{r - 40}" for c, r in zip(x, y, strict=True))
                + " "
                + " ".join(f"{c},{r + 20}" for c, r in zip(x[::-1], y[::-1], strict=True)),
            ),
        ).encode()
    )[0].lines
    baseline = baseline_of(line)
    unit = unit_of(line, baseline, [])
    assert unit == pytest.approx(40, abs=3)
    strip = cut_line(page, baseline, unit)
    assert strip.shape[0] == HEIGHT
    dark = strip[:, 20:-20].argmin(axis=0)
    assert abs(np.median(dark) - HEIGHT / 1.5) < 3  # one unit above the baseline, half a unit below
    assert np.ptp(dark) <= 4


def test_without_a_polygon_the_next_line_tells_the_height():
    lines = text_line(polygon="") + text_line("x", "40,160 400,160", "")
    first, second = read_layout_lines(PAGE.format(width=600, height=300, lines=lines).encode())[0].lines
    other = baseline_of(second)
    assert unit_of(first, baseline_of(first), [other]) == pytest.approx(40)
    assert unit_of(first, baseline_of(first), []) is None


def test_words_to_the_left_stand_in_the_order_of_their_ink():
    assert fold_line("שלום עולם")[0] == ("עולמ", "שלומ")
    assert fold_line("fort Cumberland")[0] == ("fort", "cumberland")


def test_pages_beside_sets_of_lines_are_read_too(tmp_path):
    (tmp_path / "lines").mkdir()
    (tmp_path / "lines" / "lines.csv").write_text("image,text,hand_or_book\n1.png,orders,a\n")
    picture = np.full((64, 300), 230, np.uint8)
    cv2.putText(picture, "orders", (20, 45), cv2.FONT_HERSHEY_SIMPLEX, 1.2, 30, 3)
    with zipfile.ZipFile(tmp_path / "lines" / "lines.zip", "w") as file:
        file.writestr("1.png", cv2.imencode(".png", picture)[1].tobytes())
    write(tmp_path / "pages", "one", PAGE.format(width=600, height=300, lines=text_line()))
    assert [line.hand for line in read_corpus(tmp_path).lines] == ["lines/a", "pages/one"]


def test_words_are_cut_out_of_pages_by_the_command(tmp_path, capsys):
    lines = text_line() + text_line("...") + text_line("")
    write(tmp_path / "ours", "one", PAGE.format(width=600, height=300, lines=lines))
    main(
        ["train", "words", "--lines", str(tmp_path / "ours"), "--out", str(tmp_path / "out"), "--least", "-5"]
    )
    said = capsys.readouterr().out
    assert "no letters" in said
    assert "no text" in said
    words = WordSet.load([tmp_path / "out" / "train.npz"])
    assert words.labels.tolist() == ["orders"]
    assert 40 < words.strip(0).shape[1] < 400
