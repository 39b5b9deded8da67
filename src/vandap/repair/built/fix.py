"""The repair of a run of `vandap train`: its network is trained with other settings, and the better one proved."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from pathlib import Path

from vandap.core.examined import Examined, read_examined
from vandap.core.progress import Progress, silent
from vandap.core.recipe import Recipe
from vandap.core.store import Run, write_json
from vandap.repair.bench import Bench, Plan
from vandap.repair.built.network import BuiltNetwork
from vandap.repair.built.test_part import stated
from vandap.repair.built.trials import LEARNER, BuiltTrials
from vandap.repair.changes.change import restored
from vandap.repair.proposals import proposals
from vandap.repair.record import PROVED, Fixed, read_fixed, write_fixed
from vandap.repair.repaired import begun, experiment_name, repaired, warm
from vandap.repair.session import Session

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
        network = BuiltNetwork.of(run)
        examined = read_examined(self.folder)
        fixed = read_fixed(self.folder, self.plan.asked)
        if fixed is None or not fixed.is_final(self.plan.budget, self.plan.search):
            fixed = replace(self._repaired(run, network, examined, began), seconds=time.monotonic() - began)
        write_fixed(self.folder, fixed)
        return fixed, examined

    def _repaired(self, run: Run, network: BuiltNetwork, examined: Examined, began: float) -> Fixed:
        folder = Session(self.folder, "").experiment(experiment_name(self.plan))
        folder.mkdir(parents=True, exist_ok=True)
        budget = replace(self.plan, metric=self.plan.metric or run.recipe.metric)
        first = begun(str(self.folder), self.folder, self.plan)
        with warm(budget, None, network.backend, folder) as workers:
            trials = network.trials(folder / "trials", workers)
            suggested = proposals(examined.findings, network.program, run.signals, trials.can_make)
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
        if LEARNER in changed:
            recipe = replace(recipe, learners=(changed[LEARNER],))
        else:
            recipe = replace(recipe, network={**recipe.network, **changed})
        write_json(folder / RECIPE, replace(recipe, plan={}))
        note = f"`vandap train --recipe {folder / RECIPE}` trains it."
        return replace(fixed, notes=(*fixed.notes, note))
