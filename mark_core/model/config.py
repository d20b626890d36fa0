"""The two presets, and what a weights file must say to rebuild its model."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from mark_core.errors import MarkError
from mark_core.model.alphabet import ALPHABET
from mark_core.model.phoc import Phoc


@dataclass(frozen=True)
class MarkConfig:
    """Everything that decides the shape of a MarkNetwork. Stored in the JSON card beside the weights.

    clip: name of the open_clip configuration. pretrained: hub tag of open_clip, loaded only on request.
    tokenizer: "characters" or "bpe". input: "strip" (grey, height 48, aspect kept) or "square" (RGB 224, padded).
    alphabet: letters that can be typed; the character tower knows a-z and 0-9 only. gate: PHOC gate on the text.
    adaptation: "kan", "mlp" or "none"; its scope "token" or "vector" (the paper's, ten times larger).
    shape_dim: length of the shape vector, 0 for none. phoc_head / ctc_head: reading heads on the image tower.
    These three need the strip tower.
    """

    name: str
    clip: str
    embed_dim: int
    tokenizer: str = "characters"
    input: str = "strip"
    pretrained: str | None = None
    alphabet: str = ALPHABET
    phoc_levels: tuple[int, ...] = (1, 2, 3, 4, 5)
    bigrams: tuple[str, ...] = ()
    gate: bool = True
    adaptation: str = "kan"
    adaptation_scope: str = "token"
    token_width: int = 64
    heads: int = 4
    dropout: float = 0.1
    shape_dim: int = 0
    phoc_head: bool = True
    ctc_head: bool = True

    @property
    def phoc(self) -> Phoc:
        return Phoc(levels=self.phoc_levels, alphabet=self.alphabet, bigrams=self.bigrams)

    def to_dict(self) -> dict[str, Any]:
        return {key: list(v) if isinstance(v, tuple) else v for key, v in asdict(self).items()}

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> MarkConfig:
        """Raises MarkError when a card names settings this version does not know."""
        values = {key: tuple(v) if isinstance(v, list) else v for key, v in values.items()}
        try:
            return cls(**values)
        except TypeError as error:
            raise MarkError(
                "This weights file is of another version of MARK: {reason}.", reason=str(error)
            ) from error


def mark_compact() -> MarkConfig:
    """The shipped model: strip tower and character tower, sized for two CPU cores."""
    return MarkConfig(name="mark-compact", clip="mark-compact", embed_dim=256, shape_dim=256)


def mark_b32() -> MarkConfig:
    """The paper's model: open_clip ViT-B-32 with MetaCLIP weights where a hub can be reached.

    ``alphabet`` and ``bigrams`` (the 50 most frequent ones) are set by the trainer from its training words.
    """
    return MarkConfig(
        name="mark-b32",
        clip="ViT-B-32-quickgelu",
        embed_dim=512,
        tokenizer="bpe",
        input="square",
        pretrained="metaclip_fullcc",
        phoc_levels=(2, 3, 4, 5),
        adaptation_scope="vector",
        heads=8,
        phoc_head=False,
        ctc_head=False,
    )


PRESETS = {"mark-compact": mark_compact, "mark-b32": mark_b32}


def preset(name: str, **changes: Any) -> MarkConfig:
    """A preset by name with single settings changed. Raises MarkError on an unknown name."""
    if name not in PRESETS:
        raise MarkError(
            "There is no model named “{name}”; known are {known}.",
            name=name,
            known=", ".join(sorted(PRESETS)),
        )
    return replace(PRESETS[name](), **changes)
