"""The page that asks for the access word: plain HTML without a script, in the language of the browser."""

from __future__ import annotations

from functools import cache
from html import escape

from mark_core.message import Message
from mark_core.ui import language

ASKED = Message("This server is for a class. Please type the access word.")
WORD = Message("Access word")
ENTER = Message("Go on")
WRONG = Message("This is not the access word; please try again.")
LATER = Message("Too many words are being tried just now; please wait a minute.")

_STYLE = """
:root { color-scheme: light dark; }
body { font: 1.1rem/1.5 system-ui, sans-serif; margin: 0; min-height: 100vh; display: grid; place-items: center; }
main { padding: 1.5rem; max-width: 26rem; }
h1 { font-size: 1.4rem; }
label { display: block; margin-bottom: .3rem; }
input, button { font: inherit; padding: .5rem .8rem; min-height: 44px; box-sizing: border-box; }
input { width: 100%; margin-bottom: .8rem; }
[role=alert] { border-left: 4px solid #b3261e; padding-left: .7rem; }
"""


def access_page(languages: str, query: str, sentence: Message | None = None) -> bytes:
    """languages: the Accept-Language header. query: of the address that was asked for, kept for afterwards. sentence:
    why the last word was not taken."""
    code = chosen_language(languages)
    asked, word, enter = (escape(_said(message, code)) for message in (ASKED, WORD, ENTER))
    told = f'<p role="alert" id="told">{escape(_said(sentence, code))}</p>' if sentence else ""
    described = ' aria-describedby="told" aria-invalid="true"' if sentence else ""
    action = escape(f"access?{query}" if query else "access", quote=True)
    return (
        f'<!doctype html><html lang="{code}"><head><meta charset="utf-8"><title>MARK</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f'<meta name="robots" content="noindex"><style>{_STYLE}</style></head>'
        f"<body><main><h1>MARK</h1><p>{asked}</p>{told}"
        f'<form method="post" action="{action}"><label for="word">{word}</label>'
        f'<input id="word" name="word" type="password" autocomplete="current-password" required autofocus{described}>'
        f"<button>{enter}</button></form></main></body></html>"
    ).encode()


def chosen_language(languages: str) -> str:
    """The first language of an Accept-Language header that there is a table of, in the order of its weights."""
    wanted: list[tuple[float, str]] = []
    for part in languages[:200].split(","):
        name, _, weight = part.partition(";q=")
        try:
            wanted.append((-float(weight or 1), name.strip().lower()[:2]))
        except ValueError:
            continue
    for _, code in sorted(wanted, key=lambda one: one[0]):
        if code in ("en", *language.TABLES):
            return code
    return "en"


def _said(message: Message, code: str) -> str:
    return str(message) if code == "en" else _table(code)[message.id]


@cache
def _table(code: str) -> dict[str, str]:
    return language.table(code)
