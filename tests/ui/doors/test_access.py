"""The access word: asked for once, remembered by a cookie that cannot be made elsewhere, not tried out quickly."""

from __future__ import annotations

import asyncio
import re

import pytest

from mark_core import MarkError
from mark_core.ui.doors import access
from mark_core.ui.doors.access import FREE, HOURS, AccessWord
from mark_core.ui.doors.access_page import access_page, chosen_language
from tests.helpers.event_loop import in_a_loop

from .conftest import Serve

TAB = {"tab": "tab-of-a-test", "wanted": ""}


def test_a_class_types_its_word_once(serve: Serve) -> None:
    client = serve(MARK_ACCESS="Washington")
    page = client.get("/?sample=a%22b", headers={"Accept-Language": "de-DE,de;q=0.9,en;q=0.5"})
    assert page.status_code == 401
    assert "Bitte geben Sie das Zugangswort ein" in page.text
    assert 'action="access?sample=a%22b"' in page.text
    assert "form-action 'self'" in page.headers["content-security-policy"]
    assert client.get("/theme.css").status_code == 401
    assert client.post("/session/arrive", json=TAB).status_code == 401
    assert client.get("/healthz").status_code == 200
    wrong = client.post("/access", data={"word": "Franklin"})
    assert (wrong.status_code, wrong.headers.get("set-cookie")) == (403, None)
    assert "not the access word" in wrong.text
    right = client.post("/access?sample=a", data={"word": "  washington "})
    assert (right.status_code, right.headers["location"]) == (303, "./?sample=a")
    cookie = right.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert "Washington" not in cookie
    assert client.get("/").status_code == 200
    assert client.post("/session/arrive", json=TAB).json()["state"] == "here"
    forged = re.sub(r"mark_access=(\d+)\.\w+.*", r"mark_access=9\1.0", cookie)
    client.cookies.clear()
    assert client.get("/", headers={"Cookie": forged}).status_code == 401


def test_behind_https_the_cookie_works_in_a_frame_of_another_site(serve: Serve) -> None:
    client = serve(MARK_ACCESS="Washington")
    right = client.post("/access", data={"word": "washington"}, headers={"X-Forwarded-Proto": "https"})
    assert "SameSite=None; Secure; Partitioned" in right.headers["set-cookie"]


def test_without_a_word_everybody_enters(serve: Serve) -> None:
    client = serve()
    assert client.get("/").status_code == 200
    assert client.post("/access", data={"word": "x"}).status_code == 303


def test_a_cookie_is_good_for_its_time_and_its_server() -> None:
    now = [1000.0]
    word = AccessWord("Washington", lambda: now[0])
    cookie = word.cookie()
    assert word.is_good(cookie)
    assert not AccessWord("Washington", lambda: now[0]).is_good(cookie)
    until, signature = cookie.split(".")
    for forged in (None, "", ".", f"{int(until) + 1}.{signature}", f"x.{signature}", f"{until}.", "ü.ü"):
        assert not word.is_good(forged)
    now[0] += 3600 * HOURS
    assert not word.is_good(cookie)


def test_trying_words_becomes_slow_for_that_address_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(access.asyncio, "sleep", sleep)
    now = [0.0]
    word = AccessWord("Washington", lambda: now[0])

    async def many() -> None:
        for _ in range(FREE):
            assert await word.try_word("wrong", "a") is False
        assert waited == []
        assert await word.try_word("wrong", "a") is False
        assert await word.try_word("washington", "a") is True  # a class behind one address still gets in
        assert len(waited) == 2
        assert await word.try_word("Washington", "b") is True
        assert len(waited) == 2
        now[0] += access.FORGET + 1
        assert await word.try_word("wrong", "a") is False
        assert len(waited) == 2

    in_a_loop(many())


def test_only_so_many_words_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access, "PAUSE", 0.001)
    word = AccessWord("Washington", lambda: 0.0)

    async def many() -> list[bool | None]:
        for _ in range(FREE):
            await word.try_word("wrong", "a")
        return list(await asyncio.gather(*(word.try_word("washington", "a") for _ in range(100))))

    answers = in_a_loop(many())
    assert answers.count(None) == 100 - access.WAITING
    assert answers.count(True) == access.WAITING
    assert word._turns == {}


def test_a_short_word_is_refused() -> None:
    with pytest.raises(MarkError, match="MARK_ACCESS needs at least 4 letters"):
        AccessWord(" abc ")


def test_the_question_is_escaped_and_in_a_language_there_is() -> None:
    html = access_page("fr", '"><script>alert(1)</script>').decode()
    assert "<script>" not in html
    assert 'lang="fr"' in html
    for header, code in (("", "en"), ("it,de;q=0.3", "de"), ("en;q=0.9,fr;q=0.8", "en"), ("x;q=y,de", "de")):
        assert chosen_language(header) == code
