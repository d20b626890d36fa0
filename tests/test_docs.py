"""README and documentation are held to the code: commands, options, links, names and examples."""

from __future__ import annotations

import argparse
import importlib
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

import mark_core as mark
from mark_core.cli.main import build_parser
from mark_core.export.formats import FORMATS

ROOT = Path(__file__).resolve().parents[1]
README = ROOT / "README.md"
DOCUMENTS = sorted([README, ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
SPAN = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")
LINK = re.compile(r"\]\(([^)\s]+)\)")
OPTION = re.compile(r"(?<![\w-])--[a-z][a-z-]*[a-z]")
FOREIGN_OPTIONS = {
    "--find-links",
    "--no-install-recommends",
    "--build-arg",
    "--read-only",
    "--tmpfs",
}  # of pip, apt-get, docker
SCRIPTS = ("benchmarks", "sample_pages", "hosting")
CODE = ("mark_core", "hosting", "assets", "tests", "benchmarks", "sample_pages")
NO_REFERENCE = {"ui", "cli"}  # folders that nobody imports

each_document = pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def blocks(path: Path, *languages: str) -> list[str]:
    return [code for language, code in FENCE.findall(text_of(path)) if language in languages]


def code_of(path: Path) -> Iterator[str]:
    """Everything that is set as code: fenced and indented blocks, and spans within sentences."""
    text = text_of(path)
    yield from (code for _, code in FENCE.findall(text))
    rest = FENCE.sub("", text)
    yield from (line[4:] for line in rest.replace("\\\n", "").splitlines() if line.startswith("    "))
    yield from SPAN.findall(rest)


def commands(path: Path) -> list[list[str]]:
    """The commands of this repository among the code, as words without comments."""
    lines = [line.strip() for code in code_of(path) for line in code.replace("\\\n", " ").splitlines()]
    ours = re.compile(r"(mark|python -m mark_core|python benchmarks/\S+|python app\.py|make)( |$)")
    return [shlex.split(line, comments=True) for line in lines if ours.match(line)]


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                yield from parsers(child)


def known_options() -> set[str]:
    ours = {option for parser in parsers(build_parser()) for option in parser._option_string_actions}
    for script in (path for folder in SCRIPTS for path in (ROOT / folder).rglob("*.py")):
        ours |= set(re.findall(r'"(--[a-z-]+)"', text_of(script)))
    return ours | FOREIGN_OPTIONS


def targets() -> set[str]:
    return set(re.findall(r"^([a-z][a-z-]*):", MAKEFILE, re.MULTILINE))


def accepted(arguments: list[str]) -> bool:
    """Whether the command line takes these; ``--help`` ends it as well."""
    try:
        build_parser().parse_args(arguments)
    except SystemExit as stop:
        return not stop.code
    return True


def check_command(words: list[str]) -> None:
    """Fails where a command of a document would be refused. ``PAGE...`` stands for several."""
    words = [word.removesuffix("...") for word in words]
    if words[0] == "make":
        asked = [word for word in words[1:] if "=" not in word]
        assert set(asked) <= targets()
    elif words[0] == "mark" or words[1] == "-m":
        arguments = words[1:] if words[0] == "mark" else words[3:]
        assert accepted([word for word in arguments if word]), f"mark {shlex.join(arguments)} is refused"
    else:
        source = text_of(ROOT / words[1])
        for option in (word for word in words[2:] if word.startswith("--")):
            assert f'"{option}"' in source, f"{words[1]} has no {option}"


@each_document
def test_commands_are_accepted(path: Path) -> None:
    for words in commands(path):
        if words not in (["mark"], ["python", "-m", "mark_core"], ["make"]):
            check_command(words)


@each_document
def test_options_exist(path: Path) -> None:
    named = {option for code in code_of(path) for option in OPTION.findall(code)}
    assert named <= known_options()


@each_document
def test_shell_examples_parse(path: Path) -> None:
    for code in blocks(path, "bash", "sh"):
        done = subprocess.run(["bash", "-n"], input=code, capture_output=True, text=True)
        assert done.returncode == 0, f"{code}\n{done.stderr}"


def slugs(path: Path) -> set[str]:
    """Anchors of the headings of a document."""
    titles = re.findall(r"^#+ (.+)$", FENCE.sub("", text_of(path)), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}


@each_document
def test_links_lead_somewhere(path: Path) -> None:
    for link in LINK.findall(FENCE.sub("", text_of(path))):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        target = (path.parent / name).resolve() if name else path
        assert target.exists(), f"{link} leads to nothing"
        assert not anchor or anchor in slugs(target), f"{link} leads to no heading"


@each_document
def test_files_and_modules_exist(path: Path) -> None:
    for code in SPAN.findall(FENCE.sub("", text_of(path))):
        if re.fullmatch(r"[\w./-]+\.(py|js)", code):
            places = [place for folder in CODE for place in (ROOT / folder).rglob(Path(code).name)]
            found = any(place.as_posix().endswith(f"/{code}") for place in places)
            assert found or (ROOT / code).is_file(), f"{code} does not exist"
        elif re.fullmatch(r"(mark_core|assets|tests|docs|benchmarks|sample_pages)(/[\w.-]+)*/?", code):
            installed_only = code.startswith("mark_core/data/")
            assert (ROOT / code).exists() or installed_only, f"{code} does not exist"
        elif named := re.match(r"(mark_core(?:\.\w+)+)", code):
            assert resolve(named[1]) is not None


def resolve(name: str) -> object:
    """The module, class or function of a dotted name. Raises ImportError or AttributeError without one."""
    parts = name.split(".")
    for end in range(len(parts), 0, -1):
        try:
            found: object = importlib.import_module(".".join(parts[:end]))
        except ModuleNotFoundError:
            continue
        for part in parts[end:]:
            found = getattr(found, part)
        return found
    raise ImportError(name)


@pytest.mark.parametrize(
    "path",
    # those of api.md need a server: tests/ui/api
    [path for path in DOCUMENTS if blocks(path, "python") and path.name != "api.md"],
    ids=lambda path: path.relative_to(ROOT).as_posix(),
)
def test_python_examples_run(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    samples = ROOT / "sample_pages"
    shutil.copy(samples / "letter-english-rendered.jpg", tmp_path / "letter.jpg")
    (tmp_path / "sample_pages").symlink_to(samples)
    monkeypatch.chdir(tmp_path)
    # the address of the example does not exist
    monkeypatch.setattr(
        mark, "iiif_pages", lambda address: iter(mark.load_pages("letter.jpg")), raising=False
    )
    for code in blocks(path, "python"):
        names: dict[str, object] = {}
        exec(compile(code, str(path), "exec"), names)
        if "hits" in names:
            assert names["hits"], "a search of an example finds nothing"


def test_the_reference_is_complete() -> None:
    folder = ROOT / "docs" / "reference"
    named = re.findall(r"^::: (\S+)$", "\n".join(text_of(p) for p in folder.glob("*.md")), re.MULTILINE)
    for name in named:
        assert resolve(name) is not None
    index = {name.rsplit(".", 1)[1] for name in named if name.count(".") > 1}
    assert set(mark.__all__) <= index
    packages = {p.parent.name for p in (ROOT / "mark_core").glob("*/__init__.py")} - NO_REFERENCE
    assert {f"mark_core.{name}" for name in packages} <= set(named)
    navigation = text_of(ROOT / "mkdocs.yml")
    for page in (ROOT / "docs").rglob("*.md"):
        assert f"{page.relative_to(ROOT / 'docs').as_posix()}\n" in navigation, (
            f"{page.name} is not in mkdocs.yml"
        )


def test_every_command_format_and_variable_is_documented() -> None:
    usage = text_of(ROOT / "docs" / "usage.md")
    (children,) = (a for a in build_parser()._actions if isinstance(a, argparse._SubParsersAction))
    for command in children.choices:
        assert f"\nmark {command} " in usage, f"the command {command} is not in docs/usage.md"
    formats = text_of(ROOT / "docs" / "export.md")
    for name in FORMATS:
        assert f"`{name}`" in formats
    everything = "".join(text_of(path) for path in DOCUMENTS)
    for source in (ROOT / "mark_core").rglob("*.py"):
        for variable in re.findall(r'"(MARK_[A-Z_]+)"', text_of(source)):
            assert variable in everything, f"{variable} is documented nowhere"


def test_the_readme_is_short_and_its_figures_are_those_of_the_results() -> None:
    text = text_of(README)
    assert len(text.encode()) <= 8 * 1024
    results = text_of(ROOT / "docs" / "results.md")
    section = text[text.index("## Results") : text.index("## Limits")]
    rows = [line for line in section.splitlines() if line.startswith("| ") and not line.startswith("| data")]
    assert len(rows) == 5
    for figure in re.findall(r"\b\d\d\.\d\b", "".join(rows)):
        assert figure in results, f"{figure} is not in docs/results.md"


def test_the_front_matter_is_what_a_space_needs() -> None:
    front = dict(re.findall(r"^(\w+): (.*)$", text_of(README).split("---")[1], re.MULTILINE))
    assert front["sdk"] == "gradio"
    assert (ROOT / front["app_file"]).is_file()
    oldest = re.search(r"^gradio>=(\d+)\.(\d+)", text_of(ROOT / "requirements.txt"), re.MULTILINE)
    assert oldest is not None
    major, minor, *_ = map(int, front["sdk_version"].split("."))
    assert major == int(oldest[1])
    assert minor >= int(oldest[2])


def test_make_help_lists_what_people_call() -> None:
    listed = set(re.findall(r'echo "make ([a-z-]+) ', MAKEFILE))
    assert {"demo", "test", "unit", "lint", "format", "docs", "clean"} <= listed <= targets()
