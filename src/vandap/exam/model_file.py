"""Opens a saved Keras model without running any code inside it, and says in one message why one cannot be opened."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

from vandap.errors import DataError

_UNSAFE = ("safe_mode", "unsafe", "arbitrary code", "disallowed", "not allowed")
_CUSTOM = ("Could not locate", "Unknown layer", "Could not deserialize class", "Unable to locate", "custom")
_LACKING = re.compile(
    r"Could not locate (?:class|function) '([^']+)'.*?(?:'module': '([^']+)')?[^']*'class_name'", re.S
)
_SCRIPT = "Examine the script that makes the model instead: vandap exam SCRIPT.py."
_LONGEST = 300


def opened(path: Path, *, compiled: bool = True) -> Any:
    """Open a model in safe mode.

    Args:
        path: The file.
        compiled: With its loss, metrics and optimiser.

    Raises:
        DataError: It is no model, it is damaged, it holds code, or it needs code.
    """
    import keras

    try:
        return keras.saving.load_model(path, compile=compiled, safe_mode=True)
    except Exception as error:
        raise _refused(path, str(error)) from None


def _refused(path: Path, message: str) -> DataError:
    lines = " ".join(message.split())
    heart = lines.rpartition("Exception encountered: ")[2]  # Keras wraps it in the configuration of the whole model
    received = f"{path}: {heart[:_LONGEST]}"
    if any(word in lines for word in _UNSAFE):
        return DataError(
            "The model file holds code, which is not run.",
            received=received,
            expected="a model of Keras layers, without Lambda layers",
            hint=_SCRIPT,
        )
    if path.suffix == ".keras" and not zipfile.is_zipfile(path):
        return DataError(
            "The model file is damaged or no Keras model.",
            received=f"{path}: {path.stat().st_size} bytes that are no whole zip archive",
            expected="a file that model.save('NAME.keras') wrote",
            hint="Save the model again, and copy the file whole.",
        )
    if any(word in lines for word in _CUSTOM):
        return DataError(
            "The model needs code of its own, which the file does not hold.",
            received=f"{path}: {_lacking(lines)}" if _lacking(lines) else received,
            expected="a model of Keras layers, losses and metrics",
            hint=_SCRIPT,
        )
    return DataError(
        "The model file cannot be opened.",
        received=received,
        expected="a file that model.save('NAME.keras') wrote",
        hint="Open it with keras.saving.load_model, and save it again.",
    )


def _lacking(message: str) -> str:
    """The class or function that Keras looked for: `Own`, or `os.system` where the file names a module."""
    found = _LACKING.search(message)
    if found is None:
        return ""
    name, module = found[1], found[2]
    return f"it needs {name if module in (None, 'builtins') else f'{module}.{name}'}"
