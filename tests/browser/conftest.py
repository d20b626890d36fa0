"""A real server and a real browser, one of each for all tests here."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 300  # importing torch takes minutes on a machine that is busy training
BROWSERS = [
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "/usr/bin/chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
]

STEPS_SEEN = "try { localStorage.setItem('mark-tour', 'shown'); } catch {}"
SLOW = 120_000  # milliseconds that pages may take on a busy computer
TEXTS = [
    ["the harbour lay", "quiet at dawn"],
    ["a second letter", "about the harbour"],
    ["nothing of note", "but harbour dues"],
]
LINES = ["the quick brown fox", "jumps over the lazy", "dog beside the river"]


def chromium() -> str:
    """Path of the browser. Without one the tests fail, unless MARK_SKIP_BROWSER is set."""
    named = os.environ.get("MARK_CHROMIUM")
    for name in [named] if named else BROWSERS:
        path = shutil.which(name)
        if path:
            return path
    if os.environ.get("MARK_SKIP_BROWSER"):
        pytest.skip("no Chromium, and MARK_SKIP_BROWSER is set")
    pytest.fail(
        "The browser tests need Chromium: install it (apt-get install chromium), or name it "
        "in MARK_CHROMIUM, or set MARK_SKIP_BROWSER=1 to go without them.",
        pytrace=False,
    )


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    path = chromium()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of the app, started as a visitor's machine would: ``python app.py``, with one worker process."""
    app, folder = os.environ.get("MARK_TEST_APP", "app.py"), tmp_path_factory.mktemp("server")
    with running(app, folder, MARK_WORKERS="1") as address:
        yield address


@pytest.fixture(scope="session")
def quick_learning_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of an app that learns within seconds, see ``quick_learning.py``."""
    with running("tests/browser/quick_learning.py", tmp_path_factory.mktemp("quick")) as address:
        yield address


@contextmanager
def running(app: str, folder: Path, **settings: str) -> Iterator[str]:
    """Address of a program of this repository that serves the app; it ends with the block. settings: environment
    variables of it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    log = folder / "log.txt"
    environment = {
        **os.environ,
        "GRADIO_SERVER_PORT": str(port),
        "GRADIO_SERVER_NAME": "127.0.0.1",
        "GRADIO_TEMP_DIR": str(folder / "uploads"),
        "MARK_CACHE": str(folder / "cache"),
        "MARK_FIRST_SAMPLE": "letter-english",  # its words are all known
        "MARK_ALLOW_HOSTS": "127.0.0.1",  # where the tests' own digital library is
        "OMP_NUM_THREADS": os.environ.get("OMP_NUM_THREADS", "2"),
        **settings,
    }
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, app], cwd=ROOT, env=environment, stdout=output, stderr=output
        )
    try:
        _wait(f"http://127.0.0.1:{port}/", process, log)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        try:
            process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(address, timeout=2):
                return
        except urllib.error.HTTPError:  # it asks for the access word
            return
        except OSError:
            time.sleep(0.3)
    pytest.fail(f"The app did not start:\n{log.read_text(errors='replace')[-3000:]}", pytrace=False)


