"""Against the rules of the standards, as they are stated there; iiif-prezi3 refuses the Pillow that the app needs.

W3C Web Annotation: an annotation has an id, the type Annotation, at least one target (3.1); a SpecificResource has one
source (4); a FragmentSelector has a value and should name the specification it conforms to (4.2.1); a media fragment is
xywh=x,y,w,h in whole pixels. IIIF Presentation 3: the context comes first; an AnnotationPage has id, type and items
(5.5); labels are language maps of lists (4.1); ids are web addresses, that of a canvas without fragment (3.2). Content
Search 2: the response is an AnnotationPage of that context, its full annotations in ``items`` (3.3).
"""

import json
import re
from urllib.parse import urlsplit

from mark_core.export.annotation import to_iiif
from mark_core.export.extract import extract_hits, extract_words
from tests.export.samples import WORDS, make_hit, make_index, make_page, make_phrase

MOTIVATIONS = {
    "tagging",
    "highlighting",
    "assessing",
    "moderating",
    "supplementing",
}  # of W3C, the last of IIIF


def check(page):
    """The rules above, of every annotation."""
    assert next(iter(page)) == "@context"
    assert page["type"] == "AnnotationPage"
    assert is_address(page["id"])
    assert isinstance(page["items"], list)
    ids = [annotation["id"] for annotation in page["items"]]
    assert len(set(ids)) == len(ids)
    for annotation in page["items"]:
        assert annotation["type"] == "Annotation"
        assert is_address(annotation["id"])
        assert annotation["motivation"] in MOTIVATIONS
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", annotation["created"])
        for body in annotation.get("body", []):
            assert body["type"] == "TextualBody"
            assert body["purpose"] in MOTIVATIONS
            assert isinstance(body["value"], str)
            assert body["value"]
        targets = annotation["target"] if isinstance(annotation["target"], list) else [annotation["target"]]
        assert targets
        for label in (annotation.get("label"), *(target["source"]["label"] for target in targets)):
            if label is not None:
                assert all(isinstance(values, list) for values in label.values())
        for target in targets:
            check_target(target)


def check_target(target):
    assert target["type"] == "SpecificResource"
    source, selector = target["source"], target["selector"]
    assert source["type"] == "Canvas"
    assert is_address(source["id"])
    assert selector["type"] == "FragmentSelector"
    assert selector["conformsTo"] == "http://www.w3.org/TR/media-frags/"
    x, y, w, h = map(int, re.fullmatch(r"xywh=(\d+),(\d+),(\d+),(\d+)", selector["value"]).groups())
    assert min(w, h) >= 1
    assert x + w <= source["width"]
    assert y + h <= source["height"]


def is_address(text):
    parts = urlsplit(text)
    return parts.scheme in ("http", "https") and bool(parts.netloc) and not parts.fragment and " " not in text


def test_what_a_person_has_read_is_a_transcription():
    read = {("p1", 0): "Tuesday"}
    page = json.loads(to_iiif(extract_words(make_index(make_page()), texts=read)))
    check(page)
    first, second, *_ = page["items"]
    assert (first["motivation"], first["body"][0]["value"]) == ("supplementing", "Tuesday")
    assert (second["motivation"], "body" in second) == ("highlighting", False)


def test_a_phrase_has_a_target_a_word():
    hits = [make_phrase("p1", 0, 3, 1), make_hit("p1", 1, 2)]
    page = json.loads(to_iiif(extract_hits(make_index(make_page()), hits, "fort of cumberland")))
    check(page)
    targets = [target["selector"]["value"] for target in page["items"][0]["target"]]
    assert targets == [f"xywh={','.join(map(str, word.box))}" for word in WORDS]
    assert isinstance(page["items"][1]["target"], dict)


def test_words_are_a_page_of_presentation_3():
    twice = make_page("a.jpg", original=(400, 240))
    page = json.loads(to_iiif(extract_words(make_index(twice, twice))))
    check(page)
    assert page["@context"] == "http://iiif.io/api/presentation/3/context.json"
    assert len(page["items"]) == 2 * len(WORDS)
    target = page["items"][0]["target"]
    assert target["selector"]["value"] == "xywh=20,40,120,48"
    assert (target["source"]["width"], target["source"]["height"]) == (400, 240)
    assert all("body" not in annotation for annotation in page["items"])  # nobody has read them


def test_hits_are_a_response_of_content_search_2():
    hits = [make_hit("p2", 2, 1, 0.9), make_hit("p1", 0, 2, 0.5)]
    index = make_index(make_page("a.jpg"), make_page("b.jpg", number=3))
    extract = extract_hits(index, hits, "für & #x", {("p1", 0): "rejected"})
    page = json.loads(to_iiif(extract, "https://archive.example/letters/"))
    check(page)
    assert page["@context"] == "http://iiif.io/api/search/2/context.json"
    assert page["id"] == "https://archive.example/letters/search?q=f%C3%BCr%20%26%20%23x"
    first, second = page["items"]
    assert first["label"] == {"none": ["1"]}
    assert first["target"]["source"]["id"] == "https://archive.example/letters/canvas/sha-b.jpg/4"
    assert {body["purpose"]: body["value"] for body in first["body"]} == {
        "tagging": "für & #x",
        "assessing": "0.9000",
    }
    assert {body["purpose"]: body["value"] for body in second["body"]}["moderating"] == "rejected"


def test_hits_of_an_example_have_no_word():
    page = json.loads(to_iiif(extract_hits(make_index(make_page()), [make_hit("p1", 1, 1, 1.0)])))
    check(page)
    (hit,) = page["items"]
    assert hit["motivation"] == "highlighting"
    assert [body["purpose"] for body in hit["body"]] == ["assessing"]
    assert page["id"].endswith("/search")
