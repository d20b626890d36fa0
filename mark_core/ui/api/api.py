"""The API and the tools for language models, where they are switched on: ``MARK_API=1`` or ``mark app --api``."""

from __future__ import annotations

import importlib.util
import os
from typing import Any

from starlette.routing import BaseRoute, Route

from mark_core.ui.api.calls import Calls
from mark_core.ui.api.endpoints import Endpoints
from mark_core.ui.api.sent_files import SentFiles
from mark_core.ui.session.store import SessionStore
from mark_core.ui.work_folder import WorkFolder


class Api:
    """Its routes beside those of gradio. has_tools: whether there are tools for language models, which need the package
    ``mcp``."""

    def __init__(self, store: SessionStore, folder: WorkFolder) -> None:
        os.environ["GRADIO_TEMP_DIR"] = str(folder.path)  # gradio takes files from nowhere else
        self._sent = SentFiles(store)
        calls = Calls(store, self._sent)
        self.endpoints = Endpoints(calls, store)
        self.has_tools = importlib.util.find_spec("mcp") is not None
        self._tools: Any = None
        if self.has_tools:
            from mark_core.ui.api.tools import Tools

            self._tools = Tools(calls)

    def routes(self) -> list[BaseRoute]:
        upload = Route("/gradio_api/upload", self._sent.receive, methods=["POST"], include_in_schema=False)
        return [upload, *(self._tools.routes() if self._tools else [])]

    def app_arguments(self) -> dict[str, Any]:
        """Of gradio's app, beside its routes."""
        return {"lifespan": self._tools.lifespan} if self._tools else {}
