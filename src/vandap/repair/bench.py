"""The trainings of one repair: a rehearsal, the screening, the proof, all within one budget of time."""

from __future__ import annotations

import importlib.util
import math
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from vandap.core.experiment import FILE as EXPERIMENT
from vandap.core.experiment import Experiment, read_experiment
from vandap.core.progress import Progress
from vandap.core.recipe import Change as Stored
from vandap.core.records import from_json
from vandap.core.store import read_json, write_json
from vandap.errors import MissingExtraError, TrainingError, UsageError
from vandap.evaluate.catalogue import metric
from vandap.evaluate.experiment.plan import FEWEST, LOOKS, halved_error
from vandap.evaluate.experiment.plan import Plan as Looks
from vandap.repair.changes.change import restored
from vandap.repair.changes.optimisation import Epochs
from vandap.repair.confirm import FIRST_SEED, FOLDED, Confirmation
from vandap.repair.proposals import Bundle, Proposal, joined
from vandap.repair.runner import DIVISION, Done, Job, Runner
from vandap.repair.score import Scale
from vandap.repair.searches import DEFAULT, SEARCHES, Tried
from vandap.repair.searches.guided import first_answers
from vandap.repair.trial.division import read_division

LOOKS_FILE = "looks.json"
SCREEN_SHARE = 0.45
"""Share of what is left that is spent on screening; the rest decides."""
GRACE = 0.1
"""Share of the budget by which a proof that is under way may exceed it: nearly done is better finished."""
RESERVE = 1.2
"""Multiple of what the first look is expected to take that the screening leaves to it."""
LEAST_SHARE = 0.2
"""Share of what is left that the screening gets even so."""
MOST_PASSES = 5
"""Seeds of each fold at most: then hardly any of the noise is that of seeds."""
_CHANGED = 2.0
"""How much longer a changed training may take than the one as it is: that of layers that were frozen, for example."""
_SLOWEST = 10.0
"""Multiple of the first trial's time after which a trial is given up."""
_LEAST_TIMEOUT = 120.0
_REHEARSED = 3
"""Changes that are tried where the training as it is crashes."""
_ENDED = ("done", "not finite")
"""How a training may end that shows which rows are held out and what is predicted, be it NaN."""


@dataclass(frozen=True)
class Plan:
    """What a repair may do.

    Args:
        budget: Seconds of wall clock for everything.
        metric: Slug of the metric that decides; None lets the task decide.
        workers: Trainings at once; None lets the machine decide.
        search: How bundles are looked for: one of `SEARCHES`.
        margin: Difference of the metric, in its own unit, that does not matter in practice; None takes the protocol's.

    Raises:
        UsageError: No such search, no such metric, or a margin that is none.
        MissingExtraError: A search whose package is not installed.
    """

    budget: float = 900.0
    metric: str | None = None
    workers: int | None = None
    search: str = DEFAULT
    margin: float | None = None

    @property
    def asked(self) -> str:
        """What a verdict is about, beside the training: another metric or margin is another question."""
        margin = "" if self.margin is None else f" margin {self.margin:g}"
        return f"{self.metric or ''}{margin}".strip()

    def __post_init__(self) -> None:
        if self.margin is not None and not 0.0 < self.margin < math.inf:
            raise UsageError(
                "This is no margin.",
                received=f"--margin {self.margin:g}",
                expected="a difference of the metric above 0 that would not matter, such as 0.01",
                hint="Leave it out for that of the protocol: 0.01, or 0.02 of skill for errors without an end.",
            )
        if self.metric is not None:
            metric(self.metric)  # before anything is run, and before it names a folder
        if self.search not in SEARCHES:
            raise UsageError(
                "There is no such search.",
                received=self.search,
                expected="one of " + ", ".join(SEARCHES),
                hint=f"Leave it out for {DEFAULT}, which goes by the findings.",
            )
        package = SEARCHES[self.search].package
        if package and importlib.util.find_spec(package) is None:
            raise MissingExtraError(package, package, f"The search {self.search!r}")


