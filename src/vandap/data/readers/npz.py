"""Arrays in an `.npz`: inputs and labels, or the parts of both."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from vandap.core.recipe import DataSpec
from vandap.data.arrays import Pair, read_arrays
from vandap.data.contents import PARTS, TEST, TRAIN, Contents
from vandap.data.labels import object_array, refuse_options
from vandap.data.readers._reader import Reader, dataset_name, existing
from vandap.errors import DataError, UsageError

_INPUTS = ("x", "data", "images", "inputs", "features")
_LABELS = ("y", "labels", "label", "targets", "target")
_CLASS_NAMES = ("class_names", "label_names", "target_names", "classes", "names")
_PART_NAMES = {"train": ("train", "tr"), "validation": ("val", "valid", "validation"), "test": ("test", "te")}


class NpzReader(Reader):
    """An `.npz` with `x` and `y`, or with `x_train`, `y_train`, `x_val`, `y_val`, `x_test`, `y_test`."""

    slug = "npz"
    title = "arrays in an .npz"
    order = 10

    def recognises(self, path: Path | str) -> bool:
        """Whether the path is a file that ends in .npz."""
        return str(path).lower().endswith(".npz") and Path(path).is_file()

    def read(self, spec: DataSpec, seed: int, memory: Any = None) -> Contents:
        """Read the arrays, never unpickling anything."""
        refuse_options(spec, ("target", "test"), "An .npz")
        path = existing(spec.source)
        arrays = _open(path)
        pairs = _pairs(arrays, spec.target, path)
        if spec.test is not None:
            pairs = _with_test(pairs, existing(spec.test), spec)
        name = spec.target or "y"
        names = _class_names(arrays, pairs)
        used = _used(arrays, pairs) | ({names} if names else set())
        notes = tuple(f"The array {key!r} was not used." for key in arrays if key not in used)
        if names:
            notes += (f"The array {names!r} was taken for the class names.",)
            pairs = [Pair(pair.x, arrays[names][pair.y.ravel()], pair.part) for pair in pairs]
        return read_arrays(pairs, spec, dataset_name(spec.source), target=name, notes=notes)


def _class_names(arrays: dict[str, np.ndarray], pairs: list[Pair]) -> str | None:
    """The array that names the classes: one string for each value of integer labels."""
    if any(pair.y.dtype.kind not in "iu" or pair.y.size == 0 or pair.y.size != len(pair.y) for pair in pairs):
        return None
    lowest, highest = min(int(pair.y.min()) for pair in pairs), max(int(pair.y.max()) for pair in pairs)
    for name in _CLASS_NAMES:
        words = arrays.get(name)
        if words is not None and words.dtype.kind in "US" and words.ndim == 1 and lowest >= 0 and len(words) > highest:
            return name
    return None


def _open(path: Path) -> dict[str, np.ndarray]:
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: _array(file, name) for name in file.files}
    except (zipfile.BadZipFile, OSError, EOFError, AttributeError, ValueError) as error:
        raise DataError(
            f"The file cannot be opened as .npz: {error}".rstrip(".") + ".",
            received=str(path),
            expected="a file written by numpy.savez",
            hint="Write it again with numpy.savez(path, x=..., y=...).",
        ) from None


def _array(file: Any, name: str) -> np.ndarray:
    try:
        return file[name]
    except ValueError as error:
        if "pickle" in str(error).lower():
            raise object_array(name) from None
        raise


def _used(arrays: dict[str, np.ndarray], pairs: list[Pair]) -> set[str]:
    taken = {id(array) for pair in pairs for array in (pair.x, pair.y)}
    return {name for name, array in arrays.items() if id(array) in taken}


def _pairs(arrays: dict[str, np.ndarray], target: str | None, path: Path) -> list[Pair]:
    if target is not None and target not in arrays:
        raise DataError(
            f"The file has no array {target!r}.",
            received=f"--target {target}",
            expected=f"one of its arrays: {', '.join(arrays)}",
            hint="Give the name of the label array.",
        )
    parts = [] if target else [pair for part in PARTS if (pair := _part(arrays, part)) is not None]
    if any(pair.part == TRAIN for pair in parts):
        return parts
    x = _named(arrays, _INPUTS, target)
    y = target or _named(arrays, _LABELS, None)
    if x is None and y is not None:
        rest = [name for name in arrays if name != y and arrays[name].ndim >= 2]
        x = rest[0] if len(rest) == 1 else None
    if x is None or y is None:
        raise DataError(
            "The file has no arrays that vandap can tell for inputs and labels.",
            received=f"{path} with {', '.join(f'{name} {array.shape}' for name, array in arrays.items()) or 'nothing'}",
            expected="x and y (or images and labels, data and target), or x_train, y_train, x_test, y_test",
            hint="Name them so with numpy.savez(path, x=..., y=...), or state the label array with --target.",
        )
    return [Pair(arrays[x], arrays[y])]


def _named(arrays: dict[str, np.ndarray], names: tuple[str, ...], other: str | None) -> str | None:
    lower = {name.lower(): name for name in arrays if name != other}
    return next((lower[name] for name in names if name in lower), None)


def _part(arrays: dict[str, np.ndarray], part: str) -> Pair | None:
    for word in _PART_NAMES[part]:
        pair = [
            _named(
                arrays,
                tuple(form for name in names for form in (f"{name}_{word}", f"{word}_{name}", f"{name}{word}")),
                None,
            )
            for names in (_INPUTS, _LABELS)
        ]
        if pair[0] is not None and pair[1] is not None:
            return Pair(arrays[pair[0]], arrays[pair[1]], part)
    return None


def _with_test(pairs: list[Pair], path: Path, spec: DataSpec) -> list[Pair]:
    if any(pair.part == TEST for pair in pairs):
        raise UsageError(
            "The test part is given twice.",
            received=f"--test {path}, and {spec.source} holds test arrays",
            expected="one of the two",
            hint="Leave --test away.",
        )
    test = _pairs(_open(path), spec.target, path)[0]
    return [Pair(pair.x, pair.y, pair.part or TRAIN) for pair in pairs] + [Pair(test.x, test.y, TEST)]
