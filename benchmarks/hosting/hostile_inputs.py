"""Hostile inputs against a running page: over every decoder and every event, while another visitor goes on working.

    python benchmarks/hosting/hostile_inputs.py --inputs 1000

Each input is a file, a manifest or a request, made by a seeded chance (``--first`` and ``--inputs`` say which ones are
run, so that a run can be split). Told are: whether the server died, the longest wait of the other visitor, the longest
time until a cancelled upload was over, files left in the folder for temporary files, and the most memory of all
processes together. Linux only. Exits with 1 where a goal is missed.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import tempfile
import threading
import time
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from hostile_files import FILES, list_of_marks, manifest_nested, manifest_of_labels
from mutations import encoded, info, manifest, mutated, seeds
from own_server import OwnServer
from tab_client import Gone, TabClient

WAIT_GOAL, MEMORY_GOAL = 10.0, 1.5e9  # seconds of the other visitor, bytes
PATIENCE = 150.0  # seconds for one input
CANCELLED = 0.15  # share of uploads that are cancelled
EVENTS: dict[str, tuple[str, ...]] = {
    "search": ("search",),
    "feedback": ("confirmed", "rejected", "withdrawn", "undone", "cleared"),
    "explanation": ("explain",),
    "reading": ("line",),
    "editing": ("add", "change", "remove", "join", "split", "undo", "redo"),
    "uploads": (
        *(
            "add_files",
            "add_address",
            "select_pages",
            "turn",
            "crop",
            "split",
            "cancel",
            "watch",
            "open_sample",
        ),
    ),
    "pages": ("rename", "move", "remove", "undo"),
    "projects": ("save", "copy"),
    "export": ("export",),
    "learning": ("start", "stop", "undo", "redo"),
    "active_learning": ("ask", "cancel", "answered", "unreadable", "withdrawn", "undone", "cleared"),
    "list_search": ("search", "cancel"),
    "word_clusters": ("list", "name", "cancel"),
    "class_sharing": ("share", "end"),
    "transcript": ("align", "read", "attach", "dismiss", "correct", "type", "remove", "undone", "cancel"),
}
FIELDS = (
    *("abbreviations", "box", "degrees", "direction", "example", "example_weight", "file", "files", "flatten"),
    *("format", "hits", "job", "language", "minutes", "name", "page", "pages", "place", "revision", "search"),
    *("selection", "share", "terms", "text", "threshold", "title", "undo", "url", "variants", "version"),
    *("word", "words", "boxes", "number_of_word", "reading", "script", "was", "x"),
)  # fmt: skip


def odd_values(chance: random.Random, view: dict[str, Any]) -> list[Any]:
    """Values that no field is meant to have, and some that it is."""
    page = chance.choice(view["pages"])["id"] if view["pages"] else "none"
    return [
        *(
            None,
            True,
            False,
            -1,
            0,
            1,
            90,
            10**30,
            0.5,
            -0.0,
            1e308,
            "",
            " ",
            "a",
            "\0",
            "\ud800",
            page,
            page,
        ),
        *("auto", "ltr", "csv", "json", "la", "en", "https://127.0.0.1:1/", "file:///etc/passwd", "1-99999"),
        *(
            "a*" * 4000,
            "~" * 4000,
            "?" * 4000,
            list_of_marks(4000),
            "orders\n" * 600,
            "{" * 4000,
            "<b>" * 999,
        ),
        *(
            [],
            [[]] * 99,
            [0] * 9999,
            [page],
            [{"path": "/etc/passwd"}],
            [{"path": "\0"}] * 99,
            [1.5, -1, 1, 1],
        ),
        *({}, {"page": page, "word": 0}, {"page": page, "word": -1, "version": 10**12}, {"path": "x" * 9999}),
    ]


class Library:
    """A server of manifests, descriptions and pictures, which says what it is told to say."""

    def __init__(self) -> None:
        library = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                data = library.files.get(self.path.partition("?")[0], library.picture)
                self.send_response(200)
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_: object) -> None:
                pass

        self.files: dict[str, bytes] = {}
        self.picture = encoded("JPEG")
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.host = f"127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()


class Visitor(threading.Thread):
    """Somebody who searches, renames and exports all the while. waits: the longest of each, seconds."""

    def __init__(self, address: str) -> None:
        super().__init__(daemon=True)
        self.tab = TabClient(address)
        self.stopped = threading.Event()
        self.waits: dict[str, float] = {}
        self.errors: list[str] = []

    def run(self) -> None:
        self.tab.arrive()
        page = self.tab.view["pages"][0]["id"]
        steps = [
            ("search", "search", {"text": "orders"}),
            ("pages", "rename", {"page": page, "title": "mine"}),
            ("search", "search", {"text": "capt*"}),
            ("export", "export", {"format": "csv"}),
        ]
        while not self.stopped.is_set():
            for feature, action, fields in steps:
                begun = time.monotonic()
                try:
                    reply = self.tab.ask(feature, action, PATIENCE, **fields)
                    if reply is None or reply["state"] != "done":
                        self.errors.append(f"{feature}: {reply and reply['error']}")
                except (Gone, TimeoutError) as error:
                    self.errors.append(f"{feature}: {error!r}")
                    return
                finally:
                    self.waits[feature] = max(self.waits.get(feature, 0.0), time.monotonic() - begun)
                self.stopped.wait(0.4)


class Attacker:
    """Sends inputs. library: where its manifests come from."""

    def __init__(self, address: str, library: Library, files: dict[str, bytes]) -> None:
        self._address, self._library, self._files = address, library, files
        self.tab = TabClient(address)
        self.kinds: Counter[str] = Counter()
        self.hangs: list[str] = []
        self.longest_cancel = 0.0

    def begin(self) -> None:
        self.tab.arrive()

    def send(self, number: int, known: list[str]) -> None:
        """Send one input. known: names of files of `hostile_files` that are sent as they are."""
        chance = random.Random(number)
        if known and number % 20 == 0:
            name = known[number // 20 % len(known)]
            suffix, make = FILES[name]
            self._try(name, lambda: self._file(chance, f"x{suffix}", make(), cancels=False))
            return
        kind = chance.choices(("file", "manifest", "event"), (50, 20, 30))[0]
        if kind == "file":
            name = chance.choice(list(self._files))
            data = mutated(chance, self._files[name], list(self._files.values()))
            self._try(f"file {Path(name).suffix}", lambda: self._file(chance, name, data))
        elif kind == "manifest":
            self._try("manifest", lambda: self._manifest(chance, number))
        else:
            self._try("event", lambda: self._event(chance))

    def _try(self, kind: str, work: Any) -> None:
        self.kinds[kind] += 1
        try:
            work()
            self._make_room()
        except TimeoutError:
            self.hangs.append(kind)
            self.tab.send("uploads", "cancel")
        except Gone:
            self.tab = TabClient(self._address)
            self.tab.arrive()

    def _file(self, chance: random.Random, name: str, data: bytes, cancels: bool = True) -> None:
        files = [self.tab.upload(name, data)]
        if Path(name).suffix in (".xml", ".hocr", ".tei", ".csv", ".txt"):
            files.append(self.tab.upload("a.png", self._files["a.png"]))
        sent = [file for file in files if file is not None]
        if not sent:
            return
        self.tab.ask("uploads", "add_files", PATIENCE, files=sent, direction="auto")
        self._over(chance, cancels)

    def _over(self, chance: random.Random, cancels: bool) -> None:
        if cancels and chance.random() < CANCELLED:
            time.sleep(chance.random())
            begun = time.monotonic()
            self.tab.ask("uploads", "cancel", PATIENCE)
            self.tab.wait(lambda view: not view["uploads"], PATIENCE)
            self.longest_cancel = max(self.longest_cancel, time.monotonic() - begun)
        self.tab.wait(lambda view: not view["uploads"], PATIENCE)

    def _manifest(self, chance: random.Random, number: int) -> None:
        address = f"http://{self._library.host}/{number}"
        documents = [manifest(address), info(f"{address}/image"), encoded("PNG")]
        which = chance.randrange(4)
        if which < 3:
            documents[which] = mutated(chance, documents[which], [*documents, *self._files.values()])
        else:
            documents[0] = chance.choice((manifest_of_labels(), manifest_nested(20_000)))
        names = (f"/{number}/m.json", f"/{number}/image/info.json", f"/{number}/a.png")
        self._library.files |= dict(zip(names, documents, strict=True))
        url = f"{address}/{'image/info.json' if chance.random() < 0.3 else 'm.json'}"
        reply = self.tab.ask("uploads", "add_address", PATIENCE, url=url, direction="auto")
        if reply is not None and reply["state"] == "done":
            self._over(chance, cancels=False)
            selection = self.tab.view["manifest_selection"]
            if selection is not None:
                wanted = chance.choice(("1", "1-2", "2"))
                self.tab.ask("uploads", "select_pages", PATIENCE, selection=selection["number"], pages=wanted)
                self._over(chance, cancels=True)
        for name in names:
            del self._library.files[name]

    def _event(self, chance: random.Random) -> None:
        feature = chance.choice(list(EVENTS))
        action = (
            chance.choice(EVENTS[feature])
            if chance.random() < 0.9
            else chance.choice(("", "x" * 99, 1, None))
        )
        values = odd_values(chance, self.tab.view)
        fields = {name: chance.choice(values) for name in FIELDS if chance.random() < 0.5}
        if chance.random() < 0.5 and self.tab.view["pages"]:
            fields["page"] = chance.choice(self.tab.view["pages"])["id"]
            fields["version"] = 0
        if action not in EVENTS[feature]:  # there may be no reply
            self.tab.send(feature, action, **fields)
        else:
            self.tab.ask(feature, action, PATIENCE, **fields)
        if feature == "learning":
            self.tab.ask("learning", "stop", PATIENCE)

    def _make_room(self) -> None:
        """Two pages at most stay, so that the time goes into the inputs."""
        for page in self.tab.view["pages"][2:]:
            self.tab.ask("pages", "remove", PATIENCE, page=page["id"])


def project(tab: TabClient) -> bytes:
    """A project file of the page that is open."""
    reply = tab.ask("projects", "save")
    assert reply is not None
    return Path(reply["data"]["file"]).read_bytes()


def run(options: argparse.Namespace, folder: Path) -> dict[str, Any]:
    library = Library()
    temporary = folder / "temporary"
    temporary.mkdir()
    server = OwnServer(temporary, MARK_ALLOW_HOSTS=library.host)
    try:
        server.wait()
        return attack(options, server, library)
    finally:
        server.stop()
        sys.stderr.write(
            "".join((folder / "server.log").read_text(errors="replace").splitlines(True)[-options.log :])
        )


def attack(options: argparse.Namespace, server: OwnServer, library: Library) -> dict[str, Any]:
    visitor = Visitor(server.address)
    first = TabClient(server.address)
    first.arrive()
    files = {**seeds(), "a.mark": project(first)}
    first.leave()
    attackers = [Attacker(server.address, library, files) for _ in range(options.attackers)]
    for attacker in attackers:
        attacker.begin()
    quiet = server.memory()
    visitor.start()
    numbers = iter(range(options.first, options.first + options.inputs))
    known = [name for name in FILES if options.known]
    deadline = time.monotonic() + 60 * options.minutes
    taking, done = threading.Lock(), Counter[str]()

    def work(attacker: Attacker) -> None:
        while time.monotonic() < deadline and server.is_there():
            with taking:
                number = next(numbers, None)
            if number is None:
                return
            attacker.send(number, known)
            done["inputs"] += 1

    begun = time.monotonic()
    threads = [threading.Thread(target=work, args=(attacker,)) for attacker in attackers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    seconds = time.monotonic() - begun
    visitor.stopped.set()
    visitor.join(PATIENCE)
    died = not server.is_there()
    for tab in (visitor.tab, *(attacker.tab for attacker in attackers)):
        try:
            tab.leave()
        except Gone:
            died = died or not server.is_there()
    code = server.stop()
    kinds = sum((attacker.kinds for attacker in attackers), Counter[str]())
    return {
        "inputs": done["inputs"],
        "first": options.first,
        "seconds": round(seconds, 1),
        "kinds": dict(sorted(kinds.items())),
        "server died": died,
        "exit code": code,
        "reading processes used": len(server.processes),
        "visitor's longest waits": {name: round(wait, 2) for name, wait in sorted(visitor.waits.items())},
        "visitor's errors": visitor.errors[:5],
        "hangs": [name for attacker in attackers for name in attacker.hangs],
        "longest cancel": round(max(attacker.longest_cancel for attacker in attackers), 2),
        "files left": server.files()[:20],
        "memory before": round(quiet / 1e6),
        "peak memory": round(server.peak / 1e6),
        "of it the server": round(server.own / 1e6),
        "of it the others": [round(memory / 1e6) for memory in server.peaks],
    }


def is_good(found: dict[str, Any]) -> bool:
    waits = found["visitor's longest waits"].values()
    return not (
        found["server died"]
        or found["visitor's errors"]
        or found["hangs"]
        or found["files left"]
        or max(waits) > WAIT_GOAL
        or found["peak memory"] > MEMORY_GOAL / 1e6
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--inputs", type=int, default=1000)
    parser.add_argument("--first", type=int, default=0, help="number of the first input")
    parser.add_argument("--attackers", type=int, default=3, help="tabs that send them")
    parser.add_argument("--minutes", type=float, default=60.0, help="no input is begun later")
    parser.add_argument(
        "--no-known", dest="known", action="store_false", help="without files that are made slowly"
    )
    parser.add_argument("--log", type=int, default=0, help="last lines of the server's log that are shown")
    options = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    with tempfile.TemporaryDirectory(prefix="mark-hostile-") as folder:
        found = run(options, Path(folder))
    print(json.dumps(found, indent=1))
    return 0 if is_good(found) else 1


if __name__ == "__main__":
    sys.exit(main())