@pytest.fixture(scope="session")
def rendered_page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A page whose words are known, in the font that Pillow carries within it."""
    image = Image.new("RGB", (1000, 560), (236, 232, 222))
    pen = ImageDraw.Draw(image)
    font = ImageFont.load_default(64)
    for number, line in enumerate(LINES):
        pen.text((70, 80 + 150 * number), line, (45, 40, 38), font)
    path = tmp_path_factory.mktemp("files") / "known words.png"
    image.save(path)
    return path


OpenPage = Callable[..., Page]


def is_fault(message: ConsoleMessage) -> bool:
    """Whether a message of the console is an error. A picture on its way whose page is closed meanwhile is cut off."""
    return message.type == "error" and "ERR_CONTENT_LENGTH_MISMATCH" not in message.text


@pytest.fixture(scope="session")
def shared_context(browser: Browser) -> Iterator[BrowserContext]:
    """A context that keeps scripts of the page in its cache, which halves the work of opening it (2.1 instead of 4.5
    seconds of processor time). A test that asks for anything special has a context of its own."""
    context = browser.new_context()
    context.add_init_script(STEPS_SEEN)
    yield context
    context.close()


def clear(context: BrowserContext, server: str) -> None:
    """Close the pages of a context, with everything that the page keeps in the browser and was allowed to do."""
    for page in context.pages:
        page.close()
    page = context.new_page()
    stored = {"origin": server, "storageTypes": "cookies,local_storage,indexeddb"}
    context.new_cdp_session(page).send("Storage.clearDataForOrigin", stored)
    page.close()
    context.clear_permissions()


@pytest.fixture
def open_page(browser: Browser, server: str, shared_context: BrowserContext) -> Iterator[OpenPage]:
    """Opens the app and waits for the first sample's boxes; nothing of earlier tests is kept in the browser.

    first_visit: whether the first steps are shown, which otherwise count as seen. A second page beside an open one is
    that of another visitor.

    When the test ends, nothing may have been asked of another host and no error may stand in the console.
    """
    contexts: list[BrowserContext] = []
    faults: list[str] = []

    def watch(page: Page) -> None:
        page.on("console", lambda m: faults.append(f"console: {m.text}") if is_fault(m) else None)
        page.on("pageerror", lambda error: faults.append(f"page error: {error}"))
        page.on("request", lambda r: None if _is_ours(r.url, server) else faults.append(f"foreign: {r.url}"))

    def open_(
        width: int = 1280,
        height: int = 860,
        *,
        first_visit: bool = False,
        **options: object,
    ) -> Page:
        if first_visit or options or shared_context.pages:
            context = browser.new_context(**options)
            contexts.append(context)
            if not first_visit:
                context.add_init_script(STEPS_SEEN)
        else:
            context = shared_context
        page = context.new_page()
        page.set_viewport_size({"width": width, "height": height})
        page.set_default_timeout(20_000)
        watch(page)
        page.goto(server)
        page.wait_for_selector(".mk-word", state="attached", timeout=90_000)
        return page

    yield open_
    for context in contexts:
        context.close()
    clear(shared_context, server)
    assert faults == []


def draw_page(path: Path, lines: list[str]) -> Path:
    image = Image.new("RGB", (900, 130 * len(lines) + 60), (236, 232, 222))
    pen = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        pen.text((60, 40 + 130 * number), line, (45, 40, 38), ImageFont.load_default(64))
    image.save(path)
    return path


@pytest.fixture(scope="session")
def letters(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A zip of three pages."""
    folder = tmp_path_factory.mktemp("letters")
    path = folder / "letters.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for number, lines in enumerate(TEXTS, start=1):
            archive.write(draw_page(folder / f"letter {number}.png", lines), f"letter {number}.png")
    return path


Collection = Callable[..., Page]


def add(page: Page, *paths: Path) -> None:
    page.locator(".mk-file").set_input_files([str(path) for path in paths])


def wait_for_pages(page: Page, number: int) -> None:
    expect(page.locator(".mk-page")).to_have_count(number, timeout=SLOW)
    expect(page.locator(".mk-busy")).to_be_hidden(timeout=SLOW)


@pytest.fixture
def collection(open_page: OpenPage, letters: Path) -> Collection:
    """Opens the app with the three letters and nothing else."""

    def open_(*args: int, **options: object) -> Page:
        page = open_page(*args, **options)
        page.locator(".mk-page-list .mk-close").click()
        expect(page.locator(".mk-page")).to_have_count(0)
        add(page, letters)
        wait_for_pages(page, 3)
        return page

    return open_


def _is_ours(url: str, server: str) -> bool:
    return url.startswith((f"{server}/", "data:", "blob:"))
