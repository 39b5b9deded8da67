"""Trains arms of a script: every trial on its own copy of the script's folder."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from vandap.repair.changes.change import Change
from vandap.repair.changes.data import SelectFeatures, StandardiseInputs
from vandap.repair.changes.rows import AfterFit, Rows, ShuffleSplit
from vandap.repair.runner import COPY, DIVISION, Done, Job, Runner
from vandap.repair.source.document import RefusalError
from vandap.repair.source.project import Applied, Project, apply
from vandap.repair.trial.copy import Folder, Shelf
from vandap.repair.trial.request import RAN, STOPPED, Request, Result
from vandap.repair.trial.share import share_of
from vandap.repair.trial.worker import Workers

__all__ = ["DIVISION", "Done", "Job", "Trials"]


@dataclass
class Trials(Runner):
    """Runs trainings of one script.

    Args:
        project: The script's source and what its run recorded.
        origin: The folder that is copied; its Python files as the project has them.
        arguments: The script's own arguments.
        folder: Where trials are stored.
        workers: The processes that run them.
        timeout: Seconds that one trial may take.
        on_done: Told every trial that has ended.
        pooled: Whether rows are held out of all that `fit` is given, as where its split itself may be changed.
    """

    project: Project
    origin: Folder
    arguments: tuple[str, ...]
    folder: Path
    workers: Workers
    timeout: float = 3600.0
    on_done: Callable[[Done], None] = lambda done: None
    pooled: bool = False
    _arms: dict[tuple[Change, ...], Applied] = field(default_factory=dict)
    _spent: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._shelf = Shelf(self.folder.parent / "shelf")

    @property
    def epochs(self) -> float:
        """See `Runner.epochs`."""
        return float(self.project.program.fit.wanted_epochs)

    def applied(self, changes: tuple[Change, ...]) -> Applied:
        """The source with some changes, and which of them could not be made."""
        if changes not in self._arms:
            self._arms[changes] = apply(self.project, changes)
        return self._arms[changes]

    def refused(self, changes: tuple[Change, ...]) -> tuple[tuple[Change, RefusalError], ...]:
        """Those of the changes that the source cannot be given."""
        return self.applied(changes).refused

    def diff(self, changes: tuple[Change, ...]) -> str:
        """The changes as a unified diff of the source."""
        return self.applied(changes).project.diff()

    def can_make(self, changes: tuple[Change, ...]) -> bool:
        """See `Runner.can_make`: together as well, and each of them shows in the source."""
        if self.refused(changes):
            return False
        whole = _name(self.applied(changes).project)
        rests = ((*changes[:place], *changes[place + 1 :]) for place in range(len(changes)))
        return all(_name(self.applied(rest).project) != whole for rest in rests)

    def can_train(self, changes: tuple[Change, ...]) -> bool:
        """See `Runner.can_train`."""
        return not self.refused(changes)

    def broken(self, changes: tuple[Change, ...]) -> str | None:
        """Why the program stops before its end with these changes where without them it does not.

        Trials end with the training, and make some changes otherwise than the source does.

        Returns:
            The reason; "" where it ends as well with them, and None where that was not seen.
        """
        edited = self._to_its_end(changes)
        if edited.status == RAN:
            return ""
        is_ours = edited.status == "failed" and self._to_its_end(()).status == RAN
        return edited.reason if is_ours else None

    def _to_its_end(self, changes: tuple[Change, ...]) -> Result:
        """How the program ends as it is written with these changes."""
        (done,) = self.run([Job(changes, 0, as_written=True)])
        return Result(STOPPED) if done is None else done.result

    def identity(self, job: Job) -> str:
        """See `Runner.identity`: the edited source as it is in the end, the rows and the seed."""
        name, share = _name(self.applied(job.changes).project), share_of(job.changes)
        fold = "" if job.fold is None else "-f" + "x".join(map(str, job.fold))
        part, watched = f"-{share:g}" if share < 1 else "", "-watched" if job.watch else ""
        return f"{name}{part}{fold}-s{job.seed}{watched}" + ("-written" if job.as_written else "")

    def prepared(self, job: Job, folder: Path) -> Path:
        """See `Runner.prepared`: a copy of the script's folder, edited.

        What is done with rows and with the trained model, and what looks at targets, is left out of the copy and done
        by the trial, which calls the same functions once it has held rows out.
        """
        made = self.applied(job.changes).made
        if job.as_written:
            return self._request(job, folder, self.applied(made).project.changed).write()
        selects = any(isinstance(change, SelectFeatures) for change in made)
        later = Rows | AfterFit | ShuffleSplit
        edited = tuple(_without_targets(change) for change in made if not isinstance(change, later))
        return replace(
            self._request(job, folder, self.applied(edited).project.changed),
            remade=tuple(change.name for change in made if isinstance(change, Rows)),
            finished=tuple(change.name for change in made if isinstance(change, AfterFit)),
            selects=selects,
            resplit=any(isinstance(change, ShuffleSplit) for change in made),
        ).write()

    def _request(self, job: Job, folder: Path, changed: Mapping[Path, bytes]) -> Request:
        """The request of a trial, in a copy of the script's folder with some files changed."""
        sources = {**self.project.sources, **changed}
        own = self.origin.copied((folder / COPY).absolute(), sources, self._shelf)
        return Request(
            script=str(own.script),
            arguments=self.arguments,
            directory=str(own.directory),
            folder=str(folder.absolute()),
            division=str((self.folder / DIVISION).absolute()),
            seed=job.seed,
            fit=self.project.program.main_call,
            calls=self.project.program.fit.calls,
            share=share_of(job.changes),
            fold=job.fold,
            watch=job.watch,
            as_written=job.as_written,
            pooled=self.pooled,
        )


def _without_targets(change: Change) -> Change:
    """A change as far as it needs no targets, among which those of held-out rows would be."""
    return StandardiseInputs() if isinstance(change, SelectFeatures) else change


def _name(project: Project) -> str:
    """A short name of an edited source: the same edits give the same name."""
    digest = hashlib.blake2b(digest_size=4)
    for path, content in sorted(project.changed.items()):
        digest.update(str(path.relative_to(project.root)).encode() + b"\0" + content)
    return digest.hexdigest() if project.changed else "reference"
