"""The viewer: the whole working screen as one component of our own."""

from __future__ import annotations

import json
from html import escape
from typing import Any

import gradio as gr

from mark_core.data_files import data_file
from mark_core.export.formats import FORMATS
from mark_core.retrieval.query import HELP, HELP_VARIANTS
from mark_core.training.lexicon import LANGUAGES

VIEWER_FOLDER = data_file("assets/viewer")
# One function body in the browser; later files use what earlier ones define.
SCRIPTS = (
    *("dom.js", "tabs.js", "unsaved.js", "crops.js", "stage.js", "boxes.js", "hits.js", "judge.js"),
    *("filmstrip.js", "pages.js", "camera.js"),
    *("grips.js", "repair.js", "repair_hand.js", "repair_keys.js"),
    *("address.js", "panels.js", "project.js", "take_away.js", "learning.js", "lists.js"),
    *("wordbook.js", "teaching.js", "why.js", "query.js", "balance.js", "link.js", "walk.js", "viewer.js"),
)
STYLES = ("viewer.css", "repair.css", "panels.css", "collection.css", "query.css", "why.css")
_KEYS = "Arrows up and down walk the hits; Y confirms a hit, N rejects it, the same key again takes it back."
PANELS = (
    "take_away.html",
    "learning.html",
    "teaching.html",
    "lists.html",
    "wordbook.html",
    "why.html",
)  # dialogs, each opened by a button of the left column


class Viewer(gr.HTML):
    """Pages, query bar, page picture with its boxes, and hits. Its value is a view, see `Session.view`.

    The html is static and the style sheet goes in as a whole, so neither passes through gradio's
    templating; the scripts build everything that depends on data with createElement and textContent.
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            value=None,
            html_template=_html(),
            head=f"<style>{''.join(_read(style) for style in STYLES)}</style>",
            js_on_load="\n".join(_read(script) for script in SCRIPTS),
            apply_default_css=False,
            **kwargs,
        )

    def get_block_name(self) -> str:
        return "html"

    def postprocess(self, value: dict[str, Any] | None) -> str | None:
        """A view goes to the browser as one text: gradio looks into every part of anything else, here and there."""
        return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def api_info(self) -> dict[str, Any]:
        return {"type": "string"}


class Brand(gr.HTML):
    """Logo, name and the switch between day and night."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            html_template=_read("brand.html"), js_on_load=_read("brand.js"), apply_default_css=False, **kwargs
        )

    def get_block_name(self) -> str:
        return "html"


class About(gr.HTML):
    """The page that explains how it works, what the score means and what is kept."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            html_template=_read("about.html"),
            head=f"<style>{_read('about.css')}</style>",
            js_on_load="window.markLanguage.translate(element);",
            apply_default_css=False,
            **kwargs,
        )

    def get_block_name(self) -> str:
        return "html"


def _html() -> str:
    panels = "".join(_read(panel) for panel in PANELS)
    for name, choices in (("formats", _formats()), ("languages", _languages())):
        panels = panels.replace(f"<!-- {name} -->", choices)
    return _read("viewer.html").replace("<!-- panels -->", panels).replace("<!-- help -->", _help())


def _help() -> str:
    """What may be typed, in the words of the command line, and the keys for what is found."""
    name, told = HELP_VARIANTS.split(": ", 1)
    rows = [
        f'<div><dt translate="no">{escape(typed)}</dt><dd>{escape(sentence)}</dd></div>'
        for typed, sentence in HELP
    ]
    rows.append(f'<div><dt class="mk-plain">{name}</dt><dd id="mk-help-variants">{escape(told)}</dd></div>')
    rows.append(f'<div><dt class="mk-plain">Keys</dt><dd>{_KEYS}</dd></div>')
    return "".join(rows)


def _formats() -> str:
    """The formats of the library as choices, the first one chosen."""
    rows: list[str] = []
    for name, kind in FORMATS.items():
        checked = "" if rows else " checked"
        rows.append(
            f'<label class="mk-choice"><input type="radio" name="mk-take-format" value="{name}"{checked}>'
            f'<span><b translate="no">{escape(kind.title)}</b> {escape(kind.description)}</span></label>'
        )
    return "".join(rows)


def _languages() -> str:
    return "".join(f'<option value="{code}">{escape(name)}</option>' for code, name in LANGUAGES.items())


def _read(name: str) -> str:
    return (VIEWER_FOLDER / name).read_text(encoding="utf-8")
