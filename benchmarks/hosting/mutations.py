"""Small files of every kind that the page takes, made here, and what a seeded chance makes of them."""

from __future__ import annotations

import io
import json
import random
import zipfile
from collections.abc import Callable

import cv2
import numpy as np
import pypdfium2 as pdfium
from PIL import Image

NUMBERS = (b"0", b"-1", b"99999999999", b"1e999", b"NaN", b"0.0000001", b"4294967296", b"\xd9\xa3", b"")
PIECES = (b"\0", b"\xff", b" ", b"<a>", b"[", b"\xcc\x81\xcc\xa3", b'{"a":')
WORDS = (0, 1, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)


def picture() -> Image.Image:
    pixels = np.full((90, 260), 225, np.uint8)
    for place, word in enumerate(("orders", "from")):
        cv2.putText(pixels, word, (10 + 130 * place, 55), cv2.FONT_HERSHEY_SIMPLEX, 1.0, 40, 2, cv2.LINE_AA)
    return Image.fromarray(np.stack([pixels] * 3, axis=2))


def encoded(kind: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture().save(buffer, kind, **options)
    return buffer.getvalue()


def pdf() -> bytes:
    document = pdfium.PdfDocument.new()
    page = document.new_page(130, 45)
    image = pdfium.PdfImage.new(document)
    image.load_jpeg(io.BytesIO(encoded("JPEG")), inline=True)
    image.set_matrix(pdfium.PdfMatrix().scale(130, 45))
    page.insert_obj(image)
    page.gen_content()
    buffer = io.BytesIO()
    document.save(buffer)
    return buffer.getvalue()


PAGE_XML = b"""<?xml version="1.0"?>
<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15">
<Page imageFilename="a.png" imageWidth="260" imageHeight="90"><ReadingOrder><OrderedGroup id="g">
<RegionRefIndexed index="0" regionRef="r"/></OrderedGroup></ReadingOrder><TextRegion id="r"><TextLine id="l">
<Coords points="5,20 250,20 250,70 5,70"/><Baseline points="5,60 250,60"/><Word id="w">
<Coords points="5,20 120,20 120,70 5,70"/><TextEquiv index="0" conf="0.9"><Unicode>orders</Unicode></TextEquiv>
</Word></TextLine></TextRegion></Page></PcGts>"""
ALTO = b"""<?xml version="1.0"?><alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Description>
<MeasurementUnit>pixel</MeasurementUnit>
<sourceImageInformation><fileName>a.png</fileName></sourceImageInformation></Description>
<Layout><Page WIDTH="260" HEIGHT="90"><PrintSpace><TextBlock>
<TextLine HPOS="5" VPOS="20" WIDTH="240" HEIGHT="50">
<String HPOS="5" VPOS="20" WIDTH="115" HEIGHT="50" CONTENT="orders" WC="0.9"/></TextLine></TextBlock></PrintSpace>
</Page></Layout></alto>"""
TEI = b"""<?xml version="1.0"?><TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader/><text><body>
<pb facs="a.png"/><p><lb/>orders <choice><abbr>fr</abbr><expan>from</expan></choice><lb/>two</p></body></text></TEI>"""
HOCR = b"""<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>
<div class="ocr_page" title="image &quot;a.png&quot;; bbox 0 0 260 90"><span class="ocr_line" title="bbox 5 20 250 70">
<span class="ocrx_word" title="bbox 5 20 120 70; x_wconf 90">orders</span></span></div></body></html>"""


def archive() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as members:
        for name, data in (
            ("b/a.png", encoded("PNG")),
            ("b/a.xml", PAGE_XML),
            ("b/c.pdf", pdf()),
            ("x.txt", b"x"),
        ):
            members.writestr(name, data)
    return buffer.getvalue()


def seeds() -> dict[str, bytes]:
    """Files by their names."""
    frames = {"save_all": True, "append_images": [picture()]}
    return {
        "a.jpg": encoded("JPEG"),
        "progressive.jpg": encoded("JPEG", progressive=True),
        "a.png": encoded("PNG"),
        "a.tif": encoded("TIFF", compression="tiff_lzw", **frames),
        "deflated.tif": encoded("TIFF", compression="tiff_adobe_deflate"),
        "a.webp": encoded("WEBP"),
        "a.gif": encoded("GIF"),
        "a.bmp": encoded("BMP"),
        "a.ppm": encoded("PPM"),
        "a.tga": encoded("TGA"),
        "a.jp2": encoded("JPEG2000"),
        "a.pdf": pdf(),
        "a.zip": archive(),
        "a.xml": PAGE_XML,
        "alto.xml": ALTO,
        "a.hocr": HOCR,
        "a.tei": TEI,
        "a.csv": b"page,line,text\na.png,1,orders from\n",
        "a.txt": "orders from\nĀ ſ\f second page".encode(),
    }


def manifest(address: str) -> bytes:
    """A IIIF manifest of two pages, whose pictures are at an address."""
    service = {
        "@context": "http://iiif.io/api/image/2/context.json",
        "@id": f"{address}/image",
        "profile": "level0",
    }
    body = {"@id": f"{address}/a.png", "@type": "dctypes:Image", "width": 260, "height": 90}
    images = [{"resource": body, "on": "x#xywh=0,0,260,90"}], [{"resource": {**body, "service": service}}]
    canvases = [
        {"@id": f"{address}/c1", "label": "1r", "width": 260, "height": 90, "images": images[0]},
        {"@id": f"{address}/c2", "label": {"en": ["1v"]}, "images": images[1]},
    ]
    return json.dumps({"@type": "sc:Manifest", "label": "m", "sequences": [{"canvases": canvases}]}).encode()


def info(address: str) -> bytes:
    tiles = [{"width": 128, "scaleFactors": [1, 2]}]
    return json.dumps(
        {
            "@context": "http://iiif.io/api/image/2/context.json",
            "@id": f"{address}/image",
            "profile": ["http://iiif.io/api/image/2/level0.json"],
            "width": 260,
            "height": 90,
            "tiles": tiles,
            "sizes": [{"width": 130, "height": 45}],
        }
    ).encode()


def mutated(chance: random.Random, data: bytes, others: list[bytes]) -> bytes:
    """What one to four changes make of a file, 400 kB at most."""
    found = bytearray(data)
    for _ in range(chance.randint(1, 4)):
        chance.choice(CHANGES)(chance, found, others)
    return bytes(found[:400_000])


def _flip(chance: random.Random, data: bytearray, others: list[bytes]) -> None:
    for _ in range(chance.randint(1, 32)):
        if data:
            data[chance.randrange(len(data))] = chance.randrange(256)


def _cut(chance: random.Random, data: bytearray, others: list[bytes]) -> None:
    del data[chance.randint(0, len(data)) :]


def _drop(chance: random.Random, data: bytearray, others: list[bytes]) -> None:
    start = chance.randint(0, len(data))
    del data[start : start + chance.randint(1, 200)]


def _repeat(chance: random.Random, data: bytearray, others: list[bytes]) -> None:
    start = chance.randint(0, len(data))
    part = data[start : start + chance.randint(1, 300)]
    data[start:start] = part * chance.choice((2, 50, 1000))


def _insert(chance: random.Random, data: bytearray, others: list[bytes]) -> None:
    start = chance.randint(0, len(data))
    data[start:start] = chance.choice(PIECES) * chance.choice((1, 100, 20_000))


def _splice(chance: random.Random, data: bytearray, others: list[bytes]) -> None:
    other = chance.choice(others)
    start, there = chance.randint(0, len(data)), chance.randint(0, len(other))
    data[start : start + 100] = other[there : there + chance.randint(1, 2000)]


def _number(chance: random.Random, data: bytearray, others: list[bytes]) -> None:
    """Another number, as digits or as bytes."""
    digits = [place for place, value in enumerate(data) if 48 <= value < 58]
    if digits and chance.random() < 0.5:
        start = chance.choice(digits)
        end = start
        while end < len(data) and 48 <= data[end] < 58:
            end += 1
        data[start:end] = chance.choice(NUMBERS)
    elif len(data) > 8:
        start, length = chance.randrange(len(data) - 8), chance.choice((2, 4))
        value = chance.choice(WORDS) & ((1 << 8 * length) - 1)
        data[start : start + length] = value.to_bytes(length, chance.choice(("little", "big")))


CHANGES: tuple[Callable[[random.Random, bytearray, list[bytes]], None], ...] = (
    *(_flip, _cut, _drop, _repeat, _insert, _splice, _number, _number),
)
