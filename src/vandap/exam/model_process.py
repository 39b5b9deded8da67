"""The process that opens a saved model and measures what it answers on data."""

from __future__ import annotations

import json
import time
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vandap.core.machine import hardware, versions
from vandap.core.program import FitCall, Program
from vandap.core.store import RunInfo, writing
from vandap.errors import DataError, InputError, UsageError

if TYPE_CHECKING:
    from vandap.core.dataset import Dataset
    from vandap.watch.kept import Batch

MOST_EXAMPLES = 4_096
"""Examples, drawn at random, on which the model is judged."""

_ARRAYS = "Give the arrays that the model takes, as an .npz file with x and y: numpy.savez('data.npz', x=x, y=y)."
_UNSAFE = ("safe_mode", "unsafe", "arbitrary code", "disallowed", "not allowed")
_CUSTOM = ("Could not locate class", "Unknown layer", "Could not deserialize class", "Unable to locate", "custom")


def main(path: str) -> None:
    """Carry out a stored request; an error of the input is stored as `error.json`."""
    request: Mapping[str, Any] = json.loads(Path(path).read_bytes())
    folder = Path(path).parent
    try:
        _examine(request, folder)
    except InputError as error:
        (folder / "error.json").write_text(json.dumps(error.to_json()["error"]), encoding="utf-8")


def _examine(request: Mapping[str, Any], folder: Path) -> None:
    from vandap.exam.judge import judge
    from vandap.watch.record import Record
    from vandap.watch.sites import Sites
    from vandap.watch.structure import describe

    began = time.time()
    model = _opened(Path(request["model"]))
    program = describe(model, Sites())
    dataset = _dataset(request, model, program)
    record = Record(model, program, FitCall())
    record.arrays = _batch(dataset, model, program)
    with writing(folder) as writer:
        for name, series in {**record.data_signals(), **record.last_signals()}.items():
            writer.signal(name, series)
        writer.json("program", {"backend": program.backend, "keras": program.keras, "structure": program})
        writer.json("watch", {"mode": "none", "reason": "", "unseen": _unseen(dataset), "probes": 0})
        info = RunInfo(
            name=folder.name, status="done", key="", command=tuple(request["command"]), started=began,
            ended=time.time(), versions=versions(), hardware=hardware(),
        )  # fmt: skip
        writer.json("run", info)
    judge(folder, None, 0.0, request["muted"])


def _unseen(dataset: Dataset) -> list[str]:
    """What a model without its training cannot show, and what was assumed of the data."""
    told = ["A saved model keeps neither losses nor gradients of its training."]
    if dataset.classes:
        names = [str(name) for name in dataset.classes]
        shown = ", ".join(names[:5]) + (" ..." if len(names) > 5 else "")
        told.append(f"The classes were numbered in the order {shown}.")
    return told


def _opened(path: Path) -> Any:
    """Open a model without running any code inside it.

    Raises:
        DataError: It is no model, it is damaged, it holds code, or it needs code.
    """
    import keras

    try:
        return keras.saving.load_model(path, safe_mode=True)
    except Exception as error:
        message = " ".join(str(error).split())
        raise _refused(path, message) from None


def _refused(path: Path, message: str) -> DataError:
    received = f"{path}: {message[:300]}"
    if any(word in message for word in _UNSAFE):
        return DataError(
            "The model file holds code, which is not run.",
            received=received,
            expected="a model of Keras layers, without Lambda layers",
            hint="Examine the script that makes the model instead: vandap exam SCRIPT.py.",
        )
    if path.suffix == ".keras" and not zipfile.is_zipfile(path):
        return DataError(
            "The model file is damaged or no Keras model.",
            received=f"{path}: {path.stat().st_size} bytes that are no whole zip archive",
            expected="a file that model.save('NAME.keras') wrote",
            hint="Save the model again, and copy the file whole.",
        )
    if any(word in message for word in _CUSTOM):
        return DataError(
            "The model needs code of its own, which the file does not hold.",
            received=received,
            expected="a model of Keras layers",
            hint="Examine the script that makes the model instead: vandap exam SCRIPT.py.",
        )
    return DataError(
        "The model file cannot be opened.",
        received=received,
        expected="a file that model.save('NAME.keras') wrote",
        hint="Open it with keras.saving.load_model, and save it again.",
    )


