"""The web page: the features wired to the viewer."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.events import EventListener
from gradio.utils import get_upload_folder

import mark_core as mark
from mark_core.ui import language
from mark_core.ui.features import FEATURES, WATCHING
from mark_core.ui.server import Server
from mark_core.ui.session.store import SessionStore
from mark_core.ui.session.view import View
from mark_core.ui.theme import HEAD, LOGO, PAGE_CSS, theme
from mark_core.ui.tools.projects import MAX_UPLOAD_MB
from mark_core.ui.uploads.samples import Samples
from mark_core.ui.viewer import About, Brand, Viewer, modules_route

if TYPE_CHECKING:
    from mark_core import MarkModel, WordIndex

SWEEP_SECONDS = 60.0
WANTED = "() => new URLSearchParams(window.location.search).getAll('sample').join('\\n')"
UPLOAD_SECONDS = 1200  # an upload is read within seconds; queued ones may wait


class App(gr.Blocks):
    """The page. page_root: the folder of everything that sessions write, which the browser may read."""

    page_root: Path


def build_app(model: MarkModel | None = None) -> App:
    """The page, ready to launch with `launch_options`. Loads the shipped weights when no model is given."""
    model = model if model is not None else mark.load_model()

    def new_index() -> WordIndex:
        return mark.WordIndex(model)

    root = Path(tempfile.mkdtemp(prefix="mark-pages-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    samples = Samples(new_index, root)
    store = SessionStore(new_index, root, samples=samples, upload_folder=Path(get_upload_folder()))

    with App(
        title="MARK",
        analytics_enabled=False,
        fill_width=True,
        delete_cache=(UPLOAD_SECONDS // 4, UPLOAD_SECONDS),
    ) as demo:
        key = gr.State("")
        Brand(elem_id="mark-brand")
        with gr.Tabs(elem_id="mark-tabs"):
            with gr.Tab("Find words", elem_id="mark-find"):
                viewer = Viewer(elem_id="mark-viewer")
            with gr.Tab("About", elem_id="mark-about"):
                About()
        _wire(demo, Server(store), key, viewer)
    demo.page_root = root
    _start(store, samples)
    return demo


def launch_options(demo: App) -> dict[str, Any]:
    """Arguments for ``demo.launch``; host and port come from gradio's environment variables."""
    return {
        "allowed_paths": [str(demo.page_root)],
        "max_file_size": f"{MAX_UPLOAD_MB}mb",
        "share": False,
        "ssr_mode": False,
        "footer_links": [],
        "theme": theme(),
        "css": PAGE_CSS,
        "head": HEAD + language.script(),
        "favicon_path": str(LOGO),
        "app_kwargs": {"routes": [modules_route()]},
        "state_session_capacity": 500,
        "max_threads": 2 * WATCHING + 40,  # beside gradio's 40, so that waiting costs no search its thread
    }


def _wire(demo: gr.Blocks, server: Server, key: gr.State, viewer: Viewer) -> None:
    """One event a feature, named as the feature."""
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    # the address is known to the browser alone; what it says of a sample is the server's to check
    wanted = gr.Textbox(visible=False)

    def arrive(request: gr.Request, wanted: str) -> Iterator[tuple[str, View]]:
        yield from server.arrive(request.session_hash, wanted)

    def leave(request: gr.Request) -> None:
        server.leave(request.session_hash)

    demo.load(arrive, wanted, [key, viewer], js=WANTED, concurrency_limit=8, **quiet)
    demo.unload(leave)
    for name, feature in FEATURES.items():
        respond = _streaming(server, name) if feature.streams else _single(server, name)
        # "multiple": gradio drops events while one is pending otherwise; requests carry a number instead
        EventListener(event_name=name).listener(
            viewer,
            respond,
            key,
            viewer,
            trigger_mode="multiple",
            concurrency_limit=feature.limit,
            concurrency_id=name,
            **quiet,
        )
    demo.queue(max_size=200, default_concurrency_limit=8)


def _streaming(server: Server, feature: str) -> Callable[[str, gr.EventData], Iterator[View]]:
    """A gradio handler that sends a view for every reply and change."""

    def respond(key: str, event: gr.EventData) -> Iterator[View]:
        yield from server.respond(feature, key, event)

    return respond


def _single(server: Server, feature: str) -> Callable[[str, gr.EventData], View]:
    """A gradio handler that sends one view."""

    def respond(key: str, event: gr.EventData) -> View:
        *_, view = server.respond(feature, key, event)
        return view

    return respond


def _start(store: SessionStore, samples: Samples) -> None:
    """Index the first sample and let sessions expire, both beside the server."""
    if samples.samples:
        threading.Thread(target=samples.page, args=(samples.samples[0].file,), daemon=True).start()

    def sweep() -> None:
        while True:
            threading.Event().wait(SWEEP_SECONDS)
            store.sweep()

    threading.Thread(target=sweep, daemon=True).start()
