"""A script that can be trained again and again as trials of a repair are."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from vandap.core.examined import Examined
from vandap.core.progress import silent
from vandap.errors import TrainingError
from vandap.exam.script import examine_script
from vandap.repair.bench import Bench, Plan
from vandap.repair.repaired import warm
from vandap.repair.source.project import Project
from vandap.repair.trial.copy import Folder
from vandap.repair.trial.libraries import imported
from vandap.repair.trials import Trials


@contextlib.contextmanager
def replayed(script: Path, folder: Path, budget: float, exam: float = 0.0) -> Iterator[tuple[Bench, Examined]]:
    """Run a script once under watch, and hold warm processes ready for its trials.

    Args:
        script: The script, in a folder of its own.
        folder: The run folder, new.
        budget: Seconds of wall clock for everything.
        exam: Seconds for decisive tests.

    Raises:
        TrainingError: Its training could not be watched.
    """
    began, environment = time.monotonic(), dict(os.environ)
    with contextlib.chdir(script.parent):  # what trials copy is the script's folder
        examined = examine_script(
            script, out=folder, budget=exam, timeout=budget, quiet=True, stdout=2, environment=environment
        )
        if examined.program is None:
            raise TrainingError(
                "The training could not be watched.", received=str(script), expected="a fit", hint="Examine it."
            )
        below, origin = folder / "trainings", Folder.of(script)
        below.mkdir()
        libraries = imported(script, origin.sources())
        with warm(Plan(budget), environment, examined.program.backend, below, libraries) as workers:
            project = Project(examined.program, origin.root)
            trials = Trials(project, origin, (), below / "trials", workers)
            yield Bench(trials, Plan(budget), began, silent), examined
