from __future__ import annotations

import io
import json
import struct
from typing import Any

import numpy as np
import pytest

from mark_core.isolation.wire import Closed, WireError, receive, send


def passed(
    head: dict[str, Any], *parts: np.ndarray | bytes, most: int = 1 << 20
) -> tuple[dict[str, Any], list]:
    stream = io.BytesIO()
    send(stream, head, parts)
    stream.seek(0)
    return receive(stream, 1 << 16, most)


def frame(head: Any, data: bytes = b"") -> io.BytesIO:
    text = json.dumps(head).encode()
    return io.BytesIO(struct.pack("<Q", len(text)) + text + data)


@pytest.mark.parametrize(
    "array",
    [
        np.arange(24, dtype=np.uint8).reshape(2, 4, 3),
        np.arange(6, dtype=np.float16).reshape(2, 3),
        np.arange(6, dtype=">i4"),
        np.arange(24, dtype=np.float32).reshape(4, 6)[::2, ::-1],
        np.zeros((0, 4), np.int32),
        np.array([True, False]),
    ],
)
def test_arrays_arrive_as_they_were(array: np.ndarray) -> None:
    head, (found,) = passed({"name": "é\ud800"}, array)
    assert head == {"name": "é?"}
    assert found.shape == array.shape
    np.testing.assert_array_equal(found, array)


def test_bytes_arrive_as_numbers() -> None:
    _, (found,) = passed({}, b"abc")
    assert found.tobytes() == b"abc"


def test_what_ends_early_is_told() -> None:
    stream = io.BytesIO()
    send(stream, {}, [np.zeros(100, np.uint8)])
    with pytest.raises(Closed):
        receive(io.BytesIO(stream.getvalue()[:-1]), 1 << 16, 1 << 16)
    with pytest.raises(Closed):
        receive(io.BytesIO(b"\x01"), 1 << 16, 1 << 16)


@pytest.mark.parametrize(
    "parts",
    [
        [["|O", [1]]],
        [["|V8", [1]]],
        [["<f8", [-1]]],
        [["<f8", [1.5]]],
        [["<f8", [True]]],
        [["<f8", [1, 1, 1, 1, 1]]],
        [["<f8", [1 << 39, 1 << 39]]],  # more than a computer has, whatever numbers overflow
        [["|u1", [2000]]],
        [["|u1", [600]], ["|u1", [600]]],
        [["|u1", [0]]] * 30_000,
        "no list",
        None,
        [1],
    ],
)
def test_nothing_else_is_taken(parts: Any) -> None:
    with pytest.raises(WireError):
        receive(frame({"parts": parts}, bytes(4000)), 1 << 20, 1000)


@pytest.mark.parametrize("stream", [io.BytesIO(struct.pack("<Q", 1 << 40)), frame([1]), frame({})])
def test_no_frame(stream: io.BytesIO) -> None:
    with pytest.raises(WireError):
        receive(stream, 1 << 16, 1000)
