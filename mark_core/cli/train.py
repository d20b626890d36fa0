"""``train`` on the command line, with the steps that prepare it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from mark_core.cli.options import add_command
from mark_core.data_files import data_file
from mark_core.errors import MarkError

_DEFAULT_FONTS = Path("build/fonts")
_DEFAULT_SHARDS = Path("build/shards")
_DEFAULT_REAL = Path("build/real")


def add_train(commands: Any) -> None:
    """Add ``train`` and its steps: fonts, render, sheet, run, gaps, direction, export."""
    parser = add_command(commands, "train", "train the model on rendered words", None, _show)
    steps = parser.add_subparsers(dest="step", required=True, metavar="step")

    fonts = steps.add_parser("fonts", help="fetch the training fonts and word lists (needs npm and apt-get)")
    fonts.add_argument("--fonts", type=Path, default=_DEFAULT_FONTS)
    fonts.set_defaults(run=_fonts)

    render = steps.add_parser("render", help="render words into shards; existing shards are kept")
    render.add_argument("--fonts", type=Path, default=_DEFAULT_FONTS)
    render.add_argument("--shards", type=Path, default=_DEFAULT_SHARDS)
    render.add_argument("--count", type=int, default=24, help="training shards of 6,000 words (default 24)")
    render.add_argument("--seed", type=int, default=0)
    render.set_defaults(run=_render)

    words = steps.add_parser("words", help="cut real words out of transcribed lines by forced alignment")
    words.add_argument(
        "--lines",
        type=Path,
        required=True,
        help="folder of sets with lines.zip and lines.csv, or of pages with PAGE XML or ALTO",
    )
    words.add_argument("--weights", type=Path, default=data_file("assets/mark-compact.safetensors"))
    words.add_argument("--out", type=Path, default=_DEFAULT_REAL)
    words.add_argument("--least", type=float, help="confidence from which a word is kept, in nats a letter")
    words.set_defaults(run=_cut_words)

    sheet = steps.add_parser(
        "sheet", help="draw a contact sheet of rendered words, beside real ones if given"
    )
    sheet.add_argument("--fonts", type=Path, default=_DEFAULT_FONTS)
    sheet.add_argument("--beside", type=Path, help="a data set whose true crops are drawn in the right half")
    sheet.add_argument("--out", type=Path, default=Path("build/sheet.png"))
    sheet.add_argument("--seed", type=int, default=0)
    sheet.set_defaults(run=_sheet)

    run = steps.add_parser("run", help="train; goes on from the checkpoint in --out if there is one")
    _add_words(run)
    run.add_argument("--out", type=Path, default=Path("runs/compact"))
    run.add_argument("--model", default="mark-compact")
    run.add_argument("--hub", action="store_true", help="start from the weights open_clip has for the preset")
    run.add_argument("--init", type=Path, help="weights file to start from (default: start from chance)")
    run.add_argument(
        "--clip-share",
        type=float,
        default=1.0,
        help="learning rate of the CLIP towers as a share of the rest",
    )
    run.add_argument("--batch", type=int, default=48, help="different words in a batch, two views each")
    run.add_argument("--warmup", type=int, default=300)
    run.add_argument("--decay", type=float, default=0.4, help="share of the steps over which the rate falls")
    run.add_argument(
        "--foreign", type=float, default=0.1, help="share of groups shown mirrored or upside down"
    )
    _add_real(run)
    run.add_argument("--real-batch", type=int, default=32, help="--lines: different real words beside them")
    run.add_argument("--line-batch", type=int, default=16, help="--lines: whole lines beside them")
    run.add_argument("--steps", type=int, default=5200)
    run.add_argument("--losses", default="contrastive", help="contrastive, mark or cmpm")
    run.add_argument("--learning-rate", type=float, default=2e-3)
    run.add_argument("--seed", type=int, default=0)
    run.add_argument(
        "--set", action="append", default=[], metavar="NAME=VALUE", help="change a setting of the preset"
    )
    run.add_argument(
        "--watch",
        type=Path,
        action="append",
        default=[],
        help="a data set whose figures are printed for information; they decide nothing",
    )
    run.set_defaults(run=_run)

    gaps = steps.add_parser("gaps", help="fit the classifier of gaps between words on rendered pages")
    gaps.add_argument("--fonts", type=Path, default=_DEFAULT_FONTS)
    gaps.add_argument("--pages", type=int, default=400)
    gaps.add_argument("--seed", type=int, default=0)
    gaps.add_argument("--leftward", action="store_true", help="for writing to the left (Arabic, Hebrew)")
    gaps.set_defaults(run=_gaps)

    direction = steps.add_parser("direction", help="fit the detection of right-to-left letters")
    direction.add_argument("--fonts", type=Path, default=_DEFAULT_FONTS)
    direction.add_argument("--pages", type=int, default=240)
    direction.add_argument("--leftward", type=int, default=90)
    direction.add_argument("--seed", type=int, default=0)
    direction.set_defaults(run=_direction)

    calibrate = steps.add_parser(
        "calibrate",
        help="fit probabilities, thresholds and the weight of a clicked word; only the card changes",
    )
    calibrate.add_argument("--shards", type=Path, default=_DEFAULT_SHARDS)
    calibrate.add_argument("--weights", type=Path, default=data_file("assets/mark-compact.safetensors"))
    _add_real(calibrate)
    calibrate.set_defaults(run=_calibrate)

    export = steps.add_parser(
        "export", help="calibrate a run on rendered words and write its weights and card"
    )
    export.add_argument("--run", dest="folder", type=Path, default=Path("runs/compact"))
    _add_words(export)
    _add_real(export)
    export.add_argument("--to", type=Path, default=Path("assets/mark-compact.safetensors"))
    export.set_defaults(run=_export)


def _fonts(options: argparse.Namespace) -> dict[str, Any]:
    from mark_core.training.synthesis.fonts import fetch, load_faces

    fetch(options.fonts)
    return {"faces": len(load_faces(options.fonts)), "folder": str(options.fonts)}


def _render(options: argparse.Namespace) -> dict[str, Any]:
    from mark_core.training.synthesis.corpus import write_hands, write_shards

    _need(options.fonts, "fonts")
    write_shards(options.fonts, options.shards, 2, seed=options.seed, split="val", groups=500)
    write_hands(options.fonts, options.shards, seed=options.seed)
    write_shards(options.fonts, options.shards, options.count, seed=options.seed)
    return {"shards": options.count, "folder": str(options.shards)}


def _sheet(options: argparse.Namespace) -> dict[str, Any]:
    from mark_core.training.synthesis.sheet import contact_sheet

    _need(options.fonts, "fonts")
    contact_sheet(options.fonts, options.out, options.beside, options.seed)
    return {"sheet": str(options.out)}


def _run(options: argparse.Namespace) -> dict[str, Any]:
    from mark_core.model.config import preset
    from mark_core.training.learner import Recipe
    from mark_core.training.real.mixture import Mixture
    from mark_core.training.run import train, watched

    recipe = Recipe(
        steps=options.steps,
        labels=options.batch,
        losses=options.losses,
        learning_rate=options.learning_rate,
        clip_share=options.clip_share,
        warmup=options.warmup,
        decay=options.decay,
        foreign=options.foreign,
        seed=options.seed,
    )
    config = preset(options.model, **_changes(options.set))
    information = {folder.name: watched(folder) for folder in options.watch}
    words = _words(options)
    mixture = Mixture(options.batch, options.real_batch, options.line_batch)
    real = _real(options)
    return train(
        words,
        options.out,
        recipe,
        config,
        information,
        options.init,
        hub=options.hub,
        real=real,
        mixture=mixture,
    )


def _cut_words(options: argparse.Namespace) -> dict[str, Any]:
    from mark_core.model.mark import load_model
    from mark_core.training.real.real_ink import write_words
    from mark_core.training.real.real_words import CONFIDENCE

    least = CONFIDENCE if options.least is None else options.least
    return write_words(load_model(options.weights), options.lines, options.out, least)


def _add_real(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--lines", type=Path, help="transcribed lines, used beside the rendered words")
    parser.add_argument("--real", type=Path, default=_DEFAULT_REAL, help="--lines: the words cut out of them")


def _real(options: argparse.Namespace) -> Any:
    from mark_core.training.real.real_ink import RealInk

    return RealInk.load(options.real, options.lines) if options.lines else None


def _add_words(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--shards", type=Path, default=_DEFAULT_SHARDS)
    parser.add_argument(
        "--split", type=Path, help="train on real words: a list of word\\\\file lines (Kanjur, Geser)"
    )
    parser.add_argument("--images", type=Path, help="folder of the word images")
    parser.add_argument("--dataset", type=Path, help="train on the true crops of transcribed pages")
    parser.add_argument("--column", default="key", help="what is written in a crop (default key)")
    parser.add_argument("--fold", type=int, help="leave out the words of this fold, for `evaluate --fold`")


def _words(options: argparse.Namespace) -> Any:
    from mark_core.training.run import rendered_words, transcribed_words
    from mark_core.training.splits import hold_out, read_split

    if bool(options.split) != bool(options.images):
        raise MarkError("Name both the split file (--split) and the folder of its words (--images).")
    if options.split and options.dataset:
        raise MarkError("Train on a split file or on a data set, not on both.")
    if options.split:
        return hold_out(read_split(options.split, options.images))
    if options.dataset:
        return hold_out(transcribed_words(options.dataset, options.column, options.fold))
    return rendered_words(options.shards)


def _gaps(options: argparse.Namespace) -> dict[str, Any]:
    from mark_core.training.gaps import fit_gap_classifier

    _need(options.fonts, "fonts")
    record = fit_gap_classifier(options.fonts, options.pages, options.seed, options.leftward)
    return {key: record[key] for key in ("pages", "gaps", "error", "error_of_families_held_out")}


def _direction(options: argparse.Namespace) -> dict[str, Any]:
    from mark_core.training.leftward import fit_letters

    _need(options.fonts, "fonts")
    return fit_letters(options.fonts, options.pages, options.leftward, options.seed)


def _calibrate(options: argparse.Namespace) -> dict[str, Any]:
    from mark_core.training.run import recalibrate

    return recalibrate(options.weights, options.shards, _real(options))["calibration"]


def _export(options: argparse.Namespace) -> dict[str, Any]:
    from mark_core.training.run import export, rendered_hands

    labelled = bool(options.split or options.dataset)
    hands = None if labelled else rendered_hands(options.shards)
    card = export(options.folder, _words(options), options.to, hands, labelled, _real(options))
    return {key: card[key] for key in ("name", "parameters", "step", "sha256", "scores")}


def _need(folder: Path, step: str) -> None:
    if not folder.exists():
        raise MarkError(
            "The folder {folder} does not exist; run `train {step}` first.", folder=str(folder), step=step
        )


def _changes(pairs: list[str]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        words = {"true": True, "false": False}
        out[name] = words.get(value.lower(), int(value) if value.isdigit() else value)
    return out


def _show(result: dict[str, Any]) -> None:
    for key, value in result.items():
        print(f"{key}: {value}")
