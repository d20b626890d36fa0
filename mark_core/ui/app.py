"""The web page: what gradio shows of it, and the routes by which it reaches its server."""

from __future__ import annotations

import atexit
import shutil
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import gradio as gr
from gradio.utils import get_upload_folder

import mark_core as mark
from mark_core.isolation.pool import shared_pool
from mark_core.ui import language
from mark_core.ui.connection import Connection
from mark_core.ui.server import Server
from mark_core.ui.session.limits import limits_of_environment
from mark_core.ui.session.store import SessionStore
from mark_core.ui.theme import HEAD, LOGO, PAGE_CSS, theme
from mark_core.ui.tools.projects import MAX_UPLOAD_MB
from mark_core.ui.uploads.samples import Samples
from mark_core.ui.viewer import About, Brand, Viewer, modules_route

if TYPE_CHECKING:
    from mark_core import MarkModel, WordIndex

SWEEP_SECONDS = 60.0
UPLOAD_SECONDS = 1200  # an upload is read within seconds; queued ones may wait


class App(gr.Blocks):
    """The page. page_root: the folder of everything that sessions write, which the browser may read. connection: by
    which the browser's tabs reach their sessions."""

    page_root: Path
    connection: Connection


def build_app(model: MarkModel | None = None) -> App:
    """The page, ready to launch with `launch_options`. Loads the shipped weights when no model is given."""
    model = model if model is not None else mark.load_model()

    def new_index() -> WordIndex:
        return mark.WordIndex(model)

    root = Path(tempfile.mkdtemp(prefix="mark-pages-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    samples = Samples(new_index, root)
    uploads = Path(get_upload_folder())
    store = SessionStore(new_index, root, limits_of_environment(), samples=samples, upload_folder=uploads)

    with App(
        title="MARK",
        analytics_enabled=False,
        fill_width=True,
        delete_cache=(UPLOAD_SECONDS // 4, UPLOAD_SECONDS),
    ) as demo:
        Brand(elem_id="mark-brand")
        with gr.Tabs(elem_id="mark-tabs"):
            with gr.Tab("Find words", elem_id="mark-find"):
                Viewer(elem_id="mark-viewer")
            with gr.Tab("About", elem_id="mark-about"):
                About(store.limits.away_minutes, elem_id="mark-about-text")
    demo.page_root = root
    demo.connection = Connection(Server(store))
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
        "app_kwargs": {"routes": [modules_route(), demo.connection.route()]},
    }


def _start(store: SessionStore, samples: Samples) -> None:
    """Start a process that reads files, index the first sample and let sessions expire, all beside the server."""
    threading.Thread(target=shared_pool().warm, daemon=True).start()
    if first := samples.first:
        threading.Thread(target=samples.page, args=(first.file,), daemon=True).start()

    def sweep() -> None:
        while True:
            threading.Event().wait(SWEEP_SECONDS)
            store.sweep()

    threading.Thread(target=sweep, daemon=True).start()
