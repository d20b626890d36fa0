"""Files as other programs write them, and files that are none."""

import time

import pytest

from mark_core import MarkError
from mark_core.export.page_words import words_of
from mark_core.export.read import Layouts, read_layout, words_for
from mark_core.export.read_hocr import properties
from mark_core.export.xmlfile import MAX_BYTES
from tests.export.samples import make_page

PAGE_2013 = """<?xml version="1.0" encoding="UTF-8"?>
<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2013-07-15">
 <Page imageFilename="scans\\0001.tif" imageWidth="400" imageHeight="240">
  <ReadingOrder><OrderedGroup id="o"><RegionRefIndexed index="1" regionRef="r1"/>
   <RegionRefIndexed index="0" regionRef="r2"/></OrderedGroup></ReadingOrder>
  <TextRegion id="r1" readingDirection="right-to-left"><Coords points="0,0 9,9"/>
   <TextLine id="l1"><Coords points="0,0 9,9"/>
    <Word id="w1"><Coords points="20,40 140,36 138,88 22,80" conf="0.5"/>
     <TextEquiv index="1"><Unicode>wrong</Unicode></TextEquiv>
     <TextEquiv index="0" conf="0.9"><Unicode> ſeyn, </Unicode></TextEquiv></Word>
    <Word id="w2"><Coords points="200,40 260,80"/><TextEquiv conf="0.75"><Unicode>b</Unicode></TextEquiv></Word>
   </TextLine></TextRegion>
  <TextRegion id="r2"><Coords points="0,0 9,9"/>
   <TextLine id="l2"><Coords points="0,0 9,9"/><Word id="w3"><Coords points="10,200 30,220"/></Word></TextLine>
  </TextRegion>
 </Page></PcGts>"""

PAGE_2010 = """<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2010-03-19">
 <Page imageFilename="a.png" imageWidth="200" imageHeight="120"><TextRegion id="r"><TextLine id="l">
 <Word id="w"><Coords><Point x="10" y="20"/><Point x="70" y="20"/><Point x="40" y="44"/></Coords></Word>
 </TextLine></TextRegion></Page></PcGts>"""

ALTO_2 = """<alto xmlns="http://www.loc.gov/standards/alto/ns-v2#"><Description>
 <MeasurementUnit>{unit}</MeasurementUnit>
 <sourceImageInformation><fileName>/a/b/0001.tif</fileName></sourceImageInformation></Description>
 <Layout><Page ID="p" PHYSICAL_IMG_NR="1" {size}><PrintSpace>
 <TextBlock ID="b"><TextLine><String CONTENT="Dem" WC="0.8" HPOS="20" VPOS="40" WIDTH="100" HEIGHT="40"/>
 <SP/><String CONTENT="nowhere"/></TextLine>
 <TextLine BASEDIRECTION="rtl"><String CONTENT="aller" HPOS="200.4" VPOS="100.0" WIDTH="60" HEIGHT="40"/></TextLine>
 </TextBlock></PrintSpace></Page></Layout></alto>"""

HOCR = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml"><head><meta name="ocr-system" content="tesseract"></head><body>
<div class='ocr_page' title='image "/scans/a;b/0001.png"; bbox 0 0 400 240; ppageno 0'>
 <p class='ocr_par' dir='rtl'><span class='ocr_line' title="bbox 20 40 260 80; baseline 0 -5">
  <span class='ocrx_word' title='bbox 20 40 120 80; x_wconf 93'><strong>Grüße&nbsp;&amp;</strong></span>
  <span class='ocrx_word' title='bbox 200 40 260 80; x_wconf 40'>b</span></span></p>
 <span class='ocr_header' title="bbox 0 0 9 9"><span class='ocrx_word' title='bbox 10 200 30 220'>c</span></span>
