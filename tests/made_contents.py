"""Small contents made in memory, for the tests of splits and audits."""

from __future__ import annotations

import numpy as np

from vandap.core.dataset import Dataset, Examples
from vandap.core.recipe import DataSpec
from vandap.core.task import Task
from vandap.data.contents import Contents
from vandap.data.examples import ArrayExamples, TableExamples
from vandap.data.hashing import hash_examples
from vandap.data.split import make_split

SPEC = DataSpec("memory")


def table(rows: int, seed: int = 0) -> TableExamples:
    """A table of two continuous columns, so that no two rows are equal."""
    generator = np.random.default_rng(seed)
    return TableExamples({name: generator.normal(size=rows) for name in ("a", "b")}, rows)


def images(count: int, side: int = 32, seed: int = 0) -> ArrayExamples:
    """Grey images of smooth random blobs with grain, all different."""
    generator = np.random.default_rng(seed)
    coarse = generator.uniform(0, 255, (count, 8, 8)).repeat(side // 8, axis=1).repeat(side // 8, axis=2)
    return ArrayExamples(np.clip(coarse + generator.normal(0, 20, coarse.shape), 0, 255).astype(np.uint8), "images")


def contents(
    examples: Examples,
    target: np.ndarray,
    *,
    parts: np.ndarray | None = None,
    groups: np.ndarray | None = None,
    time: np.ndarray | None = None,
    hashes: np.ndarray | None = None,
) -> Contents:
    """Contents with what the splits read; the task follows the target's type."""
    regression = target.dtype.kind == "f"
    classes = () if regression else tuple(f"class {code}" for code in range(int(target.max(initial=0)) + 1))
    task = Task.REGRESSION if regression else Task.MULTICLASS if len(classes) > 2 else Task.BINARY
    return Contents(
        name="made",
        source="memory",
        examples=examples,
        target=target if regression else target.astype(np.int32),
        classes=classes,
        task=task,
        columns=(),
        parts=parts,
        groups=groups,
        time=time,
        hashes=hash_examples(examples) if hashes is None else hashes,
        fingerprint="00",
    )


def dataset(made: Contents, spec: DataSpec = SPEC, seed: int = 0) -> Dataset:
    """The contents, split."""
    split, notes = make_split(made, spec, seed)
    return Dataset(
        name=made.name,
        source=made.source,
        task=made.task,
        examples=made.examples,
        target=made.target,
        classes=made.classes,
        columns=made.columns,
        split=split,
        fingerprint=made.fingerprint,
        notes=notes,
    )
