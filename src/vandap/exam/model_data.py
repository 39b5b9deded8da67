"""The data on which a saved model is judged, in the form in which the model takes them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from vandap.core.program import Program
from vandap.errors import DataError, InputError, UsageError

if TYPE_CHECKING:
    from vandap.core.dataset import Dataset
    from vandap.watch.kept import Batch

MOST_EXAMPLES = 4_096
"""Examples, drawn at random, on which the model is judged."""

_ARRAYS = "Give the arrays that the model takes, as an .npz file with x and y: numpy.savez('data.npz', x=x, y=y)."
_COLUMNS = f"Leave out columns that the model does not take, or name the target with --target. Or: {_ARRAYS}"
_SCRIPT = "Examine the script that trains it: vandap exam SCRIPT.py."


def read(request: Mapping[str, Any], model: Any, program: Program) -> Dataset:
    """Read the data that were asked for.

    Args:
        request: `data` (where they are) and `target` (a column, or None).
        model: The model.
        program: Its structure.

    Raises:
        InputError: They cannot be read, or the model has several inputs or outputs.
    """
    from vandap.core.recipe import DataSpec
    from vandap.data.load import load

    shape = _input_shape(model)
    if len(program.outputs) > 1:
        raise UsageError(
            "Models with several outputs are not examined on data files.",
            received=f"the outputs {', '.join(program.outputs)}",
            expected="a model with one output",
            hint=_SCRIPT,
        )
    task = None if _classifies(program) else "regression"
    pictures: dict[str, Any] = {}
    if Path(request["data"]).is_dir() and _is_image(shape):
        pictures = {"image_size": shape[:2], "channels": shape[2]}
    try:
        return load(DataSpec(request["data"], target=request["target"], task=task, folds=0, **pictures), 0)[0]
    except InputError as error:
        raise _in_terms_of_the_model(error) from None
    except Exception as error:
        raise DataError(
            "The data cannot be read.",
            received=f"{request['data']}: {type(error).__name__}: {error}",
            expected="a table, an image folder or arrays, as `vandap train` reads them",
            hint=_ARRAYS,
        ) from None


def _in_terms_of_the_model(error: InputError) -> InputError:
    """What reading says of `--task`, which follows from the model here."""
    if not str(error.expected).startswith("--task"):
        return error
    return DataError(
        "The model answers with numbers, and the target holds none.",
        received=error.received,
        expected="a target of numbers",
        hint="Name the column that the model predicts with --target.",
    )


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
            hint=_SCRIPT,
        )
    return tuple(shape[1:]) if shape else ()


def _is_image(shape: tuple[int | None, ...]) -> bool:
    return len(shape) == 3 and shape[2] in (1, 3) and None not in shape


def _classifies(program: Program) -> bool:
    kinds = [loss.kind for loss in program.compile.losses]
    output = program.layer(program.outputs[0]) if program.outputs else None
    probabilities = output is not None and output.activation in ("softmax", "sigmoid")
    return any("entropy" in kind.lower() or "Hinge" in kind for kind in kinds) or (not kinds and probabilities)


def batch(dataset: Dataset, model: Any, program: Program) -> Batch:
    """Return examples as the model takes them, and targets as its loss does.

    Raises:
        DataError: The data have another shape than the model takes, or hold columns that are no numbers.
    """
    from vandap.watch.kept import Batch

    rows = np.sort(np.random.default_rng(0).permutation(len(dataset.examples))[:MOST_EXAMPLES])
    x = _inputs(dataset, rows)
    shape = _input_shape(model)
    if x.ndim - 1 != len(shape) or any(size not in (None, own) for size, own in zip(shape, x.shape[1:], strict=True)):
        raise DataError(
            "The data do not have the shape that the model takes.",
            received=f"examples of the shape {x.shape[1:]}{_columns(dataset)}",
            expected=f"examples of the shape {shape}",
            hint=_COLUMNS if dataset.features else _ARRAYS,
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


def numbering(dataset: Dataset) -> np.ndarray | None:
    """Return the number of each class as the arrays give it; None where classes have names, or lie in a table.

    Arrays are what the model was trained on, so a gap or a negative number among their labels is a fault to be seen.
    """
    names = [str(name) for name in dataset.classes]
    if dataset.kind != "array" or not names or not all(name.removeprefix("-").isdecimal() for name in names):
        return None
    return np.array([int(name) for name in names])


def _targets(dataset: Dataset, rows: np.ndarray, program: Program) -> np.ndarray:
    kind = program.compile.losses[0].kind if program.compile.losses else ""
    target, numbers = dataset.target[rows], numbering(dataset)
    if dataset.classes and (kind.startswith("Categorical") or not kind):
        return _one_hot(dataset, target if numbers is None else numbers[target], _outputs(program))
    if numbers is not None:
        target = numbers[target]
    if not dataset.classes or kind.startswith("Binary"):
        return target.astype(np.float32)[:, None]
    return np.asarray(target)


def _outputs(program: Program) -> int:
    """Units of the output; 0 where they are not known."""
    layer = program.layer(program.outputs[0]) if program.outputs else None
    return int(layer.output_shape[-1] or 0) if layer is not None and layer.output_shape else 0


def _one_hot(dataset: Dataset, target: np.ndarray, outputs: int) -> np.ndarray:
    """One row an example with a 1 for its class; of one output, the class itself.

    Raises:
        DataError: A class has no output.
    """
    if outputs == 1:
        return target.astype(np.float32)[:, None]
    outputs = outputs or len(dataset.classes)
    if target.min() < 0 or target.max() >= outputs:
        shown = ", ".join(map(str, dataset.classes[:8])) + (" ..." if len(dataset.classes) > 8 else "")
        raise DataError(
            "The data hold classes for which the model has no output.",
            received=f"the classes {shown}, and {outputs} outputs",
            expected=f"at most {outputs} classes; as numbers, 0 to {outputs - 1}",
            hint="Give the data that the model was made for, or name the target with --target.",
        )
    return np.eye(outputs, dtype=np.float32)[target]
