"""Everybody of a class has the same pages, and decisions of their own."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from mark_core.ui.collection import school_classes
from mark_core.ui.collection.school_classes import ALPHABET, LENGTH, SchoolClass
from mark_core.ui.server import Server
from mark_core.ui.session.limits import Limits
from mark_core.ui.session.store import SessionStore

from ..fakes import FakeIndex
from ..tabs import Tab, upload

HOUR = 3600.0


@pytest.fixture
def server(tmp_path: Path) -> Server:
    uploads = tmp_path / "uploads"
    uploads.mkdir()
    limits = Limits(time_to_live=100 * HOUR, away_seconds=100 * HOUR, class_seconds=4 * HOUR)
    store = SessionStore(FakeIndex, tmp_path / "pages", limits, lambda: store.now, upload_folder=uploads)  # type: ignore[attr-defined]
    store.now = 0.0  # type: ignore[attr-defined]
    return Server(store)


def teacher_of(server: Server) -> Tab:
    tab, _ = Tab.arrive(server, "teacher")
    tab.add(upload(server, "b.png"))
    assert tab.reply("class_sharing", "share")["state"] == "done"
    return tab


def class_of(teacher: Tab) -> SchoolClass:
    found = teacher.session.school_class
    assert found is not None
    return found


def student(server: Server, code: str, name: str) -> Tab:
    key, _ = list(server.arrive(name, school_class=server.store.classes.find(code)))[-1]
    return Tab(server, key)


def test_a_class_sees_one_page_and_nobody_the_decisions_of_others(server: Server) -> None:
    teacher = teacher_of(server)
    code = teacher.session.view()["class_sharing"]["code"]
    assert len(code) == LENGTH
    assert set(code) <= set(ALPHABET)
    tabs = [
        student(server, typed, str(n)) for n, typed in enumerate([code, f" {code[:4]}-{code[4:]}".upper()])
    ]
    pages = [tab.session.pages for tab in tabs]
    assert [len(own) for own in pages] == [1, 1]
    assert pages[0][0] is pages[1][0]
    assert pages[0][0].entry.page.pixels is teacher.session.pages[0].entry.page.pixels  # in memory once
    assert [tab.session.nbytes for tab in tabs] == [0, 0]
    assert pages[0][0].id != teacher.session.pages[0].id
    views = [tab.view("search", "search", text="one") for tab in (teacher, *tabs)]
    hit = views[1]["search"]["hits"][0]
    fields = {"search": views[1]["search"]["number"], "page": hit["page"], "word": hit["word"]}
    assert tabs[0].reply("feedback", "confirmed", **fields)["state"] == "done"
    assert tabs[0].session.decisions.now
    assert not tabs[1].session.decisions.now
    assert not teacher.session.decisions.now
    assert not any("decision" in row for row in tabs[1].session.view()["search"]["hits"])


def test_an_edit_is_seen_by_nobody_else(server: Server) -> None:
    teacher = teacher_of(server)
    first, second = (student(server, class_of(teacher).code, name) for name in "ab")
    page = first.session.pages[0]
    first.view("editing", "remove", page=page.id, version=0, words=[0])
    teachers = teacher.session.pages[0]
    teacher.view("editing", "remove", page=teachers.id, version=0, words=[0, 1])
    assert [tab.session.pages[0].words for tab in (first, second, teacher)] == [2, 3, 1]
    assert student(server, class_of(teacher).code, "c").session.pages[0].words == 3


def test_pages_outlive_the_teacher_and_go_with_the_last_of_the_class(server: Server) -> None:
    teacher = teacher_of(server)
    code, room = class_of(teacher).code, teacher.session.nbytes
    server.store.close(teacher.key)
    pupil = student(server, code, "a")
    page = pupil.session.pages[0]
    picture, boxes = page.folder / "page.jpg", page.boxes
    assert picture.is_file()
    assert [one.nbytes for one in server.store.classes.shared()] == [room]
    server.store.now = 4 * HOUR + 1  # type: ignore[attr-defined]
    assert server.store.classes.find(code) is None
    assert picture.is_file()
    pupil.view("editing", "remove", page=page.id, version=0, words=[0])  # a copy with the same picture
    del page
    gc.collect()
    assert picture.is_file()
    server.store.close(pupil.key)
    gc.collect()
    assert not picture.exists()
    assert not boxes.exists()
    assert server.store.classes.shared() == []


def test_a_code_is_good_for_its_time_after_the_last_visit(server: Server) -> None:
    teacher, classes = teacher_of(server), server.store.classes
    code = class_of(teacher).code
    for hours in (3, 6, 9):
        server.store.now = hours * HOUR  # type: ignore[attr-defined]
        assert classes.find(code) is not None
    server.store.now = 13 * HOUR + 1  # type: ignore[attr-defined]
    assert classes.find(code) is None
    assert teacher.session.view()["class_sharing"] == {"code": None, "pages": 0, "hours": 4}


def test_the_teacher_ends_it_and_a_new_one_replaces_it(server: Server) -> None:
    teacher, classes = teacher_of(server), server.store.classes
    first = class_of(teacher).code
    teacher.reply("class_sharing", "share")
    second = class_of(teacher).code
    assert first != second
    assert classes.find(first) is None
    assert classes.find(second) is not None
    pupil = student(server, second, "a")
    teacher.reply("class_sharing", "end")
    assert classes.find(second) is None
    assert len(pupil.view("search", "search", text="one")["search"]["hits"]) == 3  # what is open stays


@pytest.mark.parametrize("code", [None, "", 7, [], "x", "x" * 10_000, "\ud800", "-" * 8])
def test_what_is_no_code_finds_nothing(server: Server, code: object) -> None:
    teacher_of(server)
    assert server.store.classes.find(code) is None


def test_what_cannot_be_shared_gets_a_sentence(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    tab, _ = Tab.arrive(server)
    assert "Add a page" in tab.error("class_sharing", "share")
    assert "makes no sense" in tab.error("class_sharing", "open")
    tab.add(upload(server, "b.png"))
    monkeypatch.setattr(school_classes, "MOST", 0)
    assert "as many classes" in tab.error("class_sharing", "share")
    monkeypatch.setattr(school_classes, "MOST", 1)
    room = tab.session.nbytes
    object.__setattr__(server.store.budgets.limits, "total_bytes", room + 1)
    assert "server is full" in tab.error("class_sharing", "share")
    gc.collect()
    assert server.store.classes.shared() == []
