"""A project comes back as it was, and a file that is not one costs a sentence and nothing else."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from safetensors.numpy import save as save_arrays

import mark_core as mark
from mark_core import MarkError, WordIndex
from mark_core.model.mark import MarkModel
from mark_core.model.network import MarkNetwork
from mark_core.model.weights import from_bytes, make_card, to_bytes
from mark_core.model.word_script import SCRIPT_NAMES
from mark_core.pages.page import PageSource
from mark_core.segmentation.edit import remove_words
from mark_core.storage.container import CONTENTS, DAMAGED, NO_PROJECT
from mark_core.storage.project import open_project, save_project
from tests.conftest import make_page


def jpeg(seed: int = 0) -> bytes:
    page, _ = make_page(seed=seed)
    buffer = io.BytesIO()
    Image.fromarray(page.pixels).save(buffer, "JPEG", quality=85)
    return buffer.getvalue()


@pytest.fixture
def index(random_model: MarkModel) -> WordIndex:
    """A page that came as a JPEG, one that was never a file, and one of a library."""
    index = WordIndex(random_model)
    _, words = make_page()
    index.add(mark.load_page(jpeg(), name="letter.jpg"), words)
    index.add(*make_page("drawn", seed=1))
    source = PageSource(
        "https://example.org/1.jpg",
        canvas="https://example.org/c/1",
        canvas_size=(70, 40),
        canvas_part=(1.5, 2.0, 60.0, 30.0),
    )
    index.add(replace(mark.load_page(jpeg(2), name="1r"), source=source, number=7), words[:3])
    return index


def same(one: WordIndex, other: WordIndex, **query: Any) -> bool:
    found = [
        [(hit.word, hit.box, hit.score, hit.line, hit.reads) for hit in index.search(**query)]
        for index in (one, other)
    ]
    return found[0] == found[1]


def test_what_is_saved_comes_back(index: WordIndex, random_model: MarkModel, tmp_path: Path) -> None:
    first = index.pages[0]
    index.edit_words(first.id, remove_words(first.words, (1,)))
    path, steps = tmp_path / "work.mark", []
    decisions = {"orders": [{"page": "p1", "word": 0, "confirmed": True}]}
    titles, notes = ["To the governor", "Drawn", "1r"], ["", "by hand", ""]
    save_project(path, index, titles, notes, decisions, lambda step, _: steps.append(step))
    project = open_project(path, random_model)
    assert (project.titles, project.notes, project.decisions) == (tuple(titles), tuple(notes), decisions)
    for before, after in zip(index.pages, project.index.pages, strict=True):
        assert np.array_equal(before.page.pixels, after.page.pixels)
        assert before.words == after.words
        kept = ("name", "sha256", "number", "dpi", "scale", "original_size", "source")
        assert [getattr(before.page, name) for name in kept] == [getattr(after.page, name) for name in kept]
    assert same(index, project.index, text="orders")
    assert same(index, project.index, example=(first.id, 2))
    assert list(dict.fromkeys(steps)) == ["Packing the pages", "Packing the words", "Closing the file"]
    assert list(tmp_path.iterdir()) == [path]  # nothing half written beside it
    project.index.add(*make_page("later"))
    assert [page.id for page in project.index.pages] == ["p1", "p2", "p3", "p4"]


@pytest.mark.parametrize("name", ["work.mark", "folder"])
def test_the_script_of_a_page_is_kept(random_model: MarkModel, tmp_path: Path, name: str) -> None:
    index = WordIndex(random_model)
    index.add(*make_page("told"), script="greek")
    index.add(*make_page("untold"))
    index.save(tmp_path / name)
    again = WordIndex.load(tmp_path / name, random_model)
    assert [page.script for page in again.pages] == ["greek", None]
    for before, after in zip(index.pages, again.pages, strict=True):
        assert np.array_equal(before.encoding.scripts, after.encoding.scripts)


def test_words_that_are_looked_at_again_are_read_in_the_script_that_was_told(
    random_model: MarkModel, tmp_path: Path
) -> None:
    index = WordIndex(random_model)
    index.add(*make_page("told"), script="greek")
    index.save(tmp_path / "work.mark")
    other = MarkModel(random_model.network, {"sha256": "other"}, "cpu")
    (page,) = open_project(tmp_path / "work.mark", other).index.pages
    assert page.script == "greek"
    assert {SCRIPT_NAMES[number] for number in page.encoding.scripts.tolist()} == {"greek"}


def test_a_project_without_scripts_is_opened(saved: Path, random_model: MarkModel, tmp_path: Path) -> None:
    path = rewritten(saved, tmp_path / "old.mark", lambda c, _: entry(c).pop("script"))
    assert [page.script for page in open_project(path, random_model).index.pages] == [None]


def test_pages_are_kept_as_they_came(index: WordIndex, tmp_path: Path) -> None:
    index.save(tmp_path / "work.mark")
    with zipfile.ZipFile(tmp_path / "work.mark") as archive:
        files = [archive.read(name) for name in archive.namelist() if name.startswith("files/")]
    assert jpeg() in files
    assert [data[:4] for data in files] == [b"\xff\xd8\xff\xe0", b"\x89PNG", b"\xff\xd8\xff\xe0"]


def test_pages_of_one_file_share_it(random_model: MarkModel, tmp_path: Path) -> None:
    frames = [Image.fromarray(make_page(seed=seed)[0].pixels) for seed in range(3)]
    frames[0].save(tmp_path / "book.tif", save_all=True, append_images=frames[1:], compression="tiff_lzw")
    index = WordIndex(random_model)
    for page in mark.load_pages(tmp_path / "book.tif"):
        index.add(page, make_page()[1])
    index.save(tmp_path / "work.mark")
    with zipfile.ZipFile(tmp_path / "work.mark") as archive:
        assert sum(name.startswith("files/") for name in archive.namelist()) == 1
    again = WordIndex.load(tmp_path / "work.mark", random_model)
    assert [page.page.number for page in again.pages] == [0, 1, 2]
    for before, after in zip(index.pages, again.pages, strict=True):
        assert np.array_equal(before.page.pixels, after.page.pixels)


def test_a_learnt_hand_comes_back(index: WordIndex, random_model: MarkModel, tmp_path: Path) -> None:
    torch.manual_seed(5)
    data = to_bytes(MarkNetwork(random_model.network.config))
    network = from_bytes(random_model.network.config, data)
    facts = {"hand": {"base": "x"}, "calibration": {"text": [-8.0, 10.0, 1.0]}}
    index.set_model(MarkModel(network, make_card(network, data, **facts), "cpu"))
    index.save(tmp_path / "work.mark")
    project = open_project(tmp_path / "work.mark", random_model)
    assert project.index.model.card["hand"] == {"base": "x"}
    assert project.index.calibration == index.calibration
    assert same(index, project.index, text="orders")
    assert not same(index, gathered := random_index(index, random_model), text="orders"), gathered


def random_index(index: WordIndex, model: MarkModel) -> WordIndex:
    return WordIndex(model).merged([(index, page.id) for page in index.pages])


def test_words_that_other_weights_have_seen_are_looked_at_again(
    index: WordIndex, random_model: MarkModel, tmp_path: Path
) -> None:
    index.save(tmp_path / "work.mark")
    torch.manual_seed(6)
    other = MarkModel(MarkNetwork(random_model.network.config), {"sha256": "other"}, "cpu")
    steps: list[str] = []
    project = open_project(tmp_path / "work.mark", other, lambda step, _: steps.append(step))
    assert "Looking at every word again" in steps
    assert same(random_index(index, other), project.index, text="orders")


def test_pages_without_words_are_kept_too(index: WordIndex, random_model: MarkModel, tmp_path: Path) -> None:
    index.edit_words(index.pages[0].id, [])
    index.save(tmp_path / "work.mark")
    assert [len(p.words) for p in WordIndex.load(tmp_path / "work.mark", random_model).pages] == [0, 8, 3]


def test_there_must_be_room(index: WordIndex, random_model: MarkModel, tmp_path: Path) -> None:
    path = tmp_path / "work.mark"
    index.save(path)
    with pytest.raises(MarkError, match="has 3 pages, but there is room for 2 only"):
        open_project(path, random_model, max_pages=2)
    needed = sum(page.page.nbytes for page in open_project(path, random_model).index.pages)
    assert needed > 3 * 400 * 700 * 3
    with pytest.raises(MarkError, match="no room for all pages"):
        open_project(path, random_model, max_bytes=needed - 1)
    assert len(open_project(path, random_model, max_pages=3, max_bytes=needed).titles) == 3


def test_a_file_that_cannot_be_written_leaves_the_old_one(
    index: WordIndex, random_model: MarkModel, tmp_path: Path
) -> None:
    path = tmp_path / "work.mark"
    index.save(path)
    before = path.read_bytes()
    with pytest.raises(TypeError):
        save_project(path, index, decisions={"not": {"json"}})
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]
    (tmp_path / "folder.mark").mkdir()
    with pytest.raises(MarkError, match="cannot be written"):
        index.save(tmp_path / "folder.mark")


# Files that are not what they should be


@pytest.fixture(scope="module")
def saved(random_model: MarkModel, tmp_path_factory: pytest.TempPathFactory) -> Path:
    index = WordIndex(random_model)
    index.add(*make_page())
    path = tmp_path_factory.mktemp("project") / "work.mark"
    save_project(path, index, decisions={"a": 1})
    return path


def refused(path: Path, model: MarkModel) -> str:
    with pytest.raises(MarkError) as caught:
        open_project(path, model)
    sentence = str(caught.value)
    assert sentence[0].isupper()
    assert sentence.endswith(".")
    return sentence


def rewritten(saved: Path, to: Path, change: Callable[[dict[str, Any], dict[str, bytes]], None]) -> Path:
    """The same project after a change of its contents and members, every checksum put right again."""
    with zipfile.ZipFile(saved) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    contents = json.loads(members.pop(CONTENTS))
    listed = contents["members"]
    change(contents, members)
    for name, data in members.items():
        if name in listed:
            listed[name] = {"bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()}
    with zipfile.ZipFile(to, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
        archive.writestr(CONTENTS, json.dumps(contents))
    return to


def test_a_rewritten_project_is_still_one(saved: Path, random_model: MarkModel, tmp_path: Path) -> None:
    path = rewritten(saved, tmp_path / "x.mark", lambda contents, members: None)
    assert open_project(path, random_model).decisions == {"a": 1}


@pytest.mark.parametrize("version", [0, 2, "1", None])
def test_another_version_is_refused(
    saved: Path, random_model: MarkModel, tmp_path: Path, version: Any
) -> None:
    path = rewritten(saved, tmp_path / "x.mark", lambda contents, _: contents.update(version=version))
    assert "another version" in refused(path, random_model)


def test_other_files_are_no_projects(random_model: MarkModel, tmp_path: Path) -> None:
    for name, data in {"a.mark": b"", "b.mark": b"letters", "c.mark": jpeg()}.items():
        (tmp_path / name).write_bytes(data)
        assert refused(tmp_path / name, random_model) == NO_PROJECT
    with zipfile.ZipFile(tmp_path / "d.mark", "w") as archive:
        archive.writestr("page.jpg", jpeg())
    assert refused(tmp_path / "d.mark", random_model) == NO_PROJECT
    assert "cannot be opened" in refused(tmp_path / "missing.mark", random_model)


def entry(contents: dict[str, Any]) -> dict[str, Any]:
    return contents["pages"][0]


def nested(depth: int) -> Any:
    return {"id": "{n}", "values": {"n": nested(depth - 1)}} if depth else 1


BAD_CONTENTS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "no pages": lambda c: c.pop("pages"),
    "pages of a wrong kind": lambda c: c.update(pages={"p1": 1}),
    "a page of a wrong kind": lambda c: c.update(pages=["p1"]),
    "no hand": lambda c: c.pop("hand"),
    "a hand that is not there": lambda c: c.update(hand=True),
    "a hand of a wrong kind": lambda c: c.update(hand=1),
    "a title of a wrong kind": lambda c: entry(c).update(title=["x"]),
    "a title without end": lambda c: entry(c).update(title="x" * 5000),
    "a message of a wrong kind": lambda c: entry(c).update(note_message=["x"]),
    "a message that fills memory": lambda c: entry(c).update(
        note_message={"id": "{n:>999999999}", "values": {"n": 1}}
    ),
    "a message with a value missing": lambda c: entry(c).update(
        note_message={"id": "{n} words", "values": {}}
    ),
    "a message without end": lambda c: entry(c).update(
        note_message={"id": "{n}", "values": {"n": {"id": "{n}", "values": {"n": nested(9)}}}}
    ),
    "a box outside": lambda c: entry(c)["words"][0].update(box=[600, 10, 200, 10]),
    "a box of nothing": lambda c: entry(c)["words"][0].update(box=[6, 10, 0, 10]),
    "a box before the page": lambda c: entry(c)["words"][0].update(box=[-6, 10, 10, 10]),
    "a box of halves": lambda c: entry(c)["words"][0].update(box=[6, 10, 10.5, 10]),
    "a box of three": lambda c: entry(c)["words"][0].update(box=[6, 10, 10]),
    "a word too many": lambda c: entry(c)["words"].append(entry(c)["words"][0]),
    "a direction that is none": lambda c: entry(c)["words"][0].update(direction="up"),
    "a script that is none": lambda c: entry(c).update(script="runes"),
    "a script of a wrong kind": lambda c: entry(c).update(script=["greek"]),
    "a line that is none": lambda c: entry(c)["words"][0].update(line=-1),
    "infinite confidence": lambda c: entry(c)["words"][0].update(confidence=1e999),
    "a scale of nothing": lambda c: entry(c).update(scale=0),
    "a scale that is no number": lambda c: entry(c).update(scale=float("nan")),
    "a size of nothing": lambda c: entry(c).update(original_size=[0, 5]),
    "a frame that is none": lambda c: entry(c).update(frame=-1),
    "a frame beyond the file": lambda c: entry(c).update(frame=4),
    "a file elsewhere": lambda c: entry(c).update(file="/etc/passwd"),
    "a file that is the words": lambda c: entry(c).update(file="words.safetensors"),
    "a source of a wrong kind": lambda c: entry(c).update(source={"url": 3}),
    "no members": lambda c: c.update(members=3),
}


@pytest.mark.parametrize("name", BAD_CONTENTS)
def test_contents_that_make_no_sense_are_refused(
    saved: Path, random_model: MarkModel, tmp_path: Path, name: str
) -> None:
    refused(rewritten(saved, tmp_path / "x.mark", lambda c, _: BAD_CONTENTS[name](c)), random_model)


def arrays(model: MarkModel, **changes: np.ndarray) -> bytes:
    vectors = {
        "p1.vectors": np.zeros((8, model.dim), np.float32),
        "p1.letters": np.zeros((16, 37), np.float16),
        "p1.counts": np.full(8, 2, np.int32),
        "p1.shapes": np.zeros((8, model.shape_dim), np.float16),
    }
    return save_arrays(vectors | {f"p1.{name}": array for name, array in changes.items()})


@pytest.mark.parametrize(
    "changes",
    [
        {"vectors": np.zeros((7, 256), np.float32)},
        {"vectors": np.zeros((8, 256), np.float64)},
        {"vectors": np.full((8, 256), np.nan, np.float32)},
        {"letters": np.full((16, 37), -np.inf, np.float16)},
        {"letters": np.zeros((15, 37), np.float16)},
        {"counts": np.array([-2, 4, 2, 2, 2, 2, 2, 4], np.int32)},
        {"counts": np.full(8, 2**29, np.int32)},
        {"shapes": np.zeros((8, 3), np.float16)},
    ],
)
def test_numbers_that_make_no_sense_are_refused(
    saved: Path, random_model: MarkModel, tmp_path: Path, changes: dict[str, np.ndarray]
) -> None:
    def change(_: dict[str, Any], members: dict[str, bytes]) -> None:
        members["words.safetensors"] = arrays(random_model, **changes)

    assert refused(rewritten(saved, tmp_path / "x.mark", change), random_model) == DAMAGED


def test_the_numbers_of_that_test_are_right_without_a_change(
    saved: Path, random_model: MarkModel, tmp_path: Path
) -> None:
    def change(_: dict[str, Any], members: dict[str, bytes]) -> None:
        members["words.safetensors"] = arrays(random_model)

    open_project(rewritten(saved, tmp_path / "x.mark", change), random_model)


@pytest.mark.parametrize("what", ["config", "nan", "calibration", "card", "weights"])
def test_a_hand_is_only_numbers_for_the_same_network(
    saved: Path, random_model: MarkModel, tmp_path: Path, what: str
) -> None:
    def change(contents: dict[str, Any], members: dict[str, bytes]) -> None:
        network = from_bytes(random_model.network.config, to_bytes(random_model.network))
        if what == "nan":
            next(network.parameters()).data.fill_(float("nan"))
        data = to_bytes(network)
        card = make_card(network, data, hand={}, calibration={"text": [1.0]})
        if what == "config":
            card["config"]["clip"], card["config"]["pretrained"] = "ViT-H-14", "laion2b"
        elif what == "calibration":
            card["calibration"]["text"] = []
        contents["hand"] = True
        contents["members"] |= {"hand.safetensors": {}, "hand.json": {}}
        members["hand.json"] = b"[" * 100_000 if what == "card" else json.dumps(card).encode()
        members["hand.safetensors"] = data[:-9] if what == "weights" else data

    refused(rewritten(saved, tmp_path / "x.mark", change), random_model)


def test_bombs_are_refused_before_they_are_unpacked(
    saved: Path, random_model: MarkModel, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def grow(_: dict[str, Any], members: dict[str, bytes]) -> None:
        members["files/zeros"] = bytes(20_000_000)

    path = tmp_path / "x.mark"
    rewritten(saved, path, grow)
    monkeypatch.setattr("mark_core.storage.container.MAX_BYTES", 25_000_000)
    open_project(path, random_model)
    monkeypatch.setattr("mark_core.storage.container.MAX_BYTES", 20_000_000)
    assert "larger than" in refused(path, random_model)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("files/zeros", bytes(20_000_000))
        archive.writestr(CONTENTS, "{}")
    assert path.stat().st_size < 100_000
    assert refused(path, random_model) == DAMAGED
    monkeypatch.setattr("mark_core.storage.container.MAX_MEMBERS", 3)
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(4):
            archive.writestr(f"files/{number}", b"")
        archive.writestr(CONTENTS, "{}")
    assert refused(path, random_model) == DAMAGED


def test_a_member_that_is_not_the_one_that_was_saved_is_refused(
    saved: Path, random_model: MarkModel, tmp_path: Path
) -> None:
    with zipfile.ZipFile(saved) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    other = bytearray(members["words.safetensors"])
    other[-300] ^= 1  # of the same size, and a valid zip again
    with zipfile.ZipFile(tmp_path / "x.mark", "w") as archive:
        for name, data in {**members, "words.safetensors": bytes(other)}.items():
            archive.writestr(name, data)
    assert refused(tmp_path / "x.mark", random_model) == DAMAGED


@pytest.mark.parametrize(
    ("limit", "value"), [("MAX_CONTENTS", 500), ("MAX_FILE_BYTES", 5000), ("MAX_MEMBERS", 2)]
)
def test_what_could_not_be_opened_is_not_saved(
    index: WordIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    monkeypatch.setattr(f"mark_core.storage.container.{limit}", value)
    with pytest.raises(MarkError, match="too many pages for one project file"):
        index.save(tmp_path / "work.mark")
    assert list(tmp_path.iterdir()) == []


def test_texts_are_of_one_printable_line(saved: Path, random_model: MarkModel, tmp_path: Path) -> None:
    def change(contents: dict[str, Any], _: dict[str, bytes]) -> None:
        entry(contents).update(title="a\x00b\nc\u202e", name="\ud800x", note="é „ſ“")

    project = open_project(rewritten(saved, tmp_path / "x.mark", change), random_model)
    assert (project.titles, project.notes) == (("a b c ",), ("é „ſ“",))
    assert project.index.pages[0].page.name == " x"


def test_a_name_given_twice_is_refused(saved: Path, random_model: MarkModel, tmp_path: Path) -> None:
    path = tmp_path / "x.mark"
    path.write_bytes(saved.read_bytes())
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr(CONTENTS, "{}")
    assert refused(path, random_model) == DAMAGED


@settings(max_examples=60)
@given(data=st.data())
def test_damage_is_refused_or_changes_nothing(
    saved: Path, random_model: MarkModel, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    content = bytearray(saved.read_bytes())
    if data.draw(st.booleans(), "cut off"):
        del content[data.draw(st.integers(0, len(content) - 1), "bytes left") :]
    else:
        # most damage in the tables at the end, where every byte means something
        low = data.draw(st.sampled_from([0, max(0, len(content) - 3000)]))
        places = data.draw(st.lists(st.integers(low, len(content) - 1), min_size=1, max_size=8), "places")
        for place in places:
            content[place] ^= data.draw(st.integers(1, 255), "flipped")
    path = tmp_path_factory.mktemp("damaged") / "x.mark"
    path.write_bytes(content)
    try:
        project = open_project(path, random_model)
    except MarkError:
        return
    # a flipped byte that no reader looks at, such as a date
    assert project.decisions == {"a": 1}
    assert [page.words for page in project.index.pages] == [
        page.words for page in open_project(saved, random_model).index.pages
    ]
