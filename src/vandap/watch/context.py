"""The context in which every fit is watched."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vandap.errors import RunError
from vandap.watch.patch import Patches, WhenImported

if TYPE_CHECKING:
    from vandap.watch.session import Session


@contextmanager
def watching(folder: str | Path, *, command: tuple[str, ...] = (), schedule: Any = None) -> Iterator[Session]:
    """Watch every `fit` inside of the context, on any Keras back end.

    Keras is not imported here; a program inside may still choose its back end. Nothing that Keras computes changes: no
    random number is drawn, no batch is taken, and an error of vandap ends the watching, not the training.

    Args:
        folder: The run folder that is written, created if missing; one that holds no run yet.
        command: The command recorded in it; by default that of the process.
        schedule: When to probe; None takes the default.

    Yields:
        The session; after the context it still holds `kept`, `program` and `unseen`.

    Raises:
        RunError: Another process is writing this folder, or it holds a run already.

    Example:
        ```python
        with vandap.watching("runs/mine"):
            model.fit(x, y, epochs=5)
        ```
    """
    from vandap.watch.patched import install
    from vandap.watch.session import Session

    path = Path(folder).absolute()  # the program may change its working directory
    if any((path / name).exists() for name in ("run.json", "signals")):
        raise RunError(
            "There is a run in this folder already.",
            received=str(path),
            expected="a new folder, so that nothing that was measured is lost",
            hint="Give another one, or leave it out in `vandap.watching()`.",
        )
    session, patches = Session(path, command, schedule), Patches()
    waiting = WhenImported("keras", functools.partial(install, session, patches))
    waiting.install()
    status, error = "done", ""
    try:
        yield session
    except KeyboardInterrupt:
        status = "interrupted"
        raise
    except SystemExit as stop:
        status = "done" if stop.code in (None, 0) else "failed"
        raise
    except BaseException as failure:
        status, error = "failed", f"{type(failure).__name__}: {failure}"
        raise
    finally:
        waiting.remove()
        patches.undo()
        with suppress(Exception):  # what cannot be written ends the watching, not the program
            session.close(status, error)
