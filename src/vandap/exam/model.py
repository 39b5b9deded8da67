"""The exam of a saved model on data: opened in a process of its own, because a model file may be damaged or hostile."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from vandap.core.examined import Examined, read_examined
from vandap.errors import DataError, TrainingError, UsageError, VandapError
from vandap.exam.folder import new_folder, remove_folder

LONGEST = 600.0
"""Seconds after which a model that does not come to an answer is given up."""

_START = (
    "import sys; sys.path[:1] = [] if sys.path[:1] == [''] else sys.path[:1]; "
    "from vandap.exam.model_process import main; main(sys.argv[1])"
)


def examine_model(
    model: Path,
    data: str,
    *,
    target: str | None = None,
    out: Path | None = None,
    command: Sequence[str] = (),
    muted: Sequence[str] = (),
    timeout: float | None = None,
    environment: Mapping[str, str] | None = None,
) -> Examined:
    """Judge a saved Keras model by its structure and by what it answers on data.

    Args:
        model: A `.keras` or `.h5` file. It is opened in safe mode: code inside it is not run.
        data: A table, an image folder, or arrays, as `vandap train` reads them. The model must take them as they are:
            tables as the numeric columns in their order, images as pixels from 0 to 255.
        target: The column that the model predicts.
        out: The run folder, new or empty; None for a new one below `runs/`.
        command: The command line as typed.
        muted: Codes or slugs of rules that are not to be asked.
        timeout: Seconds after which it is given up.
        environment: The process's environment; None for ours.

    Returns:
        The verdicts.

    Raises:
        DataError: The file is no model that can be opened safely, or the data do not fit it.
        UsageError: No such file, or a model with several inputs or outputs.
        TrainingError: The process died.
    """
    from vandap.diagnose import catalogue

    if not model.is_file():
        raise UsageError(
            "There is no such model.",
            received=str(model),
            expected="a file that Keras saved: NAME.keras",
            hint="Check the path.",
        )
    for name in muted:
        catalogue.rule(name)
    folder = new_folder(model.stem, out)
    facts = {"model": str(model), "data": data, "target": target, "command": list(command), "muted": list(muted)}
    (folder / "request.json").write_text(json.dumps(facts), encoding="utf-8")
    try:
        _run(folder, timeout or LONGEST, environment)
    except BaseException:
        remove_folder(folder)
        raise
    (folder / "request.json").unlink()
    return read_examined(folder, str(model))


def _run(folder: Path, seconds: float, environment: Mapping[str, str] | None) -> None:
    """Run the process and pass its error on."""
    try:
        done = subprocess.run(
            (sys.executable, "-c", _START, str((folder / "request.json").absolute())),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=seconds,
            env=None if environment is None else dict(environment),
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise TrainingError(
            f"The model gave no answer within {seconds:g} s.",
            received="a model that is too large, or a file made to hang",
            expected="a model that answers on a few thousand examples",
            hint="Give it more time with --timeout, or fewer data.",
        ) from None
    told = folder / "error.json"
    if told.is_file():
        raise _error(json.loads(told.read_bytes()))
    if done.returncode != 0:
        raise TrainingError(
            "The process that opened the model died.",
            received=_last_line(done.stderr) or f"exit code {done.returncode}",
            expected="a model that this machine can hold in memory",
            hint="Open the file with keras.saving.load_model to see more.",
        )


def _error(parts: Mapping[str, Any]) -> VandapError:
    kind = UsageError if parts["type"] == "UsageError" else DataError
    return kind(parts["message"], **{name: parts[name] for name in ("received", "expected", "hint")})


def _last_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1][:300] if lines else ""
