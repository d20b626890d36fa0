"""String towers of published systems, each behind one name: N folded words -> (N, num_features)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from mark_core.errors import MarkError
from mark_core.model.alphabet import ALPHABET
from mark_core.model.network import tokenize
from mark_core.model.phoc import Phoc

from open_clip.transformer import TextTransformer  # isort: skip  # after model.network, which prepares its import


class ClipText(nn.Module):
    """CLIP's text transformer; with ``gated`` its features are MARK's FC1(t) * PHOC(word), of which FC2 is the last
    layer of the system. small: one layer over letters, as in mark-compact, instead of twelve over the prompt."""

    def __init__(self, gated: bool, small: bool) -> None:
        super().__init__()
        self.tokenizer = "characters" if small else "bpe"
        self.transformer = _small_clip_text() if small else TextTransformer(output_dim=None)
        width = self.transformer.ln_final.normalized_shape[0]
        self.phoc = Phoc() if gated else None
        self.num_features = width if self.phoc is None else self.phoc.size
        if self.phoc is not None:
            self.gate = nn.Linear(width, self.phoc.size)

    def forward(self, words: Sequence[str]) -> Tensor:
        device = self.transformer.ln_final.weight.device
        text = self.transformer(tokenize(words, self.tokenizer).to(device))
        if self.phoc is None:
            return text
        return self.gate(text) * torch.from_numpy(self.phoc.encode(words)).to(device)


def _small_clip_text() -> TextTransformer:
    return TextTransformer(
        context_length=42,
        vocab_size=len(ALPHABET) + 2,
        width=96,
        heads=4,
        layers=1,
        output_dim=None,
        no_causal_mask=True,
        use_pad_mask=True,  # a word's vector must not depend on the padding beside it
        pool_type="first",
        pad_id=0,
    )


class LetterRecurrent(nn.Module):
    """Embedded letters read by a recurrent network.

    kind: "gru" or "lstm". pooling: "last", the last state of each direction in the last layer, or "max", the maximum
    over the letters.
    """

    def __init__(
        self, kind: str, layers: int, both_ways: bool, pooling: str = "last", width: int = 128
    ) -> None:
        super().__init__()
        self.embed = nn.Embedding(len(ALPHABET) + 2, width, padding_idx=0)
        network = {"gru": nn.GRU, "lstm": nn.LSTM}[kind]
        self.network = network(width, width, layers, batch_first=True, bidirectional=both_ways)
        self.pooling, self.directions = pooling, 2 if both_ways else 1
        self.num_features = self.directions * width

    def forward(self, words: Sequence[str]) -> Tensor:
        tokens = tokenize(words, "characters").to(self.embed.weight.device)
        lengths = torch.tensor([1 + len(word) for word in words])
        packed = pack_padded_sequence(self.embed(tokens), lengths, batch_first=True, enforce_sorted=False)
        states, last = self.network(packed)
        if self.pooling == "max":
            return _maximum(states)
        hidden = last[0] if isinstance(last, tuple) else last
        return hidden[-self.directions :].transpose(0, 1).flatten(1)


def _maximum(states: PackedSequence) -> Tensor:
    return pad_packed_sequence(states, batch_first=True, padding_value=float("-inf"))[0].amax(dim=1)


class PhocText(nn.Module):
    """The PHOC of a word itself, without parameters: what PHOCNet's image tower is to say."""

    def __init__(self) -> None:
        super().__init__()
        self.phoc = Phoc()
        self.num_features = self.phoc.size

    def forward(self, words: Sequence[str]) -> Tensor:
        return torch.from_numpy(self.phoc.encode(words))


STRING_TOWERS: dict[str, Callable[[], nn.Module]] = {
    "clip-phoc": lambda: ClipText(gated=True, small=False),  # MARK's
    "clip": lambda: ClipText(gated=False, small=False),
    "small-clip-phoc": lambda: ClipText(gated=True, small=True),  # that of mark-compact
    "small-clip": lambda: ClipText(gated=False, small=True),
    "bigru": lambda: LetterRecurrent("gru", 2, both_ways=True),  # "Learning to Rank Words"
    "lstm": lambda: LetterRecurrent("lstm", 1, both_ways=False),
    "bilstm": lambda: LetterRecurrent(
        "lstm", 1, both_ways=True, pooling="max"
    ),  # deep cross-modal projection
    "phoc": PhocText,
}


def string_tower(name: str) -> nn.Module:
    """Raises MarkError on an unknown name."""
    if name not in STRING_TOWERS:
        raise MarkError(
            "There is no string tower “{name}”; known are {known}.",
            name=name,
            known=", ".join(STRING_TOWERS),
        )
    return STRING_TOWERS[name]()
