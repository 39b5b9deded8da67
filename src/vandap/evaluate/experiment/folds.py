"""Small data: two arms over repeated K-fold, with the correction for training sets that overlap."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from vandap.core.estimate import Decision
from vandap.core.experiment import Components, Needed, Outcome, Pairing
from vandap.errors import UsageError
from vandap.evaluate.catalogue import metric
from vandap.evaluate.experiment.arms import ARMS, NEGLIGIBLE_NOTE, SAME_NOTE, effect_of, run_notes, sound, verdict
from vandap.evaluate.experiment.crossed import Contrast
from vandap.evaluate.experiment.needed import examples_needed
from vandap.evaluate.experiment.plan import ALPHA, Plan
from vandap.evaluate.experiment.scores import tamed

METHOD = "corrected resampled t"
FEWEST = 10
"""Fewer trainings of each arm show too little of the spread: one repetition of ten folds."""


def compare_folds(
    slug: str,
    reference: np.ndarray,
    changed: np.ndarray,
    *,
    dummy: np.ndarray,
    rows: int,
    trained: float = 1.0,
    margin: float,
    pairing: Pairing = Pairing.FULL,
    alpha: float = ALPHA.value,
) -> Outcome:
    """Return the verdict on a change from the scores of repeated K-fold.

    The variance of the mean of `J` differences is `(1 / J + test rows / training rows) s^2` with `J - 1` degrees of
    freedom: plain `s^2 / J` would take runs as independent whose training sets overlap, and call noise an effect. The
    estimand is the procedure on training sets of this size. Where a fold was trained with several seeds, its difference
    is their mean: the correction is for rows, and would count the noise of single seeds several times over.

    Args:
        slug: The metric.
        reference: Scores of the training as it is, in the metric's own orientation, shape `(repeats, folds)` or
            `(repeats, folds, seeds)`; NaN for a run that crashed or ended NaN.
        changed: Scores of the changed training on the same folds.
        dummy: Scores of the dummy baseline on the same folds, for the runs without one. A fold in which it has none
            either is left out.
        rows: Rows that are folded.
        trained: Share of the rows outside a fold that were trained on, where others were shown to callbacks.
        margin: What does not matter in practice.
        pairing: What two runs of one fold and seed share.
        alpha: Two-sided error.

    Raises:
        UsageError: The scores are no table of repeats and folds, or too few.

    References:
        Nadeau and Bengio 2003, "Inference for the generalization error", Machine Learning 52. Bouckaert and Frank 2004,
        "Evaluating the replicability of significance tests for comparing learning algorithms", PAKDD.
    """
    chosen = metric(slug)
    _check(reference, changed, dummy)
    sign = 1.0 if chosen.higher_is_better else -1.0
    arms = (reference, changed)
    before, after = (tamed(chosen, np.where(np.isfinite(arm), arm, dummy), dummy) for arm in arms)
    gains = sign * (after - before).reshape(*reference.shape[:2], -1).mean(axis=2).ravel()
    usable = gains[np.isfinite(gains)]
    runs = len(usable) * (reference.size // gains.size)
    contrast = replace(corrected(usable, folds=reference.shape[1], rows=rows, trained=trained), seeds=runs)
    effect = effect_of(contrast, Plan((max(len(usable), 2),), alpha), len(usable), METHOD)
    broken = {name: int((~np.isfinite(arm)).sum()) for name, arm in zip(ARMS, arms, strict=True)}
    as_they_are = (int((arm == used).sum()) for arm, used in zip(arms, (before, after), strict=True))
    wild = {name: arm.size - broken[name] - same for name, arm, same in zip(ARMS, arms, as_they_are, strict=True)}
    told = sum(broken.values()) + sum(wild.values()) < 2 * reference.size  # else every run broke or exploded
    is_enough = len(usable) >= FEWEST and told
    decision = verdict(effect, margin, same=contrast.same) if is_enough else Decision.CANNOT_TELL
    decision = sound(decision, *broken.values())
    outcome = Outcome(slug, decision, effect, margin, pairing, (reference.size,), broken=broken)
    notes = [*run_notes(broken, wild, reference.size), *_notes(outcome, gains.size - len(usable), told=told)]
    more = decision is Decision.CANNOT_TELL and is_enough and not effect.low > 0.0
    needed = Needed(examples=examples_needed(effect, margin)) if more else None
    return replace(outcome, notes=tuple(notes), needed=needed)


def _notes(outcome: Outcome, left_out: int, *, told: bool) -> Iterator[str]:
    if left_out:
        yield f"{left_out} folds have no score and were left out."
    if outcome.alike:
        yield SAME_NOTE
    if outcome.negligible:
        yield NEGLIGIBLE_NOTE
    if not told:
        yield "No run of either arm is one that can be compared."


def corrected(gains: np.ndarray, *, folds: int, rows: int, trained: float = 1.0) -> Contrast:
    """Return the mean of the differences of all folds with Nadeau and Bengio's standard error.

    Args:
        gains: Differences, shape `(runs,)`.
        folds: K: of K parts, one tests and K - 1 train.
        rows: Rows that are folded.
        trained: Share of these K - 1 parts that is trained on.
    """
    runs = len(gains)
    difference = float(gains.mean()) if runs else math.nan
    if runs < 2:
        return Contrast(difference, math.nan, math.nan, runs, rows, Components())
    variance = float(gains.var(ddof=1))
    same = bool(np.all(gains == 0.0))
    error = math.sqrt((1.0 / runs + 1.0 / ((folds - 1.0) * trained)) * variance)
    scatter = Components(0.0, error**2 * rows, 0.0)  # what more repeats cannot remove, as if it were all of it
    return Contrast(difference, error, runs - 1.0, runs, rows, scatter, same)


def _check(reference: np.ndarray, changed: np.ndarray, dummy: np.ndarray) -> None:
    shapes = {arm.shape for arm in (reference, changed, dummy)}
    if len(shapes) > 1 or reference.ndim not in (2, 3) or reference.shape[1] < 2:
        raise UsageError(
            "The scores of the arms are no tables of the same repeats and folds.",
            received=f"as it is {reference.shape}, changed {changed.shape}, dummy {dummy.shape}",
            expected="three arrays of one shape (repeats, folds) or (repeats, folds, seeds), two folds or more",
            hint="Score every fold of every repeat in both arms; NaN stands for a run that crashed.",
        )
