"""Pairs of `.npy` files, memory-mapped: `x.npy` with `y.npy` beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from vandap.core.recipe import DataSpec
from vandap.data.arrays import Pair, read_arrays
from vandap.data.contents import TEST, TRAIN, Contents
from vandap.data.labels import object_array, refuse_options
from vandap.data.readers._reader import Reader, dataset_name, existing
from vandap.errors import DataError

_INPUTS = ("x", "data", "images", "inputs", "features")
_LABELS = ("y", "labels", "label", "targets", "target")
_EXPECTED = "a folder with x.npy and y.npy, the path of x.npy with y.npy beside it, or x.npy,y.npy"


class NpyReader(Reader):
    """A folder with `x.npy` and `y.npy`, one of the two files, or both paths joined by a comma."""

    slug = "npy"
    title = "pair of .npy files"
    order = 11

    def recognises(self, path: Path | str) -> bool:
        """Whether the source ends in .npy, or is a folder that holds an .npy of inputs."""
        path = Path(path)
        if path.is_dir():
            return _find(path, _INPUTS) is not None
        return path.name.lower().endswith(".npy")

    def read(self, spec: DataSpec, seed: int, memory: Any = None) -> Contents:
        """Map the arrays; nothing is unpickled."""
        refuse_options(spec, ("test",), "A pair of .npy files")
        pairs = [_pair(spec.source, None if spec.test is None else TRAIN)]
        if spec.test is not None:
            pairs.append(_pair(spec.test, TEST))
        return read_arrays(pairs, spec, dataset_name(spec.source))


def _pair(source: str, part: str | None) -> Pair:
    if "," in source and not Path(source).exists():
        first, second = source.split(",", 1)
        return Pair(_map(existing(first.strip())), _map(existing(second.strip())), part)
    path = existing(source)
    folder = path if path.is_dir() else path.parent
    inputs = _find(folder, _INPUTS)
    labels = _find(folder, _LABELS)
    if path.is_file() and path.stem.lower() not in _INPUTS + _LABELS:
        inputs, labels = path, _beside(path) or labels
    if inputs is None or labels is None:
        names = ", ".join(sorted(item.name for item in folder.glob("*.npy"))[:8]) or "no .npy file"
        raise DataError(
            "The inputs or their labels are missing.",
            received=f"{source}, a folder with {names}" if path.is_dir() else f"{source}, beside {names}",
            expected=_EXPECTED,
            hint="Save the labels as y.npy beside x.npy.",
        )
    return Pair(_map(inputs), _map(labels), part)


def _beside(path: Path) -> Path | None:
    """The labels of `photos_x.npy` or `x_train.npy`: the same name with another letter."""
    for inputs, labels in (("x", "y"), ("X", "y"), ("X", "Y"), ("images", "labels"), ("data", "labels")):
        other = path.with_name(path.name.replace(inputs, labels, 1))
        if other != path and other.is_file():
            return other
    return None


def _find(folder: Path, stems: tuple[str, ...]) -> Path | None:
    files = {item.stem.lower(): item for item in sorted(folder.glob("*.npy"))}
    return next((files[stem] for stem in stems if stem in files), None)


def _map(path: Path) -> np.ndarray:
    try:
        return np.load(path, mmap_mode="r", allow_pickle=False)
    except (ValueError, OSError, EOFError) as error:
        if "object" in str(error).lower():
            raise object_array(path.name) from None
        raise DataError(
            f"The file cannot be opened as .npy: {error}".rstrip(".") + ".",
            received=str(path),
            expected="a file written by numpy.save",
            hint="Write it again with numpy.save(path, array).",
        ) from None
