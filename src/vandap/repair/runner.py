"""Runs trainings of arms: each once, stored when it has ended, and never repeated."""

from __future__ import annotations

import errno
import math
import os
import shutil
import statistics
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from vandap.core.store import write_json
from vandap.errors import TrainingError
from vandap.repair.changes.change import Change
from vandap.repair.trial.request import NO_ROOM, OTHER_DATA, OUTPUT, RESULT, STOPPED, Result, read_result
from vandap.repair.trial.worker import Workers

DIVISION = "division.npz"
COPY = "copy"
"""Folder of a trial that holds what it may write to; it goes when the trial has ended."""
_LEAST = 1.0
"""Seconds that a trial gets in any case."""
_BY_MACHINE = {"timed out": "It took longer than a trial may take.", "lost": "Its process was lost."}


@dataclass(frozen=True)
class Job:
    """One training that is wanted.

    Args:
        changes: What is changed; empty for the training as it is.
        seed: The seed.
        fold: (fold, folds, repeat) that is held out; None where the division of the rows says.
        watch: Whether the training is watched.
        as_written: Whether the program is run to its end as it will be written, with nothing held out.
    """

    changes: tuple[Change, ...]
    seed: int
    fold: tuple[int, int, int] | None = None
    watch: bool = False
    as_written: bool = False


@dataclass(frozen=True)
class Done:
    """One training that has ended.

    Args:
        job: What was wanted.
        result: How it ended.
        folder: Where its predictions are.
    """

    job: Job
    result: Result
    folder: Path


class Runner(ABC):
    """Runs trainings of one program or recipe.

    Attributes:
        folder: Where trials are stored.
        workers: The processes that run them.
        timeout: Seconds that one trial may take.
        on_done: Told every trial that has ended.
        deadline: Clock (`time.monotonic`) at which a trial that still runs is stopped, as if it had not begun.
        does_train: Whether the training as it is was seen to end by itself: one that does not, the machine has ended.
    """

    folder: Path
    workers: Workers
    timeout: float
    on_done: Callable[[Done], None]
    deadline: float = math.inf
    does_train: bool = False
    _spent: list[float]

    @abstractmethod
    def identity(self, job: Job) -> str:
        """A name that two jobs share only if they train the same; the trial's folder is named by it."""

    @abstractmethod
    def prepared(self, job: Job, folder: Path) -> Path:
        """Make everything ready for a trial in its empty folder, and return the stored request."""

    @abstractmethod
    def can_make(self, changes: tuple[Change, ...]) -> bool:
        """Whether all of these changes can be made."""

    def can_train(self, changes: tuple[Change, ...]) -> bool:
        """Whether a trial can be run with these changes, even if what is repaired could not keep them."""
        return self.can_make(changes)

    @property
    def epochs(self) -> float:
        """Epochs of the training as it is; 0 where that is not known."""
        return 0.0

    @property
    def seconds(self) -> float:
        """Wall clock that one more trial will take of ours: trials run side by side."""
        warm = self._spent[self.workers.count :] or self._spent[-1:]  # the first ones imported the libraries
        return statistics.median(warm) / self.workers.count if warm else 0.0

    def run(self, jobs: Sequence[Job], until: float | None = None) -> list[Done | None]:
        """Run trainings, or read those that have been run already.

        Args:
            jobs: The trainings.
            until: Clock (`time.monotonic`) after which none is begun; those are None.

        Raises:
            OSError: The disk is full.
            TrainingError: The data differ from run to run, or the machine ends trainings of the program as it is.
        """
        until, names = min(self.deadline, math.inf if until is None else until), [self.identity(job) for job in jobs]
        wanted = dict(zip(names, jobs, strict=True))  # other changes may make the same training
        with ThreadPoolExecutor(self.workers.count) as pool:
            waiting = {name: pool.submit(self._one, job, until) for name, job in wanted.items()}
            try:
                found = {name: item.result() for name, item in waiting.items()}
                pairs = [(found[name], job) for name, job in zip(names, jobs, strict=True)]
                return [None if done is None else replace(done, job=job) for done, job in pairs]
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                self.workers.stop()
                raise

    def _one(self, job: Job, until: float) -> Done | None:
        folder = self.folder / self.identity(job)
        result = read_result(folder)
        if result is None:
            if time.monotonic() > until or (result := self._train(job, folder)) is None:
                return None
        elif not self._spent:  # an earlier process has measured how long a trial takes
            self._spent.append(result.seconds)
        if result.status == "not replayable" and not job.changes:
            raise _not_replayable(result)
        if result.status == STOPPED and not job.changes and self.does_train and not job.as_written:
            raise _stopped(result)
        done = Done(job, result, folder)
        self.on_done(done)
        return done

    def _train(self, job: Job, folder: Path) -> Result | None:
        """Train, and store how it ended where the training is to blame; None where the time was up."""
        self.workers.begin()
        began = time.monotonic()
        ended, result = self._attempt(job, folder)
        if result is None and ended.startswith(("killed", "lost")):  # by hand, or for memory
            ended, result = self._attempt(job, folder)
        if result is None and ended == "timed out" and time.monotonic() >= self.deadline:
            return None
        if result is not None and result.status == NO_ROOM:
            (folder / RESULT).unlink()
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
        if result is not None and result.status == OTHER_DATA:
            (folder / RESULT).unlink()
            raise _of_other_data(result)
        if result is None:
            is_stopped = ended in _BY_MACHINE or ended.startswith("killed")
            reason = _BY_MACHINE.get(ended, f"Its process ended with {ended}.")
            result = Result(STOPPED if is_stopped else "failed", reason)
        result = replace(result, seconds=time.monotonic() - began)
        if result.status != STOPPED:  # that says little of an arm, and is tried again another time
            write_json(folder / RESULT, result)
        if result.status == "done":
            (folder / OUTPUT).unlink(missing_ok=True)
        self._spent.append(result.seconds)
        return result

    def _attempt(self, job: Job, folder: Path) -> tuple[str, Result | None]:
        """Train in an empty folder; how the process ended, and what it left."""
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        write_json(folder / "changes.json", [change.stored() for change in job.changes])
        left = max(self.deadline - time.monotonic(), _LEAST)
        ended = self.workers.run(self.prepared(job, folder), min(self.timeout, left))
        shutil.rmtree(folder / COPY, ignore_errors=True)
        return ended, read_result(folder)


def _of_other_data(result: Result) -> TrainingError:
    return TrainingError(
        "The data of this run have changed, so nothing can be compared with it.",
        received=result.reason,
        expected="the data that the run was made of",
        hint="Put them back, or give vandap train the new ones: that makes another run.",
    )


def _stopped(result: Result) -> TrainingError:
    return TrainingError(
        "The machine ended a training of the program as it is, twice, though it has trained before.",
        received=result.reason,
        expected="memory and time for as many trainings at once as there are workers",
        hint="Give the same command again with --workers 1; what was trained stays.",
    )


def _not_replayable(result: Result) -> TrainingError:
    return TrainingError(
        "The script cannot be replayed, so nothing can be compared.",
        received=result.reason,
        expected="a script that trains on the same rows each time it is run, with rows that can be held out",
        hint="Give its random splits a seed, load data instead of drawing them, and give fit arrays whose rows differ.",
    )
