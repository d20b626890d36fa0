"""The page below a path of a proxy, and the addresses of visitors that proxies tell."""

from __future__ import annotations

import re

import httpx
import pytest
from starlette.requests import HTTPConnection

from mark_core import MarkError
from mark_core.ui.doors.address import address_of, trusted_proxies
from tests.helpers.proxy import proxied

from .conftest import Serve


def test_the_page_works_below_a_path(serve: Serve) -> None:
    with proxied("/mark") as (address, tell), httpx.Client(timeout=60) as visitor:
        tell(str(serve(GRADIO_ROOT_PATH="/mark").base_url).rstrip("/"))
        page = visitor.get(f"{address}/")
        assert page.status_code == 200
        root = re.search(r'"root":\s*"([^"]+)"', page.text)
        assert root is not None
        assert root[1] == address
        for path in re.findall(r'(?:src|href)="\./(assets/[^"]+)"', page.text):
            assert visitor.get(f"{address}/{path}").status_code == 200
        (modules,) = set(re.findall(r"/viewer/\w+/", page.text))
        assert visitor.get(f"{address}{modules}main.js").status_code == 200
        own = {"Origin": address.removesuffix("/mark")}
        answer = visitor.post(
            f"{address}/session/arrive", json={"tab": "tab-of-a-test", "wanted": ""}, headers=own
        )
        assert answer.json()["state"] == "here"
        assert visitor.get(f"{address}/monitoring").status_code == 404


def connection(peer: str, forwarded: str = "") -> HTTPConnection:
    headers = [(b"x-forwarded-for", forwarded.encode())] if forwarded else []
    return HTTPConnection({"type": "http", "client": (peer, 1), "headers": headers})


@pytest.mark.parametrize(
    ("peer", "forwarded", "proxies", "address"),
    [
        ("203.0.113.9", "", 0, "203.0.113.9"),
        ("203.0.113.9", "198.51.100.1", 0, "203.0.113.9"),  # nobody trusted has written that
        ("10.0.0.1", "6.6.6.6, 198.51.100.1", 1, "198.51.100.1"),
        ("10.0.0.1", "6.6.6.6, 198.51.100.1, 10.0.0.2", 2, "198.51.100.1"),
        ("10.0.0.1", "", 1, "10.0.0.1"),
        ("2001:db8:1:2:3:4:5:6", "", 0, "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.9", "", 0, "203.0.113.9"),
        ("testclient", "", 0, "testclient"),
    ],
)
def test_the_address_is_what_the_last_trusted_proxy_says(
    peer: str, forwarded: str, proxies: int, address: str
) -> None:
    assert address_of(connection(peer, forwarded), proxies) == address


def test_the_number_of_proxies_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert trusted_proxies() == 0
    monkeypatch.setenv("SPACE_ID", "someone/mark")
    assert trusted_proxies() == 1
    monkeypatch.setenv("MARK_PROXIES", "2")
    assert trusted_proxies() == 2
    monkeypatch.setenv("MARK_PROXIES", "many")
    with pytest.raises(MarkError, match="MARK_PROXIES must be a whole number"):
        trusted_proxies()
