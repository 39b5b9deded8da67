"""What a search engine is: one way to find candidates, one file.

An engine only proposes rows. Their exact cosines come from the index's own rows, so every engine's answers are
ordered by the same numbers, and an engine may be as coarse as it likes.
"""

from __future__ import annotations

import importlib
import importlib.util
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import ClassVar

import numpy as np

from vandap.errors import MissingExtraError
from vandap.search.rows import Rows


@dataclass(frozen=True)
class Job:
    """What a structure is built for.

    Args:
        rows: The index's rows, all of them.
        sample: Numbers of some of the rows, in random order, to learn from.
        settings: The engine's settings.
        threads: Threads to use.
        seed: Of every random choice.
    """

    rows: Rows
    sample: np.ndarray
    settings: Mapping[str, int]
    threads: int = 1
    seed: int = 0

    def some(self, count: int) -> np.ndarray:
        """Some rows of the sample, float32."""
        return self.rows.wide(np.sort(self.sample[:count]))


@dataclass(frozen=True)
class Forecast:
    """What an engine will need, from arithmetic alone.

    Args:
        resident: Bytes that it holds in memory while it searches.
        building: Bytes that it holds at most while it grows.
        disk: Bytes of its file.
        build_power: Exponent with which the time to build grows with the rows.
        search_power: Exponent with which the time of a search grows with the rows.
        learning: Bytes that it holds at most while it learns, before the first row comes.
    """

    resident: float
    building: float
    disk: float
    build_power: float
    search_power: float
    learning: float = 0.0


@dataclass(frozen=True)
class Allowed:
    """The rows that a search may return.

    Args:
        mask: bool for each row.
    """

    mask: np.ndarray

    @cached_property
    def count(self) -> int:
        """How many they are."""
        return int(np.count_nonzero(self.mask))

    @cached_property
    def rows(self) -> np.ndarray:
        """Their numbers."""
        return np.flatnonzero(self.mask)

    @cached_property
    def bits(self) -> np.ndarray:
        """One bit a row, the lowest first."""
        return np.packbits(self.mask, bitorder="little")


class Structure(ABC):
    """A built engine. Rows are added in order, so the n-th row added is row n.

    Attributes:
        grows: Whether rows can be added after `finish`, one at a time.
        resumes: Whether a half-built structure can be saved and gone on with.
        learns: Whether it learns for so long that it is worth saving before the first row comes.
        selects: Whether `search` can leave rows out by itself; else what is not allowed must be dropped afterwards.
        keeps_effort: Whether `effort` bounds the candidates there can be: proposing more of them is more effort.
    """

    grows: ClassVar[bool] = True
    resumes: ClassVar[bool] = True
    learns: ClassVar[bool] = False
    selects: ClassVar[bool] = True
    keeps_effort: ClassVar[bool] = False

    @property
    @abstractmethod
    def count(self) -> int:
        """Rows held."""

    @abstractmethod
    def add(self, rows: np.ndarray) -> None:
        """Add rows, float32 unit vectors, shape (rows, columns)."""

    def finish(self) -> None:  # noqa: B027 -- most engines have nothing to do
        """All rows are there; the next call is a search or a save."""

    @abstractmethod
    def search(self, queries: np.ndarray, width: int, effort: int, allowed: Allowed | None = None) -> np.ndarray:
        """Propose candidates.

        Args:
            queries: Unit vectors, float32, shape (queries, columns).
            width: Candidates to propose.
            effort: The engine's own knob, one of `efforts` or between them.
            allowed: Rows to choose from, at least those held; None for all. Ignored unless `selects`.

        Returns:
            Row numbers, int64, shape (queries, width), best first, -1 where there are no more.
        """

    def over(self, rows: Rows) -> Structure:
        """The structure for the same vectors in rows of another code; one that looks at rows takes these from now."""
        return self

    @abstractmethod
    def efforts(self) -> tuple[int, ...]:
        """Sensible efforts, from the least to the one that leaves nothing out."""

    @abstractmethod
    def save(self, path: Path) -> None:
        """Write the structure as one file."""

    def save_aid(self, path: Path) -> bool:
        """Write as one file what was learnt only to fill it, and stays the same meanwhile; False where nothing was."""
        return False

    def load_aid(self, path: Path) -> None:  # noqa: B027 -- most engines have none
        """Read what `save_aid` wrote; filling then goes on as if it had not been cut."""


class Engine(ABC):
    """One way to search.

    Attributes:
        slug: Name on the command line (`--engine`) and in manifests.
        title: Name in messages.
        package: The package it needs; empty for none.
        extra: The extra of vandap that brings it.
        sorts: Whether it reads the index's own rows, so that k candidates are enough.
    """

    slug: ClassVar[str]
    title: ClassVar[str]
    package: ClassVar[str] = ""
    extra: ClassVar[str] = "search"
    sorts: ClassVar[bool] = False

    @property
    def installed(self) -> bool:
        """Whether the package that it needs is there."""
        return not self.package or importlib.util.find_spec(self.package) is not None

    def need(self) -> None:
        """Refuse to go on without the package.

        Raises:
            MissingExtraError: It is not installed.
        """
        if not self.installed:
            raise MissingExtraError(self.package, self.extra, f"The engine {self.slug!r}")

    def open(self) -> None:
        """Import the package, whose memory is not the structure's."""
        if self.package:
            importlib.import_module(self.package)

    @abstractmethod
    def settings(self, count: int, columns: int) -> Mapping[str, int]:
        """The settings that suit this many rows."""

    @abstractmethod
    def forecast(self, count: int, columns: int, settings: Mapping[str, int], groups: float | None = None) -> Forecast:
        """What it will need.

        Args:
            count: Rows.
            columns: Numbers in a row.
            settings: Those of `settings`.
            groups: About how many small groups the rows fall into, 0 for none; None where nobody knows.
        """

    @abstractmethod
    def start(self, job: Job) -> Structure:
        """Learn from the sample and give an empty structure; one that cannot grow learns nothing and needs none."""

    @abstractmethod
    def load(self, path: Path, job: Job) -> Structure:
        """Read what `save` wrote. `job.sample` may be empty."""


@dataclass(frozen=True)
class Ladder:
    """Efforts from `first` to `last`, each about `step` times the one before, both ends included."""

    first: int
    last: int
    step: float = field(default=2.0)

    def rungs(self) -> tuple[int, ...]:
        """The efforts."""
        rungs = [min(self.first, self.last)]
        while rungs[-1] < self.last:
            rungs.append(min(self.last, max(rungs[-1] + 1, round(rungs[-1] * self.step))))
        return tuple(rungs)
