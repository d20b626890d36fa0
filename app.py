"""Starts the web page, here or on Hugging Face Spaces.

``python app.py`` serves http://127.0.0.1:7860; GRADIO_SERVER_NAME and GRADIO_SERVER_PORT change that.
"""

import signal
import sys

from mark_core.ui.app import build_app, launch_options

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # exit in order: visitors' pages are deleted
    demo = build_app()
    demo.launch(**launch_options(demo))
