"""What is to be built, and of what."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa

from vandap.errors import UsageError
from vandap.search.families import engine as engine_named
from vandap.search.families import row_code
from vandap.search.ids import id_array
from vandap.search.payload import streamed
from vandap.search.sources._source import Vectors
from vandap.search.target import Target
from vandap.search.threads import threads_of

_FORM = 3
"""Of what lies in the folder of a build; what another form began is not gone on with."""
_ROWS = 65_536
"""Rows of payload that are hashed at a time, however they are cut into chunks."""


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
        judged: Whether that was measured, with the vectors as they were given as the judge.

    Raises:
        UsageError: No such engine or form of rows, or a number that cannot be.
        MissingExtraError: An engine whose package is not installed.
    """

    target: Target = field(default_factory=Target)
    engine: str = "auto"
    threads: int = 1
    seed: int = 0
    rows: str = "auto"
    lost: float = 0.0
    judged: bool = True

    def __post_init__(self) -> None:
        threads_of(self.threads)
        if self.seed < 0:
            raise UsageError(
                "An index cannot be built with this seed.",
                received=f"seed = {self.seed}",
                expected="0 or more",
                hint="Leave --seed out.",
            )
        if self.engine != "auto":
            engine_named(self.engine).need()
        if self.rows != "auto":
            row_code(self.rows)


@dataclass(frozen=True)
class Contents:
    """What goes in.

    Args:
        vectors: The vectors.
        ids: An id for each; their numbers when left out.
        payload: A row for each; none when left out.
        queries: Unit vectors to tune and verify with, float32; some of the vectors are held out when left out.
        companions: Files that stay with the vectors, by the name that they get in the generation.
        named: The payload column that the ids are; "" where they are none.
    """

    vectors: Vectors
    ids: np.ndarray | None = None
    payload: pa.Table | None = None
    queries: np.ndarray | None = None
    companions: Mapping[str, Path] = field(default_factory=dict)
    named: str = ""


def build_key(contents: Contents, plan: Plan) -> str:
    """Changes with what goes in and with what is asked; a build that was cut goes on only under the same.

    Args:
        contents: What goes in. Its ids and its payload are hashed whole, its vectors are known by their fingerprint.
        plan: What is asked.

    Raises:
        DataError: The ids cannot be used.
    """
    asked = (contents.vectors.fingerprint, plan.target, plan.engine, plan.seed, plan.rows, _FORM)
    digest = hashlib.sha256(repr(asked).encode())
    if contents.queries is not None:
        digest.update(contents.queries.tobytes())
    if contents.ids is not None:
        digest.update(id_array(contents.ids, contents.vectors.count).tobytes())
    if contents.payload is not None:
        for start in range(0, contents.payload.num_rows, _ROWS):
            digest.update(streamed(contents.payload.slice(start, _ROWS).combine_chunks()))
    return digest.hexdigest()