def _dataset(request: Mapping[str, Any], model: Any, program: Program) -> Dataset:
    """Read the data in the form that the model takes.

    Raises:
        InputError: They cannot be read, or the model has several inputs.
    """
    from vandap.core.recipe import DataSpec
    from vandap.data.load import load

    shape = _input_shape(model)
    images = {"image_size": shape[:2], "channels": shape[2]} if _is_image(shape) else {}
    task = None if _is_classifier(program) else "regression"
    spec = DataSpec(request["data"], target=request["target"], task=task, folds=0)
    try:
        return load(spec if not Path(request["data"]).is_dir() else _with(spec, images), 0)[0]
    except InputError:
        raise
    except Exception as error:
        raise DataError(
            "The data cannot be read.",
            received=f"{request['data']}: {type(error).__name__}: {error}",
            expected="a table, an image folder or arrays, as `vandap train` reads them",
            hint=_ARRAYS,
        ) from None


def _with(spec: Any, options: Mapping[str, Any]) -> Any:
    from dataclasses import replace

    return replace(spec, **options)


def _input_shape(model: Any) -> tuple[int | None, ...]:
    """Shape of one example; () where the model does not say.

    Raises:
        UsageError: The model has several inputs.
    """
    shape = getattr(model, "input_shape", None)
    if isinstance(shape, list | dict) or (isinstance(shape, tuple) and shape and isinstance(shape[0], tuple)):
        raise UsageError(
            "Models with several inputs are not examined on data files.",
            received=f"inputs of the shapes {shape}",
            expected="a model with one input",
            hint="Examine the script that trains it: vandap exam SCRIPT.py.",
        )
    return tuple(shape[1:]) if shape else ()


def _is_image(shape: tuple[int | None, ...]) -> bool:
    return len(shape) == 3 and shape[2] in (1, 3) and None not in shape


def _is_classifier(program: Program) -> bool:
    kinds = [loss.kind for loss in program.compile.losses]
    output = program.layer(program.outputs[0]) if program.outputs else None
    probabilities = output is not None and output.activation in ("softmax", "sigmoid")
    return any("entropy" in kind.lower() or "Hinge" in kind for kind in kinds) or (not kinds and probabilities)


def _batch(dataset: Dataset, model: Any, program: Program) -> Batch:
    """Examples as the model takes them, and targets as its loss does.

    Raises:
        DataError: The data have another shape than the model takes.
    """
    from vandap.watch.kept import Batch

    rng = np.random.default_rng(0)
    count = len(dataset.examples)
    rows = np.sort(rng.permutation(count)[:MOST_EXAMPLES])
    x = _inputs(dataset, rows)
    shape = _input_shape(model)
    if x.ndim - 1 != len(shape) or any(size not in (None, own) for size, own in zip(shape, x.shape[1:], strict=True)):
        raise DataError(
            "The data do not have the shape that the model takes.",
            received=f"examples of the shape {x.shape[1:]}{_columns(dataset)}",
            expected=f"examples of the shape {shape}",
            hint=_ARRAYS,
        )
    return Batch(x, _targets(dataset, rows, program))


def _columns(dataset: Dataset) -> str:
    names = [column.name for column in dataset.features]
    return f" (the columns {', '.join(names[:12])}{' ...' if len(names) > 12 else ''})" if names else ""


def _inputs(dataset: Dataset, rows: np.ndarray) -> np.ndarray:
    """The examples as one array; a table's columns side by side, in their order.

    Raises:
        DataError: A column is no number: how the model's own program encoded it is not known.
    """
    from vandap.core.schema import ColumnKind

    raw = dataset.examples.take(rows)
    if isinstance(raw, np.ndarray):
        return raw.astype(np.float32)
    other = [column.name for column in dataset.features if column.kind not in (ColumnKind.NUMBER, ColumnKind.BOOLEAN)]
    if other:
        raise DataError(
            "How the model takes columns that are no numbers is not known.",
            received=", ".join(other[:8]),
            expected="numeric columns",
            hint=_ARRAYS,
        )
    return np.stack([raw[column.name] for column in dataset.features], axis=1).astype(np.float32)


def _targets(dataset: Dataset, rows: np.ndarray, program: Program) -> np.ndarray:
    target = dataset.target[rows]
    kind = program.compile.losses[0].kind if program.compile.losses else ""
    if kind.startswith("Categorical") and dataset.classes:
        return np.eye(len(dataset.classes), dtype=np.float32)[target]
    if not dataset.classes or kind.startswith("Binary"):
        column = target.astype(np.float32)
        return column[:, None]
    return np.asarray(target)