</div></body></html>"""


def read(text, encoding="utf-8"):
    return read_layout(text.encode(encoding))


def test_page_xml_by_reading_order_with_polygons():
    (layout,) = read(PAGE_2013)
    assert (layout.image, layout.size) == ("0001.tif", (400, 240))
    words = layout.words_on(make_page(size=(200, 120), original=(400, 240)))
    assert [word.box for word in words] == [(5, 100, 10, 10), (10, 18, 60, 26), (100, 20, 30, 20)]
    assert [word.line for word in words] == [0, 1, 1]
    assert [word.order for word in words] == [0, 1, 2]
    assert [word.direction for word in words] == ["ltr", "rtl", "rtl"]
    assert [word.confidence for word in words] == [1.0, 0.5, 0.75]
    assert [word.text for word in layout.words] == ["", "ſeyn,", "b"]


def test_page_xml_of_2010_has_points_as_elements():
    (layout,) = read(PAGE_2010)
    assert layout.words_on(make_page())[0].box == (10, 20, 60, 24)


def test_boxes_made_on_a_smaller_copy_are_scaled_up():
    (layout,) = read(PAGE_2010.replace('"200"', '"100"').replace('"120"', '"60"'))
    assert layout.words_on(make_page())[0].box == (20, 40, 120, 48)


def test_alto_in_pixels():
    (layout,) = read(ALTO_2.format(unit="pixel", size='WIDTH="400" HEIGHT="240"'))
    words = layout.words_on(make_page(size=(400, 240)))
    assert layout.image == "0001.tif"
    assert [word.text for word in layout.words] == ["Dem", "aller"]  # a string without a place has no box
    assert [(word.box, word.line, word.direction, word.confidence) for word in words] == [
        ((20, 40, 100, 40), 0, "ltr", 0.8),
        ((200, 100, 60, 40), 1, "rtl", 1.0),
    ]


@pytest.mark.parametrize(("unit", "per_inch"), [("mm10", 254), ("inch1200", 1200)])
def test_alto_in_parts_of_an_inch(unit, per_inch):
    (layout,) = read(ALTO_2.format(unit=unit, size='WIDTH="400" HEIGHT="240"'))
    assert layout.words_on(make_page(size=(200, 120)))[0].box == (10, 20, 50, 20)
    (layout,) = read(ALTO_2.format(unit=unit, size=""))
    page = make_page(size=(2000, 1200), dpi=2.0 * per_inch)
    assert layout.words_on(page)[0].box == (40, 80, 200, 80)
    with pytest.raises(MarkError, match="how large"):
        layout.words_on(make_page())


def test_hocr_that_is_no_well_formed_xml():
    (layout,) = read(HOCR)
    assert (layout.image, layout.size) == ("0001.png", (400, 240))
    assert [word.text for word in layout.words] == ["Grüße\xa0&", "b", "c"]
    words = layout.words_on(make_page(size=(200, 120), original=(400, 240)))
    assert [word.box for word in words] == [(10, 20, 50, 20), (100, 20, 30, 20), (5, 100, 10, 10)]
    assert [word.line for word in words] == [0, 0, 1]
    assert [word.direction for word in words] == ["rtl", "rtl", "ltr"]
    assert [word.confidence for word in words] == [0.93, 0.4, 1.0]


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1"])
def test_other_encodings(encoding):
    text = f'<?xml version="1.0" encoding="{encoding}"?>' + PAGE_2010.replace("a.png", "Grüße.png")
    assert read(text, encoding)[0].image == "Grüße.png"
    assert read(HOCR.replace("UTF-8", encoding), encoding)[0].words[0].text == "Grüße\xa0&"


def test_boxes_that_leave_the_page_are_cut_or_left_out():
    text = PAGE_2010.replace('x="10"', 'x="-5"').replace('x="70"', 'x="900"')
    assert read(text)[0].words_on(make_page())[0].box == (0, 20, 200, 24)
    outside = PAGE_2010.replace('y="20"', 'y="900"').replace('y="44"', 'y="999"')
    with pytest.raises(MarkError, match="no word boxes"):
        read(outside)[0].words_on(make_page())


def test_an_image_of_another_shape_is_refused():
    with pytest.raises(MarkError, match="200 x 120"):
        read(PAGE_2010)[0].words_on(make_page(size=(120, 200)))


BOMB = (
    '<!DOCTYPE PcGts [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefghij", "bcdefghijk", strict=True))
    + "]>"
)


@pytest.mark.parametrize(
    "text",
    [
        BOMB + PAGE_2010.replace("</Page>", "<TextRegion>&k;</TextRegion></Page>"),
        BOMB + PAGE_2010.replace("a.png", "&k;"),
        '<!DOCTYPE PcGts [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
        + PAGE_2010.replace("</Page>", "&x;</Page>"),
        '<!DOCTYPE PcGts SYSTEM "file:///etc/passwd">' + PAGE_2010,
        '<!DOCTYPE PcGts [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x.dtd"> %x;]>' + PAGE_2010,
        '<!DOCTYPE PcGts [<!ATTLIST Page imageFilename CDATA "b">]>' + PAGE_2010,
    ],
    ids=[
        "laughs",
        "laughs in an attribute",
        "external entity",
        "external DTD",
        "parameter entity",
        "defaults",
    ],
)
def test_document_types_are_refused(text):
    with pytest.raises(MarkError, match=r"document type|damaged"):
        read(text)


@pytest.mark.parametrize("value", ["&k;", "&x;"])
def test_entities_of_a_web_page_are_not_known(value, tmp_path):
    (tmp_path / "secret").write_text("TOP SECRET")
    kind = BOMB.replace("PcGts", "html").replace(
        "]>", f'<!ENTITY x SYSTEM "{(tmp_path / "secret").as_uri()}">]>'
    )
    text = (
        HOCR[HOCR.index("<html") :].replace("Grüße", value).replace('content="tesseract">', 'content="t"/>')
    )
    (layout,) = read(kind + text.replace("&nbsp;", ""))
    assert len(layout.words[0].text) < 20
    assert "SECRET" not in layout.words[0].text


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "empty"),
        (b"  \n", "empty"),
        (b"\xff\xd8\xff\xe0 not xml \x00", "not PAGE XML, ALTO or hOCR"),
        (b"<svg/>", "not PAGE XML, ALTO or hOCR"),
        (b"<html><body>hello</body></html>", "not PAGE XML, ALTO or hOCR"),
        (PAGE_2010[:200].encode(), "damaged"),
        (b"<PcGts/>", "no page"),
        (b"<alto/>", "no page"),
        (ALTO_2.format(unit="furlong", size="").encode(), "furlong"),
        (PAGE_2010.replace('x="10"', 'x="ten"').encode(), "not numbers"),
        (PAGE_2010.replace('x="10"', 'x="nan"').encode(), "not numbers"),
        (b"<a>" * 100_000, "not PAGE XML, ALTO or hOCR"),
        (b" " * MAX_BYTES + b"<a/>", "larger than 32 MB"),
    ],
)
def test_wrong_files_are_told_in_one_sentence(data, sentence):
    with pytest.raises(MarkError, match=sentence) as caught:
        read_layout(data)
    assert "\n" not in str(caught.value)


ODD = ["", "NaN", "inf", "-inf", "1e999", "ten", "1_0", "0x1", "9" * 500]


@pytest.mark.parametrize("odd", ODD)
def test_one_odd_number_loses_one_word(odd):
    """And a sentence says so; in all three formats."""
    alto = ALTO_2.format(unit="pixel", size='WIDTH="400" HEIGHT="240"').replace('HPOS="20"', f'HPOS="{odd}"')
    page = PAGE_2013.replace("20,40 140,36", f"{odd},40 140,36")
    hocr = HOCR.replace("bbox 20 40 120 80; x_wconf", f"bbox 20 {odd or 'x'} 120 80; x_wconf")
    for text, left in ((alto, 1), (page, 2), (hocr, 2)):
        (layout,) = read(text)
        assert (layout.unreadable, len(layout.words)) == (1, left)
        told = []
        found = words_of(layout, make_page(size=(400, 240)), notify=told.append)
        assert len(found) == left
        assert [str(sentence) for sentence in told] == ["Words whose places are not numbers are left out: 1."]


@pytest.mark.parametrize("odd", ODD)
def test_odd_sizes_confidences_and_indexes_count_as_absent(odd):
    alto = ALTO_2.format(unit="pixel", size=f'WIDTH="{odd}" HEIGHT="{odd}"').replace("0.8", odd)
    (layout,) = read(alto)
    assert (layout.size, layout.unreadable) == (None, 0)
    assert [word.confidence for word in layout.words] == [1.0, 1.0]
    assert layout.words_on(make_page(size=(400, 240)))[0].box == (20, 40, 100, 40)
    page = PAGE_2013.replace('"400"', f'"{odd}"').replace('conf="0.75"', f'conf="{odd}"')
    (layout,) = read(page.replace('conf="0.5"', f'conf="{odd}"').replace('index="1" r', f'index="{odd}" r'))
    assert (layout.size, layout.unreadable, len(layout.words)) == (None, 0, 3)
    assert [word.text for word in layout.words if word.text] == ["ſeyn,", "b"]
    assert {word.text: word.confidence for word in layout.words} == {"": 1.0, "ſeyn,": 0.9, "b": 1.0}


def test_decimal_commas():
    text = ALTO_2.format(unit="pixel", size='WIDTH="400,0" HEIGHT="240,0"')
    (layout,) = read(text.replace('WC="0.8"', 'WC="0,93"').replace("200.4", "200,4"))
    assert layout.size == (400, 240)
    assert [word.confidence for word in layout.words] == [0.93, 1.0]
    assert layout.words[1].corners[0] == 200.4


def test_words_in_one_another():
    """A line among the words, a box as large as the page, one that is there twice."""
    boxes = [
        (10, 20, 40, 20),
        (60, 20, 40, 20),
        (8, 18, 94, 24),
        (0, 0, 199, 119),
        (10, 20, 40, 20),
        (60, 20, 10, 20),
    ]
    inside = "".join(
        f'<String CONTENT="x" HPOS="{x}" VPOS="{y}" WIDTH="{w}" HEIGHT="{h}"/>' for x, y, w, h in boxes
    )
    (layout,) = read(
        f'<alto><Layout><Page WIDTH="200" HEIGHT="120"><TextLine>{inside}</TextLine></Page></Layout></alto>'
    )
    told = []
    words = words_of(layout, make_page(), notify=told.append)
    assert [word.box for word in words] == [
        boxes[0],
        boxes[1],
        boxes[5],
    ]  # a small box in a large one may be right
    assert [(word.line, word.order) for word in words] == [(0, 0), (0, 1), (0, 2)]
    (sentence,) = told
    assert str(sentence).endswith("are left out: 3.")


def test_a_word_alone_may_be_as_large_as_the_page():
    (layout,) = read(
        PAGE_2010.replace('x="70"', 'x="199"').replace('y="44"', 'y="119"').replace('x="10"', 'x="0"')
    )
    told = []
    assert words_of(layout, make_page(), notify=told.append)[0].box == (0, 20, 199, 99)
    assert told == []


def test_lines_in_one_another_count_their_words_once():
    text = "<TextLine>" * 100 + '<String HPOS="1" VPOS="1" WIDTH="9" HEIGHT="9"/>' + "</TextLine>" * 100
    (layout,) = read(f"<alto><Layout><Page>{text}</Page></Layout></alto>")
    assert len(layout.words) == 1


def test_too_many_words_are_counted_while_reading(monkeypatch):
    monkeypatch.setattr("mark_core.export.layout.MAX_WORDS", 2)
    with pytest.raises(MarkError, match="more than 2 words"):
        read(PAGE_2013)
    with pytest.raises(MarkError, match="more than 2 words"):
        read(HOCR)


def test_properties_of_any_text_are_read_at_once():
    assert properties('image "/a;b/1.png"; bbox 0 0 9 9;x_wconf 3') == {
        "image": '"/a;b/1.png"', "bbox": "0 0 9 9", "x_wconf": "3"}  # fmt: skip
    assert properties("bbox 1 2 3 4; image 'never closed; x_wconf 7")["x_wconf"] == "7"
    started = time.monotonic()
    for text in (
        " " * 90_000,
        'a"' * 30_000,
        "'" * 90_001,
        "a;" * 45_000,
        "bbox 0 0 9 9;" + " " * 90_000 + "x",
    ):
        properties(text)
    assert time.monotonic() - started < 2


def test_an_encoding_that_is_none_of_texts():
    (layout,) = read('<meta charset="base64">' + HOCR[HOCR.index("<html") :])
    assert len(layout.words) == 3


def test_lines_without_words():
    """In all formats, with what they say of their place."""
    page = PAGE_2010.replace("<Word", "<Glyph").replace("</Word", "</Glyph").replace(
        '<TextLine id="l">', '<TextLine id="l"><Coords points="10,20 70,20 70,44"/><Baseline points="10,40 70,41"/>'
    )  # fmt: skip
    (layout,) = read(page)
    (line,) = layout.lines
    assert (layout.words, line.polygon, line.baseline) == (
        (),
        ((10, 20), (70, 20), (70, 44)),
        ((10, 40), (70, 41)),
    )
    alto = (
        '<alto><Layout><Page><TextBlock BASEDIRECTION="rtl">'
        '<TextLine HPOS="1" VPOS="2" WIDTH="3" HEIGHT="4" BASELINE="1 5 4 5"/>'
        '<TextLine BASELINE="7"><Shape><Polygon POINTS="0 0 9 0 9,5"/></Shape></TextLine>'
        '<TextLine HPOS="0" VPOS="2" WIDTH="9" HEIGHT="4">'
        '<String CONTENT="a whole line" HPOS="0" VPOS="2" WIDTH="9" HEIGHT="4"/></TextLine>'
    )
    (layout,) = read(f"{alto}</TextBlock></Page></Layout></alto>")
    assert [line.polygon for line in layout.lines] == [
        ((1, 2), (4, 2), (4, 6), (1, 6)), ((0, 0), (9, 0), (9, 5)), ((0, 2), (9, 2), (9, 6), (0, 6))]  # fmt: skip
    assert [line.baseline for line in layout.lines] == [((1, 5), (4, 5)), (), ()]
    assert {line.direction for line in layout.lines} == {"rtl"}
    (layout,) = read(HOCR.replace("ocrx_word", "ocrx_cinfo"))
    assert [len(line.polygon) for line in layout.lines] == [4, 4]


def test_missing_files(tmp_path):
    with pytest.raises(MarkError, match=r"no file called none\.xml"):
        read_layout(tmp_path / "none.xml")
    with pytest.raises(MarkError, match="cannot be opened"):
        read_layout(tmp_path)


def test_lines_without_words_are_not_enough():
    text = PAGE_2010.replace("<Word", "<Glyph").replace("</Word", "</Glyph")
    with pytest.raises(MarkError, match="boxes of lines"):
        read(text)[0].words_on(make_page())


def write(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def test_files_find_their_pages(tmp_path):
    by_stem = write(tmp_path / "second.xml", PAGE_2010.replace("a.png", ""))
    by_image = write(tmp_path / "x.xml", PAGE_2010.replace("a.png", "first.tif").replace('"70"', '"60"'))
    pages = [make_page("first.jpg"), make_page("second.jpg")]
    first, second = words_for(pages, [by_stem, by_image])
    assert (first[0].box[2], second[0].box[2]) == (50, 60)
    alone = write(tmp_path / "whatever.xml", PAGE_2010)
    assert words_for([make_page("page.jpg")], [alone])[0][0].box == (10, 20, 60, 24)


def test_pages_of_a_pdf_are_told_by_their_number(tmp_path):
    pages = [make_page("book.pdf", number=number) for number in (0, 1)]
    files = [
        write(tmp_path / "book-0002.xml", PAGE_2010.replace("a.png", "book.pdf")),
        write(tmp_path / "book-0001.xml", PAGE_2010.replace("a.png", "book.pdf").replace('"70"', '"60"')),
    ]
    first, second = words_for(pages, files)
    assert (first[0].box[2], second[0].box[2]) == (50, 60)


def test_nothing_is_left_over(tmp_path):
    file = write(tmp_path / "first.xml", PAGE_2010)
    with pytest.raises(MarkError, match=r"boxes of second\.jpg"):
        words_for([make_page("first.jpg"), make_page("second.jpg")], [file])
    other = write(tmp_path / "third.xml", PAGE_2010.replace("a.png", "third.png"))
    with pytest.raises(MarkError, match=r"third\.xml belong to none"):
        words_for([make_page("first.jpg")], [file, other])
    with pytest.raises(MarkError, match=r"first\.xml: The boxes are made"):
        words_for([make_page("first.jpg", size=(120, 200))], [file])


def test_layouts_wait_for_their_pages(tmp_path):
    layouts = Layouts()
    for name in ("b.xml", "c.xml"):  # a browser's upload may have another name than the file had
        layouts.read(write(tmp_path / f"upload-{name}", PAGE_2010.replace("a.png", "")), name)
    assert layouts.take(make_page("a.jpg")) is None
    name, layout = layouts.take(make_page("b.jpg"))
    assert (name, len(layout.words), layouts.left) == ("b.xml", 1, ["c.xml"])
    assert layouts.take(make_page("b.jpg")) is None  # each has one page
    assert layouts.take(make_page("a.jpg"), alone=True)[0] == "c.xml"
    assert len(layouts) == 0
