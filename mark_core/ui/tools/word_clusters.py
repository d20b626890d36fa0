"""Feature "word_clusters": all words of the open pages, clustered by likeness, and the names the visitor gives to them.

Replies: ``list`` {data: path of a JSON file with the clusters, words: how many there are}; ``name`` {name}.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from mark_core.errors import MarkError
from mark_core.message import Message
from mark_core.retrieval.word_clusters import Cluster, cluster_words
from mark_core.ui import requests
from mark_core.ui.collection.merged_index import MERGING, Place, merged_index
from mark_core.ui.fifo_lock import FifoLock
from mark_core.ui.replies import Reply, done
from mark_core.ui.requests import Request

if TYPE_CHECKING:
    from mark_core.ui.collection.word_labels import WordLabels
    from mark_core.ui.session.session import Session
    from mark_core.ui.tasks import Task

MAX_NAME = 80
MAX_NAMES = 2000
CLUSTERING = Message("Clustering what looks alike")
LOCK = FifoLock(slots=2)  # clusterings at a time on a server


def handle(session: Session, request: Request) -> Reply | Iterator[Reply]:
    """List the clusters, in the background; name one; or cancel the list. Raises MarkError if a name makes no sense."""
    action = request.chosen(("list", "name", "cancel"))
    if action == "list":
        return session.tasks.run(request, lambda task: list_clusters(session, task), LOCK)
    if action == "cancel":
        session.tasks.cancel(request.feature)
        return done(request)
    return done(request, name=name_word(session, request))


def list_clusters(session: Session, task: Task) -> dict[str, Any]:
    """Cluster all words into a file for the browser. Raises MarkError when no page is open."""
    task.report(MERGING, 0.0)
    with session.words_lock:
        index, places = merged_index(session)
        names = dict(session.word_names)
    task.report(CLUSTERING, 0.5)
    clusters = cluster_words(index.encoding, index.calibration)
    rows = [_row(cluster, places, names) for cluster in clusters]
    return {
        "data": session.downloads.write("word_clusters.json", json.dumps(rows).encode()),
        "words": len(places),
    }


def name_word(session: Session, request: Request) -> str:
    """Name the cluster of a word, or remove its name. Raises MarkError if it makes no sense or names are too many."""
    text = (requests.text(request.get("name")) or "")[:MAX_NAME]
    with session.words_lock:
        place = requests.word_place(request.fields, session)
        if place is None:
            raise MarkError(requests.INVALID)
        box = session.page(place[0]).entry.words[place[1]].box
        names = {key: kept for key, kept in session.word_names.items() if key != (place[0], box)}
        if text and len(names) >= MAX_NAMES:
            raise MarkError("At most {limit} words can have a name.", limit=MAX_NAMES)
        session.word_names = {**names, (place[0], box): text} if text else names
    return text


def _row(cluster: Cluster, places: Sequence[Place], names: WordLabels) -> dict[str, Any]:
    """A cluster for the browser: its most typical word stands for it, unless another one of it was named."""
    members = [places[row] for row in cluster.members]
    named = next((place for place in members if (place[0].id, place[2]) in names), None)
    page, word, box = named or members[0]
    return {
        "reads": cluster.reads,
        "name": names[page.id, box] if named else "",
        "count": len(cluster),
        "pages": len({page.id for page, _, _ in members}),
        "page": page.id,
        "word": word,
        "version": page.version,
        "box": [int(side) for side in box],
    }
