"""Puts together what a repair found: what is kept and why, what is left to a person, the diff."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Protocol

import numpy as np

from vandap.core.estimate import Decision
from vandap.core.examined import Examined
from vandap.core.experiment import DONE, Arm, Experiment
from vandap.evaluate.experiment.plan import halved_error
from vandap.repair.changes.change import Change
from vandap.repair.changes.output import OutputActivation
from vandap.repair.changes.rows import ShuffleSplit
from vandap.repair.proposals import Bundle, Proposal, advice
from vandap.repair.record import NOT_PROVED, NOTHING_HELPED, OUT_OF_BUDGET, PROVED, RUNS, Fixed, Hint, Screened, Step
from vandap.repair.remedy import Safety
from vandap.repair.score import Scale
from vandap.repair.searches import Tried
from vandap.repair.source.document import RefusalError

MOST_SHOWN = 20
KEEPING = (PROVED, RUNS)
"""How a repair ends that keeps its changes."""


class Source(Protocol):
    """What changes are made in: a program's source, or the plan of a built network."""

    def refused(self, changes: Bundle) -> Sequence[tuple[Change, RefusalError]]:
        """Those of the changes that cannot be made, each with the reason."""

    def diff(self, changes: Bundle) -> str:
        """The changes as a unified diff."""


def concluded(
    fixed: Fixed,
    examined: Examined,
    source: Source,
    scale: Scale | None = None,
    suggested: Sequence[Proposal] = (),
    tried: Sequence[Tried] = (),
    bundle: Bundle = (),
    experiment: Experiment | None = None,
    was_cut: bool = False,
    broken: str | None = "",
) -> Fixed:
    """Return the record of a repair.

    Args:
        fixed: What is known of it already.
        examined: The exam that it began with.
        source: What the changes are made in.
        scale: How trials were scored; None where there were none.
        suggested: What the findings suggested.
        tried: What was screened.
        bundle: What was put to the proof.
        experiment: The proof.
        was_cut: Whether the screening had no time for its first bundles.
        broken: Why the program stops before its end with the bundle; "" where it does not, None where nobody saw.
    """
    if scale is None:
        return replace(fixed, hints=tuple(_hints(examined, source, suggested)))
    status = _status(experiment)
    if status is None:
        status = OUT_OF_BUDGET if bundle or was_cut else NOTHING_HELPED
    status = NOT_PROVED if status in KEEPING and broken else status
    kept = bundle if status in KEEPING else ()
    return replace(
        fixed,
        status=status,
        task=scale.task.value,
        metric=scale.metric,
        why=scale.why,
        before=_mean(experiment.reference, scale) if experiment else float("nan"),
        after=_mean(experiment.changed, scale) if experiment else float("nan"),
        dummy=scale.own(scale.score(None, "confirm")),
        kept=tuple(_step(change, suggested, _why_kept(status, kept)) for change in kept),
        dropped=tuple(_dropped(suggested, tried, bundle, status, source)),
        screened=tuple(_screened(item, scale) for item in tried[:MOST_SHOWN] if not item.crashed),
        hints=tuple(_hints(examined, source, suggested, kept)),
        experiment=experiment,
        diff=source.diff(kept) if kept else "",
        rows=(len(scale.rows("select")), len(scale.rows("confirm"))),
        extra=len(scale.division.extra),
        notes=(*_of_ending(broken), *_notes(scale, kept, suggested, fixed.proofs)),
    )


def is_kept(experiment: Experiment | None) -> bool:
    """Whether a proof is one to keep its changes by."""
    return _status(experiment) in KEEPING


def _of_ending(broken: str | None) -> Iterator[str]:
    """What is to be said of the program that was run to its end with the changes."""
    if broken:
        yield (
            "The changes did better on held-out rows, but with them the script, run to its end, stops where it did not "
            f"before, so they are not kept: {broken}"
        )
    elif broken is None:
        yield "With these changes the script was trained, and not seen to run on to its end: run it, too."


def _status(experiment: Experiment | None) -> str | None:
    """What the proof came to; None where there was none."""
    outcome = experiment.outcome if experiment is not None else None
    if experiment is None or outcome is None:
        return None
    if outcome.decision is Decision.BETTER:
        return PROVED
    never, always = experiment.reference, experiment.changed
    harmless = outcome.decision in (Decision.CANNOT_TELL, Decision.NO_DIFFERENCE)
    ran = never.broken == len(never.trials) > 0 == always.broken
    return RUNS if harmless and ran else NOT_PROVED


