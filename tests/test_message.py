import pickle

from mark_core.errors import MarkError
from mark_core.message import Message, as_message


def test_a_message_is_its_template_with_the_values_put_in():
    message = Message(
        "There are pages 1 to {last}, so “{part}” cannot be chosen.", {"last": 7, "part": "9-8"}
    )
    assert str(message) == "There are pages 1 to 7, so “9-8” cannot be chosen."
    assert message.to_json() == {"id": message.id, "values": {"last": 7, "part": "9-8"}}


def test_messages_nest():
    inner = Message("This file is empty.")
    outer = Message("{file}: {reason}", {"file": "a.jpg", "reason": inner})
    assert str(outer) == "a.jpg: This file is empty."
    assert outer.to_json()["values"]["reason"] == {"id": "This file is empty.", "values": {}}


def test_large_whole_numbers_are_grouped_and_years_are_not():
    assert str(Message("{a} {b} {c}", {"a": 12345, "b": 1755, "c": True})) == "12,345 1755 True"


def test_braces_of_a_text_without_values_stay():
    assert str(as_message("a {b} c")) == "a {b} c"
    assert as_message(Message("x")) == Message("x")


def test_an_error_says_its_message_and_survives_pickling():
    error = MarkError("At most {most} pages.", most=40)
    assert str(error) == "At most 40 pages."
    assert pickle.loads(pickle.dumps(error)).message == error.message
    assert str(MarkError("plain {text}")) == "plain {text}"
