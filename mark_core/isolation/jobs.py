"""What the reading process can be asked for: each job takes a file and fields, and returns fields and arrays."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from typing import Any

import numpy as np

from mark_core.errors import MarkError
from mark_core.isolation.source import Source
from mark_core.pages.load import PageReader
from mark_core.pages.page import Page
from mark_core.storage.project_source import SAID

Answer = tuple[dict[str, Any], Sequence[np.ndarray | bytes]]
_HEAD = 65536  # bytes that tell what kind a file is
_TIMES = 20  # memory of parsed XML or JSON by the bytes of the file
_MOST_SAID = 8 << 20  # bytes of JSON of what a person has said in a project
_MOST_INFO = 1 << 20  # bytes of JSON of the description of an image
# of an info.json, see ``pages.image_service``
_INFO = {
    *("id", "@id", "type", "@type", "@context", "protocol", "profile", "width", "height", "sizes", "tiles"),
    *("maxWidth", "maxHeight", "maxArea", "supports", "extraFeatures"),
    *("tile_width", "tile_height", "scale_factors"),
}


def open_file(source: Source, fields: dict[str, Any]) -> Answer:
    """Number of pages of a file or of a member of a zip, or what is in a zip."""
    member = fields["member"]
    if member is not None or not source.is_archive():
        return {"count": source.reader("", member).count()}, ()
    archive = source.archive()
    names = {key: getattr(archive, key) for key in ("names", "paths", "heic", "others", "layouts")}
    return {"archive": names}, ()


def read_page(source: Source, fields: dict[str, Any]) -> Answer:
    """A page of a file or of a member of a zip, and how many it has. The bytes of a member that is to be kept come too,
    if they are wished for."""
    number, member = fields["number"], fields["member"]
    reader = source.reader("", member)
    count = reader.count()
    source.need(reader.memory(number))
    page = reader.read(number)
    wanted = member is not None and fields["file"] and page.file is not None
    parts: list[np.ndarray | bytes] = [page.pixels, *([page.file.data] if page.file and wanted else [])]
    return {**_described(page), "count": count}, parts


def read_one_page(source: Source, fields: dict[str, Any]) -> Answer:
    """The first page of a file that is no zip."""
    reader = source.reader("", None)
    if not reader.is_archive():
        source.need(reader.memory(0))
    page = reader.page(0)
    return {**_described(page), "count": 1}, [page.pixels]


def read_tile(source: Source, fields: dict[str, Any]) -> Answer:
    from mark_core.pages.tiles import decode_tile

    return {}, [decode_tile(source.data, fields["width"], fields["height"])]


def read_document(source: Source, fields: dict[str, Any]) -> Answer:
    """What was fetched from an address, see `pages.fetched.document`."""
    from mark_core.pages.content_state import ContentState
    from mark_core.pages.fetched import document

    source.need(_TIMES * len(source.data) if source.data[:1024].lstrip()[:1] in (b"{", b"\xef") else 0)
    state = ContentState(fields["url"], fields["canvas"], fields["place"])
    found = asdict(document.read_document(source.data, state, fields["name"], fields["follow"]))
    for canvas in found["canvases"]:
        for painting in canvas["paintings"]:
            painting["description"] = _info(painting["description"])
    return found, ()


def read_info(source: Source, fields: dict[str, Any]) -> Answer:
    from mark_core.pages.fetched.document import read_json

    source.need(_TIMES * len(source.data))
    found = read_json(source.data)
    return {"info": None if found is None else _info(found)}, ()


def peek_layouts(source: Source, fields: dict[str, Any]) -> Answer:
    """The kinds of some layout files of a zip, and the images that they name."""
    from mark_core.export.layout_file import peek

    archive, found = source.archive(), []
    for number in range(fields["first"], fields["end"]):
        try:
            found.append(peek(archive.read_layout(number)))
        except MarkError:
            found.append(("", ""))
    return {"found": found}, ()


def read_layout(source: Source, fields: dict[str, Any]) -> Answer:
    """The pages of a layout file, or of one in a zip."""
    from mark_core.export.layout_file import read_layout as read

    member = fields["member"]
    data = source.data if member is None else source.archive().read_layout(member)
    source.need(_TIMES * len(data))
    return {"pages": [vars_of(page) for page in read(data)]}, ()


def peek_file(source: Source, fields: dict[str, Any]) -> Answer:
    """The kind of a layout file, as its first bytes tell it."""
    from mark_core.export.layout_file import peek

    return {"kind": peek(source.head(_HEAD))[0]}, ()


def read_texts(source: Source, fields: dict[str, Any]) -> Answer:
    """The texts of pages from a file, see `export.text.transcript_file`."""
    from mark_core.export.text.transcript_file import read_transcript

    source.need(_TIMES * len(source.data))
    return {"pages": [[page.image, page.lines] for page in read_transcript(source.data, fields["name"])]}, ()


def project_head(source: Source, fields: dict[str, Any]) -> Answer:
    head = _project(source, lambda project: project.head())
    if sum(len(json.dumps(head[key])) for key in SAID) > _MOST_SAID:
        _damaged()
    return {"head": head}, ()


def project_page(source: Source, fields: dict[str, Any]) -> Answer:
    """A page of a project. The bytes of its file come too, unless they are known by their name."""
    entry, page = _project(source, lambda project: _project_page(source, *project.open_page(fields["place"])))
    keeps = page.file is not None
    wanted = keeps and entry["file"] not in fields["known"]
    parts: list[np.ndarray | bytes] = [page.pixels, *([page.file.data] if page.file and wanted else [])]
    return {**_described(page), "entry": entry, "count": page.file.pages if page.file else 1}, parts


def _project_page(source: Source, entry: dict[str, Any], reader: PageReader) -> tuple[dict[str, Any], Page]:
    number = entry["frame"]
    if not reader.is_archive() and 0 <= number < reader.count():
        source.need(reader.memory(number))
    return entry, reader.page(number)


def project_arrays(source: Source, fields: dict[str, Any]) -> Answer:
    arrays = _project(source, lambda project: project.arrays())
    return {"names": list(arrays)}, list(arrays.values())


def project_hand(source: Source, fields: dict[str, Any]) -> Answer:
    """The weights of a learnt hand, after they were read once here, and the part of their card that is used."""
    data, card = _project(source, lambda project: _checked_hand(*project.hand()))
    return {"card": card}, [data]


def _checked_hand(data: bytes, card: Any) -> tuple[bytes, dict[str, Any]]:
    from safetensors import SafetensorError
    from safetensors.numpy import load

    kept = {key: card[key] for key in ("config", "hand", "calibration") if key in card}
    if len(json.dumps(kept)) > _MOST_INFO:
        raise ValueError("card")
    try:
        load(data)
    except SafetensorError as error:
        raise ValueError("weights") from error
    return data, kept


def vars_of(page: Any) -> dict[str, Any]:
    """The fields of a `LayoutPage` with its words and lines as lists in the order of their fields."""
    return {
        "image": page.image,
        "size": page.size,
        "unit": page.unit,
        "unreadable": page.unreadable,
        "kind": page.kind,
        "words": [[w.corners, w.text, w.line, w.confidence, w.direction] for w in page.words],
        "lines": [
            [line.number, line.polygon, line.baseline, line.direction, line.text] for line in page.lines
        ],
        "texts": list(page.texts.items()),
    }


def _described(page: Page) -> dict[str, Any]:
    return {
        "sha256": page.sha256,
        "dpi": page.dpi,
        "scale": page.scale,
        "size": page.original_size,
        "keep": page.file is not None,
    }


def _info(described: dict[str, Any]) -> dict[str, Any]:
    """The part of a description that is used; nothing of one that is too long."""
    kept = {key: value for key, value in described.items() if key in _INFO}
    return kept if len(json.dumps(kept)) < _MOST_INFO else {}


def _project(source: Source, read: Callable[[Any], Any]) -> Any:
    try:
        return read(source.project())
    except (
        KeyError,
        TypeError,
        ValueError,
        OverflowError,
        AttributeError,
        IndexError,
        RecursionError,
    ) as error:
        if isinstance(error, MarkError):
            raise
        _damaged()


def _damaged() -> None:
    from mark_core.storage.container import DAMAGED

    raise MarkError(DAMAGED)


JOBS: dict[str, Callable[[Source, dict[str, Any]], Answer]] = {
    "open_file": open_file,
    "read_page": read_page,
    "read_one_page": read_one_page,
    "read_tile": read_tile,
    "read_document": read_document,
    "read_info": read_info,
    "peek_layouts": peek_layouts,
    "read_layout": read_layout,
    "peek_file": peek_file,
    "read_texts": read_texts,
    "project_head": project_head,
    "project_page": project_page,
    "project_arrays": project_arrays,
    "project_hand": project_hand,
}
