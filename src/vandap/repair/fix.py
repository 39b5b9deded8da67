"""The repair of a script: exam, remedies, screening, one bundle to the proof, and a diff of what was proved."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

from vandap.core.examined import Examined
from vandap.core.store import Run
from vandap.repair.bench import Bench
from vandap.repair.changes.rows import ShuffleSplit
from vandap.repair.proposals import can_judge, proposals
from vandap.repair.record import Fixed, read_fixed, write_fixed
from vandap.repair.repaired import begun, experiment_name, repaired, warm
from vandap.repair.script import ScriptTask
from vandap.repair.session import Session
from vandap.repair.trial.copy import Folder

EXAM_SHARE = 0.15
"""Share of the budget that the exam's own experiments may take."""
_APART = (
    "Nothing was tried: the validation examples were made otherwise than those of training, so that they can judge no "
    "change. Prepare them alike, and repair what is left then."
)


@dataclass
class ScriptRepair(ScriptTask):
    """One repair of one script; its arguments are those of `ScriptTask`."""

    def run(self) -> tuple[Fixed, Examined]:
        """Repair.

        Returns:
            What came of it, and the exam that it began with.

        Raises:
            UsageError: No such script, or one that trains nothing that can be watched.
            TrainingError: The script cannot be trained again as it is.
        """
        began = time.monotonic()
        session = self.begun("fix", "fix", self._asked())
        examined = self.examined(session, "exam: the script as it is", EXAM_SHARE * self.plan.budget)
        fixed = read_fixed(session.folder, self.plan.asked)
        if fixed is None or not fixed.is_final(self.plan.budget, self.plan.search):
            fixed = replace(self._repaired(session, examined, began), seconds=time.monotonic() - began)
        write_fixed(session.folder, fixed)
        return fixed, examined

    def _asked(self) -> str:
        return (
            f"{self.script} will be run once as it is, in its own folder, to be examined, and then again and again "
            f"with changes, each time on a copy of {Folder.of(self.script).root}, for about "
            f"{_minutes(self.plan.budget)}. The script itself is not changed; what it writes by an absolute path is "
            "written each time."
        )

    def _repaired(self, session: Session, examined: Examined, began: float) -> Fixed:
        nothing = begun(str(self.script), session.folder, self.plan)
        if not examined.findings:
            self.training(examined)
        program, signals = examined.program, Run(session.folder).signals
        if program is None:
            return replace(nothing, notes=("The training could not be watched.",))
        folder = session.experiment(experiment_name(self.plan))
        folder.mkdir(parents=True, exist_ok=True)
        with warm(self.plan, self.environment, program.backend, folder, self.libraries) as workers:
            trials = self.trials(program, folder, workers)
            suggested = proposals(examined.findings, program, signals, trials.can_make)
            if not can_judge(examined.findings, (item for item in suggested if trials.can_make(item.changes))):
                nothing, suggested = replace(nothing, notes=(_APART,)), ()
            splits = (item.changes for item in suggested if any(isinstance(one, ShuffleSplit) for one in item.changes))
            trials.pooled = any(map(trials.can_make, splits))
            return repaired(
                nothing, trials, Bench(trials, self.plan, began, self.progress), examined, suggested, folder
            )


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 120 else f"{seconds / 60:.3g} minutes"
