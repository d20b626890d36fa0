"""The strings of the interface, collected from its sources."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

from mark_core.ui import viewer

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "assets" / "viewer"
SERVER = ROOT / "mark_core" / "ui"
LETTER = re.compile(r"[^\W\d_]")

# Parts of the library whose errors and steps can come to a visitor's eyes.
LIBRARY = (
    "pages/*.py",
    "pages/fetched/*.py",
    "isolation/*.py",
    "workers/*.py",
    "segmentation/measured.py",
    "segmentation/flatten.py",
    "segmentation/edit.py",
    "segmentation/segment.py",
    "model/alphabet.py",
    "model/weights.py",
    "retrieval/*.py",
    "storage/container.py",
    "storage/project.py",
    "storage/record.py",
    "retrieval/lines/reading.py",
    "export/*.py",
    "export/reading/formats.py",
    "export/text/*.py",
    "transcript/*.py",
    "training/adapt.py",
    "training/lexicon.py",
    "training/active_learning.py",
)
UNSEEN = {  # what no visitor can bring about
    "This file has 1 page, so there is no page {page}.",
    "This file has {count} pages, so there is no page {page}.",
    "There is no writing direction {direction}: use auto, {known}.",
    "The shipped weights (assets/mark-compact.safetensors) are missing; reinstall MARK.",
    "There is no format “{name}”; choose one of {known}.",
    "There is no word list “{names}”; known are {known}.",
    "Word lists of languages need the package wordfreq: pip install wordfreq.",
    "The boxes of {name} belong to none of the pages.",
    "None of the files has the boxes of {name}, page {page}.",
    "{variable} must list hosts such as images.example.org, not “{entry}”.",
    "MARK/{1} (word search in historical documents)",
    "Spelling variants: Old spellings are found too: u for v, i for j or y, one letter for its double.",  # in two parts
    "Abbreviations: Words typed in full are found abbreviated too, by the rules of a language: "
    "omnia as om̄ia, per as ꝑ, received as rec’d.",  # in two parts
    "There is no table of abbreviations for “{language}”; there are those for {known}.",
}
UNSAID = ("_log.", "ValueError", "getattr", "re.")  # calls whose texts no visitor reads


def in_html(html: str) -> set[str]:
    """Texts and spoken attributes of a fragment, but for what is marked as the same in every language."""
    parser = _Html()
    parser.feed(html)
    parser.close()
    return parser.found


class _Html(HTMLParser):
    _VOID = ("input", "br", "img", "hr", "meta", "link")

    def __init__(self) -> None:
        super().__init__()
        self.found: set[str] = set()
        self._open: list[bool] = []  # for each open element: whether it is translated

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        translated = all(self._open[-1:]) and named.get("translate") != "no"
        if translated:
            for name in ("aria-label", "title", "placeholder", "alt"):
                self._take(named.get(name) or "")
        if tag not in self._VOID:
            self._open.append(translated)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in self._VOID:
            self._open.pop()

    def handle_endtag(self, tag: str) -> None:
        if self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if all(self._open[-1:]):
            self._take(data)

    def _take(self, text: str) -> None:
        text = " ".join(text.split())
        if LETTER.search(text) and text != "https://…":
            self.found.add(text)


_TEXT = r'"((?:[^"\\]|\\.)*)"'
_SAID = re.compile(rf"\btr\(\s*(?:{_TEXT}|(?P<other>[^)\s]))")
_FIRST = r"\(\s*(?:[^,()]|\([^()]*\))+,\s*"  # the bracket and the number that decides
_PLURAL = re.compile(rf"\bplural{_FIRST}(?:{_TEXT},\s*{_TEXT}|(?P<other>\S))")
_COUNT = re.compile(rf"\bcount{_FIRST}(?:{_TEXT},\s*{_TEXT}|(?P<other>\S))")
_DEFINED = re.compile(r"const count = .*")


def in_javascript(code: str) -> tuple[set[str], dict[str, str]]:
    """The texts given to ``tr``, and those given to ``plural`` and ``count``: many -> one.

    Raises ValueError where one of these is given anything but a text, which could not be collected.
    """
    code = _DEFINED.sub("", re.sub(r"(?m)^\s*//.*|\s// .*", "", code))
    for pattern in (_SAID, _PLURAL, _COUNT):
        for match in pattern.finditer(code):
            if match["other"]:
                raise ValueError(f"not a text: {code[match.start() : match.end() + 40]}")
    single = {_unquoted(match[1]) for match in _SAID.finditer(code)}
    forms = {_unquoted(match[2]): _unquoted(match[1]) for match in _PLURAL.finditer(code)}
    forms |= {"{n} " + match[2]: "{n} " + match[1] for match in _COUNT.finditer(code)}
    return single, forms


def unsaid(code: str) -> set[str]:
    """Texts of a script that look like a sentence or a label of English but are given to none of these."""
    code = re.sub(r"(?m)^\s*//.*|\s// .*", "", code)
    for pattern in (_SAID, _PLURAL, _COUNT):
        code = pattern.sub("", code)
    texts = [match[1] for match in re.finditer(_TEXT, code)]
    texts += re.findall(r"`([^`]*)`", code)
    english = re.compile(r"[A-Z][a-z]+( .*|\.?$)|(?!.*mk-).*[a-z]{2} [a-z]{2}.*[.;]")
    return {text for text in texts if english.match(text)}


def _unquoted(text: str) -> str:
    return json.loads(f'"{text}"')


def texts_in(path: Path) -> Iterator[str]:
    """Every text of a module but its docstrings and what is logged; what an f-string puts in is ``{1}``, ``{2}``."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Expr):  # a docstring
            skipped.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in node.values}
        elif isinstance(node, ast.Call) and ast.unparse(node.func).startswith(UNSAID):
            skipped |= {id(part) for argument in node.args for part in ast.walk(argument)}
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield _template(node)


