"""What a data transform is: one edit of a data set that was split already."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np

from vandap.core.dataset import Dataset, Examples, Raw, Split
from vandap.data.examples import SelectedExamples
from vandap.errors import UsageError


class Transform(ABC):
    """One edit.

    Attributes:
        slug: Name in recipes.
        title: What it does, as a phrase.
        defaults: The settings it takes, with their values where a recipe states none.
    """

    slug: ClassVar[str]
    title: ClassVar[str]
    defaults: ClassVar[Mapping[str, float]] = {}

    def apply(self, dataset: Dataset, settings: Mapping[str, Any], rng: np.random.Generator) -> Dataset:
        """Return the edited data set; the one given stays as it is.

        Raises:
            UsageError: A setting that the transform does not have, or data that it cannot edit.
        """
        unknown = set(settings) - set(self.defaults)
        if unknown:
            raise UsageError(
                f"The transform {self.slug} has no setting {', '.join(sorted(unknown))}.",
                received=str(dict(settings)),
                expected=f"settings among {', '.join(self.defaults) or 'none'}",
                hint="Check the transforms of the recipe.",
            )
        return self.edit(dataset, {**self.defaults, **settings}, rng)

    @abstractmethod
    def edit(self, dataset: Dataset, settings: Mapping[str, Any], rng: np.random.Generator) -> Dataset:
        """Return the edited data set, every setting having a value."""


class EditedExamples(Examples):
    """Examples that are edited when they are read.

    Args:
        base: Where they come from. Subclasses override `edit`.
    """

    def __init__(self, base: Examples) -> None:
        self.base = base
        self.kind = base.kind

    def __len__(self) -> int:
        return len(self.base)

    def take(self, rows: np.ndarray) -> Raw:
        """Read and edit these examples."""
        return self.edit(self.base.take(rows), np.asarray(rows))

    @abstractmethod
    def edit(self, raw: Raw, rows: np.ndarray) -> Raw:
        """Return the edited batch."""

    def name(self, row: int) -> str:
        """The name in the base."""
        return self.base.name(row)


def need(condition: bool, slug: str, expected: str, dataset: Dataset) -> None:
    """Refuse data that a transform cannot edit.

    Raises:
        UsageError: The condition does not hold.
    """
    if not condition:
        raise UsageError(
            f"The transform {slug} cannot edit these data.",
            received=f"{dataset.kind} with the task {dataset.task.value}",
            expected=expected,
            hint="Use another transform, or other data.",
        )


def choose(rows: np.ndarray, share: float, rng: np.random.Generator) -> np.ndarray:
    """Choose a share of the rows (at least one), ascending."""
    return np.sort(rng.choice(rows, size=min(len(rows), max(1, round(share * len(rows)))), replace=False))


def with_target(dataset: Dataset, target: np.ndarray, note: str) -> Dataset:
    """Return the data set with other targets."""
    return replace(dataset, target=target).noted(note)


def append_rows(dataset: Dataset, origin: np.ndarray, target: np.ndarray, part: str, note: str) -> Dataset:
    """Append copies of rows to a part.

    Args:
        dataset: The data.
        origin: Rows to copy, shape `(n,)`.
        target: Targets of the copies.
        part: `train` or `validation`. With folds, the copies join `train` and are dealt over the folds in turn.
        note: What was done.
    """
    count = len(dataset.target)
    new = np.arange(count, count + len(origin))
    split = dataset.split
    groups, units = (None if of is None else np.concatenate([of, of[origin]]) for of in (split.groups, split.units))
    split = replace(split, groups=groups, units=units)
    if split.folds or part == "train":
        folds = tuple(np.concatenate([fold, new[place :: len(split.folds)]]) for place, fold in enumerate(split.folds))
        split = replace(split, train=np.concatenate([split.train, new]), folds=folds)
    else:
        split = replace(split, validation=np.concatenate([split.validation, new]))
    return replace(
        dataset,
        examples=SelectedExamples(dataset.examples, np.concatenate([np.arange(count), origin])),
        target=np.concatenate([dataset.target, target.astype(dataset.target.dtype)]),
        split=split,
    ).noted(note)


def without_rows(dataset: Dataset, drop: np.ndarray, note: str) -> Dataset:
    """Take rows out of every part but the test part; they stay in the examples, unused."""
    split = dataset.split

    def rest(rows: np.ndarray) -> np.ndarray:
        return rows[~np.isin(rows, drop)]

    folds = tuple(rest(fold) for fold in split.folds)
    kept: Split = replace(split, train=rest(split.train), validation=rest(split.validation), folds=folds)
    return replace(dataset, split=kept).noted(note)
