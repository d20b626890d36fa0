"""A small library on the loopback interface, and a lock on every way beyond it."""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

Answer = Callable[[BaseHTTPRequestHandler], None]


class Library:
    """Serves what a test puts into ``files`` and keeps the path and headers of every request."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.files: dict[str, bytes | Answer] = {}
        self.requests: list[tuple[str, dict[str, str]]] = []
        library = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                library.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}))
                answer = library.files.get(self.path)
                if answer is None:
                    self.send_error(404)
                elif callable(answer):
                    answer(self)
                else:
                    send(self, answer)

            def log_message(self, *arguments: object) -> None:
                pass

        class Server(ThreadingHTTPServer):
            address_family = socket.AF_INET6 if ":" in host else socket.AF_INET
            daemon_threads = True

        self._server = Server((host, 0), Handler)
        self.port = self._server.server_address[1]
        self.host = f"[{host}]:{self.port}" if ":" in host else f"{host}:{self.port}"
        self.url = f"http://{self.host}"
        self.allow = (self.host,)
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.requests]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()


def send(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    """A complete answer; ``Content_Type`` stands for ``Content-Type``."""
    handler.send_response(status)
    for name, value in {"Content_Length": str(len(body)), **headers}.items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


@pytest.fixture(autouse=True)
def _only_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: tuple) -> None:
        assert ipaddress.ip_address(address[0]).is_loopback, f"a test went out to {address}"
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)
    monkeypatch.delenv("MARK_ALLOW_HOSTS", raising=False)


@pytest.fixture
def library() -> Iterator[Library]:
    server = Library()
    yield server
    server.close()
