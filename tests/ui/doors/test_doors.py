"""Only what the page needs answers, only to pages of this server, with headers that forbid the rest."""

from __future__ import annotations

import re
from pathlib import Path

import httpx
import pytest

from mark_core import MarkError
from mark_core.ui.doors.headers import frame_ancestors
from mark_core.ui.doors.paths import door_of

from .conftest import Serve

TAB = {"tab": "tab-of-a-test", "wanted": ""}
CLOSED = [
    ("GET", "/monitoring"),
    ("GET", "/monitoring/summary"),
    ("GET", "/config"),
    ("GET", "/gradio_api/info"),
    ("GET", "/gradio_api/openapi.json"),
    ("GET", "/openapi.json"),
    ("GET", "/docs"),
    ("GET", "/gradio_api/runs"),
    ("GET", "/gradio_api/deep_link"),
    ("GET", "/gradio_api/queue/data"),
    ("GET", "/gradio_api/queue/status"),
    ("GET", "/gradio_api/upload_progress"),
    ("GET", "/gradio_api/app_id"),
    ("GET", "/gradio_api/proxy=https://example.hf.space/x"),
    ("GET", "/gradio_api/file=http://127.0.0.1:1/x"),
    ("GET", "/gradio_api/file=/etc/passwd"),
    ("GET", "/gradio_api/file/etc/passwd"),
    ("GET", "/gradio_api/custom_component/x/client/component/index.js"),
    ("POST", "/gradio_api/upload"),
    ("POST", "/gradio_api/queue/join"),
    ("POST", "/gradio_api/run/predict"),
    ("POST", "/gradio_api/api/predict"),
    ("POST", "/gradio_api/call/predict"),
    ("POST", "/gradio_api/call/v2/predict"),
    ("POST", "/gradio_api/component_server"),
    ("POST", "/gradio_api/process_recording"),
    ("POST", "/gradio_api/reset"),
    ("POST", "/gradio_api/cancel"),
    ("POST", "/gradio_api/vibe-code"),
    ("POST", "/login"),
    ("POST", "/"),
    ("PUT", "/session/arrive"),
    ("GET", "/session/arrive"),
    ("GET", "/metrics"),
]


@pytest.mark.parametrize(("method", "path"), CLOSED)
def test_what_the_page_does_not_need_is_not_there(client: httpx.Client, method: str, path: str) -> None:
    answer = client.request(method, path, json={"data": []} if method == "POST" else None)
    assert answer.status_code == 404
    assert "nothing at this address" in answer.text or path == "/metrics"


def test_the_page_and_its_parts_are_there(client: httpx.Client) -> None:
    page = client.get("/?sample=a&deep_link=..%2f..%2fetc")
    assert page.status_code == 200
    assert "deep_link_state" not in page.text or '"deep_link_state":"none"' in page.text.replace(" ", "")
    scripts = re.findall(r'(?:src|href)="\./(assets/[^"]+)"', page.text)
    assert len(scripts) >= 2
    for path in (*scripts, "theme.css", "favicon.ico", "robots.txt", "healthz"):
        assert client.get(f"/{path}").status_code == 200, path
    answer = client.post("/session/arrive", json=TAB)
    assert answer.json()["state"] == "here"


def test_files_of_pages_are_read_and_no_others(client: httpx.Client) -> None:
    root = client.app.page_root  # type: ignore[attr-defined]
    assert client.get(f"/gradio_api/file={root}/page.json").text == "{}"
    for other in (
        f"{root.parent}/uploads/sent.png",
        f"{root}/../uploads/sent.png",
        f"{root}/%2e%2e/uploads/sent.png",
        f"{root.parent}/.lock",
        Path(__file__),
    ):
        assert client.get(f"/gradio_api/file={other}").status_code == 404, other


