"""Files that are sent: only to a session, counted against its budget, deleted when they were read."""

from __future__ import annotations

import io
from typing import Any
from urllib.parse import quote

import numpy as np
import pytest
from PIL import Image

from mark_core.ui import reception
from mark_core.ui.server import Server

from .tabs import notices
from .test_connection import OTHER, TAB, Post, arrive, until
from .test_connection import post as post


def png(value: int = 90) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.full((120, 200, 3), value, np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


def send(post: Post, token: str, data: bytes, name: str = "b.png", tab: str = TAB) -> Any:
    headers = {"X-Mark-Token": token, "X-Mark-Tab": tab, "X-Mark-Name": quote(name)}
    return post.client.post("/session/upload", content=data, headers=headers)  # type: ignore[attr-defined]


def test_a_file_becomes_a_page_and_is_deleted(post: Post, server: Server) -> None:
    token = arrive(post)
    answer = send(post, token, png(), name="Brief ü/1.png").json()
    assert answer["state"] == "received"
    session = server.store.find(token)
    assert session is not None
    assert session.received.nbytes == len(png())
    data = {
        "action": "add_files",
        "number": 1,
        "direction": "auto",
        "files": [{"path": answer["path"], "name": "Brief ü/1.png"}],
    }
    assert post("request", token=token, feature="uploads", data=data) == {"state": "accepted"}
    view = until(post, token, lambda view: len(view["pages"]) == 2 and not view["uploads"])
    assert view["pages"][1]["title"] == "Brief ü/1.png"
    assert session.received.nbytes == 0
    assert [file for file in session.upload_folder.rglob("*") if file.is_file()] == []


def test_without_a_session_nothing_is_taken(post: Post, server: Server) -> None:
    token = arrive(post)
    assert send(post, "no such token", png()).json() == {"state": "gone"}
    assert send(post, token, png(), tab=OTHER).json() == {"state": "taken"}
    assert [file for file in server.store.upload_folder.rglob("*") if file.is_file()] == []


def test_another_session_cannot_open_it(post: Post, server: Server) -> None:
    token = arrive(post)
    path = send(post, token, png()).json()["path"]
    other = server.store.open(tab=OTHER)
    data = {"action": "add_files", "number": 1, "direction": "auto", "files": [{"path": path, "name": "x"}]}
    post("request", token=other.key, tab=OTHER, feature="uploads", data=data)
    view = until(post, other.key, lambda view: view["notices"], tab=OTHER)
    assert "makes no sense" in notices(view)[0]
    assert view["pages"] == []


def test_a_file_that_is_too_large_is_not_read(post: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    token = arrive(post)
    monkeypatch.setattr(reception, "MAX_BYTES", 10)
    assert send(post, token, b"x" * 11).status_code == 413
    assert send(post, token, b"x" * 10).json()["state"] == "received"


def test_a_full_disk_is_told_and_leaves_nothing(post: Post, server: Server) -> None:
    token = arrive(post)
    session = server.store.find(token)
    assert session is not None
    object.__setattr__(session.budgets.limits, "session_disk", 100)
    assert send(post, token, png()).json() == {"state": "told"}
    view = until(post, token, lambda view: view["notices"])
    assert notices(view)[-1].startswith("b.png: There is no room for more files")
    assert session.received.nbytes == 0


def test_what_waits_too_long_is_deleted(server: Server) -> None:
    now = [0.0]
    files = reception.SessionStore  # the module's own names
    assert files is type(server.store)
    session = server.store.open()
    session.received._clock = lambda: now[0]
    path = session.received.reserve("a.png")
    path.write_bytes(b"x")
    now[0] = server.store.limits.file_seconds + 10
    server.store.sweep()
    assert not path.exists()


def test_a_name_cannot_lead_out_of_the_folder(server: Server) -> None:
    session = server.store.open()
    for name in ("../../etc/passwd", "/etc/passwd", "..\\x", "", ".", "a\x00b", "ü" * 300):
        path = session.received.reserve(name)
        path.write_bytes(b"x")
        assert path.resolve().is_relative_to(session.upload_folder.resolve())
    session.close()
    assert not session.upload_folder.exists()
