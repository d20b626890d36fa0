from __future__ import annotations

import json
from pathlib import Path

import pytest

from mark_core import MarkError
from mark_core.message import Message
from mark_core.ui.replies import UNEXPECTED, Progress, done, error_reply, failed, reply, to_json
from mark_core.ui.requests import Request

ASKED = Request("export", "export", 7)


def test_a_reply_has_one_form() -> None:
    keys = {"feature", "action", "number", "state", "step", "fraction", "error", "data"}
    progress = Progress.of("Writing", 0.5)
    for one in (done(ASKED, words=3), failed(ASKED, Message("No.")), reply(ASKED, "working", progress)):
        written = one.to_json()
        assert set(written) == keys
        assert (written["feature"], written["action"], written["number"]) == ("export", "export", 7)
    assert done(ASKED, words=3).to_json()["data"] == {"words": 3}
    assert failed(ASKED, Message("No.")).to_json()["error"] == {"id": "No.", "values": {}}
    working = reply(ASKED, "working", progress).to_json()
    assert (working["step"], working["fraction"]) == ({"id": "Writing", "values": {}}, 0.5)


def test_values_of_the_server_become_plain_ones() -> None:
    inner = Message("only {count} more pages fit", {"count": 4})
    value = {"path": Path("a") / "b.csv", "rows": (1, Message("Too many, {room}.", {"room": inner}))}
    assert json.loads(json.dumps(to_json(value))) == {
        "path": str(Path("a") / "b.csv"),
        "rows": [
            1,
            {"id": "Too many, {room}.", "values": {"room": {"id": inner.id, "values": {"count": 4}}}},
        ],
    }


def test_only_a_sentence_for_people_reaches_them(caplog: pytest.LogCaptureFixture) -> None:
    told = error_reply(ASKED, MarkError("There are pages 1 to {last}.", last=7))
    assert str(told.error) == "There are pages 1 to 7."
    assert caplog.records == []
    assert error_reply(ASKED, KeyError("secret")).error == UNEXPECTED
    assert "export" in caplog.text


@pytest.mark.parametrize(("given", "shown"), [(-1, 0.0), (0.123456, 0.123), (7, 1.0)])
def test_a_fraction_is_held_to_its_bounds(given: float, shown: float) -> None:
    assert Progress.of("Reading", given).fraction == shown
