"""Targets of weight 0."""

import numpy as np

from vandap.watch.weighed import weighed


def test_examples_of_weight_zero_are_left_out():
    """Of each output those that count for it; a single weight is that of all."""
    targets = {"a": np.array([0, -1, 2]), "b": np.array([[1.0], [np.nan], [3.0]])}
    both = weighed(targets, {"a": np.array([1, 0, 1]), "b": np.array([[1], [1], [0]])})
    assert both["a"].tolist() == [0, 2]
    assert len(both["b"]) == 2
    assert len(weighed(targets, {"output": np.array([0.5, 0, 1])})["b"]) == 2
    assert weighed(targets, {})["a"] is targets["a"]


def test_steps_of_weight_zero_have_another_in_their_place():
    """The form stays: one class, or one row of columns, for each step."""
    steps = np.array([[0, 1, -1], [2, -1, -1]])
    weights = {"output": (steps >= 0).astype(float)}
    assert weighed({"output": steps}, weights)["output"].tolist() == [[0, 1, 0], [2, 0, 0]]
    columns = np.eye(3)[steps]
    assert weighed({"output": columns}, weights)["output"].shape == (2, 3, 3)


def test_weights_that_do_not_fit_change_nothing():
    """Nor do such as leave nothing over."""
    target = {"output": np.array([0, 1])}
    assert weighed(target, {"output": np.ones((3,))})["output"].size == 2
    assert weighed(target, {"output": np.zeros((2,))})["output"].size == 2
