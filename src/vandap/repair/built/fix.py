"""The repair of a run of `vandap train`: its network is trained with other settings, and the better one proved."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from vandap.core.evaluation import Rung
from vandap.core.examined import Examined, read_examined
from vandap.core.progress import Progress, silent
from vandap.core.recipe import Recipe
from vandap.core.store import Run, write_json
from vandap.errors import UsageError
from vandap.repair.bench import Bench, Plan
from vandap.repair.built.settings import described, repeatable
from vandap.repair.built.test_part import stated
from vandap.repair.built.trials import BuiltTrials
from vandap.repair.changes.change import restored
from vandap.repair.proposals import proposals
from vandap.repair.record import PROVED, Fixed, read_fixed, write_fixed
from vandap.repair.repaired import begun, repaired, warm
from vandap.repair.session import Session

MEMORY = "<memory>"
RECIPE = "recipe.json"
"""The repaired recipe, in the experiment's folder."""


@dataclass
class RunRepair:
    """One repair of one run.

    Args:
        folder: The run folder; what is tried is stored in it.
        plan: What the repair may do.
        progress: Told how far it is.
    """

    folder: Path
    plan: Plan = field(default_factory=Plan)
    progress: Progress = silent

    def run(self) -> tuple[Fixed, Examined]:
        """Repair.

        Returns:
            What came of it, and the findings that it began with.

        Raises:
            RunError: No run folder.
            UsageError: A run without a network, or whose data are gone.
            TrainingError: The network cannot be trained again.
        """
        began = time.monotonic()
        run = Run(self.folder)
        rung = _network(run)
        examined = read_examined(self.folder)
        known = read_fixed(self.folder)
        if known is not None and known.is_final(self.plan.budget):
            return known, examined
        fixed = replace(self._repaired(run, rung, examined, began, known), seconds=time.monotonic() - began)
        write_fixed(self.folder, fixed)
        return fixed, examined

    def _repaired(self, run: Run, rung: Rung, examined: Examined, began: float, known: Fixed | None) -> Fixed:
        plan, rows = repeatable(rung.hyper_parameters), int(run.data["split"]["train"])
        program = described(plan, rows, len(run.data["classes"]))
        suggested = proposals(examined.findings, program, run.signals)
        folder = Session(self.folder, "").experiment("fix")
        folder.mkdir(parents=True, exist_ok=True)
        budget = replace(self.plan, metric=self.plan.metric or run.recipe.metric)
        backend = str((run.program or {}).get("backend") or "")
        first = begun(str(self.folder), self.folder, self.plan, known)
        with warm(budget, None, backend, folder) as workers:
            trials = BuiltTrials(self.folder, rung.slug, plan, rows, folder / "trials", workers)
            bench = Bench(trials, budget, began, self.progress)
            fixed = repaired(first, trials, bench, examined, suggested, folder)
        if fixed.status != PROVED or fixed.experiment is None:
            return fixed
        test = stated(run, fixed.experiment, bench.scale, folder)
        return self._with_recipe(replace(fixed, test=test), run.recipe, trials, folder)

    def _with_recipe(self, fixed: Fixed, recipe: Recipe, trials: BuiltTrials, folder: Path) -> Fixed:
        """Store the repaired recipe beside the experiment, and say how it is trained."""
        settings = trials.settings(tuple(restored(step.change) for step in fixed.kept))
        changed = {name: value for name, value in settings.items() if value != trials.plan.get(name)}
        write_json(folder / RECIPE, replace(recipe, network={**recipe.network, **changed}, plan={}))
        note = f"`vandap train --recipe {folder / RECIPE}` trains it."
        return replace(fixed, notes=(*fixed.notes, note))


def _network(run: Run) -> Rung:
    """The network of a run.

    Raises:
        UsageError: It has none, or its data were in memory.
    """
    if not (run.path / "ladder.json").is_file():
        raise UsageError(
            "This run holds no training of `vandap train`.",
            received=str(run.path),
            expected="a run of `vandap train`, or a script",
            hint="Give the script that made it: vandap fix SCRIPT.py.",
        )
    ladder = run.ladder
    rungs = [rung for rung in ladder.rungs if rung.status == "done" and not rung.simple]
    chosen = next((rung for rung in rungs if rung.slug == ladder.network), None)
    if chosen is None:
        raise UsageError(
            "This run trained no network, and what vandap repairs is a network.",
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
