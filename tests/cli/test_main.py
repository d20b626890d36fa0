import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from mark_core.cli.evaluate import evaluate_rendered_words
from mark_core.cli.main import main
from mark_core.model.alphabet import SCRIPTS
from mark_core.retrieval.query import HELP, HELP_ABBREVIATIONS, HELP_VARIANTS, parse_query

SAMPLES = Path(__file__).resolve().parents[2] / "sample_pages"


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The upper part of the rendered letter: enough words, quick to index."""
    folder = tmp_path_factory.mktemp("cli")
    with Image.open(SAMPLES / "letter-english-rendered.jpg") as image:
        image.crop((0, 0, image.width, image.height // 3)).save(folder / "part.png")
    return folder / "part.png"


@pytest.fixture(scope="module")
def index(page, tmp_path_factory):
    """The folder of an index of the page."""
    folder = tmp_path_factory.mktemp("index") / "index"
    assert main(["index", str(page), "--out", str(folder)]) == 0
    return folder


def run(capsys, *arguments):
    code = main([str(a) for a in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def test_segment(capsys, page):
    code, out, _ = run(capsys, "segment", page, "--json")
    (row,) = json.loads(out)
    assert code == 0
    assert len(row["words"]) > 30
    assert [word["order"] for word in row["words"]] == list(range(len(row["words"])))
    code, out, _ = run(capsys, "segment", page)
    assert f"{len(row['words'])} words" in out.splitlines()[0]


def test_index_then_search(capsys, index):
    code, out, _ = run(capsys, "search", "--index", index, "--text", "captain", "--top", 3, "--json")
    hits = json.loads(out)
    assert code == 0
    assert [hit["rank"] for hit in hits] == [1, 2, 3]
    example = f"1:{hits[0]['word'] + 1}"
    code, out, _ = run(capsys, "search", "--index", index, "--example", example, "--top", 1)
    assert "100.0 %" in out


def test_the_script_of_pages_is_told(capsys, page, index, tmp_path):
    unread = "mark: No word here is read as {}; if the page is written in"
    code, _, err = run(capsys, "search", "--index", index, "--text", "λόγος", "--top", 1)
    assert code == 0
    assert unread.format("Greek") in err
    told = tmp_path / "told.mark"
    assert run(capsys, "index", page, "--out", told, "--script", "greek")[0] == 0
    code, out, err = run(capsys, "search", "--index", told, "--text", "λόγος", "--top", 1, "--json")
    assert (code, err) == (0, "")
    assert set(json.loads(out)[0]["reads"]) <= set(SCRIPTS["greek"])
    assert unread.format("Latin") in run(capsys, "search", "--index", told, "--text", "captain")[2]
    with pytest.raises(SystemExit):
        run(capsys, "index", page, "--out", told, "--script", "runes")


def test_looking_up_a_list(capsys, index, tmp_path):
    names = tmp_path / "names.txt"
    names.write_text("Captain\n\nzzyzx\n日本\n", encoding="utf-8")
    _, out, _ = run(capsys, "search", "--index", index, "--list", names, "--json")
    captain, nothing, unknown = json.loads(out)
    _, out, _ = run(capsys, "search", "--index", index, "--text", "captain", "--top", 50, "--json")
    hits = json.loads(out)
    assert captain["hits"] == sum(hit["score"] >= 0.5 for hit in hits) > 0
    assert {key: hits[0][key] for key in captain["best"]} == captain["best"]
    assert (nothing["hits"], nothing["problem"]) == (0, "")
    assert "cannot read" in unknown["problem"]
    assert "best" not in unknown
    _, out, _ = run(capsys, "search", "--index", index, "--list", names, "--threshold", 1.01)
    assert out.splitlines()[0].startswith("Captain     0 hits  best ")
    assert run(capsys, "search", "--index", index, "--list", names, "--text", "x")[0] == 2
    code, _, error = run(capsys, "search", "--index", index, "--list", tmp_path / "none.txt")
    assert (code, error.strip()) == (2, "mark: The list none.txt cannot be read as UTF-8 text.")


def test_an_index_in_one_file(capsys, page, index, tmp_path):
    file = tmp_path / "letters.mark"
    assert run(capsys, "index", page, "--out", file)[0] == 0
    assert file.is_file()
    found = [run(capsys, "search", "--index", out, "--text", "captain", "--json")[1] for out in (file, index)]
    first, second = ([(hit["word"], hit["box"], hit["score"]) for hit in json.loads(rows)] for rows in found)
    assert first == second
    code, out, _ = run(
        capsys, "export", "--index", file, "--format", "csv", "--out", tmp_path / "words.csv", "--json"
    )
    assert code == 0
    assert json.loads(out)["words"] > 30
    file.write_bytes(file.read_bytes()[:-300])
    code, _, err = run(capsys, "search", "--index", file, "--text", "captain")
    assert code == 2
    assert "damaged" in err


def test_search_by_an_image_of_a_word(capsys, page, index, tmp_path):
    _, out, _ = run(capsys, "search", "--index", index, "--text", "captain", "--top", 1, "--json")
    x, y, w, h = json.loads(out)[0]["box"]
    with Image.open(page) as image:
        image.crop((x, y, x + w, y + h)).save(tmp_path / "word.png")
    _, out, _ = run(
        capsys, "search", "--index", index, "--example", tmp_path / "word.png", "--top", 1, "--json"
    )
    assert json.loads(out)[0]["box"] == [x, y, w, h]


def test_unusable_pages_leave_the_others(capsys, page, tmp_path):
    Image.fromarray(np.full((300, 300), 255, np.uint8)).save(tmp_path / "white.png")
    code, out, err = run(capsys, "search", tmp_path / "white.png", page, "--text", "captain", "--top", 1)
    assert code == 0
    assert "white.png" in err
    assert "part.png" in out


def bad_files(folder):
    (folder / "text.jpg").write_text("not an image")
    (folder / "empty.png").write_bytes(b"")
    Image.fromarray(np.full((300, 300), 255, np.uint8)).save(folder / "white.png")
    Image.fromarray(np.zeros((300, 300), np.uint8)).save(folder / "black.png")
    Image.fromarray(np.zeros((1, 1), np.uint8)).save(folder / "dot.png")
    shutil.copy(SAMPLES / "letter-english-rendered.jpg", folder / "cut.jpg")
    (folder / "cut.jpg").write_bytes((folder / "cut.jpg").read_bytes()[:20000])
    return sorted(folder.iterdir())


def test_bad_input_is_one_sentence(capsys, tmp_path):
    for path in bad_files(tmp_path):
        code, out, err = run(capsys, "search", path, "--text", "word")
        assert code == 2, path.name
        assert out == ""
        assert err.startswith("mark: "), path.name
        assert "Traceback" not in err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--text", ""], "Type a word"),
        (["--text", "日本"], "click a word"),
        (["--text", "a" * 300], "300 letters"),
        (["--example", "9:1"], "no page 9"),
        (["--example", "1:9999"], "no longer"),
        ([], "Type a word"),
    ],
)
def test_bad_queries(capsys, index, arguments, sentence):
    code, _, err = run(capsys, "search", "--index", index, *arguments)
    assert code == 2
    assert sentence in err


def test_pages_or_index(capsys, page, tmp_path):
    assert "not both" in run(capsys, "search", page, "--index", tmp_path, "--text", "a")[2]
    assert "no MARK index" in run(capsys, "search", "--index", tmp_path, "--text", "a")[2]


def test_evaluate_says_what_is_missing(capsys, tmp_path):
    code, _, err = run(capsys, "evaluate", "--dataset", tmp_path, "--only", "boxes")
    assert code == 2
    assert "not a data set" in err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--only", "boxes"], "Name data sets"),
        (["--rendered", "arabic"], "add --only words or --only boxes"),
        (["--rendered", "hebrew", "--only", "boxes"], "mongolian, arabic"),
        (["--rendered", "hebrew", "--only", "words", "--fonts", "nowhere"], "train fonts"),
        (["--dataset", "nowhere", "--disturb", "skew"], "add --only boxes"),
        (["--rendered", "arabic", "--only", "boxes", "--fonts", "nowhere"], "train fonts"),
    ],
)
def test_evaluate_needs_pages_and_measures_their_boxes(capsys, arguments, sentence):
    code, _, err = run(capsys, "evaluate", *arguments)
    assert code == 2
    assert sentence in err


@pytest.mark.parametrize("told", [None, "greek"])
def test_rendered_words_do_not_tell_their_script(monkeypatch, told):
    """It is told only where that is asked for."""
    from mark_core.evaluation import report, retrieval
    from mark_core.model import mark
    from mark_core.training.synthesis import corpus

    class Words:
        def __init__(self, *arguments):
            self.sample = corpus.Sample(np.full((40, 60), 225, np.uint8), "a", "a", "greek", "face")

        def group(self, generator):
            return [self.sample]

    asked = []
    monkeypatch.setattr(corpus, "Corpus", Words)
    monkeypatch.setattr(mark, "load_model", lambda *arguments: None)
    monkeypatch.setattr(retrieval, "evaluate_strips", lambda *_, script: asked.append(script))
    monkeypatch.setattr(report, "word_figures", lambda score: {})
    rows = evaluate_rendered_words(["greek", "hebrew"], Path(), script=told, groups=1)
    assert asked == [told, told]
    assert [row["dataset"] for row in rows] == ["greek", "hebrew"]


def test_train_needs_its_fonts(capsys, tmp_path):
    code, _, err = run(capsys, "train", "render", "--fonts", tmp_path / "none")
    assert code == 2
    assert "train fonts" in err


def test_a_phrase_comes_with_the_boxes_of_its_words(capsys, index):
    _, out, _ = run(capsys, "search", "--index", index, "--text", "to every company", "--top", 1, "--json")
    (hit,) = json.loads(out)
    boxes = hit["boxes"]
    assert (len(boxes), boxes[0]) == (3, hit["box"])
    assert boxes[0][0] < boxes[1][0] < boxes[2][0]


def test_every_kind_of_query_is_explained(capsys):
    with pytest.raises(SystemExit):
        main(["search", "--help"])
    told = " ".join(capsys.readouterr().out.split())
    for typed, sentence in HELP:
        assert f"{typed} {sentence}" in told
        assert parse_query(typed)
    assert HELP_VARIANTS in told
    assert HELP_ABBREVIATIONS in told
