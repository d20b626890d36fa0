"""Nothing that is not on the public internet is asked, however its address is written."""

from __future__ import annotations

import ipaddress
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mark_core as mark
from mark_core.pages.address import allowed_hosts, is_public, resolve

CLOSED = [
    *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
    *("192.0.0.0/24", "192.168.0.0/16", "198.18.0.0/15", "224.0.0.0/4", "240.0.0.0/4"),
    *("::/96", "::ffff:0:0/96", "64:ff9b::/96", "64:ff9b:1::/48", "100::/64", "2001::/32", "2001:db8::/32"),
    *("2002::/16", "3fff::/20", "fc00::/7", "fe80::/10", "fec0::/10", "ff00::/8", "5f00::/16"),
]
OPEN = ["8.8.8.8", "93.184.216.34", "193.0.6.139", "223.255.255.255", "2001:4860:4860::8888", "2a00:1450::1"]


@pytest.mark.parametrize("network", CLOSED)
def test_special_networks_are_closed_to_both_ends(network: str) -> None:
    block = ipaddress.ip_network(network)
    assert not is_public(str(block[0]))
    assert not is_public(str(block[-1]))


@pytest.mark.parametrize("network", CLOSED)
def test_our_tables_do_not_lean_on_those_of_python(network: str, monkeypatch) -> None:
    for kind in (ipaddress.IPv4Address, ipaddress.IPv6Address):
        monkeypatch.setattr(kind, "is_global", True)
    assert not is_public(str(ipaddress.ip_network(network)[1]))


def test_what_only_python_knows_is_closed_too(monkeypatch) -> None:
    assert is_public(OPEN[0])
    monkeypatch.setattr(ipaddress.IPv4Address, "is_global", False)
    assert not is_public(OPEN[0])


@given(st.sampled_from(CLOSED).flatmap(lambda network: st.ip_addresses(network=network)))
def test_special_networks_are_closed_inside(address) -> None:
    assert not is_public(str(address))
    assert not is_public(address.exploded)


@given(st.ip_addresses())
def test_public_is_never_what_python_calls_special(address) -> None:
    if is_public(str(address)):
        assert address.is_global
        kinds = ("private", "loopback", "link_local", "multicast", "reserved", "unspecified")
        assert [kind for kind in kinds if getattr(address, f"is_{kind}")] == []


@given(st.ip_addresses(v=4))
def test_ipv4_inside_ipv6_is_closed_whatever_it_is(inner) -> None:
    number = int(inner)
    for outer in (
        0xFFFF << 32 | number,  # mapped
        0x64FF9B << 96 | number,  # NAT64
        0x2002 << 112 | number << 80,  # 6to4
        number,  # compatible
    ):
        assert not is_public(str(ipaddress.IPv6Address(outer)))


@given(st.ip_addresses(v=4))
def test_ordinary_ipv4_is_open(address) -> None:
    first = int(address) >> 24
    if first in range(11, 100) or first in range(128, 169) or first in range(204, 224):
        assert is_public(str(address))


@pytest.mark.parametrize("address", OPEN)
def test_known_public_addresses_are_open(address: str) -> None:
    assert is_public(address)


@given(st.text())
def test_anything_else_is_closed(text: str) -> None:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        assert not is_public(text)


def answers(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 80)) for address in addresses]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: found)


def test_one_private_address_closes_the_host(monkeypatch) -> None:
    answers(monkeypatch, "93.184.216.34")
    assert resolve("images.example.org", 80, frozenset()) == ["93.184.216.34"]
    for private in ("127.0.0.1", "::1", "169.254.169.254", "fe80::1%eth0", "::ffff:10.0.0.1"):
        answers(monkeypatch, "93.184.216.34", private)
        with pytest.raises(mark.MarkError, match=r"images\.example\.org is not on the public internet"):
            resolve("images.example.org", 80, frozenset())


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "2130706433", "0x7f.1", "017700000001", "127.1", "0", "::1", "::"]
)
def test_other_notations_of_this_computer_are_closed(host: str) -> None:
    with pytest.raises(mark.MarkError, match=r"not on the public internet|could be found"):
        resolve(host, 80, frozenset())


def test_unknown_host(monkeypatch) -> None:
    def fail(*arguments: object, **options: object) -> None:
        raise socket.gaierror(-2, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    with pytest.raises(mark.MarkError, match=r"No server called gone\.example could be found"):
        resolve("gone.example", 80, frozenset())


@pytest.mark.parametrize(
    ("entry", "open_at", "closed_at"),
    [
        ("127.0.0.1", ("127.0.0.1", 80), ("127.0.0.2", 80)),
        ("127.0.0.1:8182", ("127.0.0.1", 8182), ("127.0.0.1", 80)),
        ("[::1]:8182", ("::1", 8182), ("::1", 80)),
        ("LOCALHOST", ("localhost", 1), ("localhost.example", 1)),
    ],
)
def test_the_operator_opens_a_host(monkeypatch, entry: str, open_at: tuple, closed_at: tuple) -> None:
    answers(monkeypatch, "127.0.0.1")
    assert resolve(*open_at, allowed_hosts([entry])) == ["127.0.0.1"]
    with pytest.raises(mark.MarkError, match="public internet"):
        resolve(*closed_at, allowed_hosts([entry]))


def test_the_environment_counts_only_without_a_parameter(monkeypatch) -> None:
    monkeypatch.setenv("MARK_ALLOW_HOSTS", "a.example, b.example:81  c.example")
    assert allowed_hosts(None) == {("a.example", None), ("b.example", 81), ("c.example", None)}
    assert allowed_hosts(()) == frozenset()


@pytest.mark.parametrize("entry", ["http://a.example/", "a.example/path", "a:b:c", "me@a.example", ""])
def test_a_wrong_entry_is_named(entry: str) -> None:
    with pytest.raises(mark.MarkError, match="must list hosts"):
        allowed_hosts([entry])
