"""How far a training came: which losses tell it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from program_zoo import classifier, regressor
from watched_zoo import healthy, numbers, plain, stuck, with_loss

from vandap.core.finding import Status
from vandap.core.signals import Series
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose
from vandap.diagnose.progress import progress


def course(batches: int, epochs: int):  # noqa: D103
    rows = 32 * batches
    made = classifier(fit={"examples": rows, "epochs": epochs, "epochs_run": epochs, "steps": batches * epochs})
    random = np.random.default_rng(1)
    uneven = np.repeat(np.linspace(1.04, 1.03, epochs), batches) + 0.2 * random.standard_normal(batches * epochs)
    signals = {**healthy(made), "loss": plain("loss", np.linspace(1.04, 1.03, epochs))}
    return progress({**signals, "step_loss": plain("step_loss", uneven)})


def test_of_a_few_uneven_batches_an_epoch_the_means_of_epochs_tell() -> None:
    """A flat training of four batches an epoch did not fall, whatever its last batches were like."""
    flat = course(batches=4, epochs=14)
    assert abs(flat.end - 1.03) < 0.01
    assert not flat.late_gain > 0.2


def test_of_few_epochs_the_last_steps_tell() -> None:
    """The mean of one of four epochs is that of a loss that still falls; the median of its last batches is not."""
    falling = np.linspace(2.0, 1.0, 160)
    signals = {**healthy(classifier(fit={"epochs": 4, "epochs_run": 4})), "step_loss": plain("step_loss", falling)}
    means = plain("loss", falling.reshape(4, 40).mean(axis=1))
    assert progress({**signals, "loss": means}).end < 1.1 < means.values[-1]


def test_an_adversary_is_not_stuck() -> None:
    """All its labels are one class: a constant answers them, and its loss rises as the other side learns."""
    rising = {
        "loss": plain("loss", np.linspace(0.66, 1.0, 10)),
        "step_loss": plain("step_loss", np.linspace(0.66, 1.0, 120)),
    }
    stuck = replace(progress({**healthy(), **rising}), accuracy=float("nan"), trivial=1.0)
    assert stuck._below(0.02)
    assert not replace(stuck, trivial=0.0)._below(0.02)


def test_of_uneven_batches_the_end_is_the_mean() -> None:
    """A few large losses are part of what the loss is; the median of the last batches knows nothing of them."""
    uneven = np.full(400, 0.5)
    uneven[::4] = 3.0
    signals = {**healthy(), "loss": plain("loss", np.full(10, 1.125)), "step_loss": plain("step_loss", uneven)}
    assert progress(signals).end == 1.125


def penalised(penalty, program=None):
    """A healthy training whose losses hold what strong regularisers add at the end."""
    signals = healthy(program)
    held = {name: plain(name, signals[name].values + penalty) for name in ("loss", "step_loss", "val_loss")}
    facts = ("data_first", "penalty_first", "data_last", "penalty_last")
    return {**signals, **held, "loss_parts": Series(np.array([1.1, penalty, 0.12, penalty]), {"fact": facts})}


BEYOND = Series(np.array([0.0, 10.0, 0.6, 300.0]), {"fact": ("minimum", "maximum", "outside", "rows")})


@pytest.mark.parametrize("code", ["D1", "A16", "A13"])
def test_penalties_in_the_validation_loss_are_no_gap(code) -> None:
    """Keras adds them to both losses; the training's is told without them."""
    few = classifier(fit={"examples": 20})
    for penalty in (0.0, 1.5):
        signals = {**penalised(penalty, few), "beyond_training": BEYOND}
        assert diagnose(signals, [rule(code)])[0].status is Status.CLEAR
    apart = {**signals, "val_loss": plain("val_loss", np.full(10, 3.5))}
    assert diagnose(apart, [rule(code)])[0].finding is not None


def test_losses_of_targets_that_move_are_not_compared() -> None:
    """A loss that rises with the returns of an agent is neither stuck nor harmed, nor like a constant answer's."""
    moved = regressor(fit={"targets_moved": True})
    still = regressor()
    for program, is_known in ((moved, False), (still, True)):
        found = progress({**with_loss(0.1, 4.0, 0.3, program), "label_statistics": numbers()["label_statistics"]})
        assert found.is_worse_than_nothing == found.is_stuck == found.is_poor == is_known
    signals = {**stuck(moved), "label_statistics": numbers()["label_statistics"]}
    for code in ("C11", "D2"):
        assert diagnose(signals, [rule(code)])[0].status is Status.CANNOT_TELL
        assert diagnose({**signals, "program": still}, [rule(code)])[0].status is Status.FOUND
