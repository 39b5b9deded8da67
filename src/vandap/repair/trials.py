"""Trains arms of a script: every trial on its own copy, stored when it has ended, and never repeated."""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from pathlib import Path

from vandap.core.store import write_json
from vandap.errors import TrainingError
from vandap.repair.changes.change import Change
from vandap.repair.changes.data import DataShare
from vandap.repair.source.project import Applied, Project, apply
from vandap.repair.trial.copy import Folder
from vandap.repair.trial.request import OUTPUT, RESULT, Request, Result, read_result
from vandap.repair.trial.worker import Workers

DIVISION = "division.npz"
_KILLED = {"timed out": "It took longer than a trial may take.", "lost": "Its process was lost."}


@dataclass(frozen=True)
class Job:
    """One training that is wanted.

    Args:
        changes: What is changed; empty for the script as it is.
        seed: The seed.
        fold: (fold, folds, repeat) that is held out; None where the division of the rows says.
    """

    changes: tuple[Change, ...]
    seed: int
    fold: tuple[int, int, int] | None = None


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


@dataclass
class Trials:
    """Runs trainings of one script.

    Args:
        project: The script's source and what its run recorded.
        origin: The folder that is copied.
        arguments: The script's own arguments.
        folder: Where trials are stored.
        workers: The processes that run them.
        timeout: Seconds that one trial may take.
        on_done: Told every trial that has ended.
    """

    project: Project
    origin: Folder
    arguments: tuple[str, ...]
    folder: Path
    workers: Workers
    timeout: float = 3600.0
    on_done: Callable[[Done], None] = lambda done: None
    _arms: dict[tuple[Change, ...], Applied] = field(default_factory=dict)
    _spent: list[float] = field(default_factory=list)

    def applied(self, changes: tuple[Change, ...]) -> Applied:
        """The source with some changes, and which of them could not be made."""
        if changes not in self._arms:
            self._arms[changes] = apply(self.project, changes)
        return self._arms[changes]

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
        """
        with ThreadPoolExecutor(self.workers.count) as pool:
            waiting = [pool.submit(self._one, job, until) for job in jobs]
            try:
                return [item.result() for item in waiting]
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                self.workers.stop()
                raise

    def _one(self, job: Job, until: float | None) -> Done | None:
        name, share = _name(self.applied(job.changes).project), _share(job.changes)
        fold = "" if job.fold is None else "-f" + "x".join(map(str, job.fold))
        folder = self.folder / f"{name}{f'-{share:g}' if share < 1 else ''}{fold}-s{job.seed}"
        result = read_result(folder)
        if result is None:
            if until is not None and time.monotonic() > until:
                return None
            result = self._train(job, folder)
        if result.status == "not replayable" and not job.changes:
            raise _not_replayable(result)
        done = Done(job, result, folder)
        self.on_done(done)
        return done

    def _train(self, job: Job, folder: Path) -> Result:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        copy, began = folder / "copy", time.monotonic()
        own = self.origin.copied(copy.absolute(), self.applied(job.changes).project.changed)
        request = Request(
            script=str(own.script),
            arguments=self.arguments,
            directory=str(own.directory),
            folder=str(folder.absolute()),
            division=str((self.folder / DIVISION).absolute()),
            seed=job.seed,
            fit=self.project.program.main_fit,
            share=_share(job.changes),
            fold=job.fold,
        )
        write_json(folder / "changes.json", [change.stored() for change in job.changes])
        ended = self.workers.run(request.write(), self.timeout)
        seconds = time.monotonic() - began
        shutil.rmtree(copy, ignore_errors=True)
        result = read_result(folder)
        if result is None:
            result = Result("failed", _KILLED.get(ended, f"Its process ended with {ended}."))
        result = replace(result, seconds=seconds)
        if ended != "lost" or (folder / RESULT).is_file():  # what was lost with its process is tried again
            write_json(folder / RESULT, result)
        if result.status == "done":
            (folder / OUTPUT).unlink(missing_ok=True)
        self._spent.append(seconds)
        return result


def _name(project: Project) -> str:
    """A short name of an edited source: the same edits give the same name."""
    import hashlib

    digest = hashlib.blake2b(digest_size=4)
    for path, content in sorted(project.changed.items()):
        digest.update(str(path.relative_to(project.root)).encode() + b"\0" + content)
    return digest.hexdigest() if project.changed else "reference"


def _not_replayable(result: Result) -> TrainingError:
    return TrainingError(
        "The script cannot be replayed, so nothing can be compared.",
        received=result.reason,
        expected="a script that trains on the same rows each time it is run, with rows that can be held out",
        hint="Give its random splits a seed, load data instead of drawing them, and give fit arrays.",
    )


def _share(changes: tuple[Change, ...]) -> float:
    """The part of the training rows that a trial trains on."""
    return min((change.share for change in changes if isinstance(change, DataShare)), default=1.0)
