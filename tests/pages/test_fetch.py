"""One file over http: limits, redirects, broken and hostile servers."""

from __future__ import annotations

import gzip
import re
import socket
import time
import tracemalloc

import pytest

import mark_core as mark
from mark_core.pages import fetch as module
from mark_core.pages.fetch import NotServed, fetch

from .conftest import Library, send


def redirect(to: str, status: int = 302):
    return lambda handler: send(handler, b"", status, Location=to)


def raw(data: bytes):
    """Exactly these bytes on the wire, and then the end of the connection."""

    def answer(handler) -> None:
        handler.wfile.write(data)
        handler.close_connection = True

    return answer


def test_a_file_comes_as_it_is(library: Library) -> None:
    library.files["/a?b=c"] = b"\x00letter\xff"
    found = fetch(f"{library.url}/a?b=c#part", allow=library.allow)
    assert found.data == b"\x00letter\xff"
    (path, headers) = library.requests[0]
    assert path == "/a?b=c"
    assert headers["host"] == f"127.0.0.1:{library.port}"
    assert headers["user-agent"] == f"MARK/{mark.__version__} (word search in historical documents)"
    assert not {"cookie", "authorization"} & set(headers)


def test_version_6_of_the_internet_protocol() -> None:
    try:
        library = Library("::1")
    except OSError:
        pytest.skip("this computer has no IPv6")
    library.files["/a"] = b"page"
    try:
        assert fetch(f"{library.url}/a", allow=library.allow).data == b"page"
        with pytest.raises(mark.MarkError, match="public internet"):
            fetch(f"{library.url}/a")
    finally:
        library.close()
    assert [headers["host"] for _, headers in library.requests] == [f"[::1]:{library.port}"]


def test_this_computer_is_not_asked_unless_allowed(library: Library, monkeypatch) -> None:
    library.files["/a"] = b"secret"
    for host in ("127.0.0.1", "localhost", "0x7f.1", "[::1]", "[::ffff:127.0.0.1]"):
        with pytest.raises(mark.MarkError, match="public internet"):
            fetch(f"http://{host}:{library.port}/a")
    assert library.requests == []
    monkeypatch.setenv("MARK_ALLOW_HOSTS", library.allow[0])
    assert fetch(f"{library.url}/a").data == b"secret"


def test_the_name_is_resolved_once_and_that_address_asked(library: Library, monkeypatch) -> None:
    library.files["/a"] = b"page"
    asked = []
    real = socket.getaddrinfo

    def resolver(host, *arguments, **options):
        if host in ("127.0.0.1", b"127.0.0.1"):
            return real(host, *arguments, **options)
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "127.0.0.99"  # where nobody listens
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, library.port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    url = f"http://library.example:{library.port}/a"
    assert fetch(url, allow=["library.example"]).data == b"page"
    assert asked == ["library.example"]
    assert library.requests[0][1]["host"] == f"library.example:{library.port}"


def test_the_next_address_is_tried(library: Library, monkeypatch) -> None:
    library.files["/a"] = b"page"
    real = socket.getaddrinfo

    def resolver(host, port, *arguments, **options):
        if host != "library.example":
            return real(host, port, *arguments, **options)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in ("127.0.0.99", "127.0.0.1")]

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    assert fetch(f"http://library.example:{library.port}/a", allow=["library.example"]).data == b"page"


