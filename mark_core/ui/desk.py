"""The desk: what each thing a visitor does changes in the session, answered by a view of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import gradio as gr

import mark_core as mark
from mark_core.ui import browser, errands, judging, learning, lists, take_away, teaching, why, wordbook
from mark_core.ui.correcting import correct
from mark_core.ui.pages_desk import PagesDesk, View
from mark_core.ui.question import Question
from mark_core.ui.session import Session
from mark_core.ui.trouble import told_in


class Desk(PagesDesk):
    """Event handlers of the page, its words and hits, beside those of the left column."""

    def search(self, key: str, event: gr.EventData) -> View:
        """Hits for a typed word, a clicked one, or both."""
        session = self._session(key)
        data = browser.payload(event)
        result: dict[str, Any] = {"seq": 0, "turn": 0, **Question().to_view(), "hits": [], "error": None}
        with session.working:
            question = None
            with told_in(result, "a search"):
                result["seq"] = browser.number(data.get("seq"), 0, browser.MAX_COUNT)
                question = browser.question(data, session)
                result |= question.to_view()
                result |= question.answer(session.sheets, session.decisions)
            session.question, session.result = question, result
        return self._view(session)

    def judge(self, key: str, event: gr.EventData) -> View:
        """A hit is confirmed or rejected, or that is undone; the list is in its new order at once."""
        return self._ask(key, event, "judged", judging.serve)

    def correct(self, key: str, event: gr.EventData) -> View:
        """A box is drawn, changed, deleted, joined or split, or that is undone."""
        session = self._session(key)
        data = browser.payload(event)
        failed: dict[str, Any] = {"seq": 0, "error": None, "text": "", "words": []}
        with told_in(failed, "a correction"):
            failed["seq"] = seq = browser.number(data.get("seq"), 0, browser.MAX_COUNT)
            correct(session, *browser.correction(data, session), seq)
        if failed["error"]:
            session.corrected = failed
        return self._view(session)

    def explain(self, key: str, event: gr.EventData) -> View:
        """Why a hit is one."""
        return self._ask(key, event, "why", why.serve)

    def take_away(self, key: str, event: gr.EventData) -> View:
        """Words or hits become a file that the browser saves."""
        return self._ask(key, event, "taken", take_away.serve)

    def learn(self, key: str, event: gr.EventData) -> Iterator[View]:
        """The hand of the open pages is learnt in the background, and looked at from here until it is."""
        session = self._session(key)
        view = self._ask(key, event, "lesson", learning.begin)
        yield view
        if view["panels"]["lesson"]["error"] is None:
            for _ in session.learning.changes():
                yield self._view(session)

    def steer(self, key: str, event: gr.EventData) -> View:
        """Learning is stopped, or what was learnt is set aside or used again."""
        return self._ask(key, event, "steered", learning.steer)

    def ask_words(self, key: str, event: gr.EventData) -> Iterator[View]:
        """The words that it helps most to have read are looked for."""
        yield from self._errand(key, event, "questions", teaching.ask)

    def answer_word(self, key: str, event: gr.EventData) -> View:
        """What is written in a word is kept, or that is taken back."""
        return self._ask(key, event, "answered", teaching.answer)

    def look_up(self, key: str, event: gr.EventData) -> Iterator[View]:
        """Every line of a list is searched for."""
        yield from self._errand(key, event, "listed", lists.serve)

    def list_words(self, key: str, event: gr.EventData) -> Iterator[View]:
        """All words of the open pages, gathered by likeness."""
        yield from self._errand(key, event, "words", wordbook.serve)

    def name_words(self, key: str, event: gr.EventData) -> View:
        """Words that look alike get a name."""
        return self._ask(key, event, "named", wordbook.name)

    def cancel(self, key: str, event: gr.EventData) -> View:
        """An errand is not waited for any more."""
        session = self._session(key)
        panel = browser.payload(event).get("panel")
        session.errands.stop(panel if isinstance(panel, str) else "")
        return self._view(session)

    def _errand(self, key: str, event: gr.EventData, panel: str, work: errands.Work) -> Iterator[View]:
        """Like `_ask`, for what takes longer than a moment."""
        session = self._session(key)
        data = browser.payload(event)
        try:
            seq = browser.number(data.get("seq"), 0, browser.MAX_COUNT)
        except mark.MarkError as error:
            session.answer(panel, {"seq": 0, "step": None, "error": str(error)})
            yield self._view(session)
            return
        for _ in errands.run(session, panel, seq, data, work):
            yield self._view(session)

    def _ask(
        self,
        key: str,
        event: gr.EventData,
        panel: str,
        serve: Callable[[Session, dict[str, Any]], dict[str, Any]],
    ) -> View:
        """What ``serve`` answers is kept for a panel, with the number of the browser's question."""
        session = self._session(key)
        data = browser.payload(event)
        answer: dict[str, Any] = {"seq": 0, "error": None}
        with told_in(answer, panel):
            answer["seq"] = browser.number(data.get("seq"), 0, browser.MAX_COUNT)
            answer |= serve(session, data)
        session.answer(panel, answer)
        return self._view(session)
