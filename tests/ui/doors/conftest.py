"""The real server, gradio and all, without weights and samples."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx
import pytest

from mark_core.model.mark import MarkModel
from mark_core.ui import app

Serve = Callable[..., httpx.Client]


@contextmanager
def serving(model: MarkModel, **environment: str) -> Iterator[tuple[app.App, str]]:
    """The app and its address."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        patch.setattr("mark_core.ui.uploads.samples.read_samples", lambda folder: [])
        patch.setattr(app, "_start", lambda *_: None)
        patch.setattr(app, "_is_ready", lambda *_: True)
        demo = app.build_app(model)
        options = app.launch_options(demo)
        _, address, _ = demo.launch(
            prevent_thread_lock=True, quiet=True, server_name="127.0.0.1", inbrowser=False, **options
        )
        try:
            yield demo, address.rstrip("/")
        finally:
            demo.close(verbose=False)


@pytest.fixture
def serve(random_model: MarkModel) -> Iterator[Serve]:
    """Starts a server with an environment; gives a client of it, whose ``app`` is the page."""
    with ExitStack() as stack:

        def start(**environment: str) -> httpx.Client:
            demo, address = stack.enter_context(serving(random_model, **environment))
            client = stack.enter_context(httpx.Client(base_url=address, timeout=30))
            client.app = demo  # type: ignore[attr-defined]
            return client

        yield start


@pytest.fixture(scope="module")
def client(random_model: MarkModel) -> Iterator[httpx.Client]:
    """A client of one server for all tests of a module, in an environment of nothing."""
    with serving(random_model) as (demo, address), httpx.Client(base_url=address, timeout=30) as client:
        file = demo.page_root / "page.json"
        file.write_text("{}")
        Path(demo.page_root.parent / "uploads" / "sent.png").write_bytes(b"x")
        client.app = demo  # type: ignore[attr-defined]
        yield client
