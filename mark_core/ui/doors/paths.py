"""What a browser may ask for: all that the page needs, and nothing else of what gradio would answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

READ = ("GET", "HEAD")
FILES = "/gradio_api/file="


@dataclass(frozen=True)
class Door:
    """name: in counters. pattern: of the whole path below the root of the app. open: without the access word, too.
    most: bytes of a body, whose length has to be told; None for any."""

    name: str
    methods: tuple[str, ...]
    pattern: re.Pattern[str]
    open: bool = False
    most: int | None = None


def _door(
    name: str, methods: tuple[str, ...], pattern: str, open: bool = False, most: int | None = None
) -> Door:
    return Door(name, methods, re.compile(pattern), open, most)


DOORS = (
    _door("page", READ, r"/"),
    _door("script", READ, r"/(viewer|assets|svelte|static)/[\w./@ -]+"),
    _door("style", READ, r"(/gradio_api)?/theme\.css"),
    _door("icon", READ, r"/(favicon\.ico|manifest\.json|robots\.txt)", open=True),
    _door("file", READ, r"/gradio_api/file=.+"),
    _door("started", ("GET",), r"/gradio_api/startup-events", open=True),  # asked by gradio's own launch
    _door("alive", ("GET",), r"/gradio_api/heartbeat/\w+"),
    _door("session", ("POST",), r"/session/(arrive|request|views|leave|upload)"),
    _door("access", ("POST",), r"/access", open=True),
    _door("health", READ, r"/healthz", open=True),
    _door("metrics", ("GET",), r"/metrics", open=True),  # has a word of its own
)


MAX_CALL = 1 << 20  # bytes of the arguments of a call
API_DOORS = (  # where MARK_API opens them
    _door("api", ("GET",), r"/config|/gradio_api/info"),
    _door("api", ("POST",), r"/gradio_api/run/(segment|search|align|export|predict)", most=MAX_CALL),
    _door("api", ("POST",), r"/gradio_api/queue/join", most=MAX_CALL),  # gradio's client for Python
    _door("api", ("GET",), r"/gradio_api/queue/data"),
    _door("api_upload", ("POST",), r"/gradio_api/upload"),
    _door("mcp", ("GET", "POST", "DELETE"), r"/mcp", most=MAX_CALL),
)


def door_of(method: str, path: str, files: Path, api: bool = False) -> Door | None:
    """The door of a request, None if there is none. files: the folder of the files that browsers may read. api: whether
    the doors of programs are open."""
    if ".." in path.split("/"):
        return None
    for door in (*DOORS, *API_DOORS) if api else DOORS:
        if method in door.methods and door.pattern.fullmatch(path):
            if door.name == "file" and not _is_below(path.removeprefix(FILES), files):
                return None
            return door
    return None


def _is_below(name: str, folder: Path) -> bool:
    """Whether a path, with links and dots resolved, lies in a folder; an address of another server does not."""
    try:
        return Path(unquote(name)).resolve().is_relative_to(folder.resolve())
    except (OSError, ValueError):
        return False
