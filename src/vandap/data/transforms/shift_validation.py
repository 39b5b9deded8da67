"""A validation part that was measured differently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from vandap.core.dataset import IMAGES, TABLE, Dataset, Examples, Raw
from vandap.core.schema import ColumnKind
from vandap.data.transforms._transform import EditedExamples, Transform, need

_SAMPLE = 2_000
_GREY_STEP = 40.0


class ShiftValidation(Transform):
    """Shift the numbers of the validation part by `strength` standard deviations, or the brightness of its images.

    With folds there is no validation part; the test part is shifted then.
    """

    slug = "shift-validation"
    title = "shift the inputs of the validation part"
    defaults: ClassVar[Mapping[str, float]] = {"strength": 1.0}

    def edit(self, dataset: Dataset, settings: Mapping[str, Any], rng: np.random.Generator) -> Dataset:
        """Edit the inputs when they are read."""
        names = [column.name for column in dataset.features if column.kind is ColumnKind.NUMBER]
        need(dataset.kind != TABLE or bool(names), self.slug, "a table with a number column", dataset)
        split = dataset.split
        part, rows = ("test", split.test) if split.folds else ("validation", split.validation)
        shifted = np.zeros(len(dataset.examples), bool)
        shifted[rows] = True
        steps = _steps(dataset, names, settings["strength"])
        note = f"The inputs of the {part} part were shifted on purpose."
        return replace(dataset, examples=_Shifted(dataset.examples, shifted, steps)).noted(note)


def _steps(dataset: Dataset, names: list[str], strength: float) -> Mapping[str, float] | float:
    if dataset.kind == IMAGES:
        return strength * _GREY_STEP
    raw = dataset.examples.take(dataset.split.train[:_SAMPLE])
    if isinstance(raw, Mapping):
        return {name: strength * _deviation(raw[name]) for name in names}
    return strength * _deviation(raw)


def _deviation(values: np.ndarray) -> float:
    finite = values[np.isfinite(values)]
    return float(finite.std()) if len(finite) else 0.0


class _Shifted(EditedExamples):
    def __init__(self, base: Examples, shifted: np.ndarray, steps: Mapping[str, float] | float) -> None:
        super().__init__(base)
        self.shifted = shifted
        self.steps = steps

    def edit(self, raw: Raw, rows: np.ndarray) -> Raw:
        here = self.shifted[rows]
        if isinstance(raw, Mapping):
            assert isinstance(self.steps, Mapping)
            moved = {name: (raw[name] + here * step).astype(raw[name].dtype) for name, step in self.steps.items()}
            return {**raw, **moved}
        assert isinstance(self.steps, float)
        step = (here * self.steps).reshape(-1, *(1,) * (raw.ndim - 1))
        moved_images = raw.astype(np.float32) + step
        return (
            np.clip(moved_images, 0, 255).astype(raw.dtype) if raw.dtype == np.uint8 else moved_images.astype(raw.dtype)
        )
