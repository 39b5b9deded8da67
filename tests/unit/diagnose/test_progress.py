"""How far a training came: which losses tell it."""

from __future__ import annotations

import numpy as np
from program_zoo import classifier
from watched_zoo import healthy, plain

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


def test_of_many_batches_the_last_ones_tell() -> None:
    """The mean of an epoch is that of a loss that falls meanwhile; the median of many batches is not."""
    assert course(batches=40, epochs=10).end != course(batches=4, epochs=10).end
    few_epochs = course(batches=40, epochs=4)
    assert abs(few_epochs.end - 1.03) < 0.1
