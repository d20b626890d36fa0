"""The text of pages from files of the kinds that people have."""

from __future__ import annotations

import pytest

from mark_core import MarkError
from mark_core.export.alto import to_alto
from mark_core.export.extract import WordText, extract_words
from mark_core.export.pagexml import to_page_xml
from mark_core.export.table import to_csv
from mark_core.export.text.hocr import to_hocr
from mark_core.export.text.tei import to_tei
from mark_core.export.text.transcript_file import MAX_LETTERS, TextPage, read_transcript, text_of_page
from tests.export.samples import make_index, make_page

TEI = '<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><p>not this</p></teiHeader>{}</TEI>'


def lines(text: str | bytes, name: str = "a.txt") -> list[str]:
    data = text if isinstance(text, bytes) else text.encode()
    (page,) = read_transcript(data, name)
    return list(page.lines)


def tei(body: str) -> list[TextPage]:
    return read_transcript(TEI.format(f"<text><body>{body}</body></text>").encode(), "a.xml")


@pytest.mark.parametrize("coding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_plain_text_in_any_coding(coding: str) -> None:
    assert lines("Sehr geehrter\r\n\r\n  Herr  Müller,\t1756\n".encode(coding)) == [
        "Sehr geehrter",
        "Herr Müller, 1756",
    ]


def test_plain_text_has_a_page_a_form_feed() -> None:
    assert [page.lines for page in read_transcript(b"one\ntwo\fthree\f\f", "a.txt")] == [
        ("one", "two"),
        ("three",),
    ]


def test_lines_of_tei_are_those_of_the_page() -> None:
    (page,) = tei(
        "<pb facs='scans/p5.jpg'/><head>To <hi>Captain</hi> Ashby</head>"
        "<p><lb n='1'/>the <choice><abbr>rec’d</abbr><expan>received</expan></choice> or<lb break='no'/>ders of"
        "<note>an editor says</note><lb/>the <choice><sic>Goverour</sic><corr>Governour</corr></choice>"
        "<note place='margin'>Aug. 11</note></p>"
        "<lg><l>first verse</l><l>second <gap/> verse</l></lg>"
    )
    assert page.image == "p5.jpg"
    assert list(page.lines) == [
        "To Captain Ashby", "the rec’d or", "ders of", "the Goverour", "Aug. 11", "first verse", "second verse",
    ]  # fmt: skip


def test_pages_of_tei() -> None:
    pages = tei("<pb facs='a.jpg'/><p>one<lb/>two<pb facs='b.jpg'/>three</p>")
    assert [(page.image, page.lines) for page in pages] == [("a.jpg", ("one", "two")), ("b.jpg", ("three",))]


def test_tei_by_zones() -> None:
    zone = "<zone><line>of the</line><line>Fort</line></zone>"
    body = f"<sourceDoc><surface><graphic url='x/c.jpg'/>{zone}</surface></sourceDoc>"
    (page,) = read_transcript(
        TEI.format(body.replace("<surface>", "<surface xml:id='s1'>")).encode(), "a.tei"
    )
    assert (page.image, page.lines) == ("c.jpg", ("of the", "Fort"))


def test_a_deep_file_costs_no_stack() -> None:
    # the parser itself refuses what is deeper than 256
    (page,) = tei("<seg>" * 200 + "deep" + "</seg>" * 200)
    assert page.lines == ("deep",)


@pytest.mark.parametrize(
    ("table", "name", "expected"),
    [
        ("1,the orders of\n2,the Governour\n", "a.csv", ["the orders of", "the Governour"]),
        ("line\ttext\n1\tthe orders of\n", "a.tsv", ["the orders of"]),
        ("image;transcription;note\nb.jpg;Fort;a very long remark\n", "a.csv", ["Fort"]),
        ('text\n"a, b"\n', "a.csv", ["a, b"]),
        ("text\n'=1+1\n", "a.csv", ["=1+1"]),
    ],
)
def test_tables_have_a_line_a_row(table: str, name: str, expected: list[str]) -> None:
    assert lines(table, name) == expected


LINE = '<TextLine id="l"><Coords points="0,0 9,0 9,9"/>{}</TextLine>'
PAGE = (
    '<PcGts xmlns="http://p/2019"><Page imageFilename="x/p.jpg" imageWidth="99" imageHeight="99">'
    "<TextRegion>{}</TextRegion></Page></PcGts>"
)


def equiv(text: str) -> str:
    return f"<TextEquiv><Unicode>{text}</Unicode></TextEquiv>"


def test_lines_of_page_xml_with_and_without_words() -> None:
    word = '<Word><Coords points="0,0 5,0 5,5"/>{}</Word>'
    inside = [
        LINE.format(equiv("the orders")),
        LINE.format(word.format(equiv("of")) + word.format(equiv("the")) + equiv("of  tho")),
        LINE.format(word.format("") + word.format(equiv("Gov")) + equiv("Governour and")),
        f"<TextLine>{equiv('no place')}</TextLine>",
    ]
    (page,) = read_transcript(PAGE.format("".join(inside)).encode(), "p.xml")
    assert page == TextPage("p.jpg", ("the orders", "of the", "Governour and", "no place"))


def test_lines_of_alto_and_hocr() -> None:
    alto = (
        '<alto xmlns="http://a/v4"><Layout><Page><TextLine HPOS="0" VPOS="0" WIDTH="9" HEIGHT="9">'
        '<String CONTENT="Cum"/><String CONTENT="ber"/><HYP CONTENT="-"/></TextLine></Page></Layout></alto>'
    )
    assert lines(alto, "a.xml") == ["Cum ber -"]
    line = '<span class="ocr_line" title="bbox 0 0 9 2">of <b>the</b></span>'
    hocr = f'<html><body><div class="ocr_page" title="bbox 0 0 9 9">{line}</div></body></html>'
    assert lines(hocr, "a.hocr") == ["of the"]


@pytest.mark.parametrize("write", [to_csv, to_page_xml, to_alto, to_hocr, to_tei])
def test_what_mark_writes_it_reads(write) -> None:
    transcript = {
        ("p1", 0): [WordText("Fort", 0.9)],
        ("p1", 1): [WordText("Cumb’d,", 0.4)],
        ("p1", 2): [WordText("of", 1)],
    }
    extract = extract_words(make_index(make_page("p.jpg")), transcript=transcript)
    suffix = ".csv" if write is to_csv else ".xml"
    (page,) = read_transcript(write(extract), f"p{suffix}")
    assert page == TextPage("p.jpg", ("Fort Cumb’d,", "of"))


@pytest.mark.parametrize(
    ("data", "name", "sentence"),
    [
        (b"", "a.txt", "no text"),
        (b" \n", "a.txt", "no text"),
        (b"<svg/>", "a.xml", "cannot be read"),
        (b"PK\x03\x04\0\0\0", "a.docx", "cannot be read"),
        (b'<!DOCTYPE TEI [<!ENTITY a "b">]><TEI><text>&a;</text></TEI>', "a.xml", "document type"),
        (TEI.format("<facsimile/>").encode(), "a.xml", "no text"),
        (b"a" * (MAX_LETTERS + 1), "a.txt", "too long"),
    ],
)
def test_what_has_no_text_costs_one_sentence(data: bytes, name: str, sentence: str) -> None:
    with pytest.raises(MarkError, match=sentence):
        read_transcript(data, name)


def test_the_text_of_a_page_among_several() -> None:
    first, second = TextPage("a.jpg", ("one",)), TextPage("B.jpg", ("two",))
    assert text_of_page([first], make_page("z.jpg")) is first
    assert text_of_page([first, second], make_page("b.png")) is second
    nameless = [TextPage("", ("one",)), TextPage("", ("two",))]
    assert text_of_page(nameless, make_page("z.pdf", number=1)) is nameless[1]
    for pages in ([first, second], nameless):
        with pytest.raises(MarkError, match=r"2 pages, and none of them is called z\.jpg"):
            text_of_page(pages, make_page("z.jpg"))
