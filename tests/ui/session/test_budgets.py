"""Budgets: who would pass one is refused with a sentence, and nobody loses anything to another."""

from __future__ import annotations

import dataclasses
import gc
import re
import threading
import weakref
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from mark_core import MarkError, WordIndex
from mark_core.memory import give_back
from mark_core.model.mark import MarkModel
from mark_core.ui.search.query import SearchQuery, search
from mark_core.ui.session.budgets import HOUR, Budgets
from mark_core.ui.session.limits import MB, VARIABLES, Limits, limits_of_environment
from mark_core.ui.session.store import SessionStore
from tests.conftest import make_page

from ..fakes import fake_page
from .test_session import PAGE_BYTES, make_store

HOSTING = Path(__file__).resolve().parents[3] / "docs" / "hosting.md"


def user(name: str, address: str = "a", nbytes: int = 0, disk: int = 0, work: bool = True) -> SimpleNamespace:
    return SimpleNamespace(nonce=name, address=address, nbytes=nbytes, disk=disk, has_work=work)


def test_a_hundred_strangers_delete_nobodys_pages(tmp_path: Path) -> None:
    store, clock = make_store(tmp_path)
    own = store.open(tab="mine", address="10.0.0.1")
    page = own.add(fake_page("a"), "a")
    for number in range(300):
        clock.now += 0.01
        store.open(tab=f"tab {number}", address="203.0.113.9")
    assert store.find(own.key) is own
    assert own.pages == [page]
    assert page.folder.exists()
    assert len(store) <= store.limits.address_sessions + 1


def test_of_one_address_only_so_many_sessions_have_pages(tmp_path: Path) -> None:
    store, _ = make_store(tmp_path, address_sessions=2, sessions=3)
    sessions = [store.open(tab=str(n), address="203.0.113.9") for n in range(2)]
    for session in sessions:
        session.add(fake_page("a"), "a")
    third = store.open(tab="3", address="203.0.113.9")
    with pytest.raises(MarkError, match="Visitors from your network use all the room"):
        third.add(fake_page("a"), "a")
    other = store.open(tab="4", address="198.51.100.1")
    other.add(fake_page("a"), "a")
    fifth = store.open(tab="5", address="192.0.2.1")
    with pytest.raises(MarkError, match="server is full"):
        fifth.add(fake_page("a"), "a")
    assert all(len(one.pages) == 1 for one in (*sessions, other))


def test_the_last_place_is_given_once_also_while_its_page_is_on_its_way() -> None:
    users = [user(str(n), address=str(n), work=False) for n in range(3)]
    budgets = Budgets(Limits(sessions=1), lambda: 0.0, lambda: users)
    with budgets.hold(users[0], memory=1), pytest.raises(MarkError, match="server is full"):
        budgets.hold(users[1], memory=1).__enter__()
    with budgets.hold(users[1], memory=1):
        pass


def test_what_was_done_on_a_sample_is_work_too(tmp_path: Path) -> None:
    store, clock = make_store(tmp_path, sessions=1)
    worked = store.open(tab="a")
    worked.word_names = {("page", (1, 2, 3, 4)): "Washington"}
    for clock.now in (1.0, 2.0):
        store.open(tab="b")
    assert store.find(worked.key) is worked


def test_memory_is_held_while_a_page_is_made() -> None:
    one, other = user("one"), user("other")
    budgets = Budgets(Limits(total_bytes=100, address_bytes=100), lambda: 0.0, lambda: [one, other])
    with budgets.hold(one, memory=60):
        assert budgets.room(other) == 40
        with pytest.raises(MarkError, match=r"full|room"):
            budgets.hold(other, memory=60).__enter__()
    with budgets.hold(other, memory=60):
        pass


def test_two_that_ask_at_once_do_not_both_get_the_last_place() -> None:
    users = [user(str(n), address=str(n)) for n in range(8)]
    budgets = Budgets(Limits(total_bytes=100), lambda: 0.0, lambda: users)
    start, got, refused, done = threading.Barrier(8), [], [], threading.Event()

    def ask(one: SimpleNamespace) -> None:
        start.wait()
        try:
            with budgets.hold(one, memory=60):
                got.append(one)
                done.wait(20)
        except MarkError:
            refused.append(one)
            if len(refused) == 7:
                done.set()

    threads = [threading.Thread(target=ask, args=(one,)) for one in users]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(got), len(refused)) == (1, 7)


@pytest.mark.parametrize(
    ("limits", "sentence"),
    [
        ({"session_disk": 5}, "no room for more files"),
        ({"address_disk": 8}, "Visitors from your network"),
        ({"total_disk": 9}, "server is full"),
    ],
)
def test_disk_is_bounded_for_each_circle(limits: dict[str, int], sentence: str) -> None:
    own, neighbour, stranger = user("own", disk=4), user("b", disk=2), user("c", "elsewhere", disk=1)
    budgets = Budgets(
        dataclasses.replace(Limits(), **limits), lambda: 0.0, lambda: [own, neighbour, stranger]
    )
    with pytest.raises(MarkError, match=sentence):
        budgets.hold(own, disk=3).__enter__()


