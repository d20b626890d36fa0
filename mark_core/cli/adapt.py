"""``adapt`` on the command line: adapt the model to the hand of an index."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mark_core.cli.options import add_command


def add_adapt(commands: Any) -> None:
    parser = add_command(
        commands,
        "adapt",
        "learn the hand of an index from its own words, without a transcription",
        _adapt,
        _show,
    )
    parser.add_argument(
        "--index", type=Path, required=True, help="folder or FILE.mark written by `index`; it is updated"
    )
    parser.add_argument(
        "--lexicon",
        default="en",
        help="language of the pages (en, de, fr ..., en+fr), a word list, or none (default en)",
    )
    parser.add_argument("--minutes", type=float, default=8.0, help="time to learn (default 8)")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument(
        "--ask", type=Path, metavar="FILE", help="only write the most useful questions as a table to fill in"
    )
    parser.add_argument("--count", type=int, default=10, help="number of questions (default 10)")
    parser.add_argument(
        "--answers", type=Path, metavar="FILE", help="the table, with its column text filled in"
    )
    parser.add_argument("--undo", action="store_true", help="go back to the shipped weights")


def _adapt(options: argparse.Namespace) -> dict[str, Any]:
    from tqdm import tqdm

    from mark_core.model.mark import load_model
    from mark_core.model.strip import to_strip
    from mark_core.model.word_script import told_scripts
    from mark_core.retrieval.index import WordIndex
    from mark_core.segmentation.crop import crop_word
    from mark_core.storage.project import Project, open_project
    from mark_core.training.adapt import adapt
    from mark_core.training.lexicon import load_lexicon
    from mark_core.training.transcriptions import known_texts, read_answers

    # a project keeps its titles and decisions
    kept = open_project(options.index) if options.index.is_file() else WordIndex.load(options.index)
    index = kept.index if isinstance(kept, Project) else kept
    base = load_model()
    if options.undo:
        index.set_model(base)
        kept.save(options.index)
        return {"improved": False, "sentence": "The index uses the shipped weights again.", "cycles": []}
    lexicon = load_lexicon(options.lexicon)
    known = known_texts(index, kept.answers) if isinstance(kept, Project) else {}
    if options.ask:
        return _ask(index, base, lexicon, known, options.count, options.ask)
    if options.answers:
        known |= read_answers(index, options.answers)
    strips = [to_strip(crop_word(p.page.grey, word)) for p in index.pages for word in p.words]
    scripts = told_scripts((page.script, len(page.words)) for page in index.pages)
    with tqdm(total=100, desc="learning the hand", unit="%", disable=options.json, leave=False) as bar:

        def show(step: str, done: float) -> None:
            bar.update(round(100 * done) - bar.n)

        learnt = adapt(
            base,
            strips,
            lexicon,
            options.minutes,
            known,
            seed=options.seed,
            progress=show,
            scripts=scripts,
        )
    if learnt.improved:
        index.set_model(learnt.model(base))
        kept.save(options.index)
    return {
        "improved": learnt.improved,
        "sentence": learnt.sentence,
        "cycles": [asdict(cycle) for cycle in learnt.cycles],
    }


def _ask(
    index: Any, base: Any, lexicon: Any, known: dict[int, str], count: int, file: Path
) -> dict[str, Any]:
    from mark_core.retrieval.gallery import Gallery
    from mark_core.training.active_learning import choose_questions
    from mark_core.training.labelers import make_labeler
    from mark_core.training.transcriptions import write_questions

    encoding = index.encoding
    rows = choose_questions(encoding, make_labeler(base, lexicon).confidence(encoding), count, list(known))
    write_questions(index, rows, Gallery(encoding).readings, file)
    sentence = (
        f"{file} asks about {len(rows)} words; fill in the column text and run again with --answers {file}."
    )
    return {"improved": False, "sentence": sentence, "cycles": []}


def _show(result: dict[str, Any]) -> None:
    for number, cycle in enumerate(result["cycles"]):
        print(
            f"cycle {number}: learnt from {cycle['learnt']} words, {cycle['agreement']:.0%} agree with themselves, "
            f"mean confidence {cycle['confidence']:.0%}, {cycle['changed']:.0%} changed"
        )
    print(result["sentence"])
