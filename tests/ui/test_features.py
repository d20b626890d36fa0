"""The table of features against what is there under their names."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import mark_core.ui
from mark_core.model.mark import MarkModel
from mark_core.ui import app
from mark_core.ui.features import FEATURES

TESTS = Path(__file__).parent
VIEWER = TESTS.parents[1] / "assets" / "viewer"
SENT = re.compile(r'\b(?:request|send|notify)\(\s*"(\w+)",')  # the first argument of the page's requests


def modules() -> dict[str, str]:
    """The first line of the docstring of every module of the server, by its name."""
    found = {}
    for module in pkgutil.walk_packages(mark_core.ui.__path__, "mark_core.ui."):
        doc = importlib.import_module(module.name).__doc__ or ""
        found[module.name] = doc.partition("\n")[0]
    return found


@pytest.mark.parametrize("name", FEATURES)
def test_a_feature_has_one_name(name: str) -> None:
    module = importlib.import_module(FEATURES[name].handle.__module__)
    assert module.__name__.rpartition(".")[2] == name
    assert FEATURES[name].handle is module.handle
    assert (module.__doc__ or "").startswith(f'Feature "{name}": ')
    assert len(list(TESTS.rglob(f"test_{name}.py"))) == 1


def test_no_feature_is_missing_from_the_table() -> None:
    described = {name for name, doc in modules().items() if doc.startswith("Feature ")}
    assert described == {feature.handle.__module__ for feature in FEATURES.values()}


def test_the_app_listens_to_every_feature(random_model: MarkModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "_start", lambda *_: None)
    demo = app.build_app(random_model)
    assert {name: turns.slots for name, turns in demo.connection.turns.items()} == {
        name: feature.limit for name, feature in FEATURES.items()
    }
    routes = app.launch_options(demo)["app_kwargs"]["routes"]
    (session,) = (route for route in routes if route.name == "session")
    assert {route.path for route in session.routes} == {
        "/arrive",
        "/request",
        "/views",
        "/leave",
        "/upload",
    }
    # gradio's client reloads the page after a connection that breaks during one of its own events
    assert list(demo.fns.values()) == []


@pytest.mark.parametrize("name", FEATURES)
def test_the_page_has_the_feature_under_the_same_name(name: str) -> None:
    """Its script, and its style and fragment where it has them, in the folder that its handler has on the server."""
    folder = FEATURES[name].handle.__module__.split(".")[-2]
    assert (VIEWER / folder / f"{name}.js").is_file()
    for suffix in ("js", "css", "html"):
        assert {path.parent.name for path in VIEWER.rglob(f"{name}.{suffix}")} <= {folder}, suffix


def test_the_page_sends_requests_of_features_alone() -> None:
    scripts = [path.read_text(encoding="utf-8") for path in sorted(VIEWER.rglob("*.js"))]
    sent = {name for script in scripts for name in SENT.findall(script)}
    assert sent
    assert sent <= set(FEATURES)
    for name in FEATURES:
        assert any(f'"{name}"' in script for script in scripts), name
