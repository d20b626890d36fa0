from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest

from mark_core import MarkError
from mark_core.ui.session.limits import Limits, limits_of_environment
from mark_core.ui.session.store import SessionStore
from mark_core.ui.tasks import Task

from ..fakes import FakeIndex, fake_page, find
from ..tabs import text

PAGE_BYTES = 200 * 200 * 3


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def make_store(root: Path, **limits: float) -> tuple[SessionStore, Clock]:
    clock = Clock()
    return SessionStore(FakeIndex, root, Limits(**limits), clock), clock


def test_a_page_is_written_and_described(tmp_path: Path) -> None:
    store, _ = make_store(tmp_path)
    session = store.open()
    page = session.add(fake_page("a"), "Letter a")
    view = session.view()["pages"][0]
    assert (view["title"], view["words"], view["width"]) == ("Letter a", 3, 200)
    assert Path(view["picture"]).is_file()
    assert Path(view["thumb"]).is_file()
    rows = json.loads(Path(view["data"]).read_text())["words"]
    assert rows[1] == [1, 50, 10, 30, 12, 0]
    assert page.crop(1).ndim == 2


def test_ids_and_keys_cannot_be_guessed(tmp_path: Path) -> None:
    store, _ = make_store(tmp_path)
    first, second = store.open(), store.open()
    assert first.key != second.key
    assert min(len(first.key), len(first.add(fake_page("a"), "a").id)) >= 24


def test_sessions_do_not_see_each_other(tmp_path: Path) -> None:
    store, _ = make_store(tmp_path)
    mine, other = store.open(), store.open()
    page = mine.add(fake_page("a"), "a")
    with pytest.raises(MarkError, match="no longer open"):
        other.page(page.id)
    with pytest.raises(MarkError, match="Add a page"):
        find(other, "word", None)


def test_page_and_byte_bounds_of_a_session(tmp_path: Path) -> None:
    store, _ = make_store(tmp_path, pages=2, session_bytes=3 * PAGE_BYTES)
    session = store.open()
    session.add(fake_page("a"), "a")
    with pytest.raises(MarkError, match="no room"):
        session.add(fake_page("big", side=400), "big")
    session.add(fake_page("b"), "b")
    with pytest.raises(MarkError, match="At most 2 pages"):
        session.add(fake_page("c"), "c")


def test_idle_sessions_expire_with_their_files(tmp_path: Path) -> None:
    store, clock = make_store(tmp_path, time_to_live=60)
    idle, busy = store.open(), store.open()
    folder = idle.add(fake_page("a"), "a").folder
    clock.now = 50
    assert store.get(busy.key) is busy
    clock.now = 70
    assert store.get(idle.key) is None
    assert not folder.exists()
    assert store.get(busy.key) is busy


def test_the_longest_idle_go_when_there_are_too_many(tmp_path: Path) -> None:
    store, clock = make_store(tmp_path, sessions=2)
    keys = []
    for clock.now in (1.0, 2.0, 3.0):
        keys.append(store.open().key)
    assert [store.get(key) is not None for key in keys] == [False, True, True]


def test_nobody_loses_pages_when_memory_runs_short(tmp_path: Path) -> None:
    store, clock = make_store(tmp_path, total_bytes=PAGE_BYTES + 1)
    first, second = store.open(), store.open()
    clock.now = 1.0
    page = first.add(fake_page("a"), "a")
    with pytest.raises(MarkError, match=r"server is full.*Save project"):
        second.add(fake_page("b"), "b")
    store.sweep()
    assert [store.get(session.key) is session for session in (first, second)] == [True, True]
    assert page.folder.exists()
    first.remove(page.id)
    first.removed.drop()
    second.add(fake_page("b"), "b")  # there is room again


def test_a_session_outlives_its_tab_for_some_minutes(tmp_path: Path) -> None:
    store, clock = make_store(tmp_path, away_seconds=60)
    session = store.open(tab="tab")
    session.add(fake_page("a"), "a")
    clock.now = 50
    session.presence.hear()
    store.leave("another")
    store.leave(None)
    assert not session.presence.is_gone()
    store.leave("tab")
    assert session.presence.is_gone()
    clock.now = 109
    assert store.find(session.key) is session
    clock.now = 111
    assert store.find(session.key) is None
    assert list(tmp_path.iterdir()) == []


