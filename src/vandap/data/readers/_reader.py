"""What a reader is: one form of data, one file."""

from __future__ import annotations

import difflib
import re
from abc import ABC, abstractmethod
from pathlib import Path
from typing import Any, ClassVar

from vandap.core.recipe import DataSpec
from vandap.data.contents import Contents
from vandap.errors import DataError

MEMORY = "<memory>"


class Reader(ABC):
    """Reads one form of data.

    Attributes:
        slug: Name on the command line (`--kind`) and in recipes.
        title: Name in messages.
        order: Readers are asked in ascending order whether they recognise a source; the first one reads it.
    """

    slug: ClassVar[str]
    title: ClassVar[str]
    order: ClassVar[int] = 50

    @abstractmethod
    def recognises(self, path: Path | str) -> bool:
        """Whether this reader can read the source. Looks at names and first bytes only."""

    @abstractmethod
    def read(self, spec: DataSpec, seed: int, memory: Any = None) -> Contents:
        """Read the data.

        Args:
            spec: What the user stated.
            seed: Seed of every random choice.
            memory: The object itself, for data in memory; None otherwise.

        Raises:
            InputError: The data cannot be used; the message says why and what to do.
        """


def existing(source: str) -> Path:
    """Return the path of a source.

    Raises:
        DataError: There is no such file or folder; the hint names the closest one.
    """
    path = Path(source).expanduser()
    if path.exists():
        return path
    siblings = [item.name for item in path.parent.iterdir()] if path.parent.is_dir() else []
    close = difflib.get_close_matches(path.name, siblings, n=3, cutoff=0.5)
    raise DataError(
        "There is no such file or folder.",
        received=source,
        expected="an existing file or folder",
        hint=f"Did you mean {' or '.join(str(path.parent / name) for name in close)}?" if close else "Check the path.",
    )


def dataset_name(source: str) -> str:
    """Make a short name out of a source, safe in a file name."""
    stem = Path(source.split(":", 1)[-1].split(",")[0]).name
    stem = re.sub(r"(\.(csv|tsv|txt|data|tab|parquet|pq|jsonl|ndjson|npz|npy|gz))+$", "", stem, flags=re.IGNORECASE)
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", stem).strip("-.")[:40] or "data"
