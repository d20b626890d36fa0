"""What is pushed to a Space, and what a container is made of. No container is built here."""

from __future__ import annotations

import importlib.util
import re
import shutil
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[1]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def space() -> ModuleType:
    spec = importlib.util.spec_from_file_location("space", ROOT / "hosting" / "space.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def folder(space: ModuleType, tmp_path: Path) -> Path:
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("not a checkout")
    names = space.prepare(tmp_path / "space")
    assert {"app.py", "README.md", "requirements.txt", ".gitattributes"} <= set(names)
    return tmp_path / "space"


def test_a_space_can_be_pushed(space: ModuleType, folder: Path) -> None:
    space.check(folder)
    wanted = (folder / "requirements.txt").read_text(encoding="utf-8")
    assert not re.search(
        r"^gradio==", wanted, re.MULTILINE
    )  # Spaces brings it, in the version of the front matter
    assert re.search(r"^torch==\S+\+cpu$", wanted, re.MULTILINE)
    assert not re.search(r"^(nvidia|cuda|triton)", wanted, re.MULTILINE)
    assert not (folder / "tests").exists()


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        (lambda at: (at / ".gitattributes").write_text(""), "no rule puts it into large-file storage"),
        (lambda at: (at / "a.bin").write_bytes(b"\xff\xd8"), "a.bin is no small text"),
        (lambda at: (at / "app.py").unlink(), "app.py, which is not there"),
        (lambda at: (at / "README.md").write_text("---\nsdk: gradio\n---\n"), "has no title"),
        (lambda at: (at / "requirements.txt").write_text("torch==2.13.0\n"), "not the one for processors"),
        (lambda at: (at / "requirements.txt").write_text("nvidia-x==1\n"), "for CUDA"),
        (lambda at: (at / "requirements.txt").write_text("torch==2.13.0+cpu\n"), "The lock does not have"),
    ],
)
def test_what_would_fail_there_fails_here(
    space: ModuleType, folder: Path, damage: object, sentence: str
) -> None:
    damage(folder)  # type: ignore[operator]
    with pytest.raises(space.Fault, match=sentence):
        space.check(folder)


def test_the_lock_is_within_the_bounds(space: ModuleType) -> None:
    text = space.LOCK.read_text(encoding="utf-8")
    space.check_lock(text)
    front = re.search(r"^sdk_version: (\S+)$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert front is not None
    assert space.pins(text)["gradio"] == front[1]


def test_the_container_has_no_rights_it_does_not_need() -> None:
    lines = [line for line in DOCKERFILE.splitlines() if re.match(r"[A-Z]+ ", line)]
    assert lines.index("USER 1000:1000") > max(lines.index(line) for line in lines if line.startswith("RUN"))
    assert any(line.startswith("HEALTHCHECK") for line in lines)
    for variable in ("HOME", "TMPDIR", "MARK_CACHE", "GRADIO_TEMP_DIR"):
        assert re.search(rf"{variable}=/cache\b", DOCKERFILE), variable


def test_the_container_copies_what_is_there_and_what_the_app_needs() -> None:
    allowed = {line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")}
    copied = set()
    for sources in re.findall(r"^COPY (.+) \S+$", DOCKERFILE, re.MULTILINE):
        copied |= set(sources.split())
    assert copied == allowed
    assert all((ROOT / name).exists() for name in copied)
    assert {"app.py", "mark_core", "assets", "sample_pages"} <= copied


def test_the_space_is_told_where_torch_is(space: ModuleType, tmp_path: Path) -> None:
    space.prepare(tmp_path / "space", "https://wheels.example.org/cpu")
    first, *others = (tmp_path / "space" / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert first == "--extra-index-url https://wheels.example.org/cpu"
    assert not any(line.startswith("--") for line in others)
    space.check(tmp_path / "space")
