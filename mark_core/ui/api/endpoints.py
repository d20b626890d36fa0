"""The named endpoints of the API, as gradio's clients, its pages of description and plain HTTP requests know them.

A request to ``run/NAME`` is answered with JSON, ``{"data": [answer]}``, or with one sentence, ``{"error": sentence}``.
gradio's client for Python asks by way of gradio's queue, where an answer waits until it is fetched.
"""

# no annotations as strings: gradio reads the types of arguments and answers
import threading
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import gradio as gr
from gradio.events import api

from mark_core.ui.api.answers import AlignAnswer, SearchAnswer, SegmentAnswer
from mark_core.ui.api.calls import AT_ONCE, Calls
from mark_core.ui.doors.address import address_of, trusted_proxies
from mark_core.ui.replies import error_message
from mark_core.ui.session.store import SessionStore

KEPT_SECONDS = 600.0  # for which a file that was made can be fetched


class Endpoints:
    """Adds the endpoints to a page. store: of the sessions in which files wait to be fetched."""

    def __init__(self, calls: Calls, store: SessionStore) -> None:
        self._calls = calls
        self._store = store
        self._proxies = trusted_proxies()
        self._since: dict[str, float] = {}  # when answers were first seen in the queue

    def add(self, demo: gr.Blocks) -> None:
        """Call it within the block of the page. The descriptions are the docstrings, the types those of the hints."""

        def segment(
            pages: list[str],
            direction: str = "auto",
            flatten: bool = False,
            request: gr.Request | None = None,
        ) -> SegmentAnswer:
            """Finds the words of pages: their boxes in reading order.

            Args:
                pages: Web addresses of images, PDFs or IIIF manifests, or files that were sent.
                direction: Of writing: auto, ltr, rtl or ttb.
                flatten: Whether curved pages are flattened first.
            """
            return self._answer(request, self._calls.segment, pages, direction, flatten)

        def search(
            pages: list[str],
            text: str = "",
            example: str = "",
            top: int = 20,
            variants: bool = False,
            request: gr.Request | None = None,
        ) -> SearchAnswer:
            """Searches pages for a word or phrase, without a transcription: the hits, best first, with probabilities.

            Args:
                pages: Web addresses of images, PDFs or IIIF manifests, or files that were sent.
                text: A word, a phrase, a pattern with * and ?, or word~1 where one letter may differ.
                example: A word of the pages to search for, PAGE:WORD, both counted from 1; alone or with text.
                top: How many hits.
                variants: Whether old spellings match as well: u for v, i for j or y, one letter for its double.
            """
            return self._answer(request, self._search, pages, text, example, top, variants)

        def align(page: str, text: str, request: gr.Request | None = None) -> AlignAnswer:
            """Places a transcription on its page: a box for each of its words.

            Args:
                page: The web address of an image or of a manifest with one page, or a file that was sent.
                text: The transcription, a line for each line of the page.
            """
            return self._answer(request, self._calls.align, page, text)

        def export(
            pages: list[str], format: str, text: str = "", top: int = 50, request: gr.Request | None = None
        ) -> dict[str, Any]:
            """Writes a file of all words of pages, or of the hits of a word.

            Args:
                pages: Web addresses of images, PDFs or IIIF manifests, or files that were sent.
                format: csv, json, iiif, page (PAGE XML), alto, hocr, tei, png or pdf.
                text: A word whose hits are to be written; all words without it.
                top: How many hits.
            """
            return self._answer(request, self._export, pages, format, text, top)

        for function in (segment, search, align, export):
            api(function, queue=False, concurrency_limit=AT_ONCE, concurrency_id="api")
        for added in demo.fns.values():
            for block in (*added.inputs, *added.outputs):
                # gradio would download addresses itself, and copy files
                block.async_move_resource_to_block_cache = _as_it_is  # type: ignore[method-assign, assignment]

    def forget_unfetched(self, demo: gr.Blocks) -> None:
        """Delete the answers in gradio's queue that nobody has fetched. To be called every now and then."""
        queue, now = demo._queue, time.monotonic()
        waiting = {name: self._since.get(name, now) for name in list(queue.pending_messages_per_session)}
        for name in [name for name, since in waiting.items() if now - since > KEPT_SECONDS]:
            queue.pending_messages_per_session.pop(name, None)
            queue.pending_event_ids_session.pop(name, None)
            del waiting[name]
        self._since = waiting

    def _search(self, address: str, *arguments: Any) -> SearchAnswer:
        return self._calls.search(address, *arguments)[0]

    def _export(self, address: str, *arguments: Any) -> dict[str, Any]:
        """The answer, with a file that can be fetched for a while."""
        answer, data = self._calls.export(address, *arguments)
        shelf = self._store.open(address=address)
        try:
            with shelf.budgets.hold(shelf, disk=len(data)):
                path = shelf.downloads.write(answer.name, data)
        except BaseException:
            self._store.close(shelf.key)
            raise
        closing = threading.Timer(KEPT_SECONDS, self._store.close, (shelf.key,))
        closing.daemon = True
        closing.start()
        return asdict(answer) | {
            "file": {"path": str(path), "orig_name": answer.name, "meta": {"_type": "gradio.FileData"}}
        }

    def _answer(self, request: gr.Request | None, function: Callable[..., Any], *arguments: Any) -> Any:
        """What a call answers, as plain values; its one sentence as the error that gradio tells."""
        try:
            sender = request.request if request else None
            answer = function(address_of(sender, self._proxies) if sender else "", *arguments)
        except Exception as error:
            raise gr.Error(str(error_message(error, "api")), print_exception=False) from error
        return answer if isinstance(answer, dict) else asdict(answer)


async def _as_it_is(path: str) -> str:
    return path
