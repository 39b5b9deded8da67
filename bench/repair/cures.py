"""Faults and healthy trainings, repaired and then judged by rows and seeds that no repair saw."""

from __future__ import annotations

import dataclasses
import shutil
import zlib
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.repair.arms import ARMS, Cured
from bench.repair.compared import Runs, difference, score
from bench.repair.judge import SEEDS
from bench.repair.members import Member, faults, sound
from bench.repair.written import Program

LEAST_GAP = 0.02
"""A fault that costs less does not count, however surely it is one."""

Row = dict[str, Any]


@dataclass(frozen=True)
class Tools:
    """What the parts of the bench share.

    Args:
        work: A folder for what can be forgotten.
        judged: Trains a program with some seeds and returns its answers to the fresh rows.
        budget: Seconds of a repair.
        arms: Names of the arms.
    """

    work: Path
    judged: Callable[..., Runs]
    budget: float
    arms: tuple[str, ...]


def of_faults(known: Sequence[Row], count: int, tools: Tools) -> Iterator[Row]:
    """Repair faults until so many count: those surely worse than their healthy twin, by two points or more."""
    counted = sum(row["counts"] for row in known)
    for member in _missing(faults(), known):
        if counted >= count:
            return
        with _Workplace(member, tools) as place:
            row = place.fault()
        counted += row["counts"]
        yield row


def of_healthy(known: Sequence[Row], count: int, tools: Tools) -> Iterator[Row]:
    """Repair so many healthy trainings; what was changed is judged."""
    for member in list(_missing(sound(), known))[: max(count - len(known), 0)]:
        with _Workplace(member, tools) as place:
            yield place.sound()


def _missing(members: Iterator[Member], known: Collection[Row]) -> Iterator[Member]:
    done = {row["member"] for row in known}
    return (member for member in members if member.name not in done)


class _Workplace:
    """One member in a folder of its own, which goes when it is over."""

    def __init__(self, member: Member, tools: Tools) -> None:
        self._member, self._tools = member, tools
        self._folder = tools.work / "".join(letter if letter.isalnum() else "_" for letter in member.name)

    def __enter__(self) -> _Workplace:
        shutil.rmtree(self._folder, ignore_errors=True)
        return self

    def __exit__(self, *problem: object) -> None:
        shutil.rmtree(self._folder, ignore_errors=True)

    def fault(self) -> Row:
        """What a fault costs; and where it counts, what each arm made of it."""
        program = self._member.sick()
        sick, healthy = self._runs("sick", program), self._runs("healthy", self._member.healthy())
        gap = difference(sick, healthy, self._member.kind)
        counts = gap.low > 0 and gap.middle >= LEAST_GAP
        row = self._facts() | {"counts": counts, "gap": gap, "scores": self._scores(sick=sick, healthy=healthy)}
        return row | {"arms": {name: self._arm(name, program, sick) for name in self._tools.arms if counts}}

    def sound(self) -> Row:
        """What `fix` keeps of a healthy training, and whether that harms."""
        program = self._member.healthy()
        cured = self._cured("fix", program)
        if not cured.changes:
            return self._facts() | {"arms": {"fix": _told(cured)}}
        healthy = self._runs("healthy", program)
        return self._facts() | {
            "scores": self._scores(healthy=healthy),
            "arms": {"fix": self._judged("fix", program, cured, healthy)},
        }

    def _arm(self, name: str, program: Program, before: Runs) -> Row:
        return self._judged(name, program, self._cured(name, program), before)

    def _judged(self, name: str, program: Program, cured: Cured, before: Runs) -> Row:
        after = self._runs(f"{name}-judged", Program(cured.source, program.arrays)) if cured.changes else before
        gain = difference(before, after, self._member.kind)
        return _told(cured) | {"gain": gain, **self._scores(score=after)}

    def _cured(self, name: str, program: Program) -> Cured:
        script = program.write(self._folder / name)
        return ARMS[name](script, self._tools.budget, zlib.crc32(f"{name} {self._member.name}".encode()))

    def _runs(self, name: str, program: Program) -> Runs:
        return self._tools.judged(program.write(self._folder / name), SEEDS, self._member.kind, self._member.fresh)

    def _scores(self, **runs: Runs) -> Row:
        return {name: score(item, self._member.kind) for name, item in runs.items()}

    def _facts(self) -> Row:
        return {"member": self._member.name, "origin": self._member.origin, "kind": self._member.kind}


def _told(cured: Cured) -> Row:
    return {name: value for name, value in dataclasses.asdict(cured).items() if name != "source"}