@dataclass
class Bench:
    """The trainings of one repair, and the clock that they are measured by.

    Args:
        trials: Runs trainings.
        plan: What the repair may do.
        began: Clock at which the repair began.
        progress: Told how far it is.
    """

    trials: Runner
    plan: Plan
    began: float
    progress: Progress
    was_cut: bool = False
    _scale: Scale | None = None
    _costs: dict[Bundle, list[float]] = field(default_factory=dict)
    _made: set[Path] = field(default_factory=set)
    _unusable: set[Bundle] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.trials.on_done = self._ended
        self.trials.deadline = self.began + (1 + GRACE) * self.plan.budget

    @property
    def scale(self) -> Scale:
        """How trials are scored; known after the rehearsal."""
        assert self._scale is not None
        return self._scale

    @property
    def count(self) -> int:
        """Trainings that were asked for, each once."""
        return len(self._made)

    @property
    def left(self) -> float:
        """Seconds of the budget that are left."""
        return self.began + self.plan.budget - time.monotonic()

    def rehearse(self, others: Sequence[Bundle]) -> None:
        """Train the script as it is once more: it says what is held out, how long a trial takes, and how it is scored.

        Where it crashes, the changed scripts are tried, one after the other and then together, until one ends.

        Args:
            others: Changes that may make it train, the likeliest first.

        Raises:
            TrainingError: None of them can be trained again.
        """
        self.progress("stage", {"title": "rehearsal: the script as it is, on a copy"})
        reasons = []
        singly = others[:_REHEARSED]
        together: Bundle = ()
        for changes in reversed(singly):
            together = joined(together, changes)
        for changes in dict.fromkeys(((), *singly, together)):
            if changes and not self.trials.can_make(changes):
                continue
            done = self.trials.run([Job(changes, 0)])[0]
            division = read_division(self.trials.folder / DIVISION)
            if done is not None and done.result.status in _ENDED and division is not None:
                self._scale = Scale.of(done.folder, done.result, division, self.plan.metric, self.plan.margin)
                self.trials.does_train = not changes
                self.trials.timeout = max(_SLOWEST * done.result.seconds, _LEAST_TIMEOUT)
                return
            if done is None:
                raise too_small(self.plan.budget)
            reasons.append(done.result.reason)
        raise TrainingError(
            "The script cannot be trained again on a copy of its folder.",
            received=reasons[0],
            expected="a script that trains the same model each time it is run",
            hint="Run it by hand in a copy of its folder; `vandap exam` says what is wrong with it as it is.",
        )

    def screened(self, folder: Path, suggested: Sequence[Proposal]) -> tuple[Bundle, tuple[Tried, ...]]:
        """Search for the bundle that is put to the proof: the best one whose proof there is time for.

        A search that has ended is not made again, unless it found nothing and there is more time now.
        """
        stored = folder / "bundle.json"
        known = read_json(stored) if stored.is_file() else {}
        more_time = self.plan.budget > known.get("budget", self.plan.budget)
        if known and not (more_time and known.get("short")) and (known["bundle"] or not more_time):
            before = _tried(known["tried"])
            self._costs = {_bundle(changes): [seconds] for changes, seconds in known.get("costs", ())} | self._costs
            put = self._provable(_bundle(known["bundle"]), before) if more_time else _bundle(known["put"])
            return put, before
        if due := self._unscreened(suggested):
            self.progress("note", {"text": "no time to screen: the first answers are put to the proof as they are"})
            facts = {"bundle": _stored(due), "put": _stored(due), "tried": [], "short": True}
            write_json(stored, {**facts, "budget": self.plan.budget})
            return due, ()
        begun, left = time.monotonic(), self.left

        def until() -> float:
            return begun + self._screening_seconds(left)

        screening = SEARCHES[self.plan.search](
            lambda wanted: self._scores(wanted, until()),
            suggested,
            self.scale.margin,
            self.scale.noise,
            until,
            lambda: self.trials.seconds,
            self.trials.workers.count,
            self.progress,
            self.trials.can_make,
            self._cost,
            self.scale.ceiling,
        )
        rows, how = len(self.scale.rows("select")), self.plan.search
        self.progress("stage", {"title": f"screening {len(suggested)} changes on {rows} rows ({how} search)"})
        bundle = screening.search()
        self.was_cut = not screening.is_complete
        tried = tuple(item for item in screening.tried if item.changes not in self._unusable)
        put = self._provable(bundle, tried)
        if not self.was_cut:
            seen = [
                {"changes": _stored(item.changes), "scores": item.scores, "crashed": item.crashed} for item in tried
            ]
            costs = [(_stored(changes), statistics.median_low(seconds)) for changes, seconds in self._costs.items()]
            facts = {"bundle": _stored(bundle), "put": _stored(put), "tried": seen, "costs": costs}
            write_json(stored, {**facts, "budget": self.plan.budget})
        return put, tried

    def _cost(self, bundle: Bundle) -> float:
        """How many usual trainings one with some changes takes, by its epochs."""
        epochs = next((change.count for change in bundle if isinstance(change, Epochs)), 0)
        return epochs / self.trials.epochs if epochs and self.trials.epochs else 1.0

    def _unscreened(self, suggested: Sequence[Proposal]) -> Bundle:
        """First answers to what was found, where a round of screening would leave their proof no time; else nothing."""
        due, _ = first_answers(suggested, self.trials.can_make) if self.plan.search == DEFAULT else ((), ())
        one = self.trials.seconds * self.trials.workers.count
        is_short = not self.scale.division.is_small and self.left < _CHANGED * (1 + FEWEST) * one
        return due if is_short else ()

    def _screening_seconds(self, left: float) -> float:
        """How long the screening may take, by what a training takes as far as is known: at first that is a guess.

        Args:
            left: Seconds that were left when it began.
        """
        pair = RESERVE * 2 * self.trials.seconds
        usual = max(SCREEN_SHARE * left, left - LOOKS[-1] * pair)  # a whole proof may need less than the other share
        first = FOLDED if self.scale.division.is_small else LOOKS[0]
        return min(usual, max(left - first * pair, LEAST_SHARE * left))

    @property
    def _first_look(self) -> int:
        """Trainings of each arm that a proof needs at least."""
        return FOLDED if self.scale.division.is_small else FEWEST

    def _provable(self, best: Bundle, tried: Sequence[Tried]) -> Bundle:
        """The best bundle whose proof there is time for; the best of all where there is time for none."""
        if self._proof_seconds(best) <= self.left:
            return best
        usual = next((item.mean for item in tried if not item.changes), -math.inf)
        for item in tried:  # the best first
            is_better = item.changes and item.mean > usual and item.changes in self._costs
            if is_better and self._proof_seconds(item.changes) <= self.left:
                words = "; ".join(", ".join(change.words for change in bundle) for bundle in (best, item.changes))
                self.progress("note", {"text": f"no time to prove the first of these, so the second is: {words}"})
                return item.changes
        return best

    def _proof_seconds(self, bundle: Bundle) -> float:
        """Wall clock of the least proof of a bundle."""
        return self._first_look * self._pair_seconds(bundle)

    def _pair_seconds(self, bundle: Bundle) -> float:
        """Wall clock of one training of each arm; as long as the usual one where none of the bundle's was timed."""
        workers = self.trials.workers.count
        usual = self.trials.seconds * workers  # the very first training imported the libraries as well
        as_it_is, changed = self._costs.get((), []), self._costs.get(bundle, [usual])
        first = min([usual, *as_it_is]) if len(as_it_is) < 2 else statistics.median_low(as_it_is)
        return (first + statistics.median_low(changed)) / workers

    def confirmed(self, folder: Path, bundle: Bundle, proof: int = 1) -> Experiment:
        """Put the bundle to the proof, with as many planned looks as the budget allows.

        Args:
            folder: The experiment's folder.
            bundle: The changes.
            proof: Which proof of this repair it is; each has seeds of its own, and half the error of the one before.
        """
        words = ", ".join(change.words for change in bundle)
        self.progress("stage", {"title": f"proof on {len(self.scale.rows('confirm'))} rows: {words}"})
        question = f"Is the script better with these changes: {words}?"
        looks = self.looks(folder, bundle, proof, proof)
        confirmation = Confirmation(
            self.trials, self.scale, folder, question, hypothesis=proof, progress=self.progress,
            first_seed=FIRST_SEED * (2 * proof - 1), passes=passes(folder, proof),
        )  # fmt: skip
        return confirmation.decide(bundle, looks)

    def looks(self, folder: Path, bundle: Bundle, proof: int, hypothesis: int) -> Looks:
        """The looks that the budget allows, fixed when the proof began; from the second proof on it is one look.

        Where the budget is larger now and nothing was looked at yet, they are planned anew.

        Args:
            folder: The experiment's folder.
            bundle: What is put to the proof.
            proof: Which proof of the same question it is.
            hypothesis: The question's number in that folder.
        """
        stored = _looks_file(folder, proof)
        known = read_json(stored) if stored.is_file() else {}
        if not known or (self.plan.budget > known.get("budget", math.inf) and not _was_seen(folder, hypothesis)):
            whole = self.trials.seconds * self.trials.workers.count  # what is proved is run to its end once more
            seeds = int((self.left - whole) / max(self._pair_seconds(bundle), 1e-3))
            known = {"seeds": max(seeds, FEWEST), "budget": self.plan.budget}
            write_json(stored, known)
        seeds = int(known["seeds"])
        return Looks.within(seeds) if proof == 1 else Looks((min(seeds, LOOKS[-1]),), halved_error(proof))

    def _scores(self, wanted: Sequence[tuple[Bundle, int]], until: float) -> list[float | None]:
        """Scores on the screening rows; what cannot be made together is not trained, and worse than all that can."""
        usable = [not bundle or self.trials.can_make(bundle) for bundle, _ in wanted]
        self._unusable |= {bundle for (bundle, _), is_usable in zip(wanted, usable, strict=True) if not is_usable}
        jobs = [Job(bundle, seed) for (bundle, seed), is_usable in zip(wanted, usable, strict=True) if is_usable]
        scores = iter([None if done is None else self._score(done) for done in self.trials.run(jobs, until)])
        return [next(scores) if is_usable else -math.inf for is_usable in usable]

    def _score(self, done: Done) -> float:
        """On the screening rows; minus infinity where there is no model: the dummy would beat many that there are."""
        prediction = self.scale.prediction(done.folder, done.result)
        is_usable = prediction is not None and bool(np.isfinite(prediction).all())
        return self.scale.score(prediction, "select") if is_usable else -math.inf

    def _ended(self, done: Done) -> None:
        self._made.add(done.folder)
        if done.result.status == "done":  # one that broke off tells nothing of the time of one that ends
            self._costs.setdefault(done.job.changes, []).append(done.result.seconds)
        words = ", ".join(change.words for change in done.job.changes) or "as it is"
        shown = done.result.reason or done.result.status
        score = self._score(done) if self._scale is not None and done.result.status == "done" else -math.inf
        if math.isfinite(score):
            shown = f"{self.scale.metric} {self.scale.own(score):.4g}"
        text = f"{words}, seed {done.job.seed}: {shown} ({max(self.left, 0):.0f} s left)"
        self.progress("note", {"text": text})


