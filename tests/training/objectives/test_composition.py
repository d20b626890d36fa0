"""The dynamic weighted combiner against a loop over its formulas."""

import math

import pytest
import torch

from mark_core.training.objectives.composition import DynamicWeightedCombiner

TAU, SHARE = 0.07, 0.2


def unit(v):
    return v / v.norm()


def softmax(scores):
    top = max(scores)
    norm = sum(math.exp(s - top) for s in scores)
    return [math.exp(s - top) / norm for s in scores]


def compose(stream, image, text):
    image, text = unit(image), unit(text)
    both = torch.cat([image, text])[None]
    image = torch.sigmoid(stream.edit_image(both))[0] * image
    text = torch.sigmoid(stream.edit_text(both))[0] * text
    weight = torch.sigmoid(stream.weigh(torch.cat([image, text])[None]))[0]
    return unit(weight * image + (1 - weight) * text)


def next_of_same(word, i):
    for step in range(1, 8):
        if word[(i + step) % 8] == word[i]:
            return (i + step) % 8
    return None


@pytest.mark.parametrize("turn", [0, 1])
@torch.no_grad()
def test_composition(outputs, typed, turn):
    torch.manual_seed(0)
    loss = DynamicWeightedCombiner(6).eval()
    loss.steps.fill_(turn)
    word = outputs.text_of.tolist()
    asked = [i for i in typed if next_of_same(word, i) is not None]
    rankings, total = [], 0.0
    for number, (images, texts) in enumerate(
        ((outputs.image, outputs.adapted_text), (outputs.adapted_image, outputs.text))
    ):
        v = [unit(images[next_of_same(word, i)]) for i in asked]
        ranking = []
        for row, i in enumerate(asked):
            near = softmax([float(v[row] @ other) / TAU for other in v])
            same = [float(word[i] == word[j]) for j in asked]
            labels = [SHARE * n + (1 - SHARE) * s / sum(same) for n, s in zip(near, same, strict=True)]
            asked_for = {"composed": compose(loss.streams[number], images[i], texts[word[i]])}
            if number == 0:
                asked_for |= {"crop": unit(images[i]), "word": unit(texts[word[i]])}
            for kind, q in asked_for.items():
                p = softmax([float(q @ other) / TAU for other in v])
                if kind == "composed":
                    ranking.append(p)
                if kind != "composed" or number == turn:
                    cost = -sum(y * math.log(s) for y, s in zip(labels, p, strict=True))
                    total += cost / len(asked)
        rankings.append(ranking)
    for mine, other in zip(rankings[turn], rankings[1 - turn], strict=True):
        total += sum(o * math.log(o / m) for o, m in zip(other, mine, strict=True)) / len(asked)
    assert float(loss(outputs)) == pytest.approx(total, rel=1e-3)


def test_the_streams_learn_in_turn(outputs):
    loss = DynamicWeightedCombiner(6)
    for turn in (0, 1, 0):
        loss.zero_grad()
        loss(outputs).backward()
        learnt = [
            any(p.grad is not None and p.grad.abs().sum() > 0 for p in s.parameters()) for s in loss.streams
        ]
        assert learnt == [turn == 0, turn == 1]


def test_words_that_occur_once_are_left_out(outputs):
    outputs.text_of = torch.tensor([0, 1, 2, 3, -1, -1, -1, -1])
    assert float(DynamicWeightedCombiner(6)(outputs).detach()) == 0
