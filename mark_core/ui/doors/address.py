"""The address of a visitor's network, by which budgets are shared out."""

from __future__ import annotations

import ipaddress
import os

from starlette.requests import HTTPConnection

from mark_core.errors import MarkError

PROXIES_VARIABLE = "MARK_PROXIES"
MOST_PROXIES = 9
SPACE_VARIABLE = "SPACE_ID"  # set on Hugging Face Spaces, which puts one proxy before the app
IPV6_NETWORK = 64  # bits; whoever has one such address has all of its network


def trusted_proxies() -> int:
    """How many proxies stand before the app, each of which adds the address it was asked from to X-Forwarded-For.
    Raises MarkError if MARK_PROXIES is no such number."""
    entry = os.environ.get(PROXIES_VARIABLE, "").strip() or ("1" if os.environ.get(SPACE_VARIABLE) else "0")
    if not (entry.isdecimal() and int(entry) <= MOST_PROXIES):
        raise MarkError(
            "{variable} must be a whole number from {least} to {most}, not “{entry}”.",
            variable=PROXIES_VARIABLE,
            least=0,
            most=MOST_PROXIES,
            entry=entry,
        )
    return int(entry)


def address_of(connection: HTTPConnection, proxies: int) -> str:
    """The network that a request comes from; "" if it is not known. What stands before the entries of the trusted
    proxies in X-Forwarded-For may be anything and is not read."""
    host = connection.client.host if connection.client else ""
    if proxies:
        told = ",".join(connection.headers.getlist("x-forwarded-for")).split(",")
        entries = [entry.strip() for entry in told if entry.strip()]
        host = entries[-proxies] if len(entries) >= proxies else host
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host[:64]
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return str(address.ipv4_mapped)
        return str(ipaddress.ip_network((address, IPV6_NETWORK), strict=False))
    return str(address)