def passes(folder: Path, proof: int) -> int:
    """How often a proof by folds goes through them, by the looks that were planned: a whole plan for each."""
    return min(max(int(read_json(_looks_file(folder, proof))["seeds"]) // LOOKS[-1], 1), MOST_PASSES)


def _looks_file(folder: Path, proof: int) -> Path:
    return folder / (LOOKS_FILE if proof == 1 else f"looks-{proof}.json")


def too_small(budget: float) -> TrainingError:
    """The error of a budget, in seconds, that ends before a training does."""
    return TrainingError(
        "The budget is too small for one training.",
        received=f"a budget of {budget:g} s",
        expected="time for twenty trainings or more: an experiment needs several of each arm",
        hint="Give the same command a larger --budget.",
    )


def _was_seen(folder: Path, hypothesis: int) -> bool:
    """Whether a look has been taken at the arms of this question."""
    known = read_experiment(folder) if (folder / EXPERIMENT).is_file() else None
    return known is not None and known.outcome is not None and known.hypothesis == hypothesis


def looked_at(folder: Path, proof: int) -> Bundle:
    """What a proof that was interrupted has put to the test, and looked at; nothing where it has not.

    Another bundle would have to be another proof, with seeds and an error of its own.
    """
    return tuple(map(restored, read_experiment(folder).changed.changes)) if _was_seen(folder, proof) else ()


def _stored(bundle: Bundle) -> list[Stored]:
    return [change.stored() for change in bundle]


def _bundle(items: Any) -> Bundle:
    return tuple(restored(from_json(Stored, item)) for item in items)


def _tried(rows: Any) -> tuple[Tried, ...]:
    return tuple(Tried(_bundle(row["changes"]), tuple(row["scores"]), row["crashed"]) for row in rows)
