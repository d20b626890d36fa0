import pytest
from PIL import Image

from mark_core.errors import MarkError
from mark_core.evaluation.dataset import load_dataset
from mark_core.evaluation.transcribed import relevance_key

WORD = (
    '<Word id="w{n}"><Coords points="{x},10 {x2},10 {x2},30 {x},30"/>'
    "<TextEquiv><Unicode>{t}</Unicode></TextEquiv></Word>"
)
ALTO = """<alto xmlns="http://www.loc.gov/standards/alto/ns-v4#"><Layout><Page ID="p" PHYSICAL_IMG_NR="1" WIDTH="200"
HEIGHT="100"><PrintSpace><TextBlock ID="b"><TextLine><String CONTENT="Dem" HPOS="4" VPOS="6" WIDTH="40" HEIGHT="20"/>
</TextLine></TextBlock></PrintSpace></Page></Layout></alto>"""


def page_xml(*texts, width=200, height=100):
    words = "".join(WORD.format(n=i, x=5 + 50 * i, x2=45 + 50 * i, t=t) for i, t in enumerate(texts))
    return (
        '<PcGts xmlns="http://schema.primaresearch.org/PAGE/gts/pagecontent/2019-07-15">'
        f'<Page imageFilename="x.jpg" imageWidth="{width}" imageHeight="{height}"><TextRegion id="r">'
        f'<TextLine id="l">{words}</TextLine></TextRegion></Page></PcGts>'
    )


def add(folder, name, xml=None, size=(200, 100), **options):
    Image.new("L", size, 200).save(folder / name, **options)
    if xml is not None:
        (folder / name).with_suffix(".xml").write_text(xml, encoding="utf-8")


def test_images_with_page_xml_or_alto_beside_them(tmp_path):
    add(tmp_path, "b.png", page_xml("Seyn,", "ſeyn", "—"))
    add(tmp_path, "a.jpg", ALTO)
    add(tmp_path, "not transcribed.jpg")
    (tmp_path / "mets.xml").write_text("<mets/>")
    dataset = load_dataset(tmp_path)
    assert dataset.name == tmp_path.name
    assert [page.name for page in dataset.pages] == ["a.jpg", "b.png"]
    assert dataset.words[["page", "text", "key"]].to_numpy().tolist() == [
        ["a.jpg", "Dem", "dem"],
        ["b.png", "Seyn,", "seyn"],
        ["b.png", "ſeyn", "seyn"],
        ["b.png", "—", ""],
    ]
    assert dataset.boxes(tmp_path / "b.png")[:2].tolist() == [[5, 10, 40, 20], [55, 10, 40, 20]]


def test_boxes_are_in_pixels_of_the_upright_image(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    add(tmp_path, "turned.jpg", page_xml("a"), size=(200, 400), exif=exif)
    assert load_dataset(tmp_path).boxes(tmp_path / "turned.jpg").tolist() == [[10, 20, 80, 40]]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("ﬁn", "fin"),
        ("Wincheſter.", "winchester"),
        ("ÉTÉ", "été"),
        ("1755,", "1755"),
        ("Ὁμήρου", "ὁμήρου"),
        ("&", ""),
    ],
)
def test_keys(text, key):
    assert relevance_key(text) == key


@pytest.mark.parametrize(
    ("xml", "sentence"),
    [
        (page_xml(), "no boxes of words"),
        ("<PcGts", "a.xml: This file is damaged"),
        (page_xml("a", width=100, height=200), "a.xml: The boxes are made for"),
        (ALTO.replace("</Layout>", '<Page ID="q" PHYSICAL_IMG_NR="2"/></Layout>'), "2 pages"),
    ],
)
def test_what_does_not_fit_is_named(tmp_path, xml, sentence):
    add(tmp_path, "a.jpg", xml)
    with pytest.raises(MarkError, match=sentence):
        load_dataset(tmp_path)


def test_a_damaged_image_is_named(tmp_path):
    add(tmp_path, "a.jpg", page_xml("a"))
    (tmp_path / "a.jpg").write_bytes(b"no image")
    with pytest.raises(MarkError, match=r"image a\.jpg cannot be read"):
        load_dataset(tmp_path)
