from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mark_core import MarkError, Word
from mark_core.segmentation.edit import add_word, change_word, merge_words, remove_words, split_word

SIZE = (400, 300)


def page(direction="ltr"):
    """Three lines of three words."""
    words = []
    for line in range(3):
        for k in range(3):
            place = 2 - k if direction == "rtl" else k
            box = (20 + 120 * place, 20 + 90 * line, 100, 40)
            if direction == "ttb":
                box = (box[1], box[0], box[3], box[2])
            words.append(Word(box, 0.9, line, 3 * line + k, direction))
    return tuple(words)


def boxes(words):
    return [word.box for word in words]


def in_order(words):
    assert [word.order for word in words] == list(range(len(words)))
    lines = [word.line for word in words]
    assert lines == sorted(lines)
    assert set(lines) == set(range(len(set(lines))))


@pytest.mark.parametrize("direction", ["ltr", "rtl", "ttb"])
def test_a_word_is_split_where_it_reads_and_joined_again(direction):
    parted = split_word(page(direction), 4, 0.3)
    in_order(parted)
    assert len(parted) == 10
    assert {parted[4].line, parted[5].line} == {1}
    joined = merge_words(parted, [5, 4])
    assert boxes(joined) == boxes(page(direction))
    in_order(joined)
    first, second = (parted[4], parted[5]) if direction != "rtl" else (parted[5], parted[4])
    axis = 3 if direction == "ttb" else 2
    assert (first.box[axis], second.box[axis]) == (30, 70)


def test_a_new_word_takes_its_place_on_the_line_it_stands_on():
    words = remove_words(page(), [4])
    assert len(words) == 8
    in_order(words)
    again = add_word(words, (140.4, 112.0, 99.8, 36.0), SIZE)
    assert again[4].box == (140, 112, 100, 36)
    assert again[4].line == 1
    assert again[4].confidence == 1.0
    in_order(again)


def test_a_word_between_the_lines_is_a_line_of_its_own():
    words = add_word(page(), (140, 66, 60, 30), SIZE)
    in_order(words)
    assert (words[3].box, words[3].line) == ((140, 66, 60, 30), 1)
    assert words[4].line == 2
    top = add_word(page(), (140, 0, 60, 14), SIZE)
    assert top[0].line == 0
    assert add_word((), (5, 5, 20, 20), SIZE) == (Word((5, 5, 20, 20), 1.0, 0, 0),)


def test_beside_a_column_the_nearer_line_is_meant():
    left = [Word((10, 20 + 50 * i, 80, 30), 0.9, i, i) for i in range(3)]
    right = [Word((250, 20 + 50 * i, 80, 30), 0.9, 3 + i, 3 + i) for i in range(3)]
    words = add_word([*left, *right], (340, 70, 50, 30), SIZE)
    assert next(word.line for word in words if word.box[0] == 340) == 4


def test_a_moved_word_leaves_its_line_only_when_it_stands_elsewhere():
    moved = change_word(page(), 0, (30, 24, 90, 40), SIZE)
    assert (moved[0].box, moved[0].line) == ((30, 24, 90, 40), 0)
    away = change_word(page(), 0, (20, 200, 60, 40), SIZE)
    in_order(away)
    assert [word.line for word in away] == [0, 0, 1, 1, 1, 2, 2, 2, 2]
    assert away[5].box == (20, 200, 60, 40)


def test_a_line_that_lost_its_words_closes_up():
    words = remove_words(page(), [3, 4, 5])
    assert [word.line for word in words] == [0, 0, 0, 1, 1, 1]
    assert remove_words(page(), range(9)) == ()


@pytest.mark.parametrize("box", [(0, 0, 2, 50), (500, 10, 50, 50), (0, 0, float("nan"), 9), (1, 2, 3)])
def test_boxes_that_are_none(box):
    with pytest.raises(MarkError):
        add_word(page(), box, SIZE)


