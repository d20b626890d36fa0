"""Prepares a folder that can be pushed to Hugging Face Spaces, and checks it without a network.

    python hosting/space.py --wheels URL   # into build/space
    python hosting/space.py --start        # the app is started from that folder as well, until it is ready
    python hosting/space.py --lock         # hosting/requirements.lock anew, from the packages that are installed

URL: of PyTorch's list of builds without CUDA, as its installation page names it; a Space finds the pinned torch there.
A Space installs ``requirements.txt`` and runs ``app_file`` of the front matter in README.md. Files that are no text
have to lie in large-file storage, or the push is refused.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Collection, Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "hosting" / "requirements.lock"
TEXTS = ("README.md", "LICENSE", "CITATION.cff", "CHANGELOG.md", "CONTRIBUTING.md")
PARTS = ("app.py", "mark_core", "assets", "sample_pages", "docs", *TEXTS)
LARGE = ("*.safetensors", "*.jpg", "*.jpeg", "*.png", "*.pdf", "*.npz", "*.zip", "*.woff2")
MOST_BYTES = 1_000_000_000  # of a Space without asking for more
MOST_TEXT = 10_000_000  # of one file outside large-file storage
NO_WHEELS = (
    "Name PyTorch's list of builds for processors (--wheels URL) before you push: "
    "without it the Space does not find torch."
)
ON_SPACES = {"sys_platform": "linux", "platform_machine": "x86_64", "platform_system": "Linux", "extra": ""}
BROUGHT = {"gradio"}  # by Spaces, in the version of the front matter
START_SECONDS = 300


class Fault(Exception):
    """Why the folder could not be pushed, one sentence."""


def prepare(out: Path, wheels: str = "") -> list[str]:
    """Copy what a Space needs into an empty folder. Returns the names of its files.

    wheels: address of the list in which the Space finds torch."""
    if out.exists():
        shutil.rmtree(out)
    names = subprocess.run(
        ["git", "ls-files", "--", *PARTS], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    for name in names:
        target = out / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)
    lines = [f"{pattern} filter=lfs diff=lfs merge=lfs -text" for pattern in LARGE]
    (out / ".gitattributes").write_text("\n".join(lines) + "\n", encoding="utf-8")
    pinned = [line for line in LOCK.read_text(encoding="utf-8").splitlines() if not _is_brought(line)]
    found_in = [f"--extra-index-url {wheels}"] if wheels else []
    (out / "requirements.txt").write_text("\n".join([*found_in, *pinned]) + "\n", encoding="utf-8")
    return [*names, ".gitattributes", "requirements.txt"]


def check(folder: Path) -> None:
    """Raises Fault for whatever would make the push or the build of the Space fail."""
    files = [path for path in folder.rglob("*") if path.is_file() and ".git" not in path.parts]
    _check_sizes(folder, files)
    _check_front_matter(folder)
    check_lock((folder / "requirements.txt").read_text(encoding="utf-8"), brought=BROUGHT)


def _check_sizes(folder: Path, files: list[Path]) -> None:
    total = sum(path.stat().st_size for path in files)
    if total > MOST_BYTES:
        raise Fault(f"The folder has {total:,} bytes, more than a Space takes.")
    large = _in_large_file_storage(folder, files)
    for path in files:
        name = path.relative_to(folder).as_posix()
        if name not in large and (_is_binary(path) or path.stat().st_size > MOST_TEXT):
            raise Fault(f"{name} is no small text, and no rule puts it into large-file storage.")


def _in_large_file_storage(folder: Path, files: list[Path]) -> set[str]:
    """The names of files that git itself says the rules hold for."""
    subprocess.run(["git", "init", "--quiet"], cwd=folder, check=True)
    names = "\0".join(path.relative_to(folder).as_posix() for path in files)
    told = subprocess.run(
        ["git", "check-attr", "-z", "--stdin", "filter"],
        cwd=folder,
        input=names,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    shutil.rmtree(folder / ".git")
    return {name for name, _, value in zip(told[::3], told[1::3], told[2::3], strict=False) if value == "lfs"}


def _is_binary(path: Path) -> bool:
    data = path.read_bytes()
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return True
    return b"\0" in data


def _check_front_matter(folder: Path) -> None:
    text = (folder / "README.md").read_text(encoding="utf-8")
    front = dict(re.findall(r"^(\w+): (.*)$", text.split("---")[1], re.MULTILINE))
    for field in ("title", "sdk", "sdk_version", "python_version", "app_file", "license"):
        if field not in front:
            raise Fault(f"The front matter of README.md has no {field}.")
    if not (folder / front["app_file"]).is_file():
        raise Fault(f"The front matter names {front['app_file']}, which is not there.")
    if len(front.get("short_description", "")) > 60:
        raise Fault("The short description has more than 60 letters.")
    if front["sdk_version"] != pins(LOCK.read_text(encoding="utf-8"))["gradio"]:
        raise Fault("The front matter and the lock have different versions of gradio.")


def check_lock(text: str, brought: Collection[str] = ()) -> None:
    """Raises Fault unless every package of requirements.txt is pinned within its bounds, and none brings CUDA."""
    pinned = pins(text)
    for name in pinned:
        if name.startswith(("nvidia-", "cuda-")) or name == "triton":
            raise Fault(f"The lock has {name}, which is for CUDA.")
    if "torch" in pinned and not pinned["torch"].endswith("+cpu"):
        raise Fault("The torch of the lock is not the one for processors.")
    for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines():
        bare = line.split("#")[0].strip()
        if not bare:
            continue
        wanted = Requirement(bare)
        name = canonicalize_name(wanted.name)
        if name in brought:
            continue
        if name not in pinned or not wanted.specifier.contains(Version(pinned[name]), prereleases=True):
            raise Fault(f"The lock does not have {bare}, but {pinned.get(name, 'none')}.")


def pins(text: str) -> dict[str, str]:
    """Versions by name, of lines ``name==version``."""
    return {
        canonicalize_name(name): version
        for name, version in re.findall(r"^([A-Za-z0-9_.-]+)==(\S+)", text, re.MULTILINE)
    }


def _is_brought(line: str) -> bool:
    return canonicalize_name(line.split("==")[0]) in BROUGHT


def lock() -> str:
    """The installed versions of all that requirements.txt needs, directly or not, on Spaces."""
    names = sorted(set(_closure()), key=str.lower)
    lines = [f"{name}=={distribution(name).version}" for name in names]
    head = "# Made by `python hosting/space.py --lock`: what requirements.txt needs, in versions that ran together."
    return "\n".join([head, *lines]) + "\n"


def _closure() -> Iterator[str]:
    text = (ROOT / "requirements.txt").read_text(encoding="utf-8")
    waiting = [Requirement(bare) for line in text.splitlines() if (bare := line.split("#")[0].strip())]
    seen: set[tuple[str, str]] = set()
    while waiting:
        wanted = waiting.pop()
        for extra in ("", *wanted.extras):
            key = (canonicalize_name(wanted.name), extra)
            if key in seen:
                continue
            seen.add(key)
            try:
                found = distribution(wanted.name)
            except PackageNotFoundError as error:
                raise Fault(f"{wanted.name} is not installed, so its version is not known.") from error
            yield canonicalize_name(found.metadata["Name"])
            needs = [Requirement(line) for line in found.requires or []]
            waiting += [
                one
                for one in needs
                if one.marker is None or one.marker.evaluate({**ON_SPACES, "extra": extra})
            ]


def start(folder: Path) -> float:
    """Start the app from the folder; returns the seconds until its first page is open. Raises Fault if it does not."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    environment |= {"GRADIO_SERVER_PORT": str(port), "GRADIO_ANALYTICS_ENABLED": "False"}
    begun = time.monotonic()
    process = subprocess.Popen([sys.executable, "app.py"], cwd=folder, env=environment)
    try:
        while time.monotonic() - begun < START_SECONDS and process.poll() is None:
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5):
                    return time.monotonic() - begun
            except (urllib.error.URLError, OSError):  # not yet
                time.sleep(0.2)
        raise Fault("The app did not start from the folder.")
    finally:
        process.terminate()
        process.wait(timeout=30)


