"""hOCR and TEI: every word with its place, its text and how sure it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from lxml import etree

from mark_core import MarkError
from mark_core.export.alto import to_alto
from mark_core.export.extract import Extract, WordText, extract_hits, extract_words
from mark_core.export.pagexml import NAMESPACE as PAGE
from mark_core.export.pagexml import to_page_xml
from mark_core.export.read import read_layout
from mark_core.export.table import to_csv, to_json
from mark_core.export.text.hocr import to_hocr
from mark_core.export.text.tei import to_tei
from tests.export.samples import (
    make_hit,
    make_index,
    make_page,
    make_phrase,
    pages_with_words,
    words_extract,
)

T = "{http://www.tei-c.org/ns/1.0}"
XML_ID = "{http://www.w3.org/XML/1998/namespace}id"
TRANSCRIPT = {
    ("p1", 0): [WordText("Fort", 0.9)],
    ("p1", 1): (),  # within the box of the next
    ("p1", 2): [WordText("of", 0.8, (12, 60, 40, 25)), WordText("the", 0.3, (60, 60, 50, 25))],
}


def transcribed(**more) -> Extract:
    return extract_words(
        make_index(make_page(size=(200, 120), original=(400, 240))), transcript=TRANSCRIPT, **more
    )


@settings(max_examples=60, deadline=None)
@given(sample=pages_with_words())
def test_words_of_hocr_come_back_as_they_were(sample) -> None:
    page, words = sample
    words = [replace(word, direction="ltr" if word.direction == "ttb" else word.direction) for word in words]
    (layout,) = read_layout(to_hocr(words_extract(page, words)))
    found = layout.words_on(page)
    assert [(w.box, w.line, w.order, w.direction) for w in found] == [
        (w.box, w.line, w.order, w.direction) for w in words
    ]
    assert [w.confidence for w in found] == pytest.approx([w.confidence for w in words], abs=1e-4)
    assert (layout.image, layout.size) == (page.name, page.original_size)


def test_words_of_a_transcript_have_boxes_of_their_own() -> None:
    for write in (to_hocr, to_alto, to_page_xml):
        (layout,) = read_layout(write(transcribed()))
        assert [word.text for word in layout.words] == ["Fort", "of", "the"]
        assert [word.corners for word in layout.words] == [
            (20, 40, 140, 88),
            (24, 120, 104, 170),
            (120, 120, 220, 170),
        ]
        assert list(layout.text_lines().values()) == ["Fort", "of the"]


def test_certainties_stand_beside_the_text() -> None:
    for write in (to_hocr, to_alto):
        (layout,) = read_layout(write(transcribed()))
        assert [word.confidence for word in layout.words] == pytest.approx([0.9, 0.8, 0.3])
    root = etree.fromstring(to_page_xml(transcribed()))
    known = [word.find(f"{{{PAGE}}}TextEquiv").get("conf") for word in root.iter(f"{{{PAGE}}}Word")]
    assert known == ["0.9000", "0.8000", "0.3000"]
    assert [word.get("cert") for word in etree.fromstring(to_tei(transcribed())).iter(f"{T}w")] == known
    assert b"text_certainty\r\n" in to_csv(transcribed())
    assert b'"text_certainty": 0.3' in to_json(transcribed())
    assert b"text_certainty" not in to_csv(extract_words(make_index(make_page())))


def test_what_a_person_has_read_outranks_the_transcript() -> None:
    root = etree.fromstring(to_tei(transcribed(texts={("p1", 0): "Port", ("p1", 1): "Cumberland"})))
    assert [(word.text, word.get("cert")) for word in root.iter(f"{T}w")] == [
        ("Port", None), ("Cumberland", None), ("of", "0.8000"), ("the", "0.3000"),
    ]  # fmt: skip


def test_every_word_of_tei_has_its_zone_on_its_surface() -> None:
    index = make_index(make_page("a.jpg"), make_page("b & c.jpg", original=(400, 240)))
    text = {("p2", 1): [WordText("Cumberland", 0.7)]}
    root = etree.fromstring(to_tei(extract_words(index, transcript=text)))
    zones = {zone.get(XML_ID): zone for zone in root.iter(f"{T}zone")}
    assert len(zones) == sum(1 for _ in root.iter(f"{T}zone"))
    surfaces = list(root.iter(f"{T}surface"))
    assert [surface.find(f"{T}graphic").get("url") for surface in surfaces] == ["a.jpg", "b & c.jpg"]
    assert [surface.get("lrx") for surface in surfaces] == ["200", "400"]
    (word,) = root.iter(f"{T}w")
    zone = zones[word.get("facs")[1:]]
    assert [zone.get(side) for side in ("ulx", "uly", "lrx", "lry")] == ["160", "36", "260", "88"]
    assert zone.getparent().getparent() is surfaces[1]
    assert {lb.get("facs")[1:] for lb in root.iter(f"{T}lb")} <= set(zones)
    pages = {surface.get(XML_ID) for surface in surfaces}
    assert {pb.get("facs")[1:] for pb in root.iter(f"{T}pb")} == pages


@pytest.mark.parametrize("write", [to_hocr, to_tei])
def test_hits_carry_the_typed_word_unless_they_are_rejected(write) -> None:
    hits = [make_hit("p1", 2, 1, 0.9), make_hit("p1", 0, 2, 0.6), make_phrase("p1", 0, 2, 3, 0.5)]
    extract = extract_hits(
        make_index(make_page()), hits, "fort a<b>&\0", {("p1", 2): "rejected"}, transcript=TRANSCRIPT
    )
    root = etree.fromstring(write(extract))
    names = root.xpath("//@*[local-name()='id']")
    assert len(set(names)) == len(names)
    text = " ".join("".join(root.itertext()).split())
    assert "of the" in text  # of the transcript, also where the hit was rejected
    assert "a<b>&" in text  # the second word of the phrase, which has no text


def test_hocr_has_a_file_a_page() -> None:
    with pytest.raises(MarkError, match="2 pages"):
        to_hocr(extract_words(make_index(make_page("a.jpg"), make_page("b.jpg"))))
