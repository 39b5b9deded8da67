"""The main job: intake, split, a ladder of learners, evaluation on validation, the exam, one look at the test part."""

from __future__ import annotations

import shutil
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vandap.core.memory import map_large_blocks
from vandap.core.progress import Progress, silent
from vandap.core.recipe import Recipe
from vandap.core.signals import Series
from vandap.core.store import Run
from vandap.errors import TrainingError, VandapError
from vandap.pipeline.session import Session, open_session

__all__ = ["train"]


def train(
    recipe: Recipe,
    *,
    out: Path | None = None,
    command: Sequence[str] = (),
    progress: Progress = silent,
    memory_source: Any = None,
) -> Run:
    """Train on a data set and write a run folder.

    An unfinished run of the same request on the same data is continued; otherwise a new one is started.

    Args:
        recipe: What to train on and how. With a plan, nothing is measured again.
        out: The run folder; by default a new folder below `runs/`.
        command: The command as typed, for the record.
        progress: Where to report.
        memory_source: Data in memory, when `recipe.data.source` is `<memory>`.

    Returns:
        The finished run.

    Raises:
        InputError: The data or the settings cannot be used; nothing is written.
        TrainingError: No learner could be fitted; the run folder says why.
    """
    from vandap.data.load import load
    from vandap.pipeline.settings import check, check_with_data

    began = time.monotonic()
    map_large_blocks()
    check(recipe)
    progress("stage", {"title": "reading the data"})
    dataset, signals = load(recipe.data, recipe.seed, recipe.transforms, memory_source)
    check_with_data(recipe, dataset)
    session = open_session(recipe, dataset, out, tuple(command), progress, began)
    try:
        _work(session, signals)
    except KeyboardInterrupt:
        session.end("interrupted", "interrupted by the user")
        raise
    except TrainingError as error:
        session.end("failed", str(error))
        raise
    except VandapError as error:
        session.end("interrupted", str(error))
        raise
    except BaseException as error:  # what was fitted stands: a full disk, another back end, a fault of ours
        session.end("interrupted", f"{type(error).__name__}: {error}")
        raise
    finally:
        session.close()
    return Run(session.path)


def _work(session: Session, data_signals: Mapping[str, Series]) -> None:
    from vandap.exam import examine
    from vandap.pipeline.climb import climb
    from vandap.pipeline.evidence import gather
    from vandap.pipeline.finish import finish

    for name, series in data_signals.items():
        session.writer.signal(name, series)
    session.writer.json("findings", examine(Run(session.path)))  # what the data alone show, should the rest fail
    with session.stage("fitting the ladder"):
        ladder = climb(session)
    with session.stage("gathering evidence"):
        gather(session, ladder)
    with session.stage("examining"):
        session.writer.json("findings", examine(Run(session.path)))
    with session.stage("reading the test part"):
        finish(session, ladder)
    session.end("done")
    shutil.rmtree(session.work, ignore_errors=True)
