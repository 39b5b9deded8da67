"""How often positions are read, against a count by brute force."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from vandap.ask.reads import Reads, Window, padded, reads, windows
from vandap.core.program import Layer, Program


def conv(name: str, kernel: int, size: tuple[int, int], out: tuple[int, int], padding: str = "valid") -> Layer:
    """A convolution of a chain."""
    settings = {"kernel_size": [kernel, kernel], "strides": [1, 1], "padding": padding, "dilation_rate": [1, 1]}
    shapes = ((None, *size, 1), (None, *out, 1))
    return Layer(0, name, name, "Conv2D", settings=settings, input_shape=shapes[0], output_shape=shapes[1])


def test_a_kernel_of_three() -> None:
    """The textbook's numbers: 1, 3 and 9 without zeros, 4, 6 and 9 with them."""
    window = ((Window(3),), (Window(3),))
    assert reads((7, 7), window) == Reads(1.0, 3.0, 9.0, (5, 5))
    assert reads((7, 7), padded(window, same=True)) == Reads(4.0, 6.0, 9.0, (7, 7))


@pytest.mark.parametrize("same", [False, True])
@pytest.mark.parametrize(("size", "stride", "dilation"), [(3, 1, 1), (3, 2, 1), (2, 2, 1), (3, 1, 2), (4, 3, 1)])
def test_two_layers_against_brute_force(size: int, stride: int, dilation: int, same: bool) -> None:
    """Every path through two windows is walked."""
    length, taken = 11, (Window(size, stride, dilation, same), Window(3, 1, 1, same))
    paths = dict.fromkeys(range(length), 0)
    middle = taken[0].output(length)
    last = taken[1].output(middle)
    for end, second, first in itertools.product(range(last), range(3), range(size)):
        at = end * 1 + second - _left(taken[1], middle)
        if 0 <= at < middle:
            entry = at * stride + first * dilation - _left(taken[0], length)
            if 0 <= entry < length:
                paths[entry] += 1
    found = reads((length,), (taken,))
    assert (found.corner, found.centre, found.size) == (paths[0], paths[length // 2], (last,))


def _left(window: Window, length: int) -> int:
    """Zeros before the axis, as Keras adds them."""
    missing = (window.output(length) - 1) * window.stride + window.span - length
    return max(missing, 0) // 2 if window.same else 0


def test_a_chain_is_followed_to_its_end() -> None:
    """Up to the layer that mixes positions; a branch ends it."""
    layers = (
        conv("a", 3, (8, 6), (6, 4)),
        Layer(1, "act", "act", "ReLU", input_shape=(None, 6, 4, 1), output_shape=(None, 6, 4, 1), inputs=("a",)),
        conv("b", 3, (6, 4), (4, 2)),
        Layer(3, "flat", "flat", "Flatten", input_shape=(None, 4, 2, 1), output_shape=(None, 8)),
        conv("c", 3, (4, 2), (2, 0)),
    )
    size, axes, is_whole = windows(Program(layers=layers))
    assert size == (8, 6) and [len(taken) for taken in axes] == [2, 2] and is_whole
    branch = replace(conv("side", 1, (6, 4), (6, 4)), inputs=("other",))
    assert not windows(Program(layers=(*layers[:2], branch)))[2]
    assert reads(size, axes).size == (4, 2)
    assert reads((3, 3), ((Window(5),), (Window(5),))).size == ()


def test_other_networks_have_no_windows() -> None:
    """A table's network reads no image."""
    assert windows(Program()) == ((), (), True)
    dense = Layer(0, "d", "d", "Dense", input_shape=(None, 4), output_shape=(None, 2))
    assert windows(Program(layers=(dense,))) == ((), (), True)


def test_another_padding_is_one_of_the_convolutions() -> None:
    """As the what-if edits it: poolings stay as they are."""
    axes = ((Window(3), Window(2, 2, is_convolution=False)),) * 2
    assert [[window.same for window in taken] for taken in padded(axes, same=True)] == [[True, False]] * 2


@pytest.mark.parametrize(("count", "corner"), [(1, 4 / 9), (2, 0.309)])
def test_same_padding_still_reads_corners_less(count: int, corner: float) -> None:
    """What the answer says of a corner is what is counted."""
    counted = reads((28, 28), ((Window(3, same=True),) * count,) * 2)
    assert counted.corner / counted.centre == pytest.approx(corner, abs=0.001)
