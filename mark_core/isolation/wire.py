"""What passes between a server and its reading processes: a JSON object, then arrays or bytes as they are.

A frame is the length of the JSON (8 bytes, little-endian), the JSON, and the parts that it lists under ``parts``, each
``[dtype, shape]``; bytes are arrays of ``|u1``. Nothing is unpickled.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from typing import Any, BinaryIO

import numpy as np

_LENGTH = struct.Struct("<Q")
_KINDS = ("|u1", "<u2", "<u4", "<i4", "<i8", "<f2", "<f4", "<f8", "|b1")
_MOST_PARTS = 20_000
_MOST_DIMENSIONS = 4
_PIECE = 1 << 20  # bytes that are written at a time


class WireError(Exception):
    """What was received is no frame, or larger than allowed."""


class Closed(WireError):
    """The other side has ended."""


def send(stream: BinaryIO, head: dict[str, Any], parts: Sequence[np.ndarray | bytes] = ()) -> None:
    """Write a frame. Raises OSError when the other side has ended."""
    arrays = [np.frombuffer(part, np.uint8) if isinstance(part, bytes) else _little(part) for part in parts]
    listed = [[array.dtype.str, list(array.shape)] for array in arrays]
    text = json.dumps({**head, "parts": listed}, ensure_ascii=False).encode("utf-8", "replace")
    stream.write(_LENGTH.pack(len(text)))
    stream.write(text)
    for array in arrays:
        view = _bytes(np.ascontiguousarray(array))
        for start in range(0, len(view), _PIECE):
            stream.write(view[start : start + _PIECE])
    stream.flush()


def receive(stream: BinaryIO, most_json: int, most_bytes: int) -> tuple[dict[str, Any], list[np.ndarray]]:
    """Read a frame whose JSON has at most ``most_json`` bytes and whose parts have at most ``most_bytes`` together.

    Raises Closed when the other side has ended, WireError when it sends anything else.
    """
    (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    if length > most_json:
        raise WireError("too much JSON")
    try:
        head = json.loads(_exactly(stream, length))
        listed = head.pop("parts")
        shapes = [_shape(entry) for entry in listed]
    except Closed:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise WireError("no frame") from error
    if len(shapes) > _MOST_PARTS or sum(_nbytes(*entry) for entry in shapes) > most_bytes:
        raise WireError("too many bytes")
    parts = []
    for kind, shape in shapes:
        array = np.empty(shape, kind)
        if array.size:
            _fill(stream, _bytes(array))
        parts.append(array)
    return head, parts


def _bytes(array: np.ndarray) -> memoryview:
    return memoryview(array.reshape(-1).view(np.uint8).data)


def _little(array: np.ndarray) -> np.ndarray:
    return array.astype(array.dtype.newbyteorder("<"), copy=False)


def _shape(entry: Any) -> tuple[str, tuple[int, ...]]:
    kind, shape = entry
    if kind not in _KINDS or len(shape) > _MOST_DIMENSIONS:
        raise ValueError("part")
    if any(isinstance(side, bool) or not isinstance(side, int) or not 0 <= side < 1 << 40 for side in shape):
        raise ValueError("shape")
    return kind, tuple(shape)


def _nbytes(kind: str, shape: tuple[int, ...]) -> int:
    size = np.dtype(kind).itemsize
    for side in shape:
        size *= side
    return size


def _exactly(stream: BinaryIO, count: int) -> bytes:
    data = bytearray(count)
    _fill(stream, memoryview(data))
    return bytes(data)


def _fill(stream: BinaryIO, view: memoryview) -> None:
    done = 0
    while done < len(view):
        got = stream.readinto(view[done:])  # type: ignore[attr-defined]
        if not got:
            raise Closed("the other side has ended")
        done += got
