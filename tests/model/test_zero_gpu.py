"""The shared GPU of Spaces, played by a decorator that grants it or not."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from mark_core.model import zero_gpu
from mark_core.model.mark import MarkModel
from mark_core.model.zero_gpu import FEW, PAUSE, SECONDS, ZeroGpuModel, load_hosted_model


class Gpu:
    """What ``spaces.GPU`` does, as far as a program sees it."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.granted = True
        self.duration = 0

    def __call__(self, duration: int) -> Callable[[Any], Any]:
        self.duration = duration

        def decorate(function: Any) -> Any:
            def call(strips: list[np.ndarray], *more: Any) -> Any:
                self.asked.append(len(strips))
                if not self.granted:
                    raise RuntimeError("You have exceeded your GPU quota")
                return function(strips, *more)

            return call

        return decorate


def strips(number: int) -> list[np.ndarray]:
    return [np.random.default_rng(i).integers(0, 255, (48, 60), np.uint8) for i in range(number)]


def test_pages_are_encoded_there_and_a_refusal_falls_back(random_model: MarkModel) -> None:
    gpu, now = Gpu(), [0.0]
    model = ZeroGpuModel(random_model, gpu, "cpu", lambda: now[0])
    many = strips(FEW + 1)
    right = random_model.encode_strips(many).vectors
    assert np.array_equal(model.encode_strips(many).vectors, right)
    assert (gpu.asked, gpu.duration, model.refusals) == ([FEW + 1], SECONDS, 0)
    assert set(model.encode_strips(many, "greek").scripts) == set(
        random_model.encode_strips(many, "greek").scripts
    )
    gpu.asked.pop()
    model.encode_strips(strips(3))  # an edited box
    assert gpu.asked == [FEW + 1]
    gpu.granted = False
    for _ in range(2):
        assert np.array_equal(model.encode_strips(many).vectors, right)
    assert (len(gpu.asked), model.refusals) == (2, 1)  # it was not asked again at once
    gpu.granted, now[0] = True, PAUSE
    model.encode_strips(many)
    assert (len(gpu.asked), model.refusals) == (3, 1)


def test_it_is_used_only_where_it_is(random_model: MarkModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(zero_gpu, "load_model", lambda device=None: random_model)
    monkeypatch.setattr(zero_gpu, "ZeroGpuModel", lambda model, gpu: ("with", gpu))
    monkeypatch.delenv(zero_gpu.SWITCH, raising=False)
    monkeypatch.setitem(sys.modules, "spaces", SimpleNamespace(GPU="decorator"))
    assert load_hosted_model() is random_model
    monkeypatch.setenv(zero_gpu.SWITCH, "true")
    assert load_hosted_model() == ("with", "decorator")
    monkeypatch.setitem(sys.modules, "spaces", None)  # not installed
    assert load_hosted_model() is random_model
