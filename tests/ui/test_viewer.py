"""The scripts of the page: one for every feature, modules without circles, served under an address of their own."""

from __future__ import annotations

import re

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from mark_core.ui import viewer
from mark_core.ui.features import FEATURES

from .strings import PAGE, ROOT

IMPORTED = re.compile(r'(?m)(?:^import\s[^;"]*|\bfrom\s|\bimport\()"(\.[^"]+)"')
DIALOGS = (
    "export",
    "learning",
    "active_learning",
    "list_search",
    "word_clusters",
    "explanation",
    "transcript",
)


def imports() -> dict[str, set[str]]:
    """The scripts that each script imports, by their names in the folder of the page."""
    return {
        name: {
            ((PAGE / name).parent / target).resolve().relative_to(PAGE).as_posix()
            for target in IMPORTED.findall((PAGE / name).read_text(encoding="utf-8"))
        }
        for name in viewer._scripts()
    }


def test_every_import_is_there_and_none_is_a_circle() -> None:
    graph = imports()
    assert "screen.js" in graph["main.js"]
    assert set().union(*graph.values()) <= set(graph)
    left = dict(graph)
    while ready := [name for name, needed in left.items() if not needed & set(left)]:
        for name in ready:
            del left[name]
    assert left == {}


@pytest.mark.parametrize("feature", FEATURES)
def test_a_feature_has_one_name_on_the_server_in_the_browser_and_in_the_tests(feature: str) -> None:
    (module,) = (ROOT / "mark_core" / "ui").glob(f"*/{feature}.py")
    assert (PAGE / module.parent.name / f"{feature}.js").is_file()
    assert len(list((ROOT / "tests" / "ui").rglob(f"test_{feature}.py"))) == 1
    asked = re.compile(rf'\b(?:request|send|notify|askForPages)\(\s*"{feature}"|new Dialog\("{feature}"')
    assert any(asked.search((PAGE / name).read_text(encoding="utf-8")) for name in viewer._scripts())


@pytest.mark.parametrize("feature", DIALOGS)
def test_a_dialog_lies_beside_its_script(feature: str) -> None:
    (html,) = PAGE.glob(f"*/{feature}.html")
    assert html.with_suffix(".js").is_file()
    assert f'class="mk-panel mk-{feature}-panel"' in html.read_text(encoding="utf-8")


def test_scripts_are_served_as_modules_that_may_be_kept() -> None:
    client = TestClient(FastAPI(routes=[viewer.modules_route()]))
    for name in viewer._scripts():
        answer = client.get(f"/viewer/{viewer.version()}/{name}")
        assert answer.status_code == 200, name
        assert "javascript" in answer.headers["content-type"]
        assert "immutable" in answer.headers["cache-control"]
    assert client.get(f"/viewer/{viewer.version()}/../../pyproject.toml").status_code == 404


def test_another_script_has_another_address(monkeypatch: pytest.MonkeyPatch) -> None:
    before = viewer.version()
    monkeypatch.setattr(viewer, "_read", lambda name: f"// changed {name}")
    viewer.version.cache_clear()
    try:
        assert viewer.version() != before
    finally:
        viewer.version.cache_clear()
