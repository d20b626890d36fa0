"""Reader of the text of TEI files: lines by ``lb``, ``l`` or ``line``, pages by ``pb`` or ``surface``."""

from __future__ import annotations

from lxml import etree

from mark_core.export.xmlfile import children, descendants, local_name

ROOTS = ("TEI", "TEI.2", "teiCorpus")
# fmt: off
_BLOCKS = frozenset((
    "ab", "argument", "byline", "cell", "closer", "dateline", "div", "epigraph", "fw", "head", "item", "l", "label",
    "lg", "line", "note", "opener", "p", "postscript", "row", "salute", "signed", "sp", "stage", "surface", "table",
    "trailer", "zone",
))
# fmt: on
# What an editor says of the text
_SKIPPED = frozenset(("teiHeader", "figDesc", "desc", "supplied", "certainty", "respStmt"))
# Of what is written and what an editor makes of it, the first that is there
_INSTEAD = {
    "choice": ("orig", "sic", "abbr", "unclear"),
    "app": ("lem", "rdg"),
}  # of these the first that is there


def read_tei(root: etree._Element) -> list[tuple[str, list[str]]]:
    """The pages of a file as (image, lines). image: of ``facs`` of the page break, "" if not stated.

    Taken is what stands on the page: abbreviations as they are written, not the editor's corrections and expansions.
    Notes are taken if they have a place on the page. Text before the first page break counts as its page if there is
    none before it.
    """
    graphics = _graphics(root)
    reader = _Reader(graphics)
    for text in [*descendants(root, "text"), *descendants(root, "sourceDoc")]:
        if not any(local_name(above) in ("text", "sourceDoc") for above in text.iterancestors()):
            reader.read(text)
    return reader.pages()


def _graphics(root: etree._Element) -> dict[str, str]:
    """Names of the images of surfaces, by the ids of the surfaces and of the images."""
    found: dict[str, str] = {}
    for graphic in descendants(root, "graphic"):
        url = graphic.get("url", "").replace("\\", "/").rsplit("/", 1)[-1]
        for element in (graphic, graphic.getparent()):
            name = _id(element)
            if name:
                found.setdefault(name, url)
    return found


def _id(element: etree._Element | None) -> str:
    return "" if element is None else element.get("{http://www.w3.org/XML/1998/namespace}id", "")


class _Reader:
    """Collects lines and pages. Elements are walked without recursion, whose depth a file could exceed."""

    def __init__(self, graphics: dict[str, str]) -> None:
        self._graphics = graphics
        self._pages: list[tuple[str, list[str]]] = [("", [])]
        self._line: list[str] = []

    def pages(self) -> list[tuple[str, list[str]]]:
        self._end_line()
        return [(image, lines) for image, lines in self._pages if lines]

    def read(self, top: etree._Element) -> None:
        waiting: list[tuple[etree._Element, bool]] = [(top, False)]
        while waiting:
            element, seen = waiting.pop()
            name = local_name(element)
            if seen:
                if name in _BLOCKS:
                    self._end_line()
                if element is not top:
                    self._line.append(element.tail or "")
                continue
            if self._is_skipped(element, name):
                self._line.append(element.tail or "")
                continue
            self._begin(element, name)
            waiting.append((element, True))
            waiting += [(child, False) for child in reversed(self._inside(element, name))]

    def _begin(self, element: etree._Element, name: str) -> None:
        if name in _BLOCKS or name in ("lb", "cb", "pb"):
            self._end_line()
        if name in ("pb", "surface"):
            facs = element.get("facs", "").rsplit("#", 1)[-1] or _id(element)
            image = self._graphics.get(facs) or element.get("facs", "").replace("\\", "/").rsplit("/", 1)[-1]
            self._pages.append((image, []))
        if name == "space":
            self._line.append(" ")
        self._line.append(element.text or "")

    @staticmethod
    def _is_skipped(element: etree._Element, name: str) -> bool:
        return name in _SKIPPED or not name or (name == "note" and not element.get("place"))

    @staticmethod
    def _inside(element: etree._Element, name: str) -> list[etree._Element]:
        for wanted in _INSTEAD.get(name, ()):
            found = children(element, wanted)
            if found:
                return found[:1]
        return list(element)

    def _end_line(self) -> None:
        text = " ".join("".join(self._line).split())
        self._line = []
        if text:
            self._pages[-1][1].append(text)
