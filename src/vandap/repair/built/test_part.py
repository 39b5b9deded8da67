"""The gain on the test part: read once after the proof, counted in the run's ledger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from vandap.core.experiment import Arm, Experiment, Outcome, Pairing
from vandap.core.store import Run
from vandap.evaluate.experiment.arms import compare_arms
from vandap.evaluate.experiment.ledger import entered
from vandap.evaluate.experiment.plan import Plan
from vandap.repair.built.request import TEST
from vandap.repair.score import Formed, Scale
from vandap.repair.trial.request import read_result

_SAME = "The trainings are those of the proof, which ended when they looked well: the interval allows for that."


def stated(run: Run, experiment: Experiment, scale: Scale, folder: Path) -> Outcome | None:
    """Compare the arms of a proof on the test part: rows that nothing has seen, and the trainings of the proof.

    These ended the proof when they looked well, so that the luck of their seeds comes along. The interval is as
    wide as each of the proof's planned looks may ask for one of its own (Bonferroni), whenever it ended.

    Args:
        run: The run; its ledger is written before anything is read.
        experiment: The proof.
        scale: How trials are scored.
        folder: The experiment's folder.

    Returns:
        The effect on the test part with the error that this look has left; None where no trial predicted it.
    """
    arms = (experiment.reference, experiment.changed)
    seeds = len(experiment.reference.trials)
    if seeds < 2 or not any((folder / trial.folder / TEST).is_file() for arm in arms for trial in arm.trials):
        return None
    planned = max(1, len(experiment.outcome.planned)) if experiment.outcome else 1
    look = entered(run, "vandap fix", f"{seeds} seeds of both arms of a repair")
    found = [_read(arm, scale, folder) for arm in arms]
    rows = next((row for arm in found for row in arm if row is not None), None)
    if rows is None:
        return None
    outcome = compare_arms(
        scale.metric,
        rows.target,
        *([None if row is None else row.prediction for row in arm] for arm in found),
        dummy=rows.dummy,
        plan=Plan((seeds,), look.alpha / planned),
        pairing=Pairing.FULL if experiment.outcome is None else experiment.outcome.pairing,
        margin=scale.margin_of(rows.target, rows.dummy),
        groups=_groups([folder / trial.folder / TEST for arm in arms for trial in arm.trials]),
    )
    notes = [*outcome.notes, *filter(None, [_SAME if planned > 1 else "", look.label])]
    return replace(outcome, effect=replace(outcome.effect, alpha=look.alpha), notes=tuple(notes))


def _groups(paths: Sequence[Path]) -> np.ndarray | None:
    """Group of each row of the test part; None where rows have none."""
    with np.load(next(path for path in paths if path.is_file()), allow_pickle=False) as file:
        return file["groups"] if "groups" in file.files else None


def _read(arm: Arm, scale: Scale, folder: Path) -> Sequence[Formed | None]:
    results = [(folder / trial.folder, read_result(folder / trial.folder)) for trial in arm.trials]
    return [None if result is None else scale.formed(place / TEST, result) for place, result in results]
