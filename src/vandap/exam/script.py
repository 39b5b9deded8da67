"""The exam of a user's script: run in a process of its own, unchanged, under watch."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from vandap.core.ending import ENDED, EXITED, KILLED, TIMED_OUT, Ending, read_ending
from vandap.core.examined import Examined, read_examined
from vandap.errors import UsageError
from vandap.exam import examine
from vandap.exam.folder import new_folder, remove_folder
from vandap.exam.request import STACKS, Request
from vandap.exam.supervise import supervise

_FRAME = re.compile(r'File "(.+?)", line (\d+) in (\S+)')


def examine_script(
    script: str | Path,
    arguments: Sequence[str] = (),
    *,
    out: Path | None = None,
    command: Sequence[str] = (),
    budget: float | None = None,
    timeout: float | None = None,
    muted: Sequence[str] = (),
    verbose: bool = False,
    quiet: bool = False,
    before_training: bool = False,
    stdout: int | None = None,
    environment: Mapping[str, str] | None = None,
) -> Examined:
    """Run a script under watch and judge its training.

    The script runs as `python SCRIPT ARGUMENTS` would, in the same working directory, with the same standard streams.

    Args:
        script: The file.
        arguments: Its own arguments.
        out: The run folder, new or empty; None for a new one below `runs/`.
        command: The command line as typed, for the record.
        budget: Seconds for decisive tests; 0 for none; None for a share of the script's own time.
        timeout: Seconds after which the script is stopped; None for never.
        muted: Codes or slugs of rules that are not to be asked.
        verbose: Whether what libraries print during the exam is shown.
        quiet: Whether nothing is printed before the training; without a terminal nothing is.
        before_training: Whether the script is ended at its first `fit`, and only structure and data are judged.
        stdout: File descriptor for the script's standard output; None for ours.
        environment: The script's environment; None for ours.

    Returns:
        How the script ended, and the verdicts.

    Raises:
        UsageError: No such script, or one that trains nothing that can be watched.
        RunError: The folder is in use.
    """
    check_script(Path(script))
    _check_muted(muted)
    folder = new_folder(Path(script).stem, out)
    request = Request(
        script=str(script),
        arguments=tuple(arguments),
        folder=str(folder.absolute()),
        command=tuple(command),
        budget=budget,
        muted=tuple(muted),
        timeout=timeout,
        verbose=verbose,
        before_training=before_training,
        quiet=quiet,
    )
    ending = _carried_out(request, stdout, environment)
    _complete(request, ending)
    _refuse_without_training(str(script), folder, ending)
    return read_examined(folder, str(script))


def _carried_out(request: Request, stdout: int | None, environment: Mapping[str, str] | None) -> Ending:
    """Run the script in its own process to its end."""
    began, folder, command = time.monotonic(), Path(request.folder), request.write()
    code, stopped = supervise(
        command, folder, stdout=stdout, environment=environment, timeout=request.timeout, budget=request.budget
    )
    return _ending(folder, code, stopped, time.monotonic() - began)


def check_script(script: Path) -> None:
    """Refuse a script that is not there.

    Raises:
        UsageError: It is not there.
    """
    if not script.is_file():
        raise UsageError(
            "There is no such script.",
            received=str(script),
            expected="a Python file",
            hint="Give the path as you would give it to `python`.",
        )


def _check_muted(names: Sequence[str]) -> None:
    from vandap.diagnose import catalogue

    for name in names:
        catalogue.rule(name)


def _ending(folder: Path, code: int, stopped: str, seconds: float) -> Ending:
    """How the script ended, also where its process could not say so."""
    told = read_ending(folder)
    if told is None:
        told = Ending(stopped or (KILLED if code < 0 else EXITED), code, seconds)
    elif stopped and told.how not in (ENDED, EXITED):
        told = replace(told, how=stopped)
    return replace(told, stopped_at=_stopped_at(folder)) if told.how == TIMED_OUT else told


def _stopped_at(folder: Path) -> tuple[str, ...]:
    """The script's own lines at which the main thread was when the time was up, outermost first."""
    from vandap.watch.sites import is_users

    path = folder / STACKS
    text = path.read_text(errors="replace") if path.is_file() else ""
    main = text.rpartition("Thread")[2]  # faulthandler writes the main thread last
    frames = [f"{file}:{line}" for file, line, _ in _FRAME.findall(main) if is_users(file)]
    return tuple(reversed(frames))


def _complete(request: Request, ending: Ending) -> None:
    """Store the ending; judge what was stored where the script's own process could not."""
    from vandap.core.store import Run, write_json

    folder = Path(request.folder)
    is_cut = (folder / "request.json").is_file()
    ending.write(folder)
    (folder / STACKS).unlink(missing_ok=True)
    (folder / "request.json").unlink(missing_ok=True)
    if not (folder / "findings.json").is_file():
        from vandap.exam.judge import keep_sources
        from vandap.exam.record import write_info, write_program

        write_program(request, None)
        write_info(request, ending)  # without it the folder is no run
        keep_sources(folder)
        is_cut = True
    elif ending.how in (TIMED_OUT, KILLED):
        from vandap.exam.record import write_info

        write_info(request, ending)
    if is_cut:  # perhaps in the tests, after some had ended
        write_json(folder / "findings.json", examine(Run(folder), request.muted))


def _refuse_without_training(script: str, folder: Path, ending: Ending) -> None:
    """Say what was expected of a script that ended well and showed no Keras model.

    Raises:
        UsageError: It did.
    """
    from vandap.core.program import Program
    from vandap.core.store import Run

    program = Run(folder).evidence.get("program")
    seen = isinstance(program, Program) and bool(program.fits or program.layers)
    if seen or ending.how not in (ENDED, EXITED) or ending.exit_code != 0:
        return
    remove_folder(folder)
    raise UsageError(
        "The script ended without a Keras training, so there is nothing to examine.",
        received=f"{script}, {_used(ending)}",
        expected="a script that builds a Keras 3 model and calls fit in its own process",
        hint=_hint(ending),
    )


def _used(ending: Ending) -> str:
    used = [f"{name} {version}".strip() for name, version in ending.libraries.items()]
    return "which used " + ", ".join(used) if used else "which imported no deep-learning library"


def _hint(ending: Ending) -> str:
    if "tf_keras" in ending.libraries or ending.libraries.get("keras", "3").startswith("2"):
        return "The training ran on the old Keras 2 (tf_keras); import keras, or unset TF_USE_LEGACY_KERAS."
    if "keras" not in ending.libraries:
        return "A training in bare PyTorch, JAX or TensorFlow cannot be watched; give a script that uses Keras."
    return (
        "Give the arguments with which the script trains. A training in a subprocess is not seen: examine the script "
        "that the subprocess runs."
    )