def test_a_tab_that_comes_back_keeps_its_session(tmp_path: Path) -> None:
    store, clock = make_store(tmp_path, away_seconds=60)
    session = store.open(tab="tab")
    store.leave("tab")
    clock.now = 50
    session.presence.take("the tab after a reload")
    clock.now = 100
    assert store.find(session.key) is session
    assert not session.presence.is_of("tab")


def test_a_session_is_found_by_its_whole_key_alone(tmp_path: Path) -> None:
    store, _ = make_store(tmp_path)
    session = store.open()
    assert store.find(session.key) is session
    for wrong in (session.key[:-1], session.key + "x", "", None, 3, ["x"], "\ud800"):
        assert store.find(wrong) is None


def test_a_session_without_pages_goes_before_one_that_waits_with_its_pages(tmp_path: Path) -> None:
    store, clock = make_store(tmp_path, sessions=2)
    full = store.open(tab="a")
    full.add(fake_page("a"), "a")
    store.leave("a")
    clock.now = 1.0
    empty = store.open(tab="b")
    clock.now = 2.0
    late = store.open(tab="c")
    assert [store.find(one.key) is one for one in (full, empty, late)] == [True, False, True]
    late.add(fake_page("c"), "c")
    clock.now = 3.0
    last = store.open(tab="d")  # nobody's pages go, not even those that were left by their tab
    assert [store.find(one.key) is one for one in (full, late, last)] == [True, True, True]


@pytest.mark.parametrize(("entry", "seconds"), [("", 900.0), ("3", 180.0), (" 90 ", 5400.0)])
def test_the_minutes_are_told_by_the_environment(
    monkeypatch: pytest.MonkeyPatch, entry: str, seconds: float
) -> None:
    monkeypatch.setenv("MARK_KEEP_MINUTES", entry)
    limits = limits_of_environment()
    assert limits.away_seconds == seconds
    assert limits.time_to_live >= seconds


@pytest.mark.parametrize("entry", ["0", "-1", "1.5", "ten", "99999"])
def test_minutes_that_make_no_sense_are_refused(monkeypatch: pytest.MonkeyPatch, entry: str) -> None:
    monkeypatch.setenv("MARK_KEEP_MINUTES", entry)
    with pytest.raises(MarkError, match="MARK_KEEP_MINUTES must be a whole number"):
        limits_of_environment()


def test_a_page_that_is_ready_after_the_tab_was_closed_leaves_nothing(tmp_path: Path) -> None:
    store, _ = make_store(tmp_path)
    session = store.open()
    store.close(session.key)
    with pytest.raises(MarkError, match="ended"):
        session.add(fake_page("a"), "a")
    assert list(tmp_path.iterdir()) == []


def test_a_page_that_is_removed_can_be_brought_back(tmp_path: Path) -> None:
    store, _ = make_store(tmp_path)
    session = store.open()
    pages = [session.add(fake_page(name), name) for name in "abc"]
    session.remove(pages[1].id)
    assert [page.title for page in session.pages] == ["a", "c"]
    assert [entry.id for entry in session.index.pages] == ["a-0", "c-0"]
    undo = session.view()["undo"]
    assert text(undo["message"]) == "Page removed: b."
    assert session.nbytes == 3 * PAGE_BYTES
    session.undo(undo["number"])
    assert session.pages == pages
    assert len(find(session, "word", None)) == 9
    assert session.view()["undo"] is None
    with pytest.raises(MarkError, match="cannot be undone"):
        session.undo(undo["number"])


def test_the_page_removed_before_the_last_is_deleted(tmp_path: Path) -> None:
    store, _ = make_store(tmp_path)
    session = store.open()
    first, second = (session.add(fake_page(name), name) for name in "ab")
    session.remove(first.id)
    number = session.view()["undo"]["number"]
    session.remove(second.id)
    assert [first.folder.exists(), second.folder.exists()] == [False, True]
    with pytest.raises(MarkError, match="cannot be undone"):
        session.undo(number)
    store.close(session.key)
    assert list(tmp_path.iterdir()) == []


