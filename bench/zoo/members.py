"""Names of all members, without Keras."""

from __future__ import annotations

from collections.abc import Iterator

from zoo import faulty, healthy
from zoo.records import Half
from zoo.scripts import scripts


def names(half: Half) -> Iterator[str]:
    """Names of all members of one half, as far as their data sets can be read here."""
    yield from (plan.name for plan in healthy.plans(half))
    yield from (sick.plan.name for sick in faulty.plans(half))
    for script in scripts(half):
        yield from (f"script-{script.name}-healed", f"script-{script.name}")
