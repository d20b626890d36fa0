from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from mark_core.ui import connection as module
from mark_core.ui.connection import Connection
from mark_core.ui.doors import access
from mark_core.ui.server import ENDED, Server

from .fakes import FakeIndex
from .tabs import Tab, notices, receive, replies, upload

TAB, OTHER = "tab-of-a-test", "another-tab"
Answer = dict[str, Any]
Post = Callable[..., Answer]


@pytest.fixture
def post(server: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    """Sends JSON to one of the routes and gives the answer."""
    monkeypatch.setattr(module, "WAIT_SECONDS", 0.05)
    monkeypatch.setattr(module, "PROBE_SECONDS", 0.3)
    with TestClient(Starlette(routes=[Connection(server).route()])) as client:

        def send(way: str, **body: Any) -> Answer:
            if body.get("feature") == "uploads":
                receive(server, server.store.find(body["token"]), body["data"].get("files"))
            answer = client.post(f"/session/{way}", json={"tab": TAB, **body})
            assert answer.status_code == 200
            return answer.json()

        send.client = client  # type: ignore[attr-defined]
        yield send


def until(post: Post, token: str, right: Callable[[Answer], bool], tab: str = TAB) -> Answer:
    """The first view of which something is right."""
    deadline, seen, view = time.monotonic() + 20, 0, {}
    while time.monotonic() < deadline:
        answer = post("views", token=token, tab=tab, changes=seen)
        if answer["state"] == "view":
            seen, view = answer["changes"], {**view, **answer["view"]}
            if right(view):
                return view
    raise AssertionError("no such view")


def arrive(post: Post) -> str:
    answer = post("arrive", wanted="")
    assert (answer["state"], answer["resumed"], answer["minutes"]) == ("here", False, 15)
    until(post, answer["token"], lambda view: view["pages"] and not view["busy"])
    return answer["token"]


def test_a_request_is_answered_in_the_views(post: Post) -> None:
    token = arrive(post)
    data = {"action": "search", "number": 1, "text": "one", "variants": False, "page": None}
    assert post("request", token=token, feature="search", data=data) == {"state": "accepted"}
    view = until(post, token, lambda view: view["search"] is not None)
    assert len(view["search"]["hits"]) == 3
    assert replies(view, "search")[-1]["number"] == 1


def test_a_tab_is_sent_what_is_new_and_all_of_it_where_an_answer_was_lost(post: Post, server: Server) -> None:
    token = arrive(post)
    session = server.store.find(token)
    assert session is not None
    whole = post("views", token=token, changes=0)
    seen = whole["changes"]
    assert set(whole["view"]) == set(session.view())
    assert post("views", token=token, changes=seen) == {"state": "same"}
    session.changes.tell()  # something that shows nowhere
    assert post("views", token=token, changes=seen) == {"state": "same"}
    session.notify("One.")
    session.changes.tell()
    lost = post("views", token=token, changes=seen)
    assert set(lost["view"]) == {"session", "version", "notices"}
    again = post("views", token=token, changes=seen)
    assert set(again["view"]) == set(whole["view"])
    assert again["view"]["notices"] == lost["view"]["notices"]
    session.notify("Two.")
    session.changes.tell()
    assert len(post("views", token=token, changes=again["changes"])["view"]["notices"]) == 2


def test_a_request_whose_answer_was_lost_is_carried_out_once(
    post: Post, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = arrive(post)
    data = {"action": "search", "number": 1, "text": "one", "variants": False, "page": None}
    asked: list[str] = []
    search = FakeIndex.search
    monkeypatch.setattr(FakeIndex, "search", lambda *args, **kw: asked.append("x") or search(*args, **kw))
    for _ in range(3):
        assert post("request", token=token, feature="search", data=data) == {"state": "accepted"}
    until(post, token, lambda view: view["search"] is not None)
    assert asked == ["x"]


def test_a_session_is_taken_up_again_after_a_reload(post: Post, server: Server) -> None:
    token = arrive(post)
    files = [upload(server, "b.png")]
    data = {"action": "add_files", "number": 4, "files": files, "direction": "auto"}
    post("request", token=token, feature="uploads", data=data)
    until(post, token, lambda view: len(view["pages"]) == 2)
    assert post("leave", token=token) == {"state": "left"}
    answer = post("arrive", token=token, tab=OTHER, wanted="")
    assert (answer["resumed"], answer["token"], answer["number"]) == (True, token, 4)
    assert len(answer["view"]["pages"]) == 2
    # the page before the reload can do nothing any more
    assert post("views", token=token, changes=0) == {"state": "taken"}
    assert post("request", token=token, feature="search", data={"number": 5}) == {"state": "taken"}
    assert post("leave", token=token) == {"state": "taken"}


def test_work_goes_on_while_no_tab_is_there(
    post: Post, server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = arrive(post)
    gate, add = threading.Event(), FakeIndex.add

    def slow(*args: Any, **fields: Any) -> str:
        gate.wait(20)
        return add(*args, **fields)

    monkeypatch.setattr(FakeIndex, "add", slow)
    data = {"action": "add_files", "number": 1, "files": [upload(server, "b.png")], "direction": "auto"}
    post("request", token=token, feature="uploads", data=data)
    post("leave", token=token)
    gate.set()
    answer = post("arrive", token=token, tab=OTHER, wanted="")
    assert answer["resumed"]
    assert len(until(post, token, lambda view: len(view["pages"]) == 2, OTHER)["pages"]) == 2


def test_a_copied_tab_begins_a_session_of_its_own(post: Post) -> None:
    token = arrive(post)
    stop = threading.Event()

    def listen() -> None:  # the tab is there
        while not stop.is_set():
            post("views", token=token, changes=10**6)

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        answer = post("arrive", token=token, tab=OTHER, wanted="")
    finally:
        stop.set()
        thread.join()
    assert (answer["resumed"], answer["copied"]) == (False, True)
    assert answer["token"] != token
    assert post("views", token=token, changes=0)["state"] == "view"


def test_a_tab_that_does_not_answer_loses_its_session_to_the_next(post: Post) -> None:
    token = arrive(post)  # its browser has crashed: nothing is said
    answer = post("arrive", token=token, tab=OTHER, wanted="")
    assert (answer["resumed"], answer["token"]) == (True, token)
    assert post("views", token=token, changes=0) == {"state": "taken"}


def test_a_session_that_is_no_more_is_told(post: Post, server: Server) -> None:
    token = arrive(post)
    server.store.close(token)
    assert post("views", token=token, changes=0) == {"state": "gone"}
    answer = post("arrive", token=token, wanted="", owned=True)
    assert answer["token"] != token
    assert notices(answer["view"]) == [str(ENDED)]
    assert notices(post("arrive", token="unknown", tab=OTHER, wanted="")["view"]) == []


def test_a_link_in_the_same_tab_joins_own_pages_and_replaces_samples(post: Post, server: Server) -> None:
    token = arrive(post)
    answer = post("arrive", token=token, wanted="gone", follow=True)
    assert (answer["resumed"], answer["token"] == token) == (False, False)
    assert server.store.find(token) is None
    token = answer["token"]
    data = {"action": "add_files", "number": 1, "files": [upload(server, "b.png")], "direction": "auto"}
    post("request", token=token, feature="uploads", data=data)
    until(post, token, lambda view: len(view["pages"]) == 2)
    answer = post("arrive", token=token, wanted="gone", follow=True)
    assert answer["resumed"]
    view = until(post, token, lambda view: "not here any more" in "".join(notices(view)))
    assert len(view["pages"]) == 2


@pytest.mark.parametrize(
    "body",
    [
        {"tab": "short"},
        {"tab": 3},
        {"tab": "x" * 65},
        {"changes": "x"},
        {"changes": -1},
        {"changes": None},
    ],
)
def test_what_makes_no_sense_is_refused(post: Post, body: Answer) -> None:
    token = arrive(post)
    assert post("views", **{"token": token, "changes": 0, **body}) == {"state": "refused"}


@pytest.mark.parametrize(
    "fields", [{"feature": "dance"}, {"data": 3}, {"data": {"number": "x"}}, {"data": {}}]
)
def test_requests_that_make_no_sense_are_refused(post: Post, fields: Answer) -> None:
    token = arrive(post)
    whole = {"feature": "search", "data": {"action": "search", "number": 1}, **fields}
    assert post("request", token=token, **whole) == {"state": "refused"}


def test_other_sites_and_large_bodies_are_refused(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    client = post.client  # type: ignore[attr-defined]
    plain = client.post(
        "/session/arrive", content='{"tab": "a-tab-elsewhere"}', headers={"Content-Type": "text/plain"}
    )
    assert plain.json() == {"state": "refused"}
    for text in ("[1]", "{", "3"):
        answer = client.post("/session/arrive", content=text, headers={"Content-Type": "application/json"})
        assert answer.json() == {"state": "refused"}
    monkeypatch.setattr(module, "MAX_BODY", 100)
    assert post("arrive", wanted="x" * 200) == {"state": "refused"}
    assert client.get("/session/views").status_code == 405


def test_a_busy_server_asks_to_come_again(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    token = arrive(post)
    monkeypatch.setattr(module, "MAX_REQUESTS", 0)
    data = {"action": "search", "number": 1, "text": "one", "variants": False, "page": None}
    assert post("request", token=token, feature="search", data=data) == {"state": "busy"}
    assert post("arrive", tab=OTHER, wanted="") == {"state": "busy"}
    monkeypatch.setattr(module, "MAX_REQUESTS", 9)
    assert post("request", token=token, feature="search", data=data) == {"state": "accepted"}


def test_the_key_of_a_session_stands_in_no_view(post: Post) -> None:
    answer = post("arrive", wanted="")
    assert len(answer["token"]) >= 40
    assert answer["token"] not in str(answer["view"])


def test_a_code_opens_the_pages_of_a_class_and_a_wrong_one_says_so(post: Post, server: Server) -> None:
    teacher, _ = Tab.arrive(server, "teacher")
    teacher.add(upload(server, "b.png"))
    teacher.reply("class_sharing", "share")
    code = teacher.session.view()["class_sharing"]["code"]
    answer = post("arrive", wanted="", code=code)
    view = until(post, answer["token"], lambda view: len(view["pages"]) == 2 and not view["busy"])
    assert notices(view) == []
    session = server.store.find(answer["token"])
    assert session is not None
    search = {"action": "search", "number": 1, "text": "one", "variants": False, "page": None}
    post("request", token=answer["token"], feature="search", data=search)
    hit = until(post, answer["token"], lambda view: view["search"])["search"]["hits"][0]
    decide = {"action": "confirmed", "number": 2, "search": 1, "page": hit["page"], "word": hit["word"]}
    post("request", token=answer["token"], feature="feedback", data=decide)
    until(post, answer["token"], lambda view: any("decision" in row for row in view["search"]["hits"]))
    again = post("arrive", token=answer["token"], wanted="", code=code, follow=True)
    assert again["token"] == answer["token"]  # the address opened again loses no decision
    assert session.decisions.now
    wrong = post("arrive", tab=OTHER, wanted="", code="abcd-efgh")
    view = until(post, wrong["token"], lambda view: view["pages"], tab=OTHER)
    assert "no class of this code" in notices(view)[0]
    assert len(view["pages"]) == 1  # the sample


def test_wrong_codes_are_slowed_down(post: Post, server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(access.asyncio, "sleep", sleep)
    for _ in range(access.FREE):
        post("arrive", wanted="", code="abcd-efgh")
    assert pauses == []
    post("arrive", wanted="", code="abcd-efgh")
    assert pauses == [access.PAUSE]
    post("arrive", wanted="")  # who names no class is not slowed down
    assert pauses == [access.PAUSE]
