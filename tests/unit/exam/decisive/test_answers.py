"""Wrong answers are counted whatever the form of the targets."""

import math

import numpy as np
import pytest

pytest.importorskip("keras")

import keras

from vandap.exam.decisive._answers import counted_examples, errors, share_wrong
from vandap.watch.kept import Batch

SCORES = np.array([[0.9, 0.1], [0.2, 0.8], [0.7, 0.3], [0.6, 0.4]])


@pytest.mark.parametrize(
    ("target", "output", "share"),
    [
        pytest.param(np.array([0, 1, 1, 0]), SCORES, 0.25, id="class numbers"),
        pytest.param(np.array([[0], [1], [1], [0]]), SCORES, 0.25, id="class numbers as a column"),
        pytest.param(np.eye(2)[[0, 1, 1, 0]], SCORES, 0.25, id="one-hot"),
        pytest.param(np.array([1, 0, 0, 1]), SCORES[:, :1], 0.25, id="probability of one unit"),
        pytest.param(np.array([1, 0, 0, 1]), SCORES[:, :1] * 10 - 5, 0.25, id="logit of one unit"),
        pytest.param(np.array([[0, 1]] * 4), np.stack([SCORES, SCORES], 1), 0.5, id="classes of each time step"),
        pytest.param(np.array([1.5, 2.5, 4.0, 8.0]), np.full((4, 1), 4.0), 1.0, id="numbers, the mean answered"),
        pytest.param(np.array([1.5, 2.5, 4.0, 8.0]), np.array([1.5, 2.5, 4.0, 8.0]), 0.0, id="numbers, all right"),
    ],
)
def test_share_of_wrong_answers(target, output, share):
    """Classes are counted, numbers are measured by their unexplained variance."""
    assert share_wrong(target, output) == pytest.approx(share)


def test_targets_that_do_not_correspond_are_not_judged():
    """Another shape, or no variance to explain, gives NaN."""
    assert math.isnan(share_wrong(np.array([1.5, 2.5]), np.zeros((2, 3))))
    assert math.isnan(share_wrong(np.array([2.5, 2.5]), np.zeros(2)))


class _Echo:
    """A model whose answers are its inputs."""

    def __init__(self, loss=None):
        self.loss = loss

    def __call__(self, x, training):
        return x


VOID = keras.losses.SparseCategoricalCrossentropy(ignore_class=-1)
STEPS = np.stack([SCORES, SCORES], 1)
ROWS = np.array([[0, 0], [0, 1], [1, 1], [1, 1]])


@pytest.mark.parametrize(
    ("model", "batch", "share"),
    [
        pytest.param(_Echo(), Batch(SCORES, np.array([0, 1, 1, 0])), 0.25, id="all count"),
        pytest.param(_Echo(VOID), Batch(SCORES, np.array([0, -1, 1, -1])), 0.5, id="an ignored class"),
        pytest.param(_Echo(VOID), Batch(SCORES, np.array([[0], [-1], [1], [-1]])), 0.5, id="an ignored class, column"),
        pytest.param(_Echo(VOID), Batch(STEPS, np.array([[0, -1], [-1, 1], [1, 0], [-1, 0]])), 0.2, id="of time steps"),
        pytest.param(_Echo(), Batch(SCORES, np.array([0, 1, 1, 0]), np.array([1, 1, 0, 0])), 0.0, id="weights"),
        pytest.param(_Echo(), Batch(STEPS, ROWS, np.array([1, 1, 0, 0])), 0.25, id="weights of rows"),
        pytest.param(_Echo(), Batch(STEPS, np.array([[0, 1]] * 4), np.array([[1, 0]] * 4)), 0.25, id="and of steps"),
        pytest.param(_Echo(), Batch(SCORES[:, 0], np.array([1, 0, 0, 1]), np.array([1, 1, 0, 0])), 0.0, id="one unit"),
        pytest.param(
            _Echo(),
            Batch([SCORES] * 2, [np.array([0, 1, 1, 0]), np.array([0, 1, 0, 0])], [np.array([1, 1, 0, 0]), np.ones(4)]),
            0.0,
            id="outputs",
        ),
    ],
)
def test_what_the_loss_leaves_out_is_no_answer(model, batch, share):
    """Neither positions of weight 0 nor those of the class that it ignores are right or wrong."""
    assert errors(model, batch) == pytest.approx(share)


def test_what_is_masked_is_no_answer():
    """The padded steps have targets, but no loss."""
    model = keras.Sequential([keras.Input((2, 2)), keras.layers.Masking()])
    x, y = STEPS * np.array([1, 0])[:, None], np.array([[0, 1], [1, 1], [1, 1], [0, 1]])
    assert errors(model, Batch(x, y)) == pytest.approx(0.25)


def test_answers_of_which_none_counts_are_not_judged():
    """No share can be told; nor where weights are of another shape, or it is not known which output has the class."""
    y = np.array([0, 1, 1, 0])
    assert math.isnan(errors(_Echo(), Batch(SCORES, y, np.zeros(4))))
    assert math.isnan(errors(_Echo(), Batch(SCORES, y, np.eye(4))))
    assert math.isnan(errors(_Echo(VOID), Batch([SCORES] * 2, [y, y])))


def test_examples_that_the_loss_leaves_out_are_left_out():
    """By their weight or their class; those of several targets each stay."""
    y = np.array([0, -1, 1, 1])
    assert counted_examples(_Echo(VOID), Batch(SCORES, y, np.array([1, 1, 1, 0]))).y.tolist() == [0, 1]
    assert counted_examples(_Echo(), Batch(SCORES, y)).y is y
    assert counted_examples(_Echo(VOID), Batch(STEPS, np.full((4, 2), -1))).examples == 4
