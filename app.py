"""Starts the web page, here or on Hugging Face Spaces.

``python app.py`` serves http://127.0.0.1:7860; GRADIO_SERVER_NAME and GRADIO_SERVER_PORT change that.
"""

from mark_core.cli.app import serve

if __name__ == "__main__":
    serve()
