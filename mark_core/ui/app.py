"""The web page: what gradio shows of it, and the routes by which it reaches its server."""

from __future__ import annotations

import atexit
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from starlette.middleware import Middleware

import mark_core as mark
from mark_core.isolation.pool import shared_pool
from mark_core.model.zero_gpu import load_hosted_model
from mark_core.ui import language
from mark_core.ui.api.switch import is_switched_on
from mark_core.ui.connection import Connection
from mark_core.ui.doors.doors import Doors
from mark_core.ui.server import Server
from mark_core.ui.session.limits import limits_of_environment
from mark_core.ui.session.store import SessionStore
from mark_core.ui.theme import HEAD, LOGO, PAGE_CSS, theme
from mark_core.ui.tools.projects import MAX_UPLOAD_MB
from mark_core.ui.uploads.samples import Samples
from mark_core.ui.uploads.upload_queue import INDEXING
from mark_core.ui.viewer import About, Brand, Viewer, modules_route
from mark_core.ui.watching.counters import Counters
from mark_core.ui.watching.health import Health
from mark_core.ui.work_folder import WorkFolder
from mark_core.workers.indexer import shared_indexer
from mark_core.workers.pool import shared_workers

if TYPE_CHECKING:
    from mark_core import MarkModel, WordIndex
    from mark_core.ui.api.api import Api

SWEEP_SECONDS = 60.0
MAX_QUEUED = 64  # calls of the API that wait; the page does not use gradio's queue


class App(gr.Blocks):
    """The page. page_root: the folder of what sessions write that the browser may read. connection: by
    which the browser's tabs reach their sessions. counters, health: what whoever runs the server can see. api: what
    programs may ask for, None where that is switched off."""

    page_root: Path
    connection: Connection
    counters: Counters
    health: Health
    api: Api | None = None


def build_app(model: MarkModel | None = None, api: bool | None = None) -> App:
    """The page, ready to launch with `launch_options`. Loads the shipped weights when no model is given. api: whether
    programs may ask, too; by default as MARK_API says."""
    model = model if model is not None else load_hosted_model()
    indexer = shared_indexer()

    def new_index() -> WordIndex:
        return mark.WordIndex(model, indexer)

    limits, folder = limits_of_environment(), WorkFolder()
    atexit.register(folder.delete)
    root = folder.pages
    samples = Samples(new_index, root)
    store = SessionStore(new_index, root, limits, samples=samples, upload_folder=folder.uploads)

    with App(
        title="MARK",
        analytics_enabled=False,
        fill_width=True,
    ) as demo:
        Brand(elem_id="mark-brand")
        with gr.Tabs(elem_id="mark-tabs"):
            with gr.Tab("Find words", elem_id="mark-find"):
                Viewer(elem_id="mark-viewer")
            with gr.Tab("About", elem_id="mark-about"):
                About(store.limits.away_minutes, elem_id="mark-about-text")
        if is_switched_on() if api is None else api:
            from mark_core.ui.api.api import Api

            demo.api = Api(store, folder)
            demo.api.endpoints.add(demo)
    demo.queue(api_open=False, max_size=MAX_QUEUED)
    demo.page_root = root
    demo.counters = Counters()
    demo.connection = Connection(Server(store, demo.counters))
    demo.health = Health(store, demo.counters, lambda: _is_ready(samples))
    _start(store, samples, model, demo)
    return demo


def launch_options(demo: App) -> dict[str, Any]:
    """Arguments for ``demo.launch``; host, port and the path of a proxy come from gradio's environment variables."""
    doors = Middleware(Doors, files=demo.page_root, counters=demo.counters, api=demo.api is not None)
    api_routes = demo.api.routes() if demo.api else []
    return {
        # of calls of the API, whose arguments gradio keeps by session
        "state_session_capacity": 32,
        "allowed_paths": [str(demo.page_root)],
        "max_file_size": f"{MAX_UPLOAD_MB}mb",
        "share": False,
        "ssr_mode": False,
        "footer_links": [],
        "theme": theme(),
        "css": PAGE_CSS,
        "head": HEAD + language.script(),
        "favicon_path": str(LOGO),
        "enable_monitoring": False,
        "app_kwargs": {
            "routes": [modules_route(), demo.connection.route(), *demo.health.routes(), *api_routes],
            "middleware": [doors],
            **(demo.api.app_arguments() if demo.api else {}),
        },
    }


def _is_ready(samples: Samples) -> bool:
    """Whether the page that a visitor sees first is open at once."""
    first = samples.first
    return first is None or samples.is_indexed(first.file)


def _start(store: SessionStore, samples: Samples, model: MarkModel, demo: App) -> None:
    """Start a process that reads files and one that works on pages, index the first sample and let sessions expire, all
    beside the server."""
    threading.Thread(target=shared_pool().warm, daemon=True).start()
    if workers := shared_workers():
        INDEXING.slots = workers.size
        if not samples.first:  # which is worked on at once
            threading.Thread(target=workers.warm, args=(model,), daemon=True).start()
    if first := samples.first:
        threading.Thread(target=samples.page, args=(first.file,), daemon=True).start()

    def sweep() -> None:
        while True:
            threading.Event().wait(SWEEP_SECONDS)
            store.sweep()
            if demo.api is not None:
                demo.api.endpoints.forget_unfetched(demo)

    threading.Thread(target=sweep, daemon=True).start()
