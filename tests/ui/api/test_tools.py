"""The tools for language models, called by the client of the Model Context Protocol."""

from __future__ import annotations

import base64
import io
import json
import re
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

pytest.importorskip("mcp")

from mcp import ClientSession
from mcp.client.streamable_http import streamablehttp_client

from tests.helpers.event_loop import in_a_loop

EXAMPLES = (Path(__file__).parents[3] / "docs" / "api.md").read_text(encoding="utf-8")


def ask(address: str, question: Callable[[ClientSession], Awaitable[Any]]) -> Any:
    """What a question to a client of the server gives."""

    async def connected() -> Any:
        async with (
            streamablehttp_client(f"{address}/mcp") as (reading, writing, _),
            ClientSession(reading, writing) as client,
        ):
            await client.initialize()
            return await question(client)

    return in_a_loop(connected())


def call(address: str, name: str, **arguments: Any) -> Any:
    return ask(address, lambda client: client.call_tool(name, arguments))


@pytest.fixture
def sent(address: str, picture: Path) -> str:
    with picture.open("rb") as file:
        (path,) = httpx.post(f"{address}/gradio_api/upload", files={"files": file}).json()
    return str(path)


def test_the_tools_are_the_endpoints_with_descriptions(address: str) -> None:
    tools = ask(address, lambda client: client.list_tools()).tools
    assert {tool.name for tool in tools} == {"segment", "search", "align", "export"}
    for tool in tools:
        assert tool.description
        assert all(one.get("description") for one in tool.inputSchema["properties"].values())


def test_search_shows_pictures_of_its_hits(address: str, sent: str) -> None:
    answer = call(address, "search", pages=[sent], example="1:3", top=4, pictures=2)
    assert not answer.isError
    text, *pictures = answer.content
    assert json.loads(text.text) == answer.structuredContent
    assert [hit["rank"] for hit in answer.structuredContent["hits"]] == [1, 2, 3, 4]
    assert [one.type for one in pictures] == ["image", "image"]
    _, _, w, h = answer.structuredContent["hits"][0]["box"]
    assert Image.open(io.BytesIO(base64.b64decode(pictures[0].data))).size == (w + h // 2 * 2, h + h // 2 * 2)


def test_segment_align_and_export(address: str, picture: Path) -> None:
    def send() -> str:
        with picture.open("rb") as file:
            return httpx.post(f"{address}/gradio_api/upload", files={"files": file}).json()[0]

    assert len(call(address, "segment", pages=[send()]).structuredContent["words"]) == 12
    placed = call(address, "align", page=send(), text="orders given").structuredContent
    assert len(placed["placed"]) + len(placed["unplaced"]) == 2
    text, file = call(address, "export", pages=[send()], format="csv").content
    assert len(base64.b64decode(file.resource.blob)) == json.loads(text.text)["bytes"]


def test_what_cannot_be_done_is_one_sentence(address: str) -> None:
    answer = call(address, "search", pages=["http://127.0.0.1:1/page.jpg"], text="orders")
    assert answer.isError
    assert [one.text for one in answer.content] == [
        "The server 127.0.0.1 is not on the public internet, so nothing is fetched from it."
    ]


def test_nothing_but_calls_is_answered(address: str) -> None:
    assert httpx.get(f"{address}/mcp").status_code == 405
    assert httpx.delete(f"{address}/mcp").status_code == 405
    assert httpx.post(f"{address}/mcp", content=b"x" * (1 << 20 | 1)).status_code == 413
    assert (
        httpx.post(f"{address}/mcp", json={}, headers={"Origin": "https://evil.example"}).status_code == 403
    )


def test_the_example_runs(address: str, sent: str, capsys: Any) -> None:
    code = re.findall(r"```python\n(.*?)```", EXAMPLES, re.S)[1]
    assert "http://127.0.0.1:7860" in code
    assert "https://example.org/letter.jpg" in code
    code = code.replace("http://127.0.0.1:7860", address).replace("https://example.org/letter.jpg", sent)
    with ThreadPoolExecutor(1) as thread:  # which has no event loop yet, as a program has none
        thread.submit(exec, code, {}).result()
    assert "image/png" in capsys.readouterr().out
