"""From the end of a build's work to its publication: a kill between any two steps costs next to nothing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from made_vectors import built, identities

from vandap.errors import IndexFolderError
from vandap.search.build import build
from vandap.search.compact import compact
from vandap.search.folder import MANIFEST
from vandap.search.index import Index
from vandap.search.plan import Contents, Plan
from vandap.search.vectors import Array
from vandap.search.work import Work

STATE = {"build.json"}
STATED = 3
"""Steps until the state of the build says that its work has ended: it is written, flushed and moved into place."""
VECTORS = identities(300, 16)


class KilledError(BaseException):
    """Stands for kill -9."""


@contextmanager
def killed(after: int) -> Iterator[list[str]]:
    """Kill after so many steps that change the disk, counted from the end of the work on; gives the steps."""
    steps: list[str] = []
    plain = {(kind, name): getattr(kind, name) for kind, name in _CHANGES}

    def stepped(change: Callable[..., Any], name: str, *given: Any, **more: Any) -> Any:
        if steps or name == "end":
            if len(steps) > after:
                raise KilledError
            steps.append(name)
        return change(*given, **more)

    with pytest.MonkeyPatch.context() as patched:
        for (kind, name), change in plain.items():
            step = partial(stepped, change, name)
            patched.setattr(kind, name, step if kind is os else _method(step))
        yield steps


_ON_DISK = ("unlink", "rename", "replace")
_CHANGES: list[tuple[Any, str]] = [(Work, "end"), (os, "fsync"), *((Path, name) for name in _ON_DISK)]


def _method(step: Callable[..., Any]) -> Callable[..., Any]:
    return lambda self, *given, **more: step(self, *given, **more)


def _works(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Grows with each time that the work of a build is done."""
    done, run = [], Work.run
    monkeypatch.setattr(Work, "run", lambda self: (done.append(1), run(self))[1])
    return done


def _files(index: Index) -> set[str]:
    return {path.name for path in index.generation.home.iterdir()}


@pytest.mark.parametrize("backwards", [False, True])
def test_a_build_killed_when_its_work_is_done_is_published_the_next_time(
    backwards: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In whatever order the file system names the files: never half tidied, and nothing is done twice."""
    listed, works, contents, plan = Path.iterdir, _works(monkeypatch), Contents(Array(VECTORS)), Plan(engine="exact")
    by_ending = partial(sorted, key=lambda path: path.name[::-1], reverse=backwards)
    monkeypatch.setattr(Path, "iterdir", lambda self: iter(by_ending(listed(self))))
    for after in range(100):
        folder = tmp_path / str(after)
        try:
            with killed(after) as steps:
                build(contents, folder, plan)
        except KilledError:
            if not (folder / MANIFEST).exists():
                with pytest.raises(IndexFolderError, match="not finished"):
                    Index(folder)
                done = len(works)
                build(contents, folder, plan)
                assert len(works) - done == (len(steps) < STATED)
                assert _files(Index(folder)) == set(Index(folder).generation.manifest.files)
            index = Index(folder)
            index.check()
            assert index.search(VECTORS[3], 1).ids == ((3,),) and len(index) == 300
            assert _files(index) - STATE == set(index.generation.manifest.files)
            assert not (folder / "building").exists()
        else:
            break
    assert {"rename", "unlink", "replace"} < set(steps) and after > 8


def test_a_compaction_killed_when_its_work_is_done_is_published_the_next_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what was added meanwhile; after a removal it begins anew, for that must be erased."""
    works = _works(monkeypatch)
    for after in range(STATED, 100):
        index = built(tmp_path / str(after), VECTORS)
        index.remove([7])
        try:
            with killed(after):
                compact(index.path, 1)
        except KilledError:
            if Index(index.path, 1).generation.manifest.generation == 1:
                done = len(works)
                index.add(identities(5, 16, seed=3), list(range(500, 505)))
                if after % 2:
                    index.remove([9])
                made = compact(index.path, 1)
                assert len(works) - done == after % 2
                assert len(made) == 304 - after % 2 and made.search(VECTORS[3], 1).ids == ((3,),)
                made.check()
                assert made.search(identities(5, 16, seed=3)[2], 1).ids == ((502,),)
                assert _files(made) == set(made.generation.manifest.files)
        else:
            break
    assert after > 8
