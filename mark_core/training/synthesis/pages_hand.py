"""The habits of a page's writer or printer that decide how words and letters stand apart."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Hand:
    """The habits of a page; lengths in x-heights.

    x_height: pixels. space, uneven: usual distance between words and the spread of its logarithm.
    tracking: added between all letters. joined: share of the gaps between letters that a stroke bridges.
    loose, lift: share of letters after which the pen is lifted, and how
    far it moves on. capital: distance after a capital; set_off: share of capitals it applies to.
    detached: space before punctuation. tight: share of the space between words that stays behind punctuation, as
    old prints often set "modo,sed". virgule: whether a stroke stands for the comma.
    squeeze: spread of the logarithm of the spaces from line to line.
    """

    x_height: float
    pitch: float
    space: float
    uneven: float
    tracking: float
    joined: float
    loose: float
    lift: float
    capital: float
    set_off: float
    detached: float
    tight: float
    virgule: bool
    slant: float
    stretch: float
    climb: float
    waver: float
    pen: float
    justified: bool
    squeeze: float
    shortness: float


def draw_hand(kind: str, g: np.random.Generator) -> Hand:
    """Habits as they vary within a kind of writing: ``hand``, ``pen``, ``black`` or ``print``.

    Handwriting is a running hand, joined, leaning and wide; or a plain one; or a book hand, in which words
    stand hardly farther apart than letters. Blackletter is a book hand or print.
    """
    written = (("running", "plain", "book"), (0.53, 0.15, 0.32))
    known = {"hand": written, "pen": written, "black": (("book", "print"), (0.6, 0.4))}
    styles, shares = known.get(kind, (("print",), (1.0,)))
    style = str(g.choice(styles, p=shares))
    dense = style in ("book", "print")
    ratio = g.uniform(1.9, 3.4) if dense else g.uniform(2.2, 5.5)
    x_height = float(np.clip(g.uniform(34, 90) / ratio, 9, 28))
    stretch = float(
        np.exp(g.normal({"running": 0.25, "plain": 0.0}.get(style, -0.08), 0.12 if dense else 0.22))
    )
    middle = {"running": 1.15, "plain": 0.8, "book": 0.34}.get(style, 0.48)
    space = float(np.clip(middle * stretch * np.exp(g.normal(0, 0.38)), 0.16, 3.0))
    joined = {"running": g.uniform(0.75, 1.0), "plain": g.uniform(0, 0.5), "book": g.uniform(0.6, 1.0)}
    lean = {"running": g.normal(0.45, 0.3), "plain": g.normal(0.1, 0.2)}
    by_hand = style != "print"
    return Hand(
        x_height=x_height,
        pitch=ratio * x_height,
        space=space,
        uneven=(g.uniform(0.25, 0.6) if dense else g.uniform(0.12, 0.45))
        if by_hand
        else g.uniform(0.05, 0.25),
        tracking=max(0.0, g.normal(0.0, 0.08)) if not dense and g.random() < 0.5 else 0.0,
        joined=joined.get(style, 0.0),
        loose=(g.uniform(0.0, 0.25) if g.random() < 0.75 else 0.0) if by_hand else g.uniform(0, 0.03),
        lift=(g.uniform(0.05, 0.4) if dense else g.uniform(0.15, 0.75)) * space,
        capital=g.uniform(0.0, 0.6 if dense else 1.0) * min(space, 2.0),
        set_off=g.uniform(0, 0.7) if by_hand else g.uniform(0, 0.1),
        detached=g.uniform(0.05, 0.9) * min(space, 0.7) if g.random() < 0.4 else 0.0,
        tight=g.uniform(0.0, 0.9) if g.random() < (0.5 if dense else 0.15) else 1.0,
        virgule=bool(dense and g.random() < 0.2),
        slant=float(np.clip(lean.get(style, g.normal(0.0, 0.06)), -0.3, 1.0)),
        stretch=stretch,
        climb=g.normal(0, 0.012),
        waver=abs(g.normal(0, 0.12 if by_hand else 0.03)),
        pen=g.uniform(-1, 1),
        justified=bool(g.random() < {"running": 0.1, "plain": 0.1, "book": 0.5}.get(style, 0.8)),
        squeeze=g.uniform(0, 0.3) if style == "print" else g.uniform(0, 0.15),
        shortness=g.uniform(0.3, 1.0),
    )
