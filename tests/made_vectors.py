"""Small sets of vectors with neighbours worth finding."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from vandap.search.build import build
from vandap.search.families import row_code
from vandap.search.half import HALF
from vandap.search.index import Index
from vandap.search.plan import Contents, Plan
from vandap.search.rows import Rows, normalised
from vandap.search.target import Target
from vandap.search.vectors import Array


def identities(count: int, columns: int = 32, each: int = 20, seed: int = 0) -> np.ndarray:
    """Unit vectors, float32, shuffled: `each` around every centre, with a cosine of about 0.6 to each other."""
    generator = np.random.default_rng(seed)
    centres = normalised(generator.standard_normal((-(-count // each), columns)))
    noise = generator.standard_normal((len(centres) * each, columns)) / np.sqrt(columns)
    vectors = normalised(np.repeat(centres, each, axis=0) * np.sqrt(0.6) + noise * np.sqrt(0.4))
    return vectors[generator.permutation(len(vectors))[:count]]


def row_file(folder: Path, vectors: np.ndarray) -> Rows:
    """The vectors as the rows of an index."""
    path = folder / "rows.f16"
    path.write_bytes(vectors.astype(HALF).tobytes())
    return Rows(path, vectors.shape[1], row_code("half"))


def built(
    folder: Path, vectors: np.ndarray, engine: str = "exact", k: int = 10, rows: str = "auto", **contents: object
) -> Index:
    """An index of the vectors."""
    made = Contents(Array(vectors), **contents)  # type: ignore[arg-type]
    build(made, folder, Plan(Target(k=k), engine, rows=rows))
    return Index(folder, threads=1)
