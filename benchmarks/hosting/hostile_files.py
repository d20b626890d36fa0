"""Files made to stop whoever reads them, each by a few lines of code: the seeds of `hostile_inputs.py` and of tests."""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Callable

import numpy as np
from PIL import Image

Maker = Callable[[], bytes]


def pdf_of(*objects: bytes) -> bytes:
    """A PDF of these objects, numbered from 1; the first is the catalogue. Without a table: readers find them."""
    body = b"".join(b"%d 0 obj%sendobj\n" % (n, text) for n, text in enumerate(objects, start=1))
    return b"%PDF-1.4\n" + body + b"trailer<</Root 1 0 R/Size %d>>\n%%%%EOF" % (len(objects) + 1)


def _form(content: bytes, resources: bytes) -> bytes:
    head = b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<<%s>>>>/Length %d>>"
    return head % (resources, len(content)) + b"stream\n" + content + b"\nendstream "


def _page_with(resources: bytes, content: bytes, *others: bytes) -> bytes:
    return pdf_of(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]/Contents 4 0 R/Resources<</XObject<<%s>>>>>>"
        % resources,
        b"<</Length %d>>stream\n%s\nendstream " % (len(content), content),
        *others,
    )


def pdf_form_in_itself() -> bytes:
    """A form that draws itself twice: some readers never come back."""
    return _page_with(b"/A 5 0 R", b"/A Do", _form(b"/A Do /A Do", b"/A 5 0 R"))


def pdf_forms_within_forms(depth: int = 26, times: int = 4) -> bytes:
    """Forms that draw the next one several times each: ``times ** depth`` drawings."""
    again = b"/A Do " * times
    forms = [_form(again, b"/A %d 0 R" % (6 + level)) for level in range(depth)]
    return _page_with(b"/A 5 0 R", again, *forms, _form(b"0 0 9 9 re f", b""))


def jpeg_of_scans(scans: int = 30_000, side: int = 2000) -> bytes:
    """A progressive JPEG whose last scan comes again and again."""
    buffer = io.BytesIO()
    Image.fromarray(np.full((side, side), 200, np.uint8)).save(buffer, "JPEG", progressive=True)
    data = buffer.getvalue()
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2] * scans + data[-2:]


def jpeg2000_stated(side: int = 13_000) -> bytes:
    """A small JPEG 2000 that says it has 169 million pixels in colour."""
    buffer = io.BytesIO()
    noise = np.random.default_rng(1).integers(0, 255, (96, 96, 3), np.uint8)
    Image.fromarray(noise).save(buffer, "JPEG2000", tile_size=(96, 96))
    data = bytearray(buffer.getvalue())
    box = data.index(b"ihdr") + 4
    data[box : box + 8] = struct.pack(">II", side, side)
    size = data.index(b"\xff\x51") + 6
    data[size : size + 8] = struct.pack(">II", side, side)
    return bytes(data)


