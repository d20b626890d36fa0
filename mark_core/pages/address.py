"""Which computers may be asked for a file: those of the public internet, and what the operator allows."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit

from mark_core.errors import MarkError

Hosts = frozenset[tuple[str, int | None]]  # name in lower case, port or None for any
ALLOW_VARIABLE = "MARK_ALLOW_HOSTS"

# Registries of IANA, "IPv4/IPv6 Special-Purpose Address Space", multicast and class E. They are written out
# because `ipaddress` of the older Pythons misses some, and none of them sees the IPv4 address inside an IPv6
# one. Anycast addresses inside these blocks are refused with them.
_SPECIAL_V4 = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "0.0.0.0/8",
            "10.0.0.0/8",
            "100.64.0.0/10",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "172.16.0.0/12",
            "192.0.0.0/24",
            "192.0.2.0/24",
            "192.88.99.0/24",
            "192.168.0.0/16",
            "198.18.0.0/15",
            "198.51.100.0/24",
            "203.0.113.0/24",
            "224.0.0.0/3",
        ),
    )
)
# Only 2000::/3 is global unicast. What lies outside is refused as a whole: loopback, link-local, private,
# multicast, IPv4-mapped (::ffff:0:0/96) and NAT64 (64:ff9b::/96), which reaches IPv4 addresses as well.
_GLOBAL_V6 = ipaddress.IPv6Network("2000::/3")
_SPECIAL_V6 = tuple(
    map(
        ipaddress.IPv6Network,
        (
            "2001::/23",  # Teredo, benchmarking, ORCHID
            "2001:db8::/32",
            "2002::/16",  # 6to4: an IPv4 address inside
            "3fff::/20",
        ),
    )
)


def is_public(address: str) -> bool:
    """Whether an IPv4 or IPv6 address in text form belongs to the public internet; False for anything else."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if not parsed.is_global:  # a newer Python may know of networks that the tables above do not
        return False
    if isinstance(parsed, ipaddress.IPv4Address):
        return not any(parsed in network for network in _SPECIAL_V4)
    return parsed in _GLOBAL_V6 and not any(parsed in network for network in _SPECIAL_V6)


def allowed_hosts(allow: Iterable[str] | None) -> Hosts:
    """Hosts that may be asked although they are not public.

    allow: ``name``, ``name:port``, ``10.0.0.7`` or ``[::1]:8080``; None reads the environment variable
        MARK_ALLOW_HOSTS, where they are separated by commas or spaces.

    Raises MarkError when an entry is none of these.
    """
    if allow is None:
        allow = os.environ.get(ALLOW_VARIABLE, "").replace(",", " ").split()
    hosts = set()
    for entry in allow:
        try:
            parts = urlsplit(f"//{entry}")
            host, port = parts.hostname, parts.port
        except ValueError:
            host = port = None
        if not host or parts.path or parts.username is not None:
            raise MarkError(
                "{variable} must list hosts such as images.example.org, not “{entry}”.",
                variable=ALLOW_VARIABLE,
                entry=entry,
            )
        hosts.add((host, port))
    return frozenset(hosts)


def resolve(host: str, port: int, allowed: Hosts) -> list[str]:
    """Addresses of a host in the resolver's order, to be connected to as they are and never resolved again.

    host: a name or an address in any notation that the resolver takes, without brackets.
    allowed: from `allowed_hosts`.

    Raises MarkError when there is no such host, or when one of its addresses is not public and the host is not
    allowed. The resolver's own time limit holds.
    """
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise MarkError(
            "No server called {host} could be found: please check the address.", host=host
        ) from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not allowed & {(host.lower(), None), (host.lower(), port)} and not all(map(is_public, addresses)):
        raise MarkError(
            "The server {host} is not on the public internet, so nothing is fetched from it.", host=host
        )
    return addresses