def _why_kept(status: str, kept: Bundle) -> str:
    """Why each change is kept: only all of them together were put to the proof."""
    together = len(kept) > 1
    if status == PROVED:
        return f"proved {'with the others ' if together else ''}on held-out rows"
    return f"no training ends with a model without it, and every one with it{' and the others' if together else ''}"


def _mean(arm: Arm, scale: Scale) -> float:
    """As the effect counts the runs; NaN where none has ended with a model."""
    if not any(trial.status == DONE for trial in arm.trials):
        return float("nan")
    return float(scale.counted(np.array([trial.score for trial in arm.trials])).mean())


def _step(change: Change, suggested: Sequence[Proposal], why: str) -> Step:
    asked = [item for item in suggested if change in item.changes]
    source = min(asked, key=lambda item: item.is_of_symptom, default=None)
    remedy, finding = (source.remedy, source.finding) if source is not None else ("", "")
    return Step(change.stored(), change.words, remedy, finding, why)


_UNPROVED = {NOT_PROVED: "put to the proof, and not proved", OUT_OF_BUDGET: "waits for its proof: the time was up"}


def _dropped(
    suggested: Sequence[Proposal], tried: Sequence[Tried], bundle: Bundle, status: str, source: Source
) -> Iterator[Step]:
    """What was suggested and is not kept, with the reason."""
    screened = {change for item in tried for change in item.changes}
    trained = {change for item in tried if not item.crashed for change in item.changes}
    for change in dict.fromkeys(change for item in suggested for change in item.changes):
        if change in bundle:
            if status in _UNPROVED:
                yield _step(change, suggested, _UNPROVED[status])
        elif change in screened:
            why = "screened; the bundle does as well without it" if bundle else "screened; it did not help"
            if bundle and any(change.places & kept.places for kept in bundle):
                why = "screened; another value or kind of it did as well or better"
            yield _step(change, suggested, why if change in trained else "screened; no training with it gave a model")
        elif tried and source.diff((change,)):
            yield _step(change, suggested, "not tried: other changes came first, and the time was up")


def _hints(examined: Examined, source: Source, suggested: Sequence[Proposal], kept: Bundle = ()) -> Iterator[Hint]:
    """What a person can do: changes that the source cannot be given, and remedies that are advice.

    What a kept change answers needs no other answer.
    """
    told: set[tuple[type[Change], int, str]] = set()
    answered = {item.finding for item in suggested if set(item.changes) & set(kept)}
    for item in suggested:
        for change, refusal in source.refused(item.changes):
            place = (type(change), refusal.line, refusal.reason)
            if place not in told and item.finding not in answered:  # another amount of the same is refused alike
                told.add(place)
                yield Hint(change.words, item.finding, refusal.file, refusal.line, refusal.reason)
    roots = (item for item in examined.findings if item.explained_by is None and item.name not in answered)
    for advised in advice(roots, suggested):
        yield Hint(advised.words, advised.finding)


def _screened(tried: Tried, scale: Scale) -> Screened:
    words = ", ".join(change.words for change in tried.changes) or "as it is"
    return Screened(words, scale.own(tried.mean), len(tried.scores))


def _notes(scale: Scale, kept: Bundle, suggested: Sequence[Proposal], proofs: int) -> Iterator[str]:
    if any(isinstance(change, ShuffleSplit) for change in kept):
        yield (
            "The held-out rows were drawn of all rows, before and after alike: those that the script validates on are "
            "of another kind than those that it trains on. Keep the order if it means something, such as time."
        )
    if proofs > 1:
        yield (
            f"This is proof number {proofs}, with seeds of its own. Who looks often finds something by chance, so its "
            f"interval is one of {100 * (1 - halved_error(proofs)):.6g} % instead of {100 * (1 - halved_error(1)):g} %."
        )
    if len(scale.division.extra):
        division = scale.division
        beside = (
            f", beside {division.judging} of its {division.validation} validation rows" if division.validation else ""
        )
        yield (
            f"{len(division.extra)} of the script's {division.rows} training rows were held out to decide, in both "
            f"arms{beside}."
        )
    answers = [change.words for change in kept if isinstance(change, OutputActivation)]
    if answers:
        yield (
            f"predict answers otherwise now ({', '.join(answers)}): look at what uses its answers, such as a "
            "comparison with 0.5."
        )
    asked = [item for item in suggested if item.safety is Safety.ASK and set(item.changes) & set(kept)]
    if asked:
        words = ", ".join(change.words for item in asked for change in item.changes if change in kept)
        yield f"This changes what the model is, so look at it before you take it: {words}."
