"""A tab without a browser: what the page's scripts send over HTTP, for measurements of a running server."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import quote

import httpx

View = dict[str, Any]


class Gone(Exception):
    """The session is no more, or the server does not answer."""


class TabClient:
    """One tab. address: of the page. view: the last one that came. received: bytes of all answers with views."""

    def __init__(self, address: str) -> None:
        self.http = httpx.Client(base_url=address, timeout=90.0)
        self.tab = secrets.token_hex(8)
        self.token: str | None = None
        self.number = 0
        self.changes = 0
        self.view: View = {}
        self.received = 0

    def arrive(self, seconds: float = 90.0) -> View:
        """A new session, and its view when the sample is open."""
        deadline = time.monotonic() + seconds
        while True:
            answer = self._post("arrive", wanted="", token=None)
            if answer["state"] == "here":
                break
            if time.monotonic() > deadline:
                raise Gone(answer["state"])
            time.sleep(0.2)
        self.token, self.number = answer["token"], answer["number"]
        self.changes, self.view = answer["changes"], answer["view"]
        return self.wait(lambda view: view["busy"] is None, seconds)

    def send(self, feature: str, action: Any, **fields: Any) -> int:
        """Send a request; returns its number."""
        self.number += 1
        data = {**fields, "action": action, "number": self.number}
        while True:
            answer = self._post("request", feature=feature, data=data)
            if answer["state"] != "busy":
                break
            time.sleep(0.1)
        if answer["state"] in ("gone", "taken"):
            raise Gone(answer["state"])
        return self.number

    def ask(self, feature: str, action: Any, seconds: float = 90.0, **fields: Any) -> dict[str, Any] | None:
        """Send a request and return the reply that ends it; None if the request was refused as nonsense."""
        number = self.send(feature, action, **fields)

        def reply(view: View) -> dict[str, Any] | None:
            found = [one for one in view["replies"] if (one["feature"], one["number"]) == (feature, number)]
            return found[-1] if found and found[-1]["state"] != "working" else None

        self.wait(lambda view: reply(view) is not None, seconds)
        return reply(self.view)

    def wait(self, condition: Callable[[View], bool], seconds: float) -> View:
        """The first view of which a condition holds. Raises TimeoutError if none comes in time."""
        deadline = time.monotonic() + seconds
        while not condition(self.view):
            if time.monotonic() > deadline:
                raise TimeoutError
            self.look()
        return self.view

    def look(self) -> None:
        """Ask for news once; the server answers when there are some, or after some seconds."""
        answer = self._post("views", changes=self.changes)
        if answer["state"] == "view":
            self.changes, self.view = answer["changes"], {**self.view, **answer["view"]}
        elif answer["state"] != "same":
            raise Gone(answer["state"])

    def upload(self, name: str, data: bytes) -> dict[str, str] | None:
        """Send a file; the entry for "add_files", None if it was refused."""
        headers = {"X-Mark-Token": self.token or "", "X-Mark-Tab": self.tab, "X-Mark-Name": quote(name)}
        answer = self.http.post("/session/upload", content=data, headers=headers)
        if answer.status_code != 200 or answer.json()["state"] != "received":
            return None
        return {"path": answer.json()["path"], "name": name}

    def leave(self) -> None:
        self._post("leave")
        self.http.close()

    def _post(self, route: str, **body: Any) -> dict[str, Any]:
        body = {"token": self.token, "tab": self.tab, **body}
        try:
            answer = self.http.post(f"/session/{route}", json=body)
            self.received += len(answer.content) if route in ("arrive", "views") else 0
            return answer.json()
        except (httpx.HTTPError, ValueError) as error:
            raise Gone(str(error)) from error