def _template(node: ast.JoinedStr) -> str:
    parts, number = [], 0
    for part in node.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        else:
            number += 1
            parts.append(f"{{{number}}}")
    return "".join(parts)


def messages_in(tree: ast.Module) -> Iterator[ast.expr]:
    """What a module gives to ``Message``, ``MarkError`` and the parameters that become one as the id of a sentence."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = ast.unparse(node.func).rpartition(".")[2]
        if called in ("Message", "MarkError") and node.args:
            yield node.args[0]
        elif called == "long_text":
            yield node.args[2]
        yield from (keyword.value for keyword in node.keywords if keyword.arg == "full")


def of_the_server() -> set[str]:
    """The ids of the sentences that the server of the page says by itself."""
    trees = [ast.parse(path.read_text(encoding="utf-8")) for path in sorted(SERVER.rglob("*.py"))]
    constants: dict[str, set[str]] = {}
    for node in (node for tree in trees for node in tree.body):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            for target in node.targets:
                constants.setdefault(ast.unparse(target), set()).add(str(node.value.value))
    ids: set[str] = set()
    for node in (node for tree in trees for node in messages_in(tree)):
        if isinstance(node, ast.Constant):
            ids.add(str(node.value))
        elif isinstance(node, ast.IfExp | ast.Name | ast.Attribute):
            ids |= set().union(*(constants.get(name, set()) for name in _names(node)))
    return {text for text in ids if LETTER.search(re.sub(r"\{\w+\}", "", text))}


def formatted_messages(folder: Path) -> list[str]:
    """Sentences that are put together before they are said, so that no table can know them."""
    found = []
    for path in sorted(folder.rglob("*.py")):
        for node in messages_in(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr | ast.BinOp):
                found.append(f"{path.name}: {ast.unparse(node)}")
    return found


def _names(node: ast.expr) -> set[str]:
    return {
        ast.unparse(part).rpartition(".")[2]
        for part in ast.walk(node)
        if isinstance(part, ast.Name | ast.Attribute)
    }


def of_the_library() -> set[str]:
    """The ids of its sentences, and the steps that it reports."""
    paths = [path for pattern in LIBRARY for path in sorted((ROOT / "mark_core").glob(pattern))]
    texts = {text for path in paths for text in texts_in(path)}
    sentence = re.compile(r"[A-Z“{].* .*[.?]|[A-Z][a-z]+( [a-z]+)+")
    return {text for text in texts if sentence.fullmatch(text)} - UNSEEN


def of_the_samples() -> set[str]:
    listing = json.loads((ROOT / "sample_pages" / "samples.json").read_text(encoding="utf-8"))
    return {entry[name] for entry in listing for name in ("title", "note")}


def fragments() -> dict[str, str]:
    return {
        "viewer": viewer._html(),
        **{
            name: (PAGE / "frame" / f"{name}.html").read_text(encoding="utf-8") for name in ("brand", "about")
        },
    }


def scripts() -> dict[str, str]:
    return {
        str(path.relative_to(PAGE)): path.read_text(encoding="utf-8") for path in sorted(PAGE.rglob("*.js"))
    }
