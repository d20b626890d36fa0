"""All words of the open pages, gathered by likeness, and the names that the visitor gives to them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import mark_core as mark
from mark_core.retrieval.word_clusters import Cluster, cluster_words
from mark_core.ui import browser
from mark_core.ui.errands import Report
from mark_core.ui.gathering import GATHERING, Place, gathered
from mark_core.ui.remarks import Remarks

if TYPE_CHECKING:
    from mark_core.ui.session import Session

MAX_NAME = 80
MAX_NAMES = 2000
LOOKING = "Gathering what looks alike"


def serve(session: Session, data: dict[str, Any], report: Report) -> dict[str, Any]:
    """Gathers all words into a file for the browser. Raises MarkError when no page is open."""
    report(GATHERING, 0.0)
    with session.working:
        index, places = gathered(session)
        names = dict(session.word_names)
    report(LOOKING, 0.5)
    clusters = cluster_words(index.encoding, index.calibration)
    rows = [_row(cluster, places, names) for cluster in clusters]
    return {
        "data": str(session.handouts.write("words.json", json.dumps(rows).encode())),
        "words": len(places),
    }


def name(session: Session, data: dict[str, Any]) -> dict[str, Any]:
    """Names the words that look like one, or takes their name away. Raises MarkError with a sentence."""
    text = (browser.text(data.get("name")) or "")[:MAX_NAME]
    place = browser.example(data, session)
    if place is None:
        raise mark.MarkError("Choose a word first.")
    box = tuple(session.sheet(place[0]).entry.words[place[1]].box)
    with session.working:
        names = {key: kept for key, kept in session.word_names.items() if key != (place[0], box)}
        if text and len(names) >= MAX_NAMES:
            raise mark.MarkError(f"At most {MAX_NAMES} words can have a name.")
        session.word_names = {**names, (place[0], box): text} if text else names
    return {"name": text}


def _row(cluster: Cluster, places: Sequence[Place], names: Remarks) -> dict[str, Any]:
    """A cluster for the browser: its most typical word stands for it, unless another one of it was named."""
    members = [places[row] for row in cluster.members]
    named = next((place for place in members if (place[0].id, place[2]) in names), None)
    sheet, word, box = named or members[0]
    return {
        "reads": cluster.reads,
        "name": names[sheet.id, box] if named else "",
        "count": len(cluster),
        "pages": len({sheet.id for sheet, _, _ in members}),
        "page": sheet.id,
        "word": word,
        "version": sheet.version,
        "box": [int(side) for side in box],
    }