def main() -> int:
    parser = argparse.ArgumentParser(description="Prepare a push to Hugging Face Spaces and check it.")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "space", help="folder, which is emptied")
    parser.add_argument("--wheels", default="", metavar="URL", help="PyTorch's list of builds without CUDA")
    parser.add_argument("--start", action="store_true", help="start the app from the folder, too")
    parser.add_argument(
        "--lock", action="store_true", help="write hosting/requirements.lock anew, and nothing else"
    )
    options = parser.parse_args()
    try:
        if options.lock:
            LOCK.write_text(lock(), encoding="utf-8")
            check_lock(LOCK.read_text(encoding="utf-8"))
            return 0
        names = prepare(options.out, options.wheels)
        check(options.out)
        size = sum((options.out / name).stat().st_size for name in names)
        print(f"{options.out}: {len(names)} files, {size / 1e6:.0f} MB; nothing stands against a push.")
        if options.start:
            print(f"The app is ready {start(options.out):.0f} s after its start.")
            for cache in options.out.rglob("__pycache__"):
                shutil.rmtree(cache)
    except Fault as fault:
        print(fault, file=sys.stderr)
        return 1
    if not options.wheels:
        print(NO_WHEELS)
    print(
        "To push it: git init, git lfs install, git add, git commit, and git push to the address of the Space."
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
