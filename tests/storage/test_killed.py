"""Saving that is killed at any step leaves what was there before, or what was to be saved; never a mixture."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

import mark_core as mark
from mark_core import WordIndex
from mark_core.model.config import preset
from mark_core.model.mark import MarkModel
from mark_core.model.network import MarkNetwork
from mark_core.model.weights import from_bytes, load_network, make_card, save_network, to_bytes, write_card
from mark_core.retrieval.indexed import IndexedPage
from mark_core.segmentation.edit import remove_words
from mark_core.storage.folder import VERSION_OF_ONE_FOLDER, load_folder, save_folder
from mark_core.storage.project import open_project, save_project
from mark_core.training.data import WordSet
from mark_core.training.learner import Recipe
from mark_core.training.trainer import CHECKPOINT, Trainer
from mark_core.whole_file import write_whole
from tests.conftest import make_page
from tests.helpers.kills import in_child, places

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are copied by fork")


@pytest.fixture(scope="module")
def before(random_model: MarkModel) -> WordIndex:
    index = WordIndex(random_model)
    index.add(*make_page("one"))
    index.add(*make_page("two", 1))
    return index


@pytest.fixture(scope="module")
def after(random_model: MarkModel) -> WordIndex:
    """The same ids for other pixels and other boxes, so that a mixture would show."""
    index = WordIndex(random_model)
    for name, seed in (("three", 2), ("four", 3), ("five", 4)):
        page, words = make_page(name, seed)
        page_id = index.add(page, words)
        index.edit_words(page_id, remove_words(index.pages[-1].words, (seed,)))
    return index


def told(index: WordIndex) -> list[tuple[object, ...]]:
    """What an index holds of each page; pixels by their mean, which the noise of each page makes its own."""
    return [_told(page) for page in index.pages]


def _told(page: IndexedPage) -> tuple[object, ...]:
    mean = round(float(page.page.pixels.mean()), 1)
    return page.id, page.page.name, tuple(page.words), page.encoding.vectors.tobytes(), mean


def killed_everywhere(
    save: Callable[[], None], restore: Callable[[], None], check: Callable[[int], bool]
) -> int:
    """Save, killed at many steps, from the same beginning each time. check(step): whether what is there now is the new
    state; it fails if it is neither. Returns the number of kills."""
    restore()
    steps = in_child(save)
    assert check(0)
    seen = []
    for step in places(steps):
        restore()
        assert in_child(save, step) == ""
        seen.append(check(step))
    assert seen == sorted(seen)  # the new state stays once it is there
    assert not seen[0]
    return len(seen)


def test_an_index_folder_opens_as_before_or_as_after(
    before: WordIndex, after: WordIndex, random_model: MarkModel, tmp_path: Path
) -> None:
    folder, kept = tmp_path / "index", tmp_path / "kept"
    save_folder(before, kept)

    def restore() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(kept, folder)

    def check(step: int) -> bool:
        found = told(load_folder(folder, random_model))
        assert found in (old, new), f"a mixture after step {step}"
        return found == new

    save_folder(after, tmp_path / "new")
    old, new = (told(load_folder(path, random_model)) for path in (kept, tmp_path / "new"))
    assert old != new
    assert killed_everywhere(lambda: save_folder(after, folder), restore, check) >= 20
    save_folder(after, folder)  # what the killed ones left is gone
    assert len(list(folder.iterdir())) == 3


def test_an_index_with_a_learnt_hand_keeps_weights_and_words_together(
    before: WordIndex, tmp_path: Path
) -> None:
    torch.manual_seed(6)
    data = to_bytes(MarkNetwork(preset("mark-compact")))
    network = from_bytes(preset("mark-compact"), data)
    learnt = WordIndex(MarkModel(network, make_card(network, data, hand={"base": "x"}), "cpu"))
    learnt.add(*make_page("learnt", 5))
    data = to_bytes(before.model.network)
    card = make_card(before.model.network, data, hand={"base": "y"})
    other = WordIndex(MarkModel(from_bytes(preset("mark-compact"), data), card, "cpu"))
    other.add(*make_page("other", 6))
    folder, kept = tmp_path / "index", tmp_path / "kept"
    save_folder(learnt, kept)

    def restore() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(kept, folder)

    def check(step: int) -> bool:
        index = load_folder(folder)  # words that other weights have seen would be refused
        name = index.pages[0].page.name
        assert (name, index.model.card["hand"]["base"]) in (("learnt", "x"), ("other", "y"))
        return name == "other"

    assert killed_everywhere(lambda: save_folder(other, folder), restore, check) >= 20


def test_a_folder_of_before_is_opened_and_replaced_whole(
    before: WordIndex, after: WordIndex, random_model: MarkModel, tmp_path: Path
) -> None:
    folder, kept = tmp_path / "index", tmp_path / "kept"
    save_folder(before, kept)
    (data,) = kept.glob("data-*")
    for part in data.iterdir():
        part.rename(kept / part.name)
    data.rmdir()
    description = json.loads((kept / "index.json").read_text())
    del description["data"]
    description["version"] = VERSION_OF_ONE_FOLDER
    (kept / "index.json").write_text(json.dumps(description))
    old = told(load_folder(kept, random_model))
    assert [row[1] for row in old] == ["one", "two"]

    def restore() -> None:
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(kept, folder)

    def check(step: int) -> bool:
        found = load_folder(folder, random_model)
        assert told(found) == old or [page.page.name for page in found.pages] == ["three", "four", "five"]
        return len(found.pages) == 3

    killed_everywhere(lambda: save_folder(after, folder), restore, check)
    save_folder(after, folder)
    assert not (folder / "words.npz").exists()
    assert not (folder / "pages").exists()


def test_a_project_is_the_old_or_the_new_one(
    before: WordIndex, after: WordIndex, random_model: MarkModel, tmp_path: Path
) -> None:
    path, kept = tmp_path / "work.mark", tmp_path / "kept.mark"
    save_project(kept, before, decisions={"orders": []})

    def restore() -> None:
        shutil.copyfile(kept, path)

    def check(step: int) -> bool:
        project = open_project(path, random_model)
        found = [page.page.name for page in project.index.pages], project.decisions
        assert found in ((["one", "two"], {"orders": []}), (["three", "four", "five"], None))
        return len(found[0]) == 3

    assert killed_everywhere(lambda: save_project(path, after), restore, check) >= 20


def test_weights_and_their_card_stay_a_pair(tmp_path: Path) -> None:
    torch.manual_seed(1)
    first, second = MarkNetwork(preset("mark-compact")), MarkNetwork(preset("mark-compact"))
    path, kept = tmp_path / "hand.safetensors", tmp_path / "kept"
    kept.mkdir()
    save_network(first, kept / path.name, name="first")

    def restore() -> None:
        for file in tmp_path.glob("hand*"):
            file.unlink()
        for file in kept.iterdir():
            shutil.copyfile(file, tmp_path / file.name)

    def check(step: int) -> bool:
        network, card = load_network(path)
        right = {"first": first, "second": second}[card["name"]]
        name = next(
            name for name, value in right.state_dict().items() if value.numel() > 1 and value.std() > 0
        )
        assert torch.allclose(network.state_dict()[name], right.state_dict()[name], atol=1e-3)
        return card["name"] == "second"

    assert killed_everywhere(lambda: save_network(second, path, name="second"), restore, check) >= 12

    def check_card(step: int) -> bool:
        return load_network(path)[1]["name"] == "again"

    card = load_network(kept / path.name)[1]
    killed_everywhere(lambda: write_card(path, {**card, "name": "again"}), restore, check_card)


def test_weights_that_are_damaged_are_refused_although_a_card_waits(tmp_path: Path) -> None:
    path = tmp_path / "hand.safetensors"
    save_network(MarkNetwork(preset("mark-compact")), path)
    shutil.copyfile(path.with_suffix(".json"), path.with_suffix(".next.json"))
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    with pytest.raises(mark.MarkError, match="checksum"):
        load_network(path)


def test_a_checkpoint_is_the_old_or_the_new_one(tmp_path: Path) -> None:
    words = WordSet.from_strips([np.zeros((48, 60), np.uint8)] * 4, list("abcd"), ["latin"] * 4)
    recipe = Recipe(steps=8, labels=2, views=2, negatives=2, warmup=2, bf16=False)
    trainer = Trainer(MarkNetwork(preset("mark-compact")), words, recipe, tmp_path)
    trainer.save()
    path, kept = tmp_path / CHECKPOINT, tmp_path / "kept.pt"
    path.rename(kept)
    trainer.step = 5

    def check(step: int) -> bool:
        found = torch.load(path, weights_only=True)["step"]
        assert found in (0, 5)
        return bool(found)

    killed_everywhere(trainer.save, lambda: bool(shutil.copyfile(kept, path)), check)


def test_an_exception_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_whole(path, b"old")
    with pytest.raises(TypeError):
        write_whole(path, "text")  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_what_was_left_long_ago_is_cleared_and_a_younger_one_stays(tmp_path: Path) -> None:
    old, young, other = (tmp_path / name for name in (".a.txt.1f.part", ".a.txt.2f.part", ".b.txt.1f.part"))
    for file in (old, young, other):
        file.write_bytes(b"")
    for file in (old, other):
        os.utime(file, (0, 0))
    write_whole(tmp_path / "a.txt", b"new")
    assert {file.name for file in tmp_path.iterdir()} == {"a.txt", young.name, other.name}
