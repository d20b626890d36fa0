"""The package: what the wheel carries, that it works from another folder, and that its lists agree."""

from __future__ import annotations

import importlib.metadata
import json
import os
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

import mark_core as mark
from mark_core.data_files import data_file

if sys.version_info >= (3, 11):
    import tomllib
else:  # comes with hatchling there
    import tomli as tomllib

ROOT = Path(__file__).resolve().parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
HEAVY = ("gradio", "torch", "pandas")


def run(*command: str | Path, cwd: Path, **environment: str) -> str:
    """Standard output of a command that has to succeed, without the paths of this test run."""
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=cwd,
        env={**kept, **environment},
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 0, f"{done.stdout[-2000:]}\n{done.stderr[-2000:]}"
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the source distribution, which is built from this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    run(sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, ROOT, cwd=folder)
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs' folder of an environment with nothing but the wheel; other packages are those of the tests."""
    folder = tmp_path_factory.mktemp("environment")
    venv.create(folder, with_pip=False, symlinks=sys.platform != "win32")
    scripts = folder / ("Scripts" if sys.platform == "win32" else "bin")
    python = scripts / "python"
    site = Path(
        run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip()
    )
    (site / "test_packages.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    run(
        *(sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python),
        *("install", "--quiet", "--no-deps", "--no-index", wheel),
        cwd=folder,
    )
    return scripts


def test_the_wheel_carries_every_data_file(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        carried = set(archive.namelist())
    for folder in ("assets", "sample_pages"):
        files = subprocess.run(["git", "ls-files", folder], cwd=ROOT, capture_output=True, text=True)
        names = files.stdout.split("\n")[:-1] or [
            path.relative_to(ROOT).as_posix() for path in (ROOT / folder).rglob("*") if path.is_file()
        ]
        assert names
        missing = {f"mark_core/data/{name}" for name in names if (ROOT / name).is_file()} - carried
        assert not missing
    code = {path.relative_to(ROOT).as_posix() for path in (ROOT / "mark_core").rglob("*.py")}
    data = {path.relative_to(ROOT).as_posix() for path in (ROOT / "mark_core").rglob("*.json")}
    assert code | data | {"mark_core/py.typed"} <= carried
    assert not any(name.startswith(("tests/", "benchmarks/")) for name in carried)


def test_the_installed_command_finds_a_word_from_another_folder(installed: Path, tmp_path: Path) -> None:
    shutil.copy(data_file("sample_pages/letter-english-rendered.jpg"), tmp_path / "letter.jpg")
    found = run(
        *(installed / "mark", "search", "letter.jpg", "--text", "Winchester", "--top", "1", "--json"),
        cwd=tmp_path,
        OMP_NUM_THREADS="1",
    )
    (hit,) = json.loads(found)
    assert hit["reads"] == "winchester"
    assert hit["score"] > 0.5


def test_the_installed_app_has_its_page_languages_and_samples(installed: Path, tmp_path: Path) -> None:
    code = """
import json, mark_core
from mark_core.data_files import data_file
from mark_core.ui import app, language, theme, viewer
from mark_core.ui.uploads import samples
view = viewer.Viewer()
print(json.dumps({
    "package": mark_core.__file__, "samples": [sample.file for sample in samples.read_samples()],
    "languages": {code: len(language.table(code)) for code in language.TABLES},
    "logo": theme.LOGO.is_file(), "page": len(view.html_template)}))
"""
    said = json.loads(run(installed / "python", "-c", code, cwd=tmp_path))
    assert Path(said["package"]).is_relative_to(installed.parent)
    listing = json.loads(data_file("sample_pages/samples.json").read_text(encoding="utf-8"))
    assert said["samples"] == [entry["file"] for entry in listing]
    assert said["languages"]["de"] > 100
    assert said["logo"]
    assert said["page"] > 1000


def test_the_command_line_and_the_library_need_no_package_of_the_app(tmp_path: Path) -> None:
    code = f"""
import sys, importlib.abc
class NoApp(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] == "gradio":
            raise ModuleNotFoundError(f"No module named {{name!r}}", name="gradio")
sys.meta_path.insert(0, NoApp())
sys.path.insert(0, {str(ROOT)!r})
import mark_core
from mark_core.cli.main import build_parser, main
build_parser()
for name in mark_core.__all__:
    getattr(mark_core, name)
raise SystemExit(main(["app"]) != 2)
"""
    run(sys.executable, "-c", code, cwd=tmp_path)


def test_the_command_line_starts_without_heavy_packages(tmp_path: Path) -> None:
    code = (
        f"import sys; sys.path.insert(0, {str(ROOT)!r}); from mark_core.cli.main import build_parser; "
        f"build_parser(); print([name for name in {HEAVY} if name in sys.modules])"
    )
    assert run(sys.executable, "-c", code, cwd=tmp_path).strip() == "[]"


def requirements(lines: Iterable[str]) -> set[str]:
    """Requirements without comments and spaces."""
    bare = (re.sub(r"\s+#.*|^#.*|\s", "", line) for line in lines)
    return {line for line in bare if line and not line.startswith("-r")}


def test_requirements_say_what_pyproject_says() -> None:
    extras = PROJECT["optional-dependencies"]
    app = (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines()
    assert requirements(app) == requirements([*PROJECT["dependencies"], *extras["app"]])
    dev = (ROOT / "requirements-dev.txt").read_text(encoding="utf-8").splitlines()
    assert requirements(dev) == requirements(
        [*extras["archive"], *extras["mcp"], *extras["train"], *extras["dev"], *extras["docs"]]
    )
    assert "-r requirements.txt" in dev


def test_the_version_stands_in_one_place() -> None:
    assert PROJECT["dynamic"] == ["version"]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.findall(r"^version: (.*)$", citation, re.MULTILINE) == [mark.__version__]
    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert re.search(rf"^## {re.escape(mark.__version__)}\b", changes, re.MULTILINE)


def test_the_installed_version_is_that_of_the_package(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        name = f"mark_core-{mark.__version__}.dist-info/METADATA"
        metadata = importlib.metadata.PathDistribution(
            zipfile.Path(archive, f"{name.rsplit('/', 1)[0]}/")
        ).metadata
    assert metadata["Version"] == mark.__version__
    assert set(metadata.get_all("Provides-Extra")) == {"app", "archive", "mcp", "train", "dev", "docs"}


def test_a_missing_data_file_is_a_path_in_the_checkout() -> None:
    assert data_file("assets/none.txt") == ROOT / "assets" / "none.txt"
    assert data_file("assets/logo.svg").is_file()


def test_no_folder_has_more_than_twenty_modules() -> None:
    folders = {
        module.parent for top in ("mark_core", "tests", "benchmarks") for module in (ROOT / top).rglob("*.py")
    }
    assert len(folders) > 20
    for folder in folders:
        modules = [module for module in folder.glob("*.py") if module.name != "__init__.py"]
        assert len(modules) <= 20, folder
