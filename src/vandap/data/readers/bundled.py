"""The data sets that scikit-learn ships: real data without a download."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from vandap.core.recipe import DataSpec
from vandap.data.arrays import Pair, read_arrays
from vandap.data.contents import Contents
from vandap.data.hashing import fingerprint_arrays
from vandap.data.labels import refuse_options
from vandap.data.readers._reader import Reader
from vandap.data.table import read_table
from vandap.data.table_source import ArrowSource
from vandap.errors import DataError

PREFIX = "bundled:"
NAMES = ("digits", "wine", "iris", "breast_cancer", "diabetes")
_DIGITS_MAXIMUM = 16
_TABLE_OPTIONS = ("target", "group", "time", "split_column", "ignore", "types")


class BundledReader(Reader):
    """`bundled:digits` (grey images, 8 x 8), `wine`, `iris`, `breast_cancer` (tables) and `diabetes` (regression)."""

    slug = "bundled"
    title = "data set that scikit-learn ships"
    order = 0

    def recognises(self, path: Path | str) -> bool:
        """Whether the source starts with `bundled:`."""
        return str(path).startswith(PREFIX)

    def read(self, spec: DataSpec, seed: int, memory: Any = None) -> Contents:
        """Load the data set."""
        name = spec.source.removeprefix(PREFIX)
        if name not in NAMES:
            raise DataError(
                f"There is no bundled data set {name!r}.",
                received=spec.source,
                expected="bundled:" + ", bundled:".join(NAMES),
                hint="Choose one of these, or give the path of your own data.",
            )
        refuse_options(spec, () if name == "digits" else _TABLE_OPTIONS, "A bundled data set")
        from sklearn import datasets

        bunch = getattr(datasets, f"load_{name}")()
        return _digits(bunch, spec) if name == "digits" else _table(bunch, name, spec)


def _digits(bunch: Any, spec: DataSpec) -> Contents:
    images = np.rint(bunch.images * (255 / _DIGITS_MAXIMUM)).astype(np.uint8)[..., None]
    return read_arrays([Pair(images, bunch.target)], spec, "digits", target="digit")


def _table(bunch: Any, name: str, spec: DataSpec) -> Contents:
    columns = {str(column): bunch.data[:, place] for place, column in enumerate(bunch.feature_names)}
    words = getattr(bunch, "target_names", None)
    columns["target"] = bunch.target if words is None else np.asarray(words)[bunch.target].astype(str)
    source = ArrowSource(pa.table({key: pa.array(values) for key, values in columns.items()}), spec.source)
    return read_table(source, None, spec, name, fingerprint_arrays([bunch.data, bunch.target]))