def png_of_zeros(width: int, height: int, bits: int = 16, colours: int = 1) -> bytes:
    """A black PNG of any size, a thousandth of its pixels long."""
    kinds = {1: 0, 3: 2, 4: 6}
    row = bytes(1 + width * colours * bits // 8)
    packer = zlib.compressobj(1)
    packed = b"".join([*(packer.compress(row) for _ in range(height)), packer.flush()])
    head = struct.pack(">IIBBBBB", width, height, bits, kinds[colours], 0, 0, 0)
    chunks = ((b"IHDR", head), (b"IDAT", packed), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )


def tiff_of_one_strip(width: int = 13_000, height: int = 13_000, rows: int = 100, real: bool = True) -> bytes:
    """A TIFF of floats (or 16 bits) whose strips are all the same one: 20 kB for 169 million pixels."""
    strips = -(-height // rows)
    size = 4 if real else 2
    packed = zlib.compress(bytes(width * rows * size), 9)
    place = 8 + len(packed)
    entries = [
        *((256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8 * size), (259, 3, 1, 8), (262, 3, 1, 1)),
        *((273, 4, strips, place), (277, 3, 1, 1), (278, 4, 1, rows), (279, 4, strips, place + 4 * strips)),
        (339, 3, 1, 3 if real else 1),
    ]
    tables = struct.pack(f"<{strips}I", *[8] * strips) + struct.pack(f"<{strips}I", *[len(packed)] * strips)
    directory = struct.pack("<H", len(entries)) + b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return b"II*\0" + struct.pack("<I", place + len(tables)) + packed + tables + directory + bytes(4)


def tiff_in_a_circle() -> bytes:
    """A TIFF whose directory is followed by itself."""
    buffer = io.BytesIO()
    Image.new("L", (40, 40)).save(buffer, "TIFF")
    data = bytearray(buffer.getvalue())
    first = struct.unpack_from("<I", data, 4)[0]
    count = struct.unpack_from("<H", data, first)[0]
    struct.pack_into("<I", data, first + 2 + 12 * count, first)
    return bytes(data)


def hocr_of(title: str, encoding: str = "utf-8") -> bytes:
    """hOCR of one page with one word. title: of the page and of its line."""
    head = f"<?xml version='1.0' encoding='{encoding}'?><html><body>".encode()
    word = "<span class='ocrx_word' title='bbox 1 1 9 9'>a</span>"
    text = f"<div class='ocr_page' title='{title}'><span class='ocr_line' title='{title}'>{word}</span></div>"
    return head + text.encode() + b"</body></html>"


def hocr_of_spaces(count: int = 20_000) -> bytes:
    return hocr_of("bbox" + " " * count + "0 0 x; image " + " " * count + "'")


def hocr_of_elements(count: int = 1_000_000) -> bytes:
    return (
        b"<html><body><div class='ocr_page' title='bbox 0 0 99 99'>"
        + b"<b>" * count
        + b"</div></body></html>"
    )


def hocr_of_pages(count: int = 300_000) -> bytes:
    return b"<html><body>" + b"<p class='ocr_page'>" * count + b"</body></html>"


def hocr_in_itself(depth: int = 250, letters: int = 4_000_000) -> bytes:
    """Words within words, each with all the text."""
    word = b"<span class='ocrx_word' title='bbox 1 1 9 9'>"
    return b"<html><body><div class='ocr_page' title='bbox 0 0 99 99'>" + word * depth + b"a" * letters


def alto_of_elements(count: int = 1_000_000) -> bytes:
    head = b"<alto><Layout><Page WIDTH='99' HEIGHT='99'><PrintSpace><TextBlock><TextLine>"
    return head + b"<SP/>" * count + b"</TextLine></TextBlock></PrintSpace></Page></Layout></alto>"


def page_xml_of_points(points: int = 1_500_000) -> bytes:
    place = b"1,1 " * points
    return (
        b"<PcGts><Page imageWidth='99' imageHeight='99'><TextRegion><TextLine><Coords points='%s'/>"
        b"</TextLine></TextRegion></Page></PcGts>" % place
    )


def xml_of_entities(depth: int = 30) -> bytes:
    entities = "".join(f"<!ENTITY a{n} '&a{n + 1};&a{n + 1};'>" for n in range(depth))
    return f"<!DOCTYPE a [{entities}<!ENTITY a{depth} 'x'>]><alto>&a0;</alto>".encode()


def zip_of(*members: tuple[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return buffer.getvalue()


def zip_bomb(megabytes: int = 500) -> bytes:
    return zip_of(("a.png", bytes(megabytes << 20)))


def zip_of_marks(names: int = 20, letters: int = 10_000) -> bytes:
    """Names of combining marks out of order, whose sorting takes the square of their number."""
    marks = "\u0301" * (letters // 2) + "\u0323" * (letters // 2)
    return zip_of(*((f"{n}{marks}.png", b"x") for n in range(names)))


def zip_of_layouts(count: int = 4000) -> bytes:
    picture = io.BytesIO()
    Image.new("L", (200, 120), 200).save(picture, "PNG")
    layout = b"<alto><Description>" + b"<a/>" * 3000
    return zip_of(("a.png", picture.getvalue()), *((f"{n}.xml", layout) for n in range(count)))


def project_of_json(megabytes: int = 30) -> bytes:
    """A project whose table of contents is as large as it may be."""
    answers = [[0] * 50] * (megabytes * 6500)
    contents = {
        "format": "mark-project",
        "version": 1,
        "weights": None,
        "hand": False,
        "pages": [],
        "answers": answers,
    }
    return zip_of(("project.json", json.dumps(contents).encode()))


def project_of_words(count: int = 1_000_000) -> bytes:
    word = '{"box":[0,0,1,1]}'
    text = ",".join([word] * count)
    contents = (
        '{"format":"mark-project","version":1,"weights":null,"hand":false,"pages":'
        f'[{{"name":"a","file":"a","frame":0,"words":[{text}]}}]}}'
    )
    return zip_of(("project.json", contents.encode()))


def manifest_of_labels(depth: int = 60) -> bytes:
    """A label in a label in a label, which was looked into twice at each level."""
    label: object = ""
    for _ in range(depth):
        label = {"@value": label}
    return json.dumps({"@type": "sc:Manifest", "label": label, "sequences": [{"canvases": [{}]}]}).encode()


def manifest_nested(depth: int = 100_000) -> bytes:
    return b'{"@type":"sc:Manifest","items":' + b"[" * depth + b"]" * depth + b"}"


def list_of_marks(letters: int = 15_000) -> str:
    """A line of a list of names, 30 kB."""
    return "a" + "\u0301" * (letters // 2) + "\u0323" * (letters // 2)


# Files by the ending that a browser would send them with.
FILES: dict[str, tuple[str, Maker]] = {
    "form in itself": (".pdf", pdf_form_in_itself),
    "forms within forms": (".pdf", pdf_forms_within_forms),
    "JPEG of scans": (".jpg", jpeg_of_scans),
    "JPEG of 400 scans": (".jpg", lambda: jpeg_of_scans(400, 6000)),
    "JPEG 2000": (".jp2", jpeg2000_stated),
    "PNG of 16 bits": (".png", lambda: png_of_zeros(13_000, 13_000)),
    "PNG of 16 bits in colour": (".png", lambda: png_of_zeros(13_000, 13_000, 16, 3)),
    "PNG in colour": (".png", lambda: png_of_zeros(13_000, 13_000, 8, 4)),
    "TIFF of floats": (".tif", tiff_of_one_strip),
    "TIFF of 16 bits": (".tif", lambda: tiff_of_one_strip(real=False)),
    "TIFF in a circle": (".tif", tiff_in_a_circle),
    "hOCR of spaces": (".hocr", hocr_of_spaces),
    "hOCR of elements": (".hocr", hocr_of_elements),
    "hOCR of pages": (".hocr", hocr_of_pages),
    "hOCR in itself": (".hocr", hocr_in_itself),
    "hOCR in UTF-7": (".hocr", lambda: hocr_of("bbox 0 0 99 99", "utf-7")),
    "hOCR in zlib": (".hocr", lambda: hocr_of("bbox 0 0 99 99", "zlib")),
    "ALTO of elements": (".xml", alto_of_elements),
    "PAGE of points": (".xml", page_xml_of_points),
    "XML of entities": (".xml", xml_of_entities),
    "zip bomb": (".zip", zip_bomb),
    "zip of marks": (".zip", zip_of_marks),
    "zip of layouts": (".zip", zip_of_layouts),
    "project of JSON": (".mark", project_of_json),
    "project of words": (".mark", project_of_words),
}
