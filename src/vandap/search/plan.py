"""What is to be built, and of what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from vandap.search.sources._source import Vectors
from vandap.search.target import Target


@dataclass(frozen=True)
class Plan:
    """What is to be built.

    Args:
        target: The promise.
        engine: An engine's slug, or `auto` for a race.
        threads: Threads to use.
        seed: Of every random choice.
        rows: The slug of a row code, or `auto` for the smallest that the promise can bear.
        lost: Share of the true neighbours that earlier rounding lost; it is taken off the recall that is measured.
    """

    target: Target = field(default_factory=Target)
    engine: str = "auto"
    threads: int = 1
    seed: int = 0
    rows: str = "auto"
    lost: float = 0.0


@dataclass(frozen=True)
class Contents:
    """What goes in.

    Args:
        vectors: The vectors.
        ids: An id for each; their numbers when left out.
        payload: A row for each; none when left out.
        queries: Unit vectors to tune and verify with, float32; some of the vectors are held out when left out.
        companions: Files that stay with the vectors, by the name that they get in the generation.
    """

    vectors: Vectors
    ids: np.ndarray | None = None
    payload: pa.Table | None = None
    queries: np.ndarray | None = None
    companions: Mapping[str, Path] = field(default_factory=dict)
