"""A reverse proxy that serves an app below a path of its own, as nginx or Caddy do."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

KEPT = {
    "content-type",
    "location",
    "set-cookie",
    "content-security-policy",
    "cache-control",
    "www-authenticate",
}


@contextmanager
def proxied(path: str) -> Iterator[tuple[str, Any]]:
    """The address of a proxy for what lies below ``path``, and a function that is told the server behind it."""
    behind = {"address": ""}

    class Handler(BaseHTTPRequestHandler):
        def _pass(self) -> None:
            if not self.path.startswith(f"{path}/"):
                self.send_error(404)
                return
            length = int(self.headers.get("content-length") or 0)
            headers = {
                name: value
                for name, value in self.headers.items()
                if name.lower() not in ("connection", "accept-encoding")
            }
            headers |= {
                "X-Forwarded-Host": self.headers["host"],
                "X-Forwarded-Proto": "http",
                "X-Forwarded-For": self.client_address[0],
            }
            answer = httpx.request(
                self.command,
                behind["address"] + self.path.removeprefix(path),
                content=self.rfile.read(length) if length else None,
                headers=headers,
                timeout=60,
            )
            self.send_response(answer.status_code)
            for name, value in answer.headers.multi_items():
                if name.lower() in KEPT:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(answer.content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.content)

        do_GET = do_POST = do_HEAD = _pass

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}{path}", lambda address: behind.update(address=address)
    finally:
        server.shutdown()
        server.server_close()
