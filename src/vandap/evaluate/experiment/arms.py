"""The verdict on two arms: paired seeds, crossed with examples, at planned looks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from scipy import special

from vandap.core.estimate import CONFIRM_ROWS, Decision
from vandap.core.experiment import Effect, Look, Outcome, Pairing
from vandap.errors import UsageError
from vandap.evaluate.catalogue import metric
from vandap.evaluate.check import checked
from vandap.evaluate.compare import decide, default_margin, least_contribution
from vandap.evaluate.estimate import rare_classes
from vandap.evaluate.experiment.crossed import Contrast, crossed
from vandap.evaluate.experiment.needed import needed
from vandap.evaluate.experiment.plan import Plan
from vandap.evaluate.experiment.scores import WORST, Scores, scores
from vandap.evaluate.intervals import MINIMUM_ROWS, Units
from vandap.evaluate.metric import LABELS, NUMBERS, Metric

METHOD = "crossed t over seeds and examples"
ARMS = ("reference", "changed")
PARTIAL_NOTE = "The arms start from other initial values, so runs of one seed share split and data order only."
NEGLIGIBLE_NOTE = "The whole interval lies inside the margin: better, but by too little to matter."
CRASHED_NOTE = "A change that makes more runs crash is never called better."
SAME_NOTE = (
    "Every training scored every example as its counterpart did: these examples do not tell the arms apart, or the "
    "change does not take effect here, as where something sets the same thing anew."
)
UNPAIRED_NOTE = "The arms have different seeds, so no run of one belongs to a run of the other."


def compare_arms(
    slug: str,
    target: np.ndarray,
    reference: Sequence[np.ndarray | None],
    changed: Sequence[np.ndarray | None],
    *,
    dummy: np.ndarray,
    plan: Plan,
    pairing: Pairing = Pairing.FULL,
    groups: np.ndarray | None = None,
    margin: float | None = None,
    seconds_a_run: float | None = None,
) -> Outcome:
    """Return the protocol's verdict on a change (`docs/decisions/0009-experiments.md`).

    The estimand is the expected difference over training randomness *and* over new examples of the same population with
    the same class shares, given this training set. All runs so far are given; the looks that they reach are taken one
    after the other until one decides, so that a resumed experiment says what an uninterrupted one would have said.

    Args:
        slug: The metric.
        target: Class codes or numbers of the deciding rows, shape `(n,)`.
        reference: Predictions of each run of the training as it is, in the order of the seeds; None for a crash.
        changed: Predictions of each run of the changed training.
        dummy: Predictions of the dummy baseline on these rows: what a crashed or NaN run scores.
        plan: The looks, fixed before the first run.
        pairing: What two runs of one seed share.
        groups: Group of each example; groups then are the independent units.
        margin: What does not matter in practice; None takes the protocol's.
        seconds_a_run: Wall clock of one training, to say how long it would take to tell.

    Returns:
        The verdict, with the effect oriented so that positive means the change is better.

    Raises:
        UsageError: No such metric, or paired arms of different length.
        DataError: Targets and predictions do not fit the metric or each other.
    """
    chosen = metric(slug)
    _check_runs(len(reference), len(changed), pairing)
    codes, usable = checked(chosen, target, dummy)
    units = Units.of(len(codes), groups, codes if chosen.needs != NUMBERS else None)
    margin = default_margin(chosen, codes, usable) if margin is None else margin
    reason = chosen.undefined(codes, usable)
    if reason:
        return Outcome(slug, Decision.CANNOT_TELL, Effect(math.nan, method=reason), margin, pairing, plan.looks)
    arms = (scores(chosen, codes, reference, usable), scores(chosen, codes, changed, usable))
    few, least = _too_few(chosen, codes, units), least_contribution(chosen, codes)
    looks = tuple(_looks(chosen, arms, units, plan, pairing, margin, least=least, enough=not few))
    last = looks[-1]
    outcome = Outcome(slug, last.decision, last.effect, margin, pairing, plan.looks, looks)
    seen = [arm.first(last.seeds) for arm in arms]
    broken = {name: int(arm.broken.sum()) for name, arm in zip(ARMS, seen, strict=True)}
    wild = {name: int(arm.wild.sum()) for name, arm in zip(ARMS, seen, strict=True)}
    outcome = replace(outcome, broken=broken, notes=tuple(_notes(outcome, broken, wild, few)))
    only_crashes = last.effect.low > 0.0  # more seeds would not tell more
    if last.decision is not Decision.CANNOT_TELL or few or only_crashes:
        return outcome
    return replace(outcome, needed=needed(last.effect, margin, seconds_a_run))


def _check_runs(reference: int, changed: int, pairing: Pairing) -> None:
    if not min(reference, changed) or (pairing.paired and reference != changed):
        raise UsageError(
            "Paired arms need the same seeds." if pairing.paired else "Each arm needs a run.",
            received=f"{reference} runs as it is, {changed} changed ones",
            expected="one run or more of each arm" + (", as many of one as of the other" if pairing.paired else ""),
            hint="Leave out the run whose partner is missing, or compare without pairing.",
        )


def _looks(
    chosen: Metric,
    arms: tuple[Scores, Scores],
    units: Units,
    plan: Plan,
    pairing: Pairing,
    margin: float,
    *,
    least: float,
    enough: bool,
) -> Iterator[Look]:
    """Take the looks that the runs reach, up to the first that decides."""
    runs = min(len(arm.values) for arm in arms)
    reached = [look for look in plan.looks if look <= runs]
    for seeds in reached or [runs]:
        before, after = (arm.first(seeds) for arm in arms)
        labels = chosen.needs == LABELS
        contrast = crossed(before, after, units, paired=pairing.paired, labels=labels, least=least)
        effect = effect_of(contrast, plan, seeds if reached else plan.looks[0])
        effect = _possible(effect) if chosen.bounded else effect
        decision = verdict(effect, margin, same=contrast.same) if enough and reached else Decision.CANNOT_TELL
        decision = sound(decision, int(before.broken.sum()), int(after.broken.sum()))
        yield Look(seeds, effect, decision)
        if decision is not Decision.CANNOT_TELL:
            return


def effect_of(contrast: Contrast, plan: Plan, look: int, method: str = METHOD) -> Effect:
    """Return the effect with the intervals of one look.

    Args:
        contrast: The difference and its standard error.
        plan: The looks.
        look: Which of them, in seeds.
        method: How the standard error was made.
    """
    outer, inner = (
        0.0 if contrast.error == 0.0 else -float(special.stdtrit(contrast.freedom, level / 2.0)) * contrast.error
        for level in plan.levels(look)
    )
    middle = contrast.difference
    ends = (middle - outer, middle + outer, middle - inner, middle + inner)
    if math.isnan(contrast.error):
        method = "no interval: a single run shows no spread"
    return Effect(
        middle,
        *ends,
        alpha=plan.alpha,
        error=contrast.error,
        freedom=contrast.freedom,
        seeds=contrast.seeds,
        count=contrast.count,
        components=contrast.components,
        method=method,
    )


def _possible(effect: Effect) -> Effect:
    """Cut the intervals at what two scores from 0 to 1 can differ by: no verdict changes."""
    ends = (effect.low, effect.high, effect.inner_low, effect.inner_high)
    low, high, inner_low, inner_high = (float(np.clip(end, -1.0, 1.0)) for end in ends)
    return replace(effect, low=low, high=high, inner_low=inner_low, inner_high=inner_high)


def verdict(effect: Effect, margin: float, *, same: bool = False) -> Decision:
    """Return the protocol's verdict on an effect; runs that all agree make no difference, however few."""
    if same:
        return Decision.NO_DIFFERENCE
    return decide((effect.low, effect.high), (effect.inner_low, effect.inner_high), margin)


