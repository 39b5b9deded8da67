"""Broken measurements: infinite values in a table, NaN in images and arrays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from vandap.core.dataset import TABLE, Dataset, Examples, Raw
from vandap.core.schema import ColumnKind
from vandap.data.transforms._transform import EditedExamples, Transform, choose, need


class InjectNonfinite(Transform):
    """Put one non-finite value into a share of the training rows."""

    slug = "inject-nonfinite"
    title = "put non-finite values into training rows"
    defaults: ClassVar[Mapping[str, float]] = {"share": 0.01}

    def edit(self, dataset: Dataset, settings: Mapping[str, Any], rng: np.random.Generator) -> Dataset:
        """Edit the inputs when they are read."""
        names = [column.name for column in dataset.features if column.kind is ColumnKind.NUMBER]
        need(dataset.kind != TABLE or bool(names), self.slug, "a table with a number column", dataset)
        chosen = choose(dataset.split.train, settings["share"], rng)
        places = np.full(len(dataset.examples), -1)
        places[chosen] = rng.integers(0, 1 << 30, len(chosen))
        note = f"{len(chosen)} training rows were given a non-finite value on purpose."
        return replace(dataset, examples=_Broken(dataset.examples, places, names)).noted(note)


class _Broken(EditedExamples):
    def __init__(self, base: Examples, places: np.ndarray, names: list[str]) -> None:
        super().__init__(base)
        self.places = places
        self.names = names

    def edit(self, raw: Raw, rows: np.ndarray) -> Raw:
        places = self.places[rows]
        broken = places >= 0
        if not isinstance(raw, Mapping):
            flat = raw.astype(np.float32).reshape(len(raw), -1)
            flat[broken, places[broken] % flat.shape[1]] = np.nan
            return flat.reshape(raw.shape)
        edited = dict(raw)
        for order, name in enumerate(self.names):
            here = broken & (places % len(self.names) == order)
            edited[name] = np.where(here, np.array(np.inf, raw[name].dtype), raw[name])
        return edited
