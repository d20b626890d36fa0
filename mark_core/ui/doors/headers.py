"""What answers tell a browser to refuse: scripts and addresses that are not the page's own, and frames of strangers."""

from __future__ import annotations

import os
import re
import secrets

from starlette.datastructures import MutableHeaders

from mark_core.errors import MarkError
from mark_core.ui.doors.address import SPACE_VARIABLE

FRAMES_VARIABLE = "MARK_FRAMES"
SPACE_FRAMES = "'self' https://huggingface.co https://*.huggingface.co"
_ORIGIN = re.compile(r"https?://(\*\.)?[a-z0-9.-]+(:\d+)?")
_SCRIPT = re.compile(rb"<script(?=[\s>])")


def frame_ancestors() -> str:
    """Who may show the page in a frame: the sites of MARK_FRAMES, by default this one and, on Spaces, Hugging Face.
    Raises MarkError where an entry is neither an origin nor “none”."""
    entries = os.environ.get(FRAMES_VARIABLE, "").replace(",", " ").lower().split()
    if not entries:
        return SPACE_FRAMES if os.environ.get(SPACE_VARIABLE) else "'self'"
    if entries == ["none"]:
        return "'none'"
    for entry in entries:
        if not _ORIGIN.fullmatch(entry):
            raise MarkError(
                "{variable} must list sites such as https://www.example.org, or be “none”, not “{entry}”.",
                variable=FRAMES_VARIABLE,
                entry=entry,
            )
    return " ".join(("'self'", *entries))


def page_policy(nonce: str, frames: str) -> str:
    """Of the page: scripts are those of this server and those with the nonce; gradio makes a function of a component's
    script, so ``eval`` cannot be forbidden. Its styles are set in attributes."""
    return (
        f"default-src 'self'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self' data: blob:; "
        "worker-src 'self' blob:; object-src 'none'; base-uri 'self'; form-action 'self'; "
        f"frame-ancestors {frames}"
    )


def file_policy(frames: str) -> str:
    """Of everything else, also a file that somebody opens by itself: nothing in it runs or loads anything."""
    return (
        "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; "
        f"form-action 'none'; base-uri 'none'; frame-ancestors {frames}"
    )


def guard(headers: MutableHeaders, policy: str) -> None:
    """Set the headers of an answer."""
    headers["Content-Security-Policy"] = policy
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "no-referrer"
    headers["Permissions-Policy"] = "camera=(self), geolocation=(), microphone=()"
    if policy.endswith("frame-ancestors 'none'"):
        headers["X-Frame-Options"] = "DENY"
    elif policy.endswith("frame-ancestors 'self'"):
        headers["X-Frame-Options"] = "SAMEORIGIN"


def new_nonce() -> str:
    return secrets.token_urlsafe(18)


def with_nonce(html: bytes, nonce: str) -> bytes:
    """The page with the nonce on each of its scripts."""
    return _SCRIPT.sub(f'<script nonce="{nonce}"'.encode(), html)
