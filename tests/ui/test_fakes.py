"""The stand-in for the library has the library's signatures."""

from __future__ import annotations

import inspect

import pytest

from mark_core import WordIndex

from .fakes import FakeIndex

METHODS = [
    name
    for name, member in vars(FakeIndex).items()
    if inspect.isfunction(member) and not name.startswith("_")
]


@pytest.mark.parametrize("name", METHODS)
def test_a_method_takes_what_that_of_the_library_takes(name: str) -> None:
    real = inspect.signature(getattr(WordIndex, name)).parameters
    fake = inspect.signature(getattr(FakeIndex, name)).parameters
    assert list(fake) == list(real)
    for parameter in real:
        assert fake[parameter].kind == real[parameter].kind, parameter
        default = real[parameter].default
        assert callable(default) or fake[parameter].default == default, parameter


def test_every_method_that_changes_pages_is_there() -> None:
    real = {name for name, member in vars(WordIndex).items() if inspect.isfunction(member) and name[0] != "_"}
    assert real - set(METHODS) == {"save"}  # of files, which the tests of projects use with the real index