def test_a_removed_page_is_deleted_when_its_time_is_up(tmp_path: Path) -> None:
    store, clock = make_store(tmp_path, undo_seconds=60)
    session = store.open()
    page = session.add(fake_page("a"), "a")
    session.remove(page.id)
    clock.now = 59
    store.sweep()
    assert page.folder.exists()
    clock.now = 61
    store.sweep()
    assert not page.folder.exists()
    assert session.nbytes == 0
    assert session.view()["undo"] is None


def test_a_sample_that_is_removed_stays_for_the_others(tmp_path: Path) -> None:
    store, _ = make_store(tmp_path)
    session, lender = store.open(), store.open()
    page = session.keep(lender.add(fake_page("a"), "a"))
    session.remove(page.id)
    session.undo(1)
    session.remove(page.id)
    session.close()
    assert page.folder.exists()
    assert len(lender.index.pages) == 1


def test_there_is_room_beside_what_is_on_its_way(tmp_path: Path) -> None:
    store, _ = make_store(tmp_path, pages=10)
    session = store.open()
    session.add(fake_page("a"), "a")
    gate = threading.Event()
    session.upload_queue.put([Task("x", lambda job: gate.wait(20), total=4), Task("y", lambda job: None)])
    assert (session.room, session.unclaimed_room) == (9, 4)
    gate.set()


def test_pages_are_named_and_put_in_order(tmp_path: Path) -> None:
    store, _ = make_store(tmp_path)
    session = store.open()
    a, b, c = (session.add(fake_page(name), name).id for name in "abc")
    session.rename(b, "Letter of May 3")
    session.move(c, 0)
    session.move(a, 99)
    assert [page["title"] for page in session.view()["pages"]] == ["c", "Letter of May 3", "a"]
    with pytest.raises(MarkError, match="no longer open"):
        session.move("gone", 0)


def test_search_ranks_over_all_indexes(tmp_path: Path) -> None:
    store, _ = make_store(tmp_path)
    session, lender = store.open(), store.open()
    session.add(fake_page("a"), "a")
    session.keep(lender.add(fake_page("b"), "b"))
    hits = find(session, "word", None)
    assert [hit["rank"] for hit in hits] == [1, 2, 3, 4, 5, 6]
    scores = [hit["score"] for hit in hits]
    assert scores == sorted(scores, reverse=True)
    assert {hit["page"] for hit in hits} == {page.id for page in session.pages}


def test_an_example_is_a_number_at_home_and_pixels_elsewhere(tmp_path: Path) -> None:
    store, _ = make_store(tmp_path)
    session, lender = store.open(), store.open()
    home = session.add(fake_page("a"), "a")
    session.keep(lender.add(fake_page("b"), "b"))
    find(session, None, (home.id, 2))
    assert session.index.asked[-1] == (None, ("a-0", 2))
    assert lender.index.asked[-1][1].ndim == 2


def test_notices_are_numbered_and_bounded(tmp_path: Path) -> None:
    store, _ = make_store(tmp_path)
    session = store.open()
    for number in range(100):
        session.notify(f"sentence {number}")
    notices = session.view()["notices"]
    assert len(notices) == 30
    assert notices[-1] == {"number": 100, "message": {"id": "sentence 99", "values": {}}, "calm": False}


def test_threads_may_share_a_store(tmp_path: Path) -> None:
    store, _ = make_store(tmp_path, sessions=4)
    errors: list[BaseException] = []

    def visit() -> None:
        try:
            for _ in range(10):
                session = store.open()
                try:
                    session.add(fake_page("a", side=40), "a")
                    find(session, "word", None)
                except MarkError:
                    pass  # the server is full
                store.sweep()
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=visit) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sum(session.has_work for session in store.sessions()) == 4
    assert len(store) <= 5  # and the one that was opened last
