"""What decisive tests measured: short trainings compared on held-out data, one batch learnt by heart, and others."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from vandap.report import format as written
from vandap.report.charts.records import Bars, Level
from vandap.report.evidence.subject import Subject, is_wide
from vandap.report.watched import fact, names

Plot = Callable[[Subject], Bars | None]


def compared(test: str, title: str, reference: str) -> Plot:
    """Return the plot of a test whose arms were trained: held-out loss of each against the reference's.

    Args:
        test: The signal.
        title: What was varied.
        reference: The arm that the others are compared with.
    """

    def draw(subject: Subject) -> Bars | None:
        arms = names(subject.material, test, "arm")
        held_out, difference, low, high = (
            fact(subject.material, test, name) for name in ("held_out", "difference", "low", "high")
        )
        if reference not in arms or not np.isfinite(difference).any():
            return None
        share = fact(subject.material, test, "share")
        base = held_out[arms.index(reference)]
        others = [place for place, arm in enumerate(arms) if arm != reference and np.isfinite(difference[place])]
        if not others:
            return None
        length = (
            f", each after {written.share(float(np.nanmax(share)))} of the steps" if np.isfinite(share).any() else ""
        )
        return Bars(
            title=title,
            description=f"Held-out loss minus that of {reference} ({written.number(base)}) with its paired 95 % "
            f"interval; left of 0 is better. Short trainings from scratch{length}.",
            x_label="difference of the held-out loss",
            names=tuple(arms[place] for place in others),
            values=difference[others],
            low=low[others],
            high=high[others],
            dots=True,
            levels=(Level(0.0, f"as {reference}"),),
        )

    return draw


def one_batch(subject: Subject) -> Bars | None:
    """Loss of one batch before and after it was to be learnt by heart, and the errors that are left."""
    known = {name: fact(subject.material, "test_one_batch", name) for name in ("first", "last", "errors")}
    if not all(values.size for values in known.values()):
        return None
    return Bars(
        title="One batch, learnt by heart",
        description="A sound network and optimiser can learn a handful of examples by heart.",
        x_label="share of wrong answers, or of unexplained variance",
        names=("errors left",),
        values=known["errors"][:1],
        levels=subject.levels,
    )


def inference_mode(subject: Subject) -> Bars | None:
    """Loss on the same training examples in training mode and in inference mode."""
    values = [fact(subject.material, "inference_loss", name) for name in ("train_mode", "inference_mode")]
    if not all(value.size and np.isfinite(value).all() for value in values):
        return None
    return Bars(
        title="The same examples in both modes",
        description="Loss after training on the same training examples. In inference mode dropout rests and batch "
        "normalisation uses its moving averages.",
        x_label="loss",
        names=("training mode", "inference mode"),
        values=np.array([float(value) for value in values]),
    )


def gradient_check(subject: Subject) -> Bars | None:
    """Numerical against automatic gradient."""
    errors = fact(subject.material, "test_gradient", "relative_error")
    arms = names(subject.material, "test_gradient", "arm")
    known = np.flatnonzero(np.isfinite(errors)) if errors.ndim == 1 else np.zeros(0, int)
    if not known.size:
        return None
    return Bars(
        title="Numerical against automatic gradient",
        description="Relative difference along random directions; a right gradient differs by rounding only.",
        x_label="relative error",
        names=tuple(arms[place] for place in known[:12]),
        values=errors[known[:12]],
        log=is_wide(errors[known]),
        levels=subject.levels,
    )
