import json

import numpy as np
import pytest

from mark_core.cli.main import main
from mark_core.model.strip import to_strip
from tests.conftest import draw_word


@pytest.fixture
def shards(tmp_path):
    for split, words in {"train": ["orders", "letter", "march"], "val": ["march", "fort"]}.items():
        strips = [to_strip(draw_word(word, size)) for word in words for size in (1.0, 1.2)]
        np.savez(
            tmp_path / f"{split}-0-0000.npz",
            pixels=np.concatenate(strips, axis=1),
            widths=np.array([strip.shape[1] for strip in strips], np.int32),
            labels=np.array([word for word in words for _ in range(2)]),
            scripts=np.array(["latin"] * len(strips)),
        )
    return tmp_path


def test_list(capsys):
    assert main(["compare", "--list", "--rows", "Join", "MARK"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["name", "MARK", "Join"]


def test_a_table_comes_out(shards, capsys):
    out = shards / "out"
    asked = [
        "compare",
        "--shards",
        str(shards),
        "--out",
        str(out),
        "--steps",
        "1",
        "--seeds",
        "1",
        "--batch",
        "2",
    ]
    rows = ["--rows", "PHOCNet's regression", "Siamese, small MARK"]
    assert main([*asked, *rows, "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    assert len(result["results"]) == 2
    assert (out / "table.md").read_text(encoding="utf-8") == result["table"]
    assert main([*asked, *rows]) == 0
    assert "Siamese, small MARK" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--rows", "Magic"], "no row"),
        (["--tower", "babel"], "no image tower"),
        (["--budget", "soon"], "is no time"),
        (["--steps", "0"], "above zero"),
        (["--seeds", "0"], "at least one seed"),
    ],
)
def test_what_cannot_be_asked(shards, capsys, arguments, sentence):
    assert main(["compare", "--shards", str(shards), "--out", str(shards / "out"), *arguments]) == 2
    assert sentence in capsys.readouterr().err
    assert not (shards / "out").exists()
