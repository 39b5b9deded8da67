"""From proposals to a record: rehearsal, screening, proof. What scripts and built networks have in common."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from vandap.core.examined import Examined
from vandap.core.experiment import FILE as EXPERIMENT
from vandap.core.experiment import Experiment
from vandap.core.machine import cores
from vandap.core.records import from_json
from vandap.core.store import read_json
from vandap.errors import TrainingError
from vandap.repair.bench import Bench, Plan, looked_at
from vandap.repair.built.trials import BuiltTrials
from vandap.repair.outcome import concluded, is_kept
from vandap.repair.proposals import Bundle, Proposal
from vandap.repair.record import NOTHING_FOUND, NOTHING_HELPED, NOTHING_TO_TRY, OUT_OF_BUDGET, Fixed
from vandap.repair.searches import DEFAULT
from vandap.repair.session import EXPERIMENTS
from vandap.repair.trial.worker import Workers, environment, usual_count
from vandap.repair.trials import Trials

FIX = "fix"
"""What the folders of a repair's experiments are named after."""
COMPILED = "compiled"
"""Folder of an experiment for compiled steps."""


def warm(
    plan: Plan, given: Mapping[str, str] | None, backend: str, folder: Path, libraries: Sequence[str] = ()
) -> Workers:
    """Warm processes for the trials of one experiment.

    Args:
        plan: What the repair may do.
        given: The user's environment; None for ours.
        backend: Keras back end of the trials.
        folder: The experiment's folder.
        libraries: What the program imports: see `libraries.imported`.
    """
    count = plan.workers or usual_count()
    threads, compiled = max(cores() // count, 1), (folder / COMPILED).absolute()
    return Workers(
        count, environment(given or os.environ, backend, threads, compiled), folder / "workers.log", libraries
    )


def begun(subject: str, run: Path, plan: Plan) -> Fixed:
    """The record that a repair begins with: each proof that was looked at makes the next one another.

    Args:
        subject: What is to be repaired, as the user named it.
        run: The run folder.
        plan: What the repair may do.
    """
    proof = 1 + sum(1 for _ in _looked_at(run, experiment_name(plan)))
    return Fixed(
        subject, str(run), NOTHING_FOUND, budget=plan.budget, proofs=proof, search=plan.search, asked=plan.asked
    )


def _looked_at(run: Path, name: str) -> Iterator[Experiment]:
    """The proofs that were looked at, by whatever metric and search; but for one of this name that is not over."""
    for path in (run / EXPERIMENTS).glob(f"E[0-9][0-9]-{FIX}*/experiment*.json"):
        experiment = from_json(Experiment, read_json(path))
        is_own = path.parent.name.partition("-")[2] == name and path.name == EXPERIMENT
        if experiment.outcome is not None and not (is_own and experiment.status == "running"):
            yield experiment


def experiment_name(plan: Plan) -> str:
    """The name of the experiment of a plan: another search, another metric or margin screens anew."""
    own = [plan.search] if plan.search != DEFAULT else []
    return "-".join([FIX, *own, *plan.asked.split()])


def forget_compiled(folder: Path) -> None:
    """Remove the compiled steps of an experiment that is over."""
    shutil.rmtree(folder / COMPILED, ignore_errors=True)


def repaired(
    fixed: Fixed,
    trials: Trials | BuiltTrials,
    bench: Bench,
    examined: Examined,
    suggested: Sequence[Proposal],
    folder: Path,
) -> Fixed:
    """Try what the findings suggest and put the best bundle to the proof.

    Args:
        fixed: The record as far as it is known.
        trials: Runs trainings.
        bench: The clock and the stages.
        examined: The exam that it began with.
        suggested: What may be changed.
        folder: The experiment's folder.

    Raises:
        TrainingError: The training, which did not crash when it was examined, cannot be repeated.
    """
    reachable = [item for item in suggested if trials.can_make(item.changes)]
    if not reachable:
        found = NOTHING_TO_TRY if examined.findings else NOTHING_FOUND
        return concluded(replace(fixed, status=found), examined, trials, suggested=suggested)
    try:
        bench.rehearse([item.changes for item in reachable])
    except TrainingError as error:
        if examined.program is None or examined.program.crash is None:
            raise
        facts = replace(
            fixed, status=NOTHING_HELPED, trainings=bench.count, notes=(f"It still stops: {error.received}",)
        )
        return concluded(facts, examined, trials, suggested=suggested)
    best, tried = bench.screened(folder, reachable)
    bundle = looked_at(folder, fixed.proofs) or best
    experiment = bench.confirmed(folder, bundle, fixed.proofs) if bundle else None
    broken = _broken(trials, bench, bundle) if is_kept(experiment) else ""
    facts = replace(fixed, trainings=bench.count)
    fixed = concluded(facts, examined, trials, bench.scale, suggested, tried, bundle, experiment, bench.was_cut, broken)
    if fixed.status != OUT_OF_BUDGET:
        forget_compiled(folder)
    return fixed


def _broken(trials: Trials | BuiltTrials, bench: Bench, bundle: Bundle) -> str | None:
    """Why what would be kept stops before its end: see `Trials.broken`; a network that was built has no program."""
    if isinstance(trials, BuiltTrials):
        return ""
    bench.progress("stage", {"title": "the script as it would be written, to its end"})
    return trials.broken(bundle)