def test_proxies_of_the_environment_are_not_used(library: Library, monkeypatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:1")
    library.files["/a"] = b"page"
    assert fetch(f"{library.url}/a", allow=library.allow).data == b"page"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirects_are_followed(library: Library, status: int) -> None:
    library.files["/x/start"] = redirect("../next", status)
    library.files["/next"] = redirect(f"{library.url}/end", status)
    library.files["/end"] = b"page"
    found = fetch(f"{library.url}/x/start", allow=library.allow)
    assert found.data == b"page"
    assert found.url == f"{library.url}/end"


def test_five_redirects_and_no_more(library: Library) -> None:
    for step in range(9):
        library.files[f"/{step}"] = redirect(f"/{step + 1}")
    library.files["/9"] = b"page"
    assert fetch(f"{library.url}/4", allow=library.allow).data == b"page"
    library.requests.clear()
    with pytest.raises(mark.MarkError, match="without end"):
        fetch(f"{library.url}/3", allow=library.allow)
    assert library.paths == ["/3", "/4", "/5", "/6", "/7", "/8"]


@pytest.mark.parametrize(
    ("to", "sentence"),
    [
        ("http://localhost:{port}/secret", "public internet"),
        ("http://127.0.0.1:1/secret", "public internet"),
        ("//[::1]:{port}/secret", "public internet"),
        ("http://169.254.169.254/latest/meta-data", "public internet"),
        ("file:///etc/passwd", "https://"),
        ("ftp://example.org/a", "https://"),
        ("http://me:secret@127.0.0.1:{port}/secret", "password"),
        ("http://[", "web address"),
    ],
)
def test_every_redirect_is_checked(library: Library, to: str, sentence: str) -> None:
    library.files["/a"] = redirect(to.format(port=library.port))
    library.files["/secret"] = b"secret"
    with pytest.raises(mark.MarkError, match=sentence):
        fetch(f"{library.url}/a", allow=library.allow)
    assert library.paths == ["/a"]


NO_ADDRESS = """
file:///etc/passwd  ftp://example.org/a  gopher://example.org  data:text/plain,a  http://  http:///path
https://user@example.org/  https://user:word@example.org/  letter.jpg  http://[  http://example.org:99999/
http://exa%20mple.org/  http://[fe80::1%25eth0]/
""".split()  # noqa: SIM905


@pytest.mark.parametrize(
    "url", [*NO_ADDRESS, "", "http://exa mple.org/", "http://\x00/", f"http://a.org/{'a' * 5000}"]
)
def test_addresses_that_are_none(url: str, monkeypatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: pytest.fail("it was looked up"))
    with pytest.raises(mark.MarkError) as caught:
        fetch(url)
    assert str(caught.value)[0].isupper()
    assert str(caught.value).endswith(".")


def test_a_body_of_exactly_the_limit(library: Library) -> None:
    library.files["/a"] = b"x" * 1000
    assert len(fetch(f"{library.url}/a", limit=1000, allow=library.allow).data) == 1000
    with pytest.raises(mark.MarkError, match="larger than"):
        fetch(f"{library.url}/a", limit=999, allow=library.allow)


def test_an_endless_body_is_cut(library: Library) -> None:
    sent = []

    def endless(handler) -> None:
        handler.send_response(200)
        handler.end_headers()
        try:
            while len(sent) < 4000:
                handler.wfile.write(b"x" * 65536)
                sent.append(1)
        except OSError:
            handler.close_connection = True

    library.files["/a"] = endless
    with pytest.raises(mark.MarkError, match="larger than 1 MB"):
        fetch(f"{library.url}/a", limit=2**20, allow=library.allow)
    assert len(sent) < 4000


def test_gzip_is_undone_within_the_limit(library: Library) -> None:
    body = b"page " * 1000
    library.files["/a"] = lambda handler: send(handler, gzip.compress(body, mtime=0), Content_Encoding="gzip")
    assert fetch(f"{library.url}/a", limit=5000, allow=library.allow).data == body
    with pytest.raises(mark.MarkError, match="larger than"):
        fetch(f"{library.url}/a", limit=4999, allow=library.allow)
    bomb = gzip.compress(bytes(64 * 2**20), 9)
    library.files["/bomb"] = lambda handler: send(handler, bomb, Content_Encoding="gzip")
    tracemalloc.start()
    with pytest.raises(mark.MarkError, match="larger than 1 MB"):
        fetch(f"{library.url}/bomb", limit=2**20, allow=library.allow)
    assert tracemalloc.get_traced_memory()[1] < 16 * 2**20
    tracemalloc.stop()


@pytest.mark.parametrize(
    ("body", "encoding", "sentence"),
    [
        (gzip.compress(b"page" * 500, mtime=0)[:-12], "gzip", "damaged"),
        (b"not gzip", "gzip", "damaged"),
        (b"page", "br", "packed in a way"),
    ],
)
def test_bad_encodings(library: Library, body: bytes, encoding: str, sentence: str) -> None:
    library.files["/a"] = lambda handler: send(handler, body, Content_Encoding=encoding)
    with pytest.raises(mark.MarkError, match=sentence):
        fetch(f"{library.url}/a", allow=library.allow)


@pytest.mark.parametrize(
    "wire",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort",
        b"HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: " + b"9" * 5000 + b"\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"HTTP/1.1 200 OK\r\nX: " + b"y" * 200_000,
    ],
)
def test_broken_servers(library: Library, wire: bytes) -> None:
    library.files["/a"] = raw(wire)
    with pytest.raises(mark.MarkError, match=r"connection to 127\.0\.0\.1 failed|larger than"):
        fetch(f"{library.url}/a", allow=library.allow)


