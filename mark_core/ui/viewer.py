"""The viewer: the whole working screen as one component of our own."""

from __future__ import annotations

import hashlib
import json
from functools import cache
from html import escape
from typing import Any

import gradio as gr
from starlette.responses import Response
from starlette.routing import Mount
from starlette.staticfiles import StaticFiles

from mark_core.data_files import data_file
from mark_core.export.formats import FORMATS, Format
from mark_core.export.reading.formats import READINGS, ReadingFormat
from mark_core.retrieval.query import HELP, HELP_ABBREVIATIONS, HELP_VARIANTS
from mark_core.retrieval.variants import abbreviations
from mark_core.training.lexicon import LANGUAGES

VIEWER_FOLDER = data_file("assets/viewer")
STYLES = (
    "frame/viewer.css",
    "editing/editing.css",
    "shared/dialog.css",
    "uploads/pages.css",
    "uploads/cropping.css",
    "search/search.css",
    "search/explanation.css",
    "search/reading.css",
    "learning/own_searches.css",
    "search/score_histogram.css",
    "tools/transcript.css",
    "frame/tour.css",
    "frame/print.css",
)
_KEYS = (
    "Arrows up and down go from hit to hit; Y confirms a hit, N rejects it, the same key again undoes that."
)
_TRANSCRIPT = (
    "A page with a transcript is searched in both; every hit says whether it rests on the ink, "
    "the text, or both."
)
PANELS = (
    "uploads/cropping.html",
    "tools/export.html",
    "learning/learning.html",
    "learning/active_learning.html",
    "tools/list_search.html",
    "tools/class_sharing.html",
    "tools/word_clusters.html",
    "tools/transcript.html",
    "search/explanation.html",
    "search/reading.html",
    "frame/shortcuts.html",
)  # dialogs, each opened by a button of the screen


class Viewer(gr.HTML):
    """Pages, query bar, page picture with its boxes, and hits. Its scripts fetch views, see `Connection`.

    The html is static and the style sheet goes in as a whole, so neither passes through gradio's
    templating; the scripts build everything that depends on data with createElement and textContent. They are ES
    modules that the app serves, see `modules_route`.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            value=None,
            html_template=_html(),
            head=f"<style>{''.join(_read(style) for style in STYLES)}</style>",
            js_on_load=_start("main.js"),
            apply_default_css=False,
            **kwargs,
        )

    def get_block_name(self) -> str:
        return "html"


class Brand(gr.HTML):
    """Logo, name and the switch between day and night."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            html_template=_read("frame/brand.html"),
            js_on_load=_start("frame/brand.js"),
            apply_default_css=False,
            **kwargs,
        )

    def get_block_name(self) -> str:
        return "html"


class About(gr.HTML):
    """The page that explains how it works, what the score means and what is kept. minutes: that a session is kept
    without a tab."""

    def __init__(self, minutes: int, **kwargs: Any) -> None:
        super().__init__(
            html_template=_about(minutes),
            head=f"<style>{_read('frame/about.css')}</style>",
            js_on_load=_start("frame/about.js"),
            apply_default_css=False,
            **kwargs,
        )

    def get_block_name(self) -> str:
        return "html"


class _Modules(StaticFiles):
    """The scripts, for ever in the browser's cache: their address changes with their contents."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def modules_route() -> Mount:
    """The route of the scripts, ``/viewer/<version>/main.js`` and those that it imports."""
    return Mount(f"/viewer/{version()}", _Modules(directory=VIEWER_FOLDER), name="viewer")


@cache
def version() -> str:
    """Hash of all scripts, so that a browser never mixes old ones with new ones."""
    digest = hashlib.sha256()
    for name in _scripts():
        digest.update(f"{name}\n{_read(name)}\n".encode())
    return digest.hexdigest()[:12]


def _scripts() -> list[str]:
    return sorted(path.relative_to(VIEWER_FOLDER).as_posix() for path in VIEWER_FOLDER.rglob("*.js"))


def _start(script: str) -> str:
    """What gradio runs for a component: ``start`` of a script of ours.

    ``root`` is the address of the app as the browser knows it, below a path of a proxy too. The modules are asked for
    at once, not when each is found to import the next.
    """
    folder = f"/viewer/{version()}/"
    return f"""
const root = String((window.gradio_config || {{}}).root || "").replace(/\\/$/, "");
if (!document.querySelector(`link[rel="modulepreload"][href^="${{root}}/viewer/"]`)) {{
  for (const name of {json.dumps(_scripts())}) {{
    const href = root + "{folder}" + name;
    document.head.append(Object.assign(document.createElement("link"), {{ rel: "modulepreload", href }}));
  }}
}}
import(root + "{folder}{script}").then(({{ start }}) => start({{ element }}));
"""


def _html() -> str:
    panels = "".join(_read(panel) for panel in PANELS)
    for name, choices in (("formats", _formats()), ("languages", _languages())):
        panels = panels.replace(f"<!-- {name} -->", choices)
    frame = _read("frame/viewer.html").replace("<!-- abbreviations -->", _abbreviations())
    panels = panels.replace("<!-- keys -->", _read("frame/keys.html"))
    return frame.replace("<!-- panels -->", panels).replace("<!-- help -->", _help())


def _about(minutes: int) -> str:
    about = _read("frame/about.html").replace("<!-- keys -->", _read("frame/keys.html"))
    return about.replace("<!-- minutes -->", str(minutes))


def _help() -> str:
    """What may be typed, in the words of the command line, and the keys for what is found."""
    rows = [
        f'<div><dt translate="no">{escape(typed)}</dt><dd>{escape(sentence)}</dd></div>'
        for typed, sentence in HELP
    ]
    for key, sentence in (("variants", HELP_VARIANTS), ("abbreviations", HELP_ABBREVIATIONS)):
        name, told = sentence.split(": ", 1)
        rows.append(f'<div><dt class="mk-plain">{name}</dt><dd id="mk-help-{key}">{escape(told)}</dd></div>')
    rows.append(f'<div><dt class="mk-plain">Transcript</dt><dd>{_TRANSCRIPT}</dd></div>')
    rows.append(f'<div><dt class="mk-plain">Keys</dt><dd>{_KEYS}</dd></div>')
    return "".join(rows)


def _abbreviations() -> str:
    """The languages with a table of abbreviations as choices."""
    return "".join(
        f'<option value="{code}">{name}</option>' for code, name in abbreviations.LANGUAGES.items()
    )


def _formats() -> str:
    """The formats of the library as choices, the first one chosen; the last is of readings alone."""
    rows: list[str] = []
    kinds: list[tuple[str, Format | ReadingFormat]] = [*FORMATS.items(), ("text", READINGS["text"])]
    for name, kind in kinds:
        checked = "" if rows else " checked"
        rows.append(
            f'<label class="mk-choice"><input type="radio" name="mk-export-format" value="{name}"{checked}>'
            f'<span><b translate="no">{escape(kind.title)}</b> {escape(kind.description)}</span></label>'
        )
    return "".join(rows)


def _languages() -> str:
    return "".join(f'<option value="{code}">{escape(name)}</option>' for code, name in LANGUAGES.items())


def _read(name: str) -> str:
    return (VIEWER_FOLDER / name).read_text(encoding="utf-8")
