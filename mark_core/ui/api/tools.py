"""The API as tools of the Model Context Protocol (MCP), by which language models call programs: the same four, with
pictures of the hits, answered in one request without a session."""

from __future__ import annotations

import base64
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import asdict
from typing import Annotated, Any

import anyio.to_thread
from mcp.server.fastmcp import Context, FastMCP
from mcp.server.transport_security import TransportSecuritySettings
from mcp.types import BlobResourceContents, CallToolResult, EmbeddedResource, ImageContent, TextContent
from pydantic import AnyUrl, Field
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from mark_core.ui.api.calls import Calls
from mark_core.ui.doors.address import address_of, trusted_proxies
from mark_core.ui.replies import error_message

PATH = "/mcp"
PICTURES = 5
MAX_PICTURES = 20
INSTRUCTIONS = (
    "Finds words in scans of historical documents without a transcription. Pages are named by their web addresses: "
    "images, PDFs, IIIF manifests or info.json. Scores are calibrated probabilities; look at the pictures of the hits "
    "before you rely on them. Boxes are [x, y, w, h] in pixels of the page as it was read."
)

Pages = Annotated[
    list[str],
    Field(description="Web addresses of images, PDFs or IIIF manifests, or paths of files that were sent"),
]
Result = tuple[Any, list[Any]]  # the answer, and what is shown beside it


class Tools:
    """The tools and the routes by which they are called."""

    def __init__(self, calls: Calls) -> None:
        self._calls = calls
        self._proxies = trusted_proxies()
        self._server = FastMCP(
            "MARK",
            instructions=INSTRUCTIONS,
            stateless_http=True,
            json_response=True,
            streamable_http_path=PATH,
            # the doors of the page's server look at hosts and origins
            transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
            log_level="WARNING",
        )
        for tool in (self.segment, self.search, self.align, self.export):
            self._server.add_tool(tool)
        self._routes = self._server.streamable_http_app().routes

    def routes(self) -> list[BaseRoute]:
        """There is nothing to listen to and no session to end: a request is answered at once."""
        only_post = Route(PATH, _only_post, methods=["GET", "DELETE"], include_in_schema=False)
        return [only_post, *self._routes]

    @asynccontextmanager
    async def lifespan(self, app: Any) -> AsyncIterator[None]:
        """Of the app: tools can be called within."""
        async with self._server.session_manager.run():
            yield

    async def segment(
        self,
        pages: Pages,
        context: Context,  # type: ignore[type-arg]
        direction: Annotated[str, Field(description="Of writing: auto, ltr, rtl or ttb")] = "auto",
        flatten: Annotated[bool, Field(description="Whether curved pages are flattened first")] = False,
    ) -> CallToolResult:
        """Finds the words of pages: their boxes in reading order, with lines."""
        return await self._result(
            context, lambda address: (self._calls.segment(address, pages, direction, flatten), [])
        )

    async def search(
        self,
        pages: Pages,
        context: Context,  # type: ignore[type-arg]
        text: Annotated[str, Field(description="A word, a phrase, a pattern with * and ?, or word~1")] = "",
        example: Annotated[str, Field(description="A word of the pages as PAGE:WORD, counted from 1")] = "",
        top: Annotated[int, Field(description="How many hits")] = 20,
        variants: Annotated[bool, Field(description="Whether old spellings match as well")] = False,
        pictures: Annotated[
            int, Field(description="How many of the best hits are shown", ge=0, le=20)
        ] = PICTURES,
    ) -> CallToolResult:
        """Searches pages for a word or phrase, without a transcription: the hits, best first, with probabilities, and
        pictures of the best of them."""

        def search(address: str) -> Result:
            found, shown = self._calls.search(
                address, pages, text, example, top, variants, min(pictures, MAX_PICTURES)
            )
            return found, [
                ImageContent(type="image", data=_base64(picture), mimeType="image/png") for picture in shown
            ]

        return await self._result(context, search)

    async def align(
        self,
        page: Annotated[str, Field(description="The address of one image, or of a manifest with one page")],
        text: Annotated[str, Field(description="The transcription, a line for each line of the page")],
        context: Context,  # type: ignore[type-arg]
    ) -> CallToolResult:
        """Places a transcription on its page: a box for each of its words."""
        return await self._result(context, lambda address: (self._calls.align(address, page, text), []))

    async def export(
        self,
        pages: Pages,
        format: Annotated[str, Field(description="csv, json, iiif, page, alto, hocr, tei, png or pdf")],
        context: Context,  # type: ignore[type-arg]
        text: Annotated[str, Field(description="A word whose hits are written; all words without it")] = "",
        top: Annotated[int, Field(description="How many hits")] = 50,
    ) -> CallToolResult:
        """Writes a file of all words of pages, or of the hits of a word."""

        def export(address: str) -> Result:
            answer, data = self._calls.export(address, pages, format, text, top)
            file = BlobResourceContents(
                uri=AnyUrl(f"file:///{answer.name}"), mimeType=answer.media_type, blob=_base64(data)
            )
            return answer, [EmbeddedResource(type="resource", resource=file)]

        return await self._result(context, export)

    async def _result(self, context: Any, function: Callable[[str], Result]) -> CallToolResult:
        """What a tool answers: JSON, and what is shown beside it; or one sentence that says why not."""
        address = address_of(context.request_context.request, self._proxies)
        try:
            answer, shown = await anyio.to_thread.run_sync(function, address)
        except Exception as error:
            sentence = str(error_message(error, "mcp"))
            return CallToolResult(isError=True, content=[TextContent(type="text", text=sentence)])
        values = asdict(answer)
        text = json.dumps(values, ensure_ascii=False)
        return CallToolResult(content=[TextContent(type="text", text=text), *shown], structuredContent=values)


async def _only_post(request: Request) -> Response:
    return Response(status_code=405, headers={"Allow": "POST"})


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()
