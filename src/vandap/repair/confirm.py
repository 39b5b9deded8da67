"""Puts one bundle to the proof: fresh seeds, rows that screened nothing, looks that were planned beforehand."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import takewhile
from pathlib import Path

import numpy as np

from vandap.core.estimate import Decision
from vandap.core.experiment import (
    DONE,
    FILE,
    Arm,
    Experiment,
    Outcome,
    Pairing,
    Trial,
    read_experiment,
    write_experiment,
)
from vandap.core.progress import Progress, silent
from vandap.evaluate.experiment.arms import compare_arms
from vandap.evaluate.experiment.folds import compare_folds
from vandap.evaluate.experiment.plan import Plan
from vandap.repair.changes.change import Change
from vandap.repair.runner import Done, Job, Runner
from vandap.repair.score import EVERY, Scale
from vandap.repair.trial.division import FOLDS

FIRST_SEED = 1000
"""The seeds that decide begin here: none of them has screened."""
FEWEST_REPEATS = 2
FOLDS_NOTE = "The rows are too few to hold enough of them out, so repeated folds decided."
SCREENED_NOTE = "Changes were chosen on the same rows, which flatters them a little."
APART_NOTE = "Rows on which changes were chosen are trained on, and do not decide."
FOLDED = FOLDS * FEWEST_REPEATS
"""Trainings of each arm before repeated folds can decide."""
UNPAIRED_APART = 1000
"""How far the seeds of the second arm are from those of the first, where the arms are not paired."""


@dataclass
class Confirmation:
    """One hypothesis: the bundle is better than the program as it is.

    Args:
        trials: Runs trainings.
        scale: How they are scored.
        folder: The experiment's folder.
        question: What is asked, as one sentence.
        names: What the two arms are called.
        hypothesis: Number of this question to this run.
        progress: Told every look.
        unpaired: Whether the arms have seeds of their own, so that an arm can be compared with itself.
        first_seed: The first of the seeds that decide.
        passes: How often repeated folds are gone through, each time with other seeds.
        screened: Whether the bundle was chosen among others by what it scored.
    """

    trials: Runner
    scale: Scale
    folder: Path
    question: str
    names: tuple[str, str] = ("as it is", "changed")
    hypothesis: int = 1
    progress: Progress = silent
    unpaired: bool = False
    first_seed: int = FIRST_SEED
    passes: int = 1
    screened: bool = True

    def decide(self, changes: tuple[Change, ...], plan: Plan, until: float | None = None) -> Experiment:
        """Train both arms look by look until one decides, and store what was seen at each.

        Args:
            changes: The bundle.
            plan: The looks.
            until: Clock (`time.monotonic`) after which no look is begun; the last one that was reached stands.

        Returns:
            The experiment, with its outcome; None as its outcome where not even the first look was reached.
        """
        keep_former(self.folder, self.hypothesis)
        if self.scale.division.is_small:
            return self._decide_by_folds(changes, plan, until)
        reference, changed = list[Done](), list[Done]()
        experiment = self._experiment(changes, reference, changed, None, "running")
        write_experiment(self.folder, experiment)
        for look in plan.looks:
            fresh = [self.first_seed + place for place in range(len(reference), look)]
            apart = UNPAIRED_APART if self.unpaired else 0
            jobs = [(Job((), seed), Job(changes, seed + apart)) for seed in fresh]
            done = self.trials.run([job for pair in jobs for job in pair], until)
            if any(item is None for item in done):
                status = "interrupted" if experiment.outcome is None else "done"
                experiment = replace(experiment, status=status)
                break
            reference += [item for item in done[0::2] if item is not None]
            changed += [item for item in done[1::2] if item is not None]
            outcome = self._outcome(reference, changed, plan)
            is_over = outcome.decision is not Decision.CANNOT_TELL or look == plan.looks[-1]
            experiment = self._experiment(changes, reference, changed, outcome, "done" if is_over else "running")
            write_experiment(self.folder, experiment)
            self.progress("note", {"text": _told(outcome)})
            if is_over:
                break
        write_experiment(self.folder, experiment)
        return experiment

    def _decide_by_folds(self, changes: tuple[Change, ...], plan: Plan, until: float | None) -> Experiment:
        """Small data: both arms on the same folds, as many whole repeats as the plan has seeds and the time is for.

        What time is left then goes into further passes with other seeds: of these, too, only whole ones count. What
        was decided stands, also where time had cut it: with more repeats it would be another look.
        """
        known = read_experiment(self.folder) if (self.folder / FILE).is_file() else None
        asked = [change.stored() for change in changes]
        if known is not None and known.outcome is not None and [*known.changed.changes] == asked:
            return known
        repeats = max(plan.looks[-1] // FOLDS, FEWEST_REPEATS)
        places = [(fold, FOLDS, repeat) for repeat in range(repeats) for fold in range(FOLDS)] * self.passes
        apart = UNPAIRED_APART if self.unpaired else 0
        jobs = [
            Job(arm, self.first_seed + place + shift, fold)
            for place, fold in enumerate(places)
            for arm, shift in (((), 0), (changes, apart))
        ]
        experiment = self._experiment(changes, (), (), None, "running")
        write_experiment(self.folder, experiment)
        done = self.trials.run(jobs, until)
        found = [item for item in takewhile(lambda item: item is not None, done) if item is not None]
        passes = len(found) // 2 // (repeats * FOLDS)
        repeats = repeats * passes if passes else len(found) // 2 // FOLDS
        many = repeats * FOLDS if repeats >= FEWEST_REPEATS else len(found) // 2  # a fold of one arm alone says nothing
        reference, changed = found[0 : 2 * many : 2], found[1 : 2 * many : 2]
        if repeats < FEWEST_REPEATS:
            experiment = self._experiment(changes, reference, changed, None, "interrupted")
        else:
            outcome = self._folded(reference, changed, max(passes, 1), plan)
            self.progress("note", {"text": _told(outcome)})
            experiment = self._experiment(changes, reference, changed, outcome, "done")
        write_experiment(self.folder, experiment)
        return experiment

    def _folded(self, reference: Sequence[Done], changed: Sequence[Done], passes: int, plan: Plan) -> Outcome:
        def shaped(scores: Iterable[float]) -> np.ndarray:
            return np.moveaxis(np.array([*scores]).reshape(passes, -1, FOLDS), 0, 2)

        before, after = (
            shaped(self.scale.fold_score(done.folder, done.result, self._deciding(done)) for done in arm)
            for arm in (reference, changed)
        )
        dummy = shaped(self._fold_dummy(pair) for pair in zip(reference, changed, strict=True))
        division = self.scale.division
        outcome = compare_folds(
            self.scale.metric, before, after, dummy=dummy, rows=division.decide if self.screened else division.total,
            trained=division.trained, margin=self.scale.margin, alpha=plan.alpha,
            pairing=Pairing.NONE if self.unpaired else pairing(reference, changed),
        )  # fmt: skip
        chosen = APART_NOTE if division.decide < division.total else SCREENED_NOTE
        notes = (FOLDS_NOTE, chosen) if self.screened else (FOLDS_NOTE,)
        return replace(outcome, notes=(*notes, *outcome.notes))

    def _fold_dummy(self, pair: tuple[Done, Done]) -> float:
        """What the dummy scores on the fold of a pair, from the trial that has its rows."""
        found = [self.scale.fold_dummy(done.folder, done.result, self._deciding(done)) for done in pair]
        return next((value for value in found if math.isfinite(value)), math.nan)

    def _deciding(self, done: Done) -> np.ndarray | slice:
        """The rows of a trial's fold that decide: where changes were screened, those that did not screen."""
        assert done.job.fold is not None
        return self.scale.division.deciding(done.job.fold) if self.screened else EVERY

    def _outcome(self, reference: Sequence[Done], changed: Sequence[Done], plan: Plan) -> Outcome:
        rows = self.scale.rows("confirm")
        seconds = float(np.mean([done.result.seconds for done in (*reference, *changed)])) / self.trials.workers.count
        return compare_arms(
            self.scale.metric,
            self.scale.target[rows],
            [self._prediction(done, rows) for done in reference],
            [self._prediction(done, rows) for done in changed],
            dummy=self.scale.dummies("confirm"),
            plan=plan,
            pairing=Pairing.NONE if self.unpaired else pairing(reference, changed),
            seconds_a_run=seconds,
            groups=self.scale.division.groups_of(rows),
            margin=self.scale.margin,
        )

    def _prediction(self, done: Done, rows: np.ndarray) -> np.ndarray | None:
        found = self.scale.prediction(done.folder, done.result)
        return None if found is None else found[rows]

    def _experiment(
        self,
        changes: tuple[Change, ...],
        reference: Sequence[Done],
        changed: Sequence[Done],
        outcome: Outcome | None,
        status: str,
    ) -> Experiment:
        stored = tuple(change.stored() for change in changes)
        return Experiment(
            name=self.folder.name,
            question=self.question,
            part="confirm",
            reference=Arm(self.names[0], (), tuple(self._trial(done) for done in reference)),
            changed=Arm(self.names[1], stored, tuple(self._trial(done) for done in changed)),
            status=status,
            hypothesis=self.hypothesis,
            outcome=outcome,
        )

    def _trial(self, done: Done) -> Trial:
        score = self._score(done)
        usable = math.isfinite(score)
        return Trial(
            seed=done.job.seed,
            status=DONE if usable else done.result.status if done.result.status != DONE else "failed",
            score=score,
            seconds=done.result.seconds,
            reason=done.result.reason if usable or done.result.reason else "Its rows are not those of the first trial.",
            folder=str(Path("trials") / done.folder.name),
        )

    def _score(self, done: Done) -> float:
        """The metric of one trial on its deciding rows; NaN where it has no predictions."""
        if done.job.fold is not None:
            return self.scale.fold_score(done.folder, done.result, self._deciding(done))
        prediction = self.scale.prediction(done.folder, done.result)
        return math.nan if prediction is None else self.scale.own(self.scale.score(prediction, "confirm"))


def keep_former(folder: Path, hypothesis: int) -> None:
    """Put the record of another proof in the same folder aside."""
    path = folder / FILE
    known = read_experiment(folder) if path.is_file() else None
    if known is not None and known.hypothesis != hypothesis:
        path.rename(folder / f"{path.stem}-{known.hypothesis}.json")


def pairing(reference: Sequence[Done], changed: Sequence[Done]) -> Pairing:
    """What two runs of one seed share: the initial values too, where their hashes say so."""
    values = [(one.result.initial, other.result.initial) for one, other in zip(reference, changed, strict=True)]
    same = [bool(one) and one == other for one, other in values]  # unknown before a network is built
    return Pairing.FULL if all(same) else Pairing.PARTIAL


def _told(outcome: Outcome) -> str:
    effect = outcome.effect
    return (
        f"{effect.seeds} seeds of each arm: {outcome.metric} {effect.difference:+.3g} "
        f"[{effect.low:.3g}, {effect.high:.3g}], {outcome.decision.value}"
    )
