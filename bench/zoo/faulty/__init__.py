"""Faults put into healthy plans: each operator is one change with its truth, and is applied to a few varied hosts."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace

from zoo.faulty import data, dynamics, structure
from zoo.faulty.operator import Operator
from zoo.healthy import grid
from zoo.records import Half, Plan

OPERATORS: tuple[Operator, ...] = (*data.OPERATORS, *structure.OPERATORS, *dynamics.OPERATORS)
HOSTS = 3
"""Hosts of each operator in each half."""


@dataclass(frozen=True)
class Sick:
    """A plan with a fault; `host` is the name of its healthy twin."""

    plan: Plan
    host: str


def plans(half: Half) -> Iterator[Sick]:
    """All faulty plans of one half."""
    hosts = list(grid.plans(half))
    for operator in OPERATORS:
        for host in _chosen(operator, hosts):
            sick = replace(operator.change(host), name=f"{host.name}+{operator.name}")
            yield Sick(sick, host.name)


def _chosen(operator: Operator, hosts: list[Plan]) -> list[Plan]:
    """Take hosts in an order of the operator's own, on different data sets first."""
    able = [host for host in hosts if operator.fits(host)]
    able.sort(key=lambda host: zlib.crc32(f"{operator.name} {host.name}".encode()))
    first = {host.data: host for host in reversed(able)}.values()
    rest = [host for host in able if host not in first]
    return sorted(first, key=able.index)[:HOSTS] + rest[: max(0, HOSTS - len(first))]
