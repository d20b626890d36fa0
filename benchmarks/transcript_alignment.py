"""Words of transcripts placed on their pages: ``python benchmarks/transcript_alignment.py DIR/gw --pages 5``.

The lines of a page's text are told from the boxes of its words. Placed: within the extent match of the evaluation of
boxes. ``--lines CORPUS`` fits instead how sure a placed word is, on held-out lines whose words were exchanged.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import numpy as np

import mark_core as mark
from mark_core.evaluation.boxes import likeness
from mark_core.evaluation.dataset import Dataset, load_dataset
from mark_core.model.alignment import align, path_scores
from mark_core.model.line_reader import read_lines
from mark_core.transcript.line_matching import LEAST

LETTERS = "abcdefghijklmnopqrstuvwxyz"
Line = list[tuple[str, np.ndarray]]  # words and their boxes x y w h


def text_lines(dataset: Dataset, page: Path, column: str) -> list[Line]:
    """The words of a page by lines: a new one begins where the boxes go back to the left, or down."""
    rows = dataset.words[dataset.words["page"] == page.name]
    lines: list[Line] = [[]]
    for text, box in zip(rows[column], rows[["x", "y", "w", "h"]].to_numpy(float), strict=True):
        if lines[-1]:
            last = lines[-1][-1][1]
            if box[0] < last[0] or box[1] > last[1] + last[3]:
                lines.append([])
        lines[-1].append((str(text).replace(" ", ""), box))
    return lines


def with_errors(word: str, share: float, g: np.random.Generator) -> str:
    """The word with this share of its letters replaced."""
    return "".join(g.choice(list(LETTERS)) if g.random() < share else char for char in word)


def variants(lines: list[Line], others: list[Line], seed: int) -> dict[str, list[Line]]:
    """The text of a page as it is, disturbed, and that of another page."""
    g = np.random.default_rng(seed)
    at = len(lines) // 2
    out = {"true": lines}
    for share in (0.05, 0.15, 0.30):
        out[f"{share:.0%} of letters wrong"] = [
            [(with_errors(w, share, g), b) for w, b in row] for row in lines
        ]
    out["a line missing"] = lines[:at] + lines[at + 1 :]
    out["a line doubled"] = lines[: at + 1] + lines[at:]
    out["in one paragraph"] = [[word for row in lines for word in row]]
    out["the same, 15% wrong"] = [[pair for row in out["15% of letters wrong"] for pair in row]]
    out["text of another page"] = others
    out["the same, in one paragraph"] = [[word for row in others for word in row]]
    return out


def score(page: mark.Page, lines: list[Line], model: mark.MarkModel) -> dict[str, float]:
    """Words of the text; placed where they stand; mean certainty; those with certainty of a half and more, and how
    many of them are right; words of pages for which the text was refused. A line that is there twice is right once."""
    found = mark.align(page, [" ".join(word for word, _ in line) for line in lines], model, rebreak=True)
    boxes = [box for line in lines for _, box in line]
    counted = {tuple(box) for box in boxes}
    order = sorted((word.line, word.number) for word in (*found.placed, *found.unplaced))
    at = {place: number for number, place in enumerate(order)}  # the text may have been broken anew
    true = [boxes[at[word.line, word.number]] * page.scale for word in found.placed]
    right = np.zeros(len(true), bool)
    for row, word in enumerate(found.placed):
        right[row] = likeness(np.array([word.box]), true[row][None])[2][0, 0]
    sure = np.array([word.certainty for word in found.placed]) >= 0.5
    return {
        "words": len(counted),
        "right": int(right.sum()),
        "sure": int(sure.sum()),
        "sure and right": int((sure & right).sum()),
        "certainty": found.certainty * len(counted),
        "refused": 0 if found.belongs else len(counted),
    }


def measure(options: argparse.Namespace) -> None:
    dataset, model = load_dataset(options.dataset), mark.load_model()
    pages = dataset.pages[: options.pages]
    texts = [text_lines(dataset, page, options.column) for page in pages]
    totals: dict[str, dict[str, float]] = {}
    for number, path in enumerate(pages):
        page = mark.load_page(path)
        others = texts[(number + 1) % len(texts)]
        for name, lines in variants(texts[number], others, number).items():
            figures = score(page, lines, model)
            total = totals.setdefault(name, dict.fromkeys(figures, 0.0))
            for key, value in figures.items():
                total[key] += value
    for name, total in totals.items():
        shares = "  ".join(f"{k} {100 * v / total['words']:5.1f}" for k, v in total.items() if k != "words")
        print(f"{name:26} {total['words']:5.0f} words, of 100: {shares}")


def fit(options: argparse.Namespace) -> None:
    from sklearn.linear_model import LogisticRegression

    from mark_core.training.real.corpus import read_corpus

    g, model = np.random.default_rng(0), mark.load_model()
    lines = [line for line in read_corpus(options.lines).lines if line.held_out and len(line.text) > 12]
    lines = [lines[i] for i in g.permutation(len(lines))[: options.count]]
    vocabulary: dict[int, list[str]] = {}
    for line in lines:
        for word in line.words:
            vocabulary.setdefault(len(word), []).append(word)
    measures, labels, own, other = [], [], [], []
    for number, columns in enumerate(read_lines(model, [line.strip for line in lines])):
        line = lines[number]
        stranger = lines[int(g.integers(len(lines)))]
        for words in (line.words, stranger.words):
            scores = path_scores(columns, [words], model.alphabet, model.space) / len("".join(words))
            (own if words is line.words else other).append(float(scores[0]))
        for share in (0.0, 0.3, 1.0):
            words = [str(g.choice(vocabulary[len(w)])) if g.random() < share else w for w in line.words]
            places = align(columns, words, model.alphabet, model.space)
            sizes = np.array([len(words[place.word]) for place in places])
            sure = np.array([place.confidence for place in places])
            for place in places if len(places) else []:
                measures.append((place.confidence, float((sure * sizes).sum() / sizes.sum())))
                labels.append(words[place.word] == line.words[place.word])
    for least in (2.0, 2.5, 3.0, 3.5, 4.0):
        shares = [np.mean(np.array(scores) > -least) for scores in (own, other)]
        print(f"above -{least}: own text {shares[0]:.3f}, that of another line {shares[1]:.3f}")
    x, y = np.clip(np.array(measures), -12, 0), np.array(labels)
    keep = x[:, 1] > -LEAST - 0.5
    model_of = LogisticRegression(C=1e4).fit(x[keep], y[keep])
    p = model_of.predict_proba(x[keep])[:, 1]
    print("words", keep.sum(), "true", y[keep].mean(), "log-odds", model_of.intercept_, model_of.coef_)
    for low in np.arange(0, 1, 0.1):
        part = (p >= low) & (p < low + 0.1)
        print(
            f"certainty {low:.1f}: {part.sum():6} words, {y[keep][part].mean() if part.any() else 0:.3f} right"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("dataset", type=Path, nargs="?")
    parser.add_argument("--pages", type=int, default=5)
    parser.add_argument("--column", default="text")
    parser.add_argument("--lines", type=Path)
    parser.add_argument("--count", type=int, default=1500)
    options = parser.parse_args()
    fit(options) if options.lines else measure(options)


if __name__ == "__main__":
    main()