def test_a_box_that_leaves_the_page_is_cut_at_its_edge():
    words = add_word(page(), (385, 20, 60, 40), SIZE)
    assert (385, 20, 15, 40) in boxes(words)


def test_numbers_that_are_none():
    for wrong in (
        lambda: remove_words(page(), [9]),
        lambda: split_word(page(), -1),
        lambda: change_word(page(), 12, (0, 0, 50, 50), SIZE),
        lambda: merge_words(page(), [1, 1]),
        lambda: split_word(page(), 0, 0.01),
    ):
        with pytest.raises(MarkError):
            wrong()


steps = st.lists(
    st.one_of(
        st.tuples(st.just("add"), st.tuples(*(st.floats(-20, 420) for _ in range(4)))),
        st.tuples(st.just("change"), st.integers(0, 12), st.tuples(*(st.floats(-20, 420) for _ in range(4)))),
        st.tuples(st.just("remove"), st.lists(st.integers(0, 12), min_size=1, max_size=3)),
        st.tuples(st.just("merge"), st.lists(st.integers(0, 12), min_size=2, max_size=3)),
        st.tuples(st.just("split"), st.integers(0, 12), st.floats(0, 1)),
    ),
    max_size=12,
)


@given(steps, st.sampled_from(["ltr", "rtl", "ttb"]))
def test_whatever_is_done_the_words_stay_in_order_and_on_the_page(actions, direction):
    words, size = page(direction), SIZE[::-1] if direction == "ttb" else SIZE
    for name, *arguments in actions:
        before = words
        try:
            if name == "add":
                words = add_word(words, *arguments, size)
            elif name == "change":
                words = change_word(words, *arguments, size)
            else:
                words = {"remove": remove_words, "merge": merge_words, "split": split_word}[name](
                    words, *arguments
                )
        except MarkError:
            assert words is before
        in_order(words)
        for x, y, w, h in boxes(words):
            assert x >= 0
            assert y >= 0
            assert w >= 1
            assert h >= 1
            assert x + w <= size[0]
            assert y + h <= size[1]
        changed = {"add": 1, "change": 2, "remove": 3, "merge": 4, "split": 3}[name]
        assert len(set(boxes(before)) ^ set(boxes(words))) <= changed


def reaching(direction="ltr"):
    """The same page, every word looked at 10 pixels beyond its box on either side of the line."""
    axis = 0 if direction == "ttb" else 1

    def wider(box):
        return tuple(
            side - 10 if i == axis else side + 20 if i == axis + 2 else side for i, side in enumerate(box)
        )

    return tuple(replace(word, context_box=wider(word.box)) for word in page(direction))


@pytest.mark.parametrize("direction", ["ltr", "rtl", "ttb"])
def test_parts_and_joined_words_reach_as_far_across_the_line(direction):
    parted = split_word(reaching(direction), 4, 0.3)
    axis = 0 if direction == "ttb" else 1
    for word in parted[4:6]:
        assert (word.context_box[axis], word.context_box[axis + 2]) == (
            word.box[axis] - 10,
            word.box[axis + 2] + 20,
        )
        assert word.context_box[1 - axis] == word.box[1 - axis]
    assert merge_words(parted, [4, 5])[4].context_box == reaching(direction)[4].context_box


def test_a_corrected_or_new_word_reaches_as_far_as_its_line():
    words = change_word(reaching(), 4, (150, 115, 60, 20), SIZE)
    assert words[4].context_box == (150, 100, 60, 60)
    words = add_word(remove_words(reaching(), [4]), (140, 112, 100, 36), SIZE)
    assert words[4].context_box == (140, 100, 100, 60)
    alone = change_word(reaching(), 4, (140, 248, 90, 40), SIZE)[-1]
    assert alone.line == 3
    assert alone.context_box is None
    assert change_word(page(), 4, (150, 115, 60, 20), SIZE)[4].context_box is None  # as imported words
