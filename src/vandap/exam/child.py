"""The process that runs a user's script under watch, and examines the training once the script has ended.

The script must not notice: its arguments, working directory, search path, environment, standard streams and exit code
are those of `python SCRIPT`, and nothing heavy is imported before it does so itself.
"""

from __future__ import annotations

import contextlib
import faulthandler
import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from vandap.core.ending import BEFORE_TRAINING, CRASHED, ENDED, EXITED, INTERRUPTED, TROUBLE, Ending
from vandap.exam.before_import import BeforeImport
from vandap.exam.main_module import run_as_main, show
from vandap.exam.request import STACKS, Request, read_request

if TYPE_CHECKING:
    from vandap.core.program import Crash
    from vandap.exam.crash import Tracebacks

MOST_SOURCES = 50
"""Modules of the user that are looked through for old idioms."""

_LIBRARIES = ("keras", "tf_keras", "tensorflow", "torch", "jax")


class ScriptWatch:
    """Watches the trainings of this process from the moment that the script imports a deep-learning library.

    Args:
        request: What was asked.
    """

    def __init__(self, request: Request) -> None:
        self.request = request
        self.session: Any = None
        self.tracebacks: Tracebacks | None = None
        self.trouble = ""
        self._stack = contextlib.ExitStack()
        self._waiting = BeforeImport(_LIBRARIES, self._begin)

    @contextlib.contextmanager
    def waiting(self) -> Iterator[None]:
        """Wait for the import."""
        self._waiting.install()
        try:
            yield
        finally:
            self._waiting.remove()

    def end(self) -> None:
        """End the watch and complete its files."""
        try:
            self._stack.close()
        except Exception as error:
            self.trouble = f"{type(error).__name__}: {error}"

    def _begin(self) -> None:
        try:
            from vandap.exam.crash import Tracebacks
            from vandap.exam.preflight import Preflight
            from vandap.watch import watching
            from vandap.watch.patch import WhenImported

            self.tracebacks = Tracebacks()
            keras = WhenImported("keras", self.tracebacks.attach)
            keras.install()
            self._stack.callback(keras.remove)
            self.session = self._stack.enter_context(watching(self.request.folder))
            self.session.on_begin = Preflight(self.request, not self.request.quiet and sys.stderr.isatty())
        except Exception as error:  # the script must run whatever happens to its watch
            self.trouble = f"{type(error).__name__}: {error}"


def main(path: str) -> NoReturn:
    """Carry out a stored request and leave as the script would have left."""
    request = read_request(path)
    own, began = os.getpid(), time.monotonic()
    watch = ScriptWatch(request)
    with watch.waiting(), _stacks_after(request.timeout, Path(request.folder)):
        error = run_as_main(request.script, request.arguments)
    code = show(error)
    if os.getpid() == own:  # a fork of the script ends here, too
        _examine(request, watch, error, Ending(_how(error), code, time.monotonic() - began, _libraries()))
        Path(path).unlink(missing_ok=True)  # the sign that the exam is over; what the script does at exit is its own
    sys.exit(code)


def _examine(request: Request, watch: ScriptWatch, error: BaseException | None, ending: Ending) -> None:
    """Complete the run folder and judge it. What goes wrong is noted there: the script's exit code stands."""
    folder = Path(request.folder)
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()
    ending.write(folder)
    from vandap.core.streams import silenced

    with _interruptible(folder), contextlib.nullcontext() if request.verbose else silenced():
        from vandap.exam.judge import judge
        from vandap.exam.record import write_info, write_program

        crash = _crash(watch, error) if ending.how == CRASHED else None
        watch.end()
        if watch.trouble:
            (folder / TROUBLE).write_text(watch.trouble)
        write_program(request, crash, _sources(request))
        write_info(request, ending, crash)
        judge(folder, getattr(watch.session, "kept", None), _budget(request, ending), request.muted)


def _crash(watch: ScriptWatch, error: BaseException | None) -> Crash | None:
    """Describe the crash before the watch ends: looking at a broken model raises errors of its own."""
    from vandap.exam.crash import Tracebacks, crash_of
    from vandap.exam.passage import with_passage

    if error is None:
        return None
    crash = crash_of(error, watch.tracebacks or Tracebacks(), watch.session)
    return with_passage(crash, watch.session)


def _sources(request: Request) -> list[Path]:
    """The script and the user's own modules that it imported."""
    from vandap.watch.sites import is_users

    files = [str(getattr(module, "__file__", None) or "") for module in list(sys.modules.values())]
    own = [Path(file) for file in dict.fromkeys(files) if file.endswith(".py") and is_users(file)]
    script = Path(request.script).absolute()
    return [script, *[path for path in own if path != script][:MOST_SOURCES]]


def _budget(request: Request, ending: Ending) -> float:
    from vandap.exam.judge import default_budget

    if ending.how in (CRASHED, INTERRUPTED, BEFORE_TRAINING):
        return 0.0
    return default_budget(ending.seconds) if request.budget is None else request.budget


@contextlib.contextmanager
def _interruptible(folder: Path) -> Iterator[None]:
    """Let Ctrl-C end the experiments: what was found until then is stored already."""
    former = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    except KeyboardInterrupt:
        pass
    except Exception:
        import traceback

        (folder / TROUBLE).write_text(traceback.format_exc())
    finally:
        signal.signal(signal.SIGINT, signal.SIG_DFL if former is None else former)


@contextlib.contextmanager
def _stacks_after(seconds: float | None, folder: Path) -> Iterator[None]:
    """Write where every thread is when the time is up: a script that hangs cannot be asked any more."""
    if seconds is None:
        yield
        return
    with (folder / STACKS).open("w") as file:
        faulthandler.dump_traceback_later(seconds, file=file)
        try:
            yield
        finally:
            faulthandler.cancel_dump_traceback_later()


def _how(error: BaseException | None) -> str:
    if error is None:
        return ENDED
    if isinstance(error, SystemExit):
        return BEFORE_TRAINING if type(error).__name__ == "StopBeforeTraining" else EXITED
    return INTERRUPTED if isinstance(error, KeyboardInterrupt) else CRASHED


def _libraries() -> dict[str, str]:
    """Libraries that the script had imported, with their versions."""
    return {name: str(getattr(sys.modules[name], "__version__", "")) for name in _LIBRARIES if name in sys.modules}
