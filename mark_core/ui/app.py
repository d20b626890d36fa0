"""The web page: the desk's handlers wired to the viewer."""

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
from mark_core.ui import language
from mark_core.ui.desk import Desk
from mark_core.ui.projects import MAX_UPLOAD_MB
from mark_core.ui.samples import SampleShelf
from mark_core.ui.store import SessionStore
from mark_core.ui.theme import HEAD, LOGO, PAGE_CSS, theme
from mark_core.ui.viewer import About, Brand, Viewer

if TYPE_CHECKING:
    from mark_core import MarkModel, WordIndex

SWEEP_SECONDS = 60.0
WANTED = "() => new URLSearchParams(window.location.search).getAll('sample').join('\\n')"
WATCHERS = 100  # tabs that are told how far their pages are; each waits in a thread
UPLOAD_SECONDS = 1200  # an upload is read within seconds; queued ones may wait


def build_app(model: MarkModel | None = None) -> gr.Blocks:
    """The page, ready to launch with `launch_options`. Loads the shipped weights when no model is given."""
    model = model if model is not None else mark.load_model()

    def new_index() -> WordIndex:
        return mark.WordIndex(model)

    root = Path(tempfile.mkdtemp(prefix="mark-pages-"))
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    store = SessionStore(new_index, root)
    shelf = SampleShelf(new_index, root)
    desk = Desk(store, shelf, Path(get_upload_folder()))

    with gr.Blocks(
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
        _wire(demo, desk, key, viewer)
    demo.page_root = root
    _start(store, shelf)
    return demo


def launch_options(demo: gr.Blocks) -> dict[str, Any]:
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
        "state_session_capacity": 500,
        "max_threads": 2 * WATCHERS
        + 40,  # beside gradio's own number, so that waiting costs no search its thread
    }


def _wire(demo: gr.Blocks, desk: Desk, key: gr.State, viewer: Viewer) -> None:
    quiet: dict[str, Any] = {"show_progress": "hidden", "api_visibility": "private"}
    # the address is known to the browser alone; what it says of a sample is the desk's to check
    wanted = gr.Textbox(visible=False)
    demo.load(desk.arrive, wanted, [key, viewer], js=WANTED, concurrency_limit=8, **quiet)
    demo.unload(desk.leave)
    # "multiple": gradio drops events while one is pending otherwise; answers carry a number instead
    for event, handler, limit in (
        (viewer.search_words, desk.search, 4),
        (viewer.judge_hit, desk.judge, 4),
        (viewer.explain_hit, desk.explain, 4),
        (viewer.add_files, desk.add, WATCHERS),
        (viewer.add_address, desk.add_address, WATCHERS),
        (viewer.choose_pages, desk.choose, WATCHERS),
        (viewer.save_project, desk.save, 2),
        (viewer.stop_intake, desk.stop, 4),
        (viewer.open_sample, desk.open_sample, 4),
        (viewer.rename_page, desk.rename, 4),
        (viewer.move_page, desk.move, 4),
        (viewer.remove_page, desk.remove, 4),
        (viewer.undo_remove, desk.undo, 4),
        (viewer.correct_boxes, desk.correct, 4),
        (viewer.take_away, desk.take_away, 2),
        (viewer.learn_hand, desk.learn, 8),
        (viewer.steer_learning, desk.steer, 4),
        (viewer.ask_words, desk.ask_words, 2),
        (viewer.answer_word, desk.answer_word, 4),
        (viewer.look_up_list, desk.look_up, 2),
        (viewer.list_words, desk.list_words, 2),
        (viewer.name_words, desk.name_words, 4),
        (viewer.cancel_errand, desk.cancel, 4),
    ):
        event(handler, key, viewer, trigger_mode="multiple", concurrency_limit=limit, **quiet)
    viewer.follow_intake(
        desk.follow, key, viewer, trigger_mode="multiple", concurrency_limit=WATCHERS, **quiet
    )
    demo.queue(max_size=200, default_concurrency_limit=8)


def _start(store: SessionStore, shelf: SampleShelf) -> None:
    """Indexes the first sample and lets sessions expire, both beside the server."""
    if shelf.samples:
        threading.Thread(target=shelf.sheet, args=(shelf.samples[0].file,), daemon=True).start()

    def sweep() -> None:
        while True:
            threading.Event().wait(SWEEP_SECONDS)
            store.sweep()

    threading.Thread(target=sweep, daemon=True).start()
