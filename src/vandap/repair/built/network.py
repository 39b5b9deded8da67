"""The network of a run of `vandap train`, ready to be trained again with other settings."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vandap.core.evaluation import Rung
from vandap.core.program import Program
from vandap.core.store import Run
from vandap.errors import UsageError
from vandap.repair.built.settings import Settings, described, repeatable
from vandap.repair.built.trials import BuiltTrials
from vandap.repair.trial.worker import Workers

MEMORY = "<memory>"


@dataclass(frozen=True)
class BuiltNetwork:
    """What is repeated.

    Args:
        run: The run that trained it.
        slug: Its learner.
        plan: Its plan, with a schedule that can be repeated.
        rows: Training rows.
    """

    run: Run
    slug: str
    plan: Settings
    rows: int

    @classmethod
    def of(cls, run: Run) -> BuiltNetwork:
        """The network of a run.

        Raises:
            UsageError: It has none, or its data were in memory.
        """
        rung = _rung(run)
        return cls(run, rung.slug, repeatable(rung.hyper_parameters), int(run.data["split"]["train"]))

    @property
    def program(self) -> Program:
        """Its plan as the structure that remedies and what-ifs read."""
        return described(self.plan, self.rows, len(self.run.data["classes"]), self.slug.startswith("image-"))

    @property
    def backend(self) -> str:
        """The Keras back end that it was trained on; "" where that is not known."""
        return str((self.run.program or {}).get("backend") or "")

    def trials(self, folder: Path, workers: Workers) -> BuiltTrials:
        """Trainings of it.

        Args:
            folder: Where they are stored.
            workers: The processes that run them.
        """
        return BuiltTrials(self.run.path, self.slug, self.plan, self.rows, folder, workers)


def _rung(run: Run) -> Rung:
    if not (run.path / "ladder.json").is_file():
        raise UsageError(
            "This run holds no training of `vandap train`.",
            received=str(run.path),
            expected="a run of `vandap train`, or a script",
            hint="Give the script that made it instead of the run: SCRIPT.py.",
        )
    ladder = run.ladder
    rungs = [rung for rung in ladder.rungs if rung.status == "done" and not rung.simple]
    chosen = next((rung for rung in rungs if rung.slug == ladder.network), None)
    if chosen is None:
        raise UsageError(
            "This run trained no network, and what vandap trains again with changes is a network.",
            received=f"{run.path}, which recommends {ladder.recommended}",
            expected="a run with a network among its learners",
            hint="Train with a larger --budget, or see what `vandap exam RUN` advises.",
        )
    if run.recipe.data.source == MEMORY:
        raise UsageError(
            "The data of this run were in memory and are gone.",
            received=str(run.path),
            expected="a run whose data can be read again",
            hint="Save the data to a file and train from it.",
        )
    return chosen
