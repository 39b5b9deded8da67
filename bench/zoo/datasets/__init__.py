"""The data sets of the zoo: small, varied, and each in one half only (development or test)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache

from zoo.datasets import images, series, tables, tokens
from zoo.records import Data, Half, Raw, cut

LOADERS: Mapping[str, tuple[Half, Callable[[], Raw]]] = {
    **images.LOADERS,
    **tables.LOADERS,
    **series.LOADERS,
    **tokens.LOADERS,
}


@cache
def raw(name: str) -> Raw:
    """Read or make a data set; the same numbers in every process."""
    return LOADERS[name][1]()


def load(name: str, seed: int) -> Data:
    """Return a data set, split at random by the seed."""
    return cut(raw(name), seed)


def names(half: Half) -> Iterator[str]:
    """Names of the data sets of one half that can be read here."""
    for name, (place, _) in LOADERS.items():
        if place == half:
            try:
                raw(name)
            except FileNotFoundError:
                continue
            yield name
