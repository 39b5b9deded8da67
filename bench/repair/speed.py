"""Trials a minute: warm processes that fork, beside a fresh process for every training of the same script."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from bench.repair.cures import Row, Tools
from bench.repair.members import healed_scripts
from bench.repair.replay import replayed
from vandap.errors import VandapError
from vandap.repair.runner import Job
from vandap.repair.trial.worker import cores, environment

TRIALS = 16
"""Trainings of each script by either way."""
_LONG = 1e6


def measure(known: Sequence[Row], count: int, tools: Tools) -> Iterator[Row]:
    """Time so many healed scripts."""
    done = {row["member"] for row in known}
    left = count - sum("ours" in row for row in known)
    for member in healed_scripts():
        if left <= 0:
            return
        if member.name in done:
            continue
        folder = tools.work / member.name
        shutil.rmtree(folder, ignore_errors=True)
        script = member.healthy().write(folder)
        try:
            timed = {"ours": _ours(script, folder / "run"), "fresh": _fresh(script), "trials": TRIALS}
            left -= 1
        except VandapError as error:
            timed = {"refused": str(error)}
        shutil.rmtree(folder, ignore_errors=True)
        yield {"member": member.name, **timed}


def _ours(script: Path, folder: Path) -> float:
    """Seconds of all trials, at once as many as there are cores; one process is warm already, the others start."""
    with replayed(script, folder, _LONG) as (bench, _):
        bench.rehearse(())
        began = time.perf_counter()
        bench.trials.run([Job((), seed) for seed in range(1, TRIALS + 1)])
        return time.perf_counter() - began


def _fresh(script: Path) -> float:
    """Seconds of as many runs of the script, at once as many as there are cores, each with the threads of a trial."""
    capped = environment(os.environ, os.environ["KERAS_BACKEND"], 1, script.parent / "compiled")

    def run(number: int) -> None:
        subprocess.run((sys.executable, script.name), cwd=script.parent, env=capped, check=True, capture_output=True)

    began = time.perf_counter()
    with ThreadPoolExecutor(cores()) as pool:
        list(pool.map(run, range(TRIALS)))
    return time.perf_counter() - began
