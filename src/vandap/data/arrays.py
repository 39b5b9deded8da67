"""Arrays to `Contents`: which axis is what, which arrays are images, and which part each came from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from vandap.core.dataset import ARRAY, IMAGES, Examples
from vandap.core.recipe import DataSpec
from vandap.data.contents import Contents
from vandap.data.examples import ArrayExamples, JoinedExamples, SelectedExamples
from vandap.data.hashing import fingerprint_arrays, hash_examples
from vandap.data.labels import object_array, target_column, target_of_array
from vandap.errors import DataError

_CHANNELS = (1, 3, 4)


@dataclass(frozen=True)
class Pair:
    """Inputs and labels of one part.

    Args:
        x: Inputs, first axis the example.
        y: Labels.
        part: `train`, `validation` or `test`; None where the files do not say.
    """

    x: np.ndarray
    y: np.ndarray
    part: str | None = None


def read_arrays(
    pairs: Sequence[Pair], spec: DataSpec, name: str, *, target: str = "y", notes: tuple[str, ...] = ()
) -> Contents:
    """Make `Contents` out of arrays.

    Args:
        pairs: One a part; all with examples of the same shape.
        spec: What the user stated.
        name: Name of the data set.
        target: What to call the target.
        notes: What was said so far.

    Raises:
        DataError: Lengths or shapes that do not fit, object arrays, unusable labels.
    """
    for pair in pairs:
        _check(pair)
    if len({pair.x.shape[1:] for pair in pairs}) > 1:
        raise DataError(
            "The parts hold examples of different shapes.",
            received=", ".join(f"{pair.part}: {pair.x.shape[1:]}" for pair in pairs),
            expected="one shape in every part",
            hint="Bring the arrays to one shape before saving them.",
        )
    kind, channel_first, why = _kind(pairs[0].x)
    examples: Examples = JoinedExamples([ArrayExamples(p.x, kind, channel_first=channel_first) for p in pairs])
    if len(pairs) == 1:
        examples = examples.parts[0]  # type: ignore[attr-defined]
    found = target_of_array(_joined_labels(pairs), spec.task, target)
    rows = np.flatnonzero(found.keep)
    if len(rows) < len(examples):
        examples = SelectedExamples(examples, rows)
    given = any(pair.part for pair in pairs)
    parts = np.repeat(np.array([pair.part or "train" for pair in pairs]), [len(pair.x) for pair in pairs])
    return Contents(
        name=name,
        source=spec.source,
        examples=examples,
        target=found.values,
        classes=found.classes,
        task=found.task,
        columns=(target_column(found, target),),
        parts=parts[rows] if given else None,
        groups=None,
        time=None,
        hashes=hash_examples(examples),
        fingerprint=fingerprint_arrays(array for pair in pairs for array in (pair.x, pair.y)),
        notes=notes + why + found.notes,
        target_missing=found.missing,
        facts=_facts(pairs, kind, channel_first),
    )


def _check(pair: Pair) -> None:
    for name, array in (("x", pair.x), ("y", pair.y)):
        if array.dtype.kind == "O":
            raise object_array(name)
    if pair.x.ndim < 2 or len(pair.x) == 0:
        raise DataError(
            "The inputs are no array of examples.",
            received=f"shape {pair.x.shape}",
            expected="at least one example, and two axes or more: (n, features), (n, height, width, channels)",
            hint="Put the examples along the first axis.",
        )
    if pair.x.dtype.kind not in "biuf":
        raise DataError(
            "The inputs are no numbers.",
            received=f"dtype {pair.x.dtype}",
            expected="numbers or booleans",
            hint="For columns of words, save the table as CSV or Parquet.",
        )
    if pair.y.ndim == 0 or len(pair.x) != len(pair.y):
        raise DataError(
            "Inputs and labels have different lengths.",
            received=f"x of shape {pair.x.shape}, y of shape {pair.y.shape}",
            expected="one label an example",
            hint="Check which labels belong to which inputs.",
        )


def _joined_labels(pairs: Sequence[Pair]) -> np.ndarray:
    return np.concatenate([np.asarray(pair.y) for pair in pairs]) if len(pairs) > 1 else np.asarray(pairs[0].y)


def _kind(x: np.ndarray) -> tuple[str, bool, tuple[str, ...]]:
    """Tell images from plain arrays, and channel-first images where nothing else is possible."""
    if x.ndim == 4 and x.shape[-1] in _CHANNELS:
        return IMAGES, False, ()
    if x.ndim == 4 and x.shape[1] in _CHANNELS and min(x.shape[2:]) > max(_CHANNELS):
        note = f"Images of shape {x.shape[1:]} were taken for channels-first and transposed."
        return IMAGES, True, (note,)
    if x.ndim == 3 and x.dtype == np.uint8:
        return IMAGES, False, (f"Arrays of shape {x.shape[1:]} and type uint8 were taken for grey images.",)
    if x.ndim == 3:
        note = f"Arrays of shape {x.shape[1:]} and type {x.dtype} were taken for {np.prod(x.shape[1:])} plain features."
        return ARRAY, False, (f"{note} Add a last axis of one channel to have them taken for images.",)
    return ARRAY, False, ()


def _facts(pairs: Sequence[Pair], kind: str, channel_first: bool) -> dict:
    if kind != IMAGES:
        return {}
    shape = pairs[0].x.shape[1:]
    height, width = shape[1:3] if channel_first else shape[:2]
    channels = 1 if len(shape) == 2 else shape[0 if channel_first else -1]
    count = sum(len(pair.x) for pair in pairs)
    mode = {1: "L", 3: "RGB", 4: "RGBA"}[channels]
    return {"count": count, "sizes": [[height, width, count]], "modes": {mode: count}, "unreadable": []}
