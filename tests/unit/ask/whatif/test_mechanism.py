"""What is said of the inside of two arms."""

from __future__ import annotations

import math

import numpy as np
import pytest

from vandap.ask.whatif.mechanism import Seen, mechanism, told
from vandap.core.signals import Series
from vandap.repair.changes.change import Change
from vandap.repair.changes.data import ClassWeights
from vandap.repair.changes.optimisation import Clip
from vandap.repair.changes.output import FromLogits, LabelSmoothing, SetLoss


def signals(gradient: float, zeros: float, loss: float) -> dict[str, Series]:
    """What one watched training of two layers measured."""
    statistics = ("norm", "mean_absolute")
    variables = ("dense/kernel", "dense/bias", "out/kernel", "out/bias")
    gradients = np.ones((3, 4, 2))
    gradients[:, 0, 0] = gradient
    gradients[:, 1, :] = 1e9  # biases do not count
    activations = np.full((3, 3, 1), zeros)
    activations[:, -1] = 0.5  # nor does the output
    return {
        "loss": Series(np.array([2.0, loss])),
        "gradients": Series(gradients, {"variable": variables, "statistic": statistics}),
        "activations": Series(activations, {"layer": ("a", "b", "out"), "statistic": ("zero_share",)}),
    }


def named(seen: tuple[Seen, ...], name: str) -> Seen:
    """One quantity."""
    return next(item for item in seen if item.name == name)


def test_medians_of_both_arms() -> None:
    """Each quantity is read from the hidden layers and the kernels; the median over pairs stands for an arm."""
    pairs = [(signals(1.0, 0.2, 0.1), signals(4.0, 0.6, 0.1)), (signals(3.0, 0.4, 0.1), signals(6.0, 0.8, 0.1))]
    seen = mechanism(pairs)
    gradient = named(seen, "gradient norm of the first layer")
    assert (gradient.before, gradient.after) == (2.0, 5.0) and gradient.is_notable
    assert named(seen, "share of zeros in hidden activations").after == pytest.approx(0.7)
    assert not named(seen, "training loss at the end").is_notable


def test_pairs_that_disagree_show_nothing() -> None:
    """What rises in one pair and falls in the other is the seeds' own scatter."""
    pairs = [(signals(1.0, 0.2, 0.1), signals(4.0, 0.2, 0.1)), (signals(4.0, 0.2, 0.1), signals(1.0, 0.2, 0.1))]
    seen = mechanism(pairs)
    assert not any(item.is_notable for item in seen)
    assert told(seen, 2).startswith("Inside of the network nothing differed")


def test_what_differs_most_is_told_first() -> None:
    """Sentences name direction and values, the largest ratio first."""
    text = told(mechanism([(signals(1.0, 0.2, 0.1), signals(90.0, 0.4, 0.1))]), 1)
    assert "in one watched training of each arm: the gradient norm of the first layer rose from 1 to 90; " in text
    assert "share of zeros in hidden activations rose from 0.2 to 0.4" in text


def test_a_loss_that_stops_being_a_number_is_told() -> None:
    """NaN is a result."""
    seen = mechanism([(signals(1.0, 0.2, 0.1), signals(1.0, 0.2, math.nan))])
    assert "training loss at the end became not finite" in told(seen, 1)


def test_a_divergence_that_is_cured_is_told() -> None:
    """What became a number did not stay."""
    seen = mechanism([(signals(1.0, 0.2, math.nan), signals(1.0, 0.2, 0.3))])
    assert "training loss at the end became finite: 0.3" in told(seen, 1)


@pytest.mark.parametrize(
    ("change", "compared"),
    [
        (SetLoss("mean_squared_error"), set()),
        (LabelSmoothing(0.1), set()),
        (FromLogits(True), set()),
        (ClassWeights((1.0, 2.0)), {"validation loss at the end"}),
        (Clip(1.0), {"training loss in the first epoch", "training loss at the end", "validation loss at the end"}),
    ],
)
def test_losses_of_other_meaning_are_not_compared(change: Change, compared: set[str]) -> None:
    """Squared errors beside cross-entropies say nothing; what is not a loss is compared all the same."""
    before, after = ({**signals(1.0, 0.2, loss), "val_loss": Series(np.array([loss]))} for loss in (0.1, 0.9))
    names = {item.name for item in mechanism([(before, after)], (change,))}
    assert {name for name in names if " loss " in name} == compared
    assert "gradient norm of the first layer" in names


def test_what_is_undefined_is_not_told() -> None:
    """Weights of zero have no relative update; that is no sign of a divergence."""
    ratio = {"variable": ("dense/kernel",)}
    before, after = ({"update_ratio": Series(np.array([[value]]), ratio)} for value in (0.01, math.nan))
    seen = mechanism([(before, after)])
    assert math.isnan(named(seen, "update over weight").after) and not seen[0].is_notable


def test_nothing_was_watched() -> None:
    """Without signals nothing is claimed."""
    assert mechanism([({}, {})]) == mechanism([]) == () and told((), 1) == ""
