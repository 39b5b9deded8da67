"""Changes of the data, as accidents and thoughtlessness make them: `Plan.edits` names them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from zoo.records import Data, Part

Edit = Callable[..., Part]


def empty_cells(part: Part, generator: np.random.Generator, share: float) -> Part:
    """Replace a share of the cells by NaN."""
    inputs = part[0].copy()
    inputs[generator.random(inputs.shape) < share] = np.nan
    return inputs, part[1]


def wrong_labels(part: Part, generator: np.random.Generator, share: float) -> Part:
    """Give a share of the rows the label of another row."""
    target = part[1].copy()
    chosen = np.flatnonzero(generator.random(len(target)) < share)
    target[chosen] = target[generator.permutation(len(target))[: len(chosen)]]
    return part[0], target


def lost_order(part: Part, generator: np.random.Generator) -> Part:
    """Shuffle the inputs, but not the labels."""
    return part[0][generator.permutation(len(part[0]))], part[1]


def sorted_rows(part: Part, generator: np.random.Generator) -> Part:
    """Sort the rows by label."""
    order = np.argsort(part[1], kind="stable")
    return part[0][order], part[1][order]


def rare_classes(part: Part, generator: np.random.Generator, ratio: float) -> Part:
    """Keep one row in `ratio` of every class but the first."""
    kept = (part[1] == 0) | (generator.random(len(part[1])) < 1 / ratio)
    for label in np.unique(part[1]):
        kept[np.flatnonzero(part[1] == label)[:2]] = True
    return part[0][kept], part[1][kept]


def few_rows(part: Part, generator: np.random.Generator, rows: int) -> Part:
    """Keep so many rows."""
    return part[0][:rows], part[1][:rows]


def wide_columns(part: Part, generator: np.random.Generator, factor: float, share: float = 0.3) -> Part:
    """Measure a share of the columns in a much smaller unit."""
    inputs = part[0].copy()
    columns = max(1, round(inputs.shape[-1] * share))
    inputs[..., :columns] *= factor
    return inputs, part[1]


def spikes(part: Part, generator: np.random.Generator, share: float, factor: float) -> Part:
    """Multiply a share of the rows, as a slipped decimal point does."""
    inputs = part[0].copy()
    inputs[generator.random(len(inputs)) < share] *= factor
    return inputs, part[1]


def signs(part: Part, generator: np.random.Generator) -> Part:
    """Write the two classes as -1 and 1."""
    return part[0], (2 * part[1] - 1).astype("int64")


def scaled_target(part: Part, generator: np.random.Generator, factor: float) -> Part:
    """Write numbers to predict in a smaller unit."""
    return part[0], part[1] * np.float32(factor)


EVERYWHERE: Mapping[str, Edit] = {"wide_columns": wide_columns, "scaled_target": scaled_target}
"""Changes that the examples of the test part share: they say in which units inputs and targets are written."""
TRAINING: Mapping[str, Edit] = {
    item.__name__: item
    for item in (
        empty_cells,
        wrong_labels,
        lost_order,
        sorted_rows,
        rare_classes,
        few_rows,
        spikes,
        signs,
    )
}
"""Changes of training and validation; the test part stays clean, because it is the judge."""


def apply(data: Data, edits: tuple[tuple[str, Mapping[str, float]], ...], seed: int) -> Data:
    """Return the data set after all changes, each drawn from the seed."""
    for name, arguments in edits:
        generator = np.random.default_rng([seed, len(name)])
        edit = {**EVERYWHERE, **TRAINING}[name]
        changed = {part: edit(getattr(data, part), generator, **arguments) for part in ("train", "validation")}
        if name in EVERYWHERE:
            changed["test"] = edit(data.test, generator, **arguments)
        data = replace(data, **changed)
    return data