@pytest.mark.parametrize("kind", ["megapixels", "seconds"])
def test_what_was_used_is_forgotten_after_an_hour(kind: str) -> None:
    now = [0.0]
    limits = dataclasses.replace(
        Limits(), **{f"session_{kind}": 10, f"address_{kind}": 20, f"total_{kind}": 25}
    )
    budgets = Budgets(limits, lambda: now[0])
    budgets.spend(user("a"), **{kind: 9})
    budgets.check_time(user("a"))
    budgets.spend(user("a"), **{kind: 1})
    with pytest.raises(MarkError, match="This visit has used its share"):
        budgets.check_time(user("a"))
    budgets.spend(user("b"), **{kind: 10})
    with pytest.raises(MarkError, match="Visitors from your network have used"):
        budgets.check_time(user("c"))
    budgets.spend(user("d", "elsewhere"), **{kind: 5})
    with pytest.raises(MarkError, match="too much to do"):
        budgets.check_time(user("e", "nowhere"))
    now[0] = HOUR + 61
    for one in (user("a"), user("c"), user("e", "nowhere")):
        budgets.check_time(one)


def test_adding_pages_is_counted_and_refused_when_the_share_is_used(tmp_path: Path) -> None:
    store, _ = make_store(tmp_path)
    session = store.open(address="a")
    session.add(fake_page("a"), "a")
    assert sum(store.budgets._seconds.of(session)) > 0
    store.budgets.spend(session, seconds=store.limits.session_seconds)
    with pytest.raises(MarkError, match=r"used its share.*Save project"):
        session.add(fake_page("b"), "b")
    assert len(session.pages) == 1


def test_disk_of_a_session_is_that_of_its_files(tmp_path: Path) -> None:
    store, _ = make_store(tmp_path)
    session = store.open()
    page = session.add(fake_page("a"), "a")
    pictures = sum(file.stat().st_size for file in page.folder.iterdir())
    assert session.disk == pictures > 0
    session.received.reserve("a.png").write_bytes(b"x" * 1000)
    session.downloads.write("b.csv", b"y" * 500)
    assert session.disk == pictures + 1500


def test_downloads_make_room_for_each_other_and_never_fail(tmp_path: Path) -> None:
    store, _ = make_store(tmp_path, session_disk=2000)
    session = store.open()
    files = [session.downloads.write(f"{n}.csv", b"x" * 800) for n in range(3)]
    assert [file.exists() for file in files] == [False, True, True]
    last = session.downloads.write(
        "large.csv", b"x" * 5000
    )  # “Save project” is the way out, so it is never refused
    assert last.exists()


@pytest.fixture
def no_collector() -> Iterator[None]:
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def test_a_session_that_is_closed_is_gone_at_once(
    random_model: MarkModel, tmp_path: Path, no_collector: None
) -> None:
    """Without the garbage collector: nothing of it refers to itself."""
    store = SessionStore(lambda: WordIndex(random_model), tmp_path)
    session = store.open(tab="tab")
    page, words = make_page()
    opened = session.add(page, "a", words=words)
    session.result = search(1, SearchQuery("orders", None), session.pages, session.decisions)
    session.remove(session.add(make_page("b", 1)[0], "b", words=words).id)
    session.undo(session.view()["undo"]["number"])
    session.turning.ask(opened.id, 90)
    for _ in session.upload_queue.watch(0.05):
        pass
    session.remove(session.pages[0].id)
    gone = [weakref.ref(thing) for thing in (page.pixels, session.index, session.pages[0], session)]
    key = session.key
    del page, words, opened, session
    store.close(key)
    assert [reference() for reference in gone] == [None] * len(gone)


def test_free_memory_is_given_back_where_the_library_can() -> None:
    assert give_back() in (True, False)


def test_limits_are_read_from_the_environment() -> None:
    named = {variable.name: str(variable.least + 4) for variable in VARIABLES}
    limits = limits_of_environment(named)
    for variable in VARIABLES:
        if variable.field not in ("time_to_live",):
            assert getattr(limits, variable.field) == 5 * variable.factor
    assert limits_of_environment({}) == Limits()
    assert limits_of_environment({"MARK_TOTAL_MB": "2"}).total_bytes == 2 * MB
    for bad in ("0", "-1", "1.5", "many"):
        with pytest.raises(MarkError, match="MARK_TOTAL_MB must be a whole number from 1 to"):
            limits_of_environment({"MARK_TOTAL_MB": bad})


def test_the_manual_lists_every_limit_with_its_default() -> None:
    rows = re.findall(r"^\| `(MARK_\w+)` \| ([\d,]+) \|", HOSTING.read_text(encoding="utf-8"), re.MULTILINE)
    listed = {name: int(default.replace(",", "")) for name, default in rows}
    assert listed.items() >= {variable.name: variable.default for variable in VARIABLES}.items()


def test_a_page_is_as_large_as_its_pixels() -> None:
    assert fake_page("a").nbytes == PAGE_BYTES
