"""A browser tab without a browser: sends requests to a server and reads its views."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
from PIL import Image

from mark_core.message import Message
from mark_core.ui.server import Server
from mark_core.ui.session.session import Session

View = dict[str, Any]
Reply = dict[str, Any]


@dataclass
class Tab:
    """One open tab. number: of its last request."""

    server: Server
    key: str = ""
    number: int = 0

    @classmethod
    def arrive(cls, server: Server, name: str = "tab", wanted: Any = "") -> tuple[Tab, View]:
        """A tab in which the page was loaded, and its last view."""
        key, view = list(server.arrive(name, wanted))[-1]
        return cls(server, key), view

    @property
    def session(self) -> Session:
        session = self.server.store.get(self.key)
        assert session is not None
        return session

    def stream(self, feature: str, action: Any, **fields: Any) -> Iterator[View]:
        """The views that answer a request, as they come."""
        self.number += 1
        if fields.get("files"):
            receive(self.server, self.server.store.find(self.key), fields.get("files"))
        data = {"action": action, "number": self.number, **fields}
        return self.server.respond(feature, self.key, SimpleNamespace(_data=data))

    def views(self, feature: str, action: Any, **fields: Any) -> list[View]:
        return list(self.stream(feature, action, **fields))

    def view(self, feature: str, action: Any, **fields: Any) -> View:
        """The last view that answers a request."""
        return self.views(feature, action, **fields)[-1]

    def reply(self, feature: str, action: Any, **fields: Any) -> Reply:
        """The last reply to a request, after checks that hold for every one."""
        view = self.view(feature, action, **fields)
        reply = replies(view, feature)[-1]
        if reply["number"]:
            assert (reply["action"], reply["number"]) == (action, fields.get("number", self.number))
        assert (reply["error"] is not None) == (reply["state"] == "failed")
        assert reply["step"] is None
        return reply

    def add(self, *files: dict[str, str], **layout: Any) -> View:
        """The last view after files were added."""
        return self.view("uploads", "add_files", files=list(files), **({"direction": "auto"} | layout))

    def error(self, feature: str, action: Any, **fields: Any) -> str:
        """The English sentence of the failed reply to a request; "" if it did not fail."""
        return text(self.reply(feature, action, **fields)["error"])


def replies(view: View, feature: str) -> list[Reply]:
    return [reply for reply in view["replies"] if reply["feature"] == feature]


def text(message: Any) -> str:
    """The English sentence of a message of a view; "" for none."""
    if not isinstance(message, dict):
        return message or ""
    values = message["values"].items()
    return str(
        Message(
            message["id"], {name: text(value) if isinstance(value, dict) else value for name, value in values}
        )
    )


def notices(view: View) -> list[str]:
    return [text(notice["message"]) for notice in view["notices"]]


def receive(server: Server, session: Session | None, files: Any) -> None:
    """Files in the upload folder are moved to where they lie when the session's tab has sent them."""
    for file in files or []:
        path = Path(file["path"]) if isinstance(file, dict) else Path()
        if session is not None and path.parent == server.store.upload_folder and path.is_file():
            file["path"] = str(path.rename(session.received.reserve(path.name)))


def upload(server: Server, name: str, value: int = 90) -> dict[str, str]:
    """A grey picture in the upload folder, as the browser names it."""
    path = server.store.upload_folder / name
    Image.fromarray(np.full((120, 200, 3), value, np.uint8)).save(path)
    return {"path": str(path), "name": name}