def sound(decision: Decision, before: int, after: int) -> Decision:
    """Return a verdict that no crash has earned: it scores as the dummy, which is better than many a run that ends.

    Args:
        decision: What the scores say.
        before: Runs without predictions, of the training as it is.
        after: Of the changed training.
    """
    return Decision.CANNOT_TELL if decision is Decision.BETTER and after > before else decision


def run_notes(broken: Mapping[str, int], wild: Mapping[str, int], runs: int) -> Iterator[str]:
    """Yield the sentences on runs that do not count as they ended.

    Args:
        broken: Of each arm, runs without predictions.
        wild: Of each arm, runs whose error is cut.
        runs: Of each arm.
    """
    for arm, count in broken.items():
        if count:
            yield f"{count} of {runs} runs of the {arm} arm crashed or ended NaN and score as the dummy."
    if broken["changed"] > broken["reference"]:
        yield CRASHED_NOTE
    for arm, count in wild.items():
        if count:
            yield (
                f"{count} of {runs} runs of the {arm} arm were worse than {WORST:g} times the dummy's error, and count "
                "as that."
            )


def _too_few(chosen: Metric, target: np.ndarray, units: Units) -> str:
    """Return why these rows decide nothing, as a sentence; empty where they may."""
    if len(target) < CONFIRM_ROWS.value:
        return (
            f"Only {len(target)} rows decide, fewer than {CONFIRM_ROWS.value:.0f}: no verdict by default; repeated "
            "folds use small data better."
        )
    if units.count < MINIMUM_ROWS:
        return f"Only {units.count} groups decide, fewer than {MINIMUM_ROWS}: no verdict."
    rare = rare_classes(chosen, target)
    return f"Of the rows that decide {rare}, too few for {chosen.title}: no verdict." if rare else ""


def _notes(outcome: Outcome, broken: Mapping[str, int], wild: Mapping[str, int], few: str) -> Iterator[str]:
    if outcome.pairing is Pairing.PARTIAL:
        yield PARTIAL_NOTE
    elif outcome.pairing is Pairing.NONE:
        yield UNPAIRED_NOTE
    if few:
        yield few
    yield from run_notes(broken, wild, outcome.looks[-1].seeds)
    if outcome.alike:
        yield SAME_NOTE
    if outcome.negligible:
        yield NEGLIGIBLE_NOTE
    if outcome.decision is Decision.CANNOT_TELL and outcome.looks[-1].seeds < outcome.planned[-1]:
        yield f"{outcome.looks[-1].seeds} of {outcome.planned[-1]} planned seeds were looked at."
