"""The named endpoints: asked by plain requests, as gradio's clients ask, and by those clients themselves."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import httpx
import pytest
from gradio_client import Client, handle_file
from gradio_client.exceptions import AppError

import mark_core as mark
from mark_core import MarkError
from mark_core.ui import app
from mark_core.ui.api.answers import AlignAnswer, ExportAnswer, HitAnswer, SearchAnswer, SegmentAnswer
from mark_core.ui.api.switch import is_switched_on
from tests.ui.doors.conftest import serving

ROOT = Path(__file__).parents[3]
EXAMPLES = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")


@pytest.fixture
def http(address: str) -> Any:
    with httpx.Client(base_url=address, timeout=60) as client:
        yield client


@pytest.fixture
def python(address: str, tmp_path: Path) -> Client:
    return Client(address, verbose=False, download_files=str(tmp_path))


@pytest.fixture
def sent(http: httpx.Client, picture: Path) -> Callable[[], str]:
    """Sends the page; gives its path on the server."""

    def send() -> str:
        with picture.open("rb") as file:
            answer = http.post("/gradio_api/upload", files={"files": ("orders.png", file)})
        assert answer.status_code == 200
        (path,) = answer.json()
        return str(path)

    return send


DEFAULTS = {
    "segment": ([], "auto", False),
    "search": ([], "", "", 20, False),
    "align": ("", ""),
    "export": ([], "csv", "", 50),
}


def run(http: httpx.Client, name: str, *given: Any) -> tuple[int, Any]:
    data = [*given, *DEFAULTS[name][len(given) :]]
    answer = http.post(f"/gradio_api/run/{name}", json={"data": data})
    return answer.status_code, answer.json()["data"][0] if answer.status_code == 200 else answer.json()[
        "error"
    ]


def example(kind: str, place: int = 0) -> str:
    return re.findall(rf"```{kind}\n(.*?)```", EXAMPLES, re.S)[place]


def names(answer: type) -> set[str]:
    return {field.name for field in fields(answer)}


def test_segment_gives_every_word_a_box_on_its_page(python: Client, picture: Path) -> None:
    found = python.predict([handle_file(str(picture))], "ltr", api_name="/segment")
    assert set(found) == names(SegmentAnswer)
    (page,) = found["pages"]
    assert (page["page"], page["name"], page["width"], page["height"]) == (1, "orders.png", 900, 500)
    assert [word["word"] for word in found["words"]] == list(range(1, 13))
    library = mark.segment(mark.load_page(str(picture)), "ltr")
    assert [(word["line"] - 1, tuple(word["box"])) for word in found["words"]] == [
        (word.line, word.box) for word in library
    ]
    for word in found["words"]:
        x, y, w, h = word["box"]
        assert 0 <= x < x + w <= 900
        assert 0 <= y < y + h <= 500


def test_search_ranks_the_words_of_all_pages(python: Client, picture: Path) -> None:
    pages = [handle_file(str(picture)), handle_file(str(picture))]
    found = python.predict(pages, example="2:3", top=7, api_name="/search")
    assert set(found) == names(SearchAnswer)
    assert [hit["rank"] for hit in found["hits"]] == list(range(1, 8))
    first = found["hits"][0]
    assert set(first) == names(HitAnswer)
    assert (first["page"], first["word"]) == (2, 3)  # the example itself
    assert first["boxes"] == [first["box"]]
    assert {hit["page"] for hit in found["hits"]} == {1, 2}


def test_align_places_or_names_every_word(python: Client, picture: Path) -> None:
    text = "orders given captain ashby\norders given captain ashby"
    found = python.predict(handle_file(str(picture)), text, api_name="/align")
    assert set(found) == names(AlignAnswer)
    words = sorted(
        (word["line"], word["number"], word["text"]) for word in found["placed"] + found["unplaced"]
    )
    assert words == [
        (line, number, word) for line in (1, 2) for number, word in enumerate(text.split()[:4], start=1)
    ]


def test_export_gives_a_file(python: Client, picture: Path) -> None:
    found = python.predict([handle_file(str(picture))], "alto", api_name="/export")
    assert set(found) == names(ExportAnswer) | {"file"}
    data = Path(found["file"]).read_bytes()  # the client has fetched it
    assert (len(data), found["name"]) == (found["bytes"], "mark-words.xml")
    assert data.count(b"<String ") == found["count"] == 12


def test_nothing_is_kept_after_an_answer(
    served: tuple[app.App, str], http: httpx.Client, sent: Callable[[], str]
) -> None:
    store = served[0].connection.store
    before = len(store)
    path = sent()
    assert Path(path).is_file()
    assert run(http, "segment", [path])[0] == 200
    assert not Path(path).exists()
    assert len(store) == before
    status, sentence = run(http, "segment", [path])
    assert status == 500
    assert "is not here: a file has to be sent" in sentence


def test_a_file_that_was_sent_can_be_read_by_nobody(http: httpx.Client, sent: Callable[[], str]) -> None:
    path = sent()
    assert http.get(f"/gradio_api/file={path}").status_code == 404
    assert run(http, "segment", [path])[0] == 200


FILE = {"_type": "gradio.FileData"}


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        ([str(ROOT / "pyproject.toml")], "is not here"),
        (["http://127.0.0.1:1/page.jpg"], "not on the public internet"),
        ([{"path": "http://127.0.0.1:1/page.jpg", "meta": FILE}], "not on the public internet"),
        ([], "Name the pages"),
        ([7], "Name each page"),
        ("page.jpg", "Name the pages"),
    ],
)
def test_what_is_no_page_gets_one_sentence(http: httpx.Client, pages: Any, said: str) -> None:
    status, sentence = run(http, "search", pages, "orders")
    assert status == 500
    assert said in sentence


@pytest.mark.parametrize(
    "more", [{}, {"is_stream": True}, {"url": "http://127.0.0.1:1/x"}], ids=["path", "stream", "address"]
)
def test_a_file_of_the_server_is_never_read(http: httpx.Client, more: dict[str, Any]) -> None:
    """gradio itself refuses objects of files that were not sent."""
    file = {"path": str(ROOT / "docs" / "screenshot.png"), "meta": FILE, **more}
    assert run(http, "segment", [file]) == (500, None)


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        ("segment", ["sideways"], "“direction” must be one of auto, ltr, rtl, ttb."),
        ("search", ["", ""], "Type a word"),
        ("search", ["orders", "9:1"], "PAGE:WORD"),
        ("search", ["orders", "", 0], "Between 1 and 500"),
        ("export", ["docx"], "“format” must be one of csv"),
    ],
)
def test_a_senseless_argument_gets_one_sentence(
    http: httpx.Client, sent: Callable[[], str], name: str, arguments: list[Any], said: str
) -> None:
    path = sent()
    status, sentence = run(http, name, [path], *arguments)
    assert status == 500
    assert said in sentence
    assert not Path(path).exists()


def test_the_client_tells_the_sentence(python: Client) -> None:
    with pytest.raises(AppError, match="is not here"):
        python.predict(["/gone/page.png"], api_name="/segment")


def test_a_damaged_page_is_noted_and_the_others_are_read(http: httpx.Client, sent: Callable[[], str]) -> None:
    (bad,) = http.post("/gradio_api/upload", files={"files": ("bad.png", b"no picture")}).json()
    status, found = run(http, "segment", [bad, sent()])
    assert status == 200
    assert len(found["pages"]) == 1
    assert len(found["notes"]) == 1


def test_types_and_descriptions_are_told(http: httpx.Client) -> None:
    told = http.get("/gradio_api/info").json()["named_endpoints"]
    assert set(told) == {"/segment", "/search", "/align", "/export"}
    search = {one["parameter_name"]: one for one in told["/search"]["parameters"]}
    assert list(search) == ["pages", "text", "example", "top", "variants"]
    assert (search["top"]["parameter_default"], search["top"]["type"]["type"]) == (20, "integer")
    assert set(told["/search"]["returns"][0]["type"]["properties"]) == names(SearchAnswer)
    assert all(one["description"] for one in told.values())


def test_a_large_or_endless_request_is_refused(http: httpx.Client) -> None:
    large = {"data": [["x" * (1 << 20)]]}
    assert http.post("/gradio_api/run/segment", json=large).status_code == 413
    pieces = (b"{}" for _ in range(2))
    assert http.post("/gradio_api/run/segment", content=pieces).status_code == 413


def test_answers_that_nobody_fetches_are_deleted(
    served: tuple[app.App, str], http: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    demo = served[0]
    body = {"data": [["/gone.png"]], "fn_index": 0, "session_hash": "never-asks"}
    assert http.post("/gradio_api/queue/join", json=body).status_code == 200
    waiting = demo._queue.pending_messages_per_session
    assert "never-asks" in waiting
    demo.api.endpoints.forget_unfetched(demo)  # type: ignore[union-attr]
    assert "never-asks" in waiting
    monkeypatch.setattr("mark_core.ui.api.endpoints.KEPT_SECONDS", -1.0)
    demo.api.endpoints.forget_unfetched(demo)  # type: ignore[union-attr]
    assert "never-asks" not in waiting


def test_the_access_word_opens_it_too(random_model: Any, picture: Path) -> None:
    with serving(random_model, MARK_API="1", MARK_ACCESS="minster", GRADIO_TEMP_DIR="") as (_, address):
        with pytest.raises(Exception, match="credentials"):
            Client(address, verbose=False)
        assert httpx.get(f"{address}/config", headers={"Authorization": "Bearer wrong"}).status_code == 401
        client = Client(address, headers={"Authorization": "Bearer Minster"}, verbose=False)
        found = client.predict([handle_file(str(picture))], api_name="/segment")
        assert len(found["words"]) == 12


def test_the_switch_is_1_or_0(monkeypatch: pytest.MonkeyPatch) -> None:
    for entry, switched in (("", False), ("0", False), ("1", True)):
        monkeypatch.setenv("MARK_API", entry)
        assert is_switched_on() is switched
    monkeypatch.setenv("MARK_API", "yes")
    with pytest.raises(MarkError, match="must be 1 or 0"):
        is_switched_on()


def _here(code: str, address: str) -> str:
    assert "http://127.0.0.1:7860" in code
    return code.replace("http://127.0.0.1:7860", address)


def _folder(tmp_path: Path, picture: Path) -> Path:
    shutil.copy(picture, tmp_path / "letter.png")
    return tmp_path


def test_the_example_for_python_runs(
    address: str, tmp_path: Path, picture: Path, monkeypatch: pytest.MonkeyPatch, capsys: Any
) -> None:
    monkeypatch.chdir(_folder(tmp_path, picture))
    exec(_here(example("python"), address), {})
    said = capsys.readouterr().out
    assert "12 words" in said
    assert "mark-words.xml" in said


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_the_example_for_curl_runs(address: str, tmp_path: Path, picture: Path) -> None:
    code = _here(example("bash", 1), address)
    done = subprocess.run(
        ["bash", "-euc", code], cwd=_folder(tmp_path, picture), capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    assert '"hits"' in done.stdout


CLIENT = ROOT / "node_modules" / "@gradio" / "client"


@pytest.mark.skipif(
    shutil.which("node") is None or not CLIENT.is_dir(), reason="Node or the client is missing"
)
def test_the_example_for_javascript_runs(address: str, tmp_path: Path, picture: Path) -> None:
    _folder(tmp_path, picture)
    (tmp_path / "node_modules").symlink_to(ROOT / "node_modules")
    (tmp_path / "ask.mjs").write_text(_here(example("js"), address), encoding="utf-8")
    done = subprocess.run(["node", "ask.mjs"], cwd=tmp_path, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "page 1" in done.stdout