def test_links_lead_nowhere_else(tmp_path: Path) -> None:
    (tmp_path / "pages").mkdir()
    (tmp_path / "secret").write_text("x")
    (tmp_path / "pages" / "link").symlink_to(tmp_path / "secret")
    assert door_of("GET", f"/gradio_api/file={tmp_path}/pages/link", tmp_path / "pages") is None
    assert door_of("GET", f"/gradio_api/file={tmp_path}/pages/a b", tmp_path / "pages") is not None


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "no-cors"},
        {"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"},  # a form that is sent off
        {"Sec-Fetch-Site": "same-site", "Sec-Fetch-Mode": "cors"},
    ],
)
def test_posts_of_other_sites_are_refused(client: httpx.Client, headers: dict[str, str]) -> None:
    for path in ("/session/arrive", "/session/upload", "/access"):
        assert client.post(path, json=TAB, headers=headers).status_code == 403


def test_other_sites_read_nothing_but_may_link_and_frame(client: httpx.Client) -> None:
    cross = {"Sec-Fetch-Site": "cross-site"}
    assert client.get("/", headers={**cross, "Sec-Fetch-Mode": "navigate"}).status_code == 200
    assert client.get("/", headers={**cross, "Sec-Fetch-Mode": "cors"}).status_code == 403
    assert client.get("/theme.css", headers={"Origin": "https://evil.example"}).status_code == 403


def test_own_posts_are_taken(client: httpx.Client) -> None:
    own = str(client.base_url).rstrip("/")
    for headers in (
        {"Origin": own},
        {"Sec-Fetch-Site": "same-origin", "Origin": "https://public.example"},  # a proxy keeps no Host
        {"Origin": "https://public.example", "X-Forwarded-Host": "public.example"},
        {},  # no browser
    ):
        assert client.post("/session/arrive", json=TAB, headers=headers).status_code == 200


def test_answers_forbid_what_is_not_the_pages_own(client: httpx.Client) -> None:
    page = client.get("/")
    policy = page.headers["content-security-policy"]
    nonce = re.search(r"script-src 'self' 'nonce-([\w-]+)'", policy)
    assert nonce is not None
    assert page.text.count("<script") == page.text.count(f'<script nonce="{nonce[1]}"') > 2
    script = policy.split("script-src")[1].split(";")[0]
    assert "unsafe-inline" not in script
    assert "*" not in policy
    for part in ("object-src 'none'", "base-uri 'self'", "form-action 'self'", "frame-ancestors 'self'"):
        assert part in policy
    assert client.get("/").headers["content-security-policy"] != policy  # a nonce is used once
    root = client.app.page_root  # type: ignore[attr-defined]
    for path in ("/", "/nowhere", "/healthz", f"/gradio_api/file={root}/page.json", "/theme.css"):
        headers = client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-frame-options"] == "SAMEORIGIN"
        assert path == "/" or headers["content-security-policy"].startswith("default-src 'none'")


def test_frames_are_those_of_spaces_or_as_told(monkeypatch: pytest.MonkeyPatch) -> None:
    assert frame_ancestors() == "'self'"
    monkeypatch.setenv("SPACE_ID", "someone/mark")
    assert "https://huggingface.co" in frame_ancestors()
    monkeypatch.setenv("MARK_FRAMES", "https://school.example, https://*.example.org")
    assert frame_ancestors() == "'self' https://school.example https://*.example.org"
    monkeypatch.setenv("MARK_FRAMES", "none")
    assert frame_ancestors() == "'none'"
    monkeypatch.setenv("MARK_FRAMES", "https://a.example; script-src *")
    with pytest.raises(MarkError, match="MARK_FRAMES must list sites"):
        frame_ancestors()


def test_names_of_hosts_are_checked_where_they_are_told(serve: Serve) -> None:
    client = serve(MARK_HOSTS="mark.example.org, *.school.example")
    for host, status in (
        ("mark.example.org", 200),
        ("mark.example.org:8443", 200),
        ("room1.school.example", 200),
        ("school.example", 400),
        ("evil.example", 400),
        ("mark.example.org.evil.example", 400),
        ("127.0.0.1", 200),
    ):
        assert client.get("/healthz", headers={"Host": host}).status_code == status, host
    forwarded = {"Host": "127.0.0.1", "X-Forwarded-Host": "evil.example"}
    assert client.get("/healthz", headers=forwarded).status_code == 400
    own = {"Host": "127.0.0.1", "Origin": "https://mark.example.org"}
    assert client.post("/session/arrive", json=TAB, headers=own).status_code == 200
