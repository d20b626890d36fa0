"""A short run of the fuzzer over a page that really runs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "benchmarks" / "hosting" / "hostile_inputs.py"
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="measures memory as Linux tells it")


def test_hostile_inputs_stop_nothing() -> None:
    command = [
        sys.executable,
        str(SCRIPT),
        "--inputs",
        "40",
        "--first",
        "7000",
        "--no-known",
        "--minutes",
        "3",
    ]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.stdout, found.stderr
    told = json.loads(found.stdout)
    assert told["inputs"] == 40, told
    assert not told["server died"]
    assert (told["visitor's errors"], told["hangs"]) == ([], [])
    assert set(told["visitor's longest waits"]) == {"search", "pages", "export"}
    assert max(told["visitor's longest waits"].values()) < 10
    assert told["longest cancel"] < 4


def test_every_event_of_the_page_is_attacked() -> None:
    sys.path.insert(0, str(SCRIPT.parent))
    try:
        import hostile_inputs
    finally:
        sys.path.remove(str(SCRIPT.parent))
    from mark_core.ui.collection.edits import ACTIONS as EDITS
    from mark_core.ui.features import FEATURES
    from mark_core.ui.tools import transcript
    from mark_core.ui.uploads import pages, uploads

    events = hostile_inputs.EVENTS
    assert set(events) == set(FEATURES)
    assert set(events["editing"]) == set(EDITS)
    assert set(events["uploads"]) == {*uploads.ACTIONS, "open_sample"}
    assert set(events["pages"]) == set(pages.ACTIONS)
    assert set(events["transcript"]) == {"align", *transcript.ACTIONS}
