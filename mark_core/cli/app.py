"""``mark app`` on the command line: serves the page."""

from __future__ import annotations

import argparse
import signal
import sys
from typing import Any

from mark_core.cli.options import add_command
from mark_core.errors import MarkError


def add_app(commands: Any) -> None:
    """Add ``app``."""
    app = add_command(commands, "app", "serve the page, until Ctrl+C ends it", _serve, _show)
    app.add_argument("--host", help="address to listen on (default: GRADIO_SERVER_NAME or 127.0.0.1)")
    app.add_argument(
        "--port", type=int, help="port (default: GRADIO_SERVER_PORT or the first free one from 7860)"
    )
    app.add_argument(
        "--api",
        action="store_true",
        default=None,
        help="let programs and language models ask, too, see docs/api.md (default: MARK_API)",
    )


def serve(host: str | None = None, port: int | None = None, api: bool | None = None) -> None:
    """Serve the page until the process is ended. api: programs may ask, too; by default as MARK_API says. Raises
    MarkError where gradio is not installed."""
    try:
        from mark_core.ui.app import build_app, launch_options
        from mark_core.ui.watching.json_log import begin_logging
    except ModuleNotFoundError as error:
        if error.name != "gradio":
            raise
        raise MarkError("The page needs the package gradio: pip install 'mark-core[app]'.") from error
    begin_logging()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # exit in order: visitors' pages are deleted
    demo = build_app(api=api)
    demo.launch(server_name=host, server_port=port, **launch_options(demo))


def _serve(options: argparse.Namespace) -> None:
    serve(options.host, options.port, options.api)


def _show(_: None) -> None:
    """Nothing is left to say when the page was closed."""