def test_nobody_listens() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    with pytest.raises(mark.MarkError, match=r"connection to 127\.0\.0\.1 failed"):
        fetch(f"http://127.0.0.1:{port}/", allow=["127.0.0.1"])


def test_https_needs_a_certificate(library: Library) -> None:
    with pytest.raises(mark.MarkError, match=r"failed|in time"):
        fetch(f"https://127.0.0.1:{library.port}/", allow=library.allow)


@pytest.mark.parametrize("part", ["head", "body"])
def test_a_server_that_drips_is_given_up(library: Library, monkeypatch, part: str) -> None:
    """Each byte comes well before the limit of silence; the limit of the whole file ends it."""
    monkeypatch.setattr(module, "FETCH_SECONDS", 0.5)

    def drip(handler) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\n" + (b"X: " if part == "head" else b"\r\n"))
        try:
            for _ in range(400):
                handler.wfile.write(b"y")
                time.sleep(0.05)
        except OSError:
            pass
        handler.close_connection = True

    library.files["/a"] = drip
    started = time.monotonic()
    with pytest.raises(mark.MarkError, match="in time"):
        fetch(f"{library.url}/a", allow=library.allow)
    assert time.monotonic() - started < 10  # of 20 that it would take


def test_a_silent_server_is_given_up(library: Library, monkeypatch) -> None:
    monkeypatch.setattr(module, "_SILENCE", 0.2)
    library.files["/a"] = lambda handler: time.sleep(20)
    started = time.monotonic()
    with pytest.raises(mark.MarkError, match="in time"):
        fetch(f"{library.url}/a", allow=library.allow)
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("status", "sentence"),
    [
        (401, "log-in"),
        (403, "log-in"),
        (404, "nothing at this address"),
        (410, "nothing"),
        (500, "could not send"),
    ],
)
def test_refusals_are_told_apart(library: Library, status: int, sentence: str) -> None:
    library.files["/a"] = lambda handler: send(handler, b"<html>", status)
    with pytest.raises(NotServed, match=sentence) as caught:
        fetch(f"{library.url}/a", allow=library.allow)
    assert f"(answer {status})" in str(caught.value)
    assert re.fullmatch(r"[^<>\n]+\.", str(caught.value))


def test_a_busy_server_is_asked_again_when_it_says_so(library: Library, monkeypatch) -> None:
    pauses = []
    monkeypatch.setattr(module.time, "sleep", pauses.append)

    def busy(handler) -> None:
        if len(library.requests) < 3:
            send(handler, b"", 429, Retry_After="7")
        else:
            send(handler, b"page")

    library.files["/a"] = busy
    assert fetch(f"{library.url}/a", allow=library.allow).data == b"page"
    assert pauses == [7, 7]


@pytest.mark.parametrize(
    "header", [{}, {"Retry_After": "3600"}, {"Retry_After": "Fri, 31 Dec 1999 23:59:59 GMT"}]
)
def test_a_busy_server_is_left_alone(library: Library, monkeypatch, header: dict) -> None:
    monkeypatch.setattr(module.time, "sleep", lambda seconds: pytest.fail("it waited"))
    library.files["/a"] = lambda handler: send(handler, b"", 503, **header)
    with pytest.raises(NotServed, match="busy"):
        fetch(f"{library.url}/a", allow=library.allow)
    assert len(library.requests) == 1
