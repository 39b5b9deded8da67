"""Faults and healthy trainings, repaired and then judged by rows and seeds that no repair saw."""

from __future__ import annotations

import dataclasses
import shutil
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.repair.arms import ARMS, Cured
from bench.repair.compared import Runs, difference, score
from bench.repair.judge import SEEDS
from bench.repair.members import Half, Member, faults, sound
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
        half: Of the zoo.
    """

    work: Path
    judged: Callable[..., Runs]
    budget: float
    arms: tuple[str, ...]
    half: Half


def of_faults(known: Sequence[Row], count: int, tools: Tools) -> Iterator[Row]:
    """Repair faults until so many count: those surely worse than their healthy twin, by two points or more.

    Half of them are hand-written scripts and half are plans, unless one kind runs out. Then what is known gets the arms
    that it lacks.
    """
    yield from _new_faults(known, count, tools)
    lacking = {row["member"]: [arm for arm in tools.arms if arm not in row["arms"]] for row in known if row["counts"]}
    for member in faults(tools.half):
        if lacking.get(member.name):
            with _Workplace(member, tools) as place:
                yield place.more(lacking[member.name])


def _new_faults(known: Sequence[Row], count: int, tools: Tools) -> Iterator[Row]:
    done = {row["member"] for row in known}
    counted = Counter(row["origin"] for row in known if row["counts"])
    for most in (count / 2, count):
        for member in faults(tools.half):
            if counted.total() >= count:
                return
            if member.name in done or counted[member.origin] >= most:
                continue
            with _Workplace(member, tools) as place:
                row = place.fault()
            done.add(member.name)
            counted[member.origin] += bool(row["counts"])
            yield row


def of_healthy(known: Sequence[Row], count: int, tools: Tools) -> Iterator[Row]:
    """Repair so many healthy trainings; what was changed is judged."""
    done = {row["member"] for row in known}
    missing = [member for member in sound(tools.half) if member.name not in done]
    for member in missing[: max(count - len(known), 0)]:
        with _Workplace(member, tools) as place:
            yield place.sound()


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
        arms = {name: self._arm(name, program, sick, healthy) for name in self._tools.arms if counts}
        scores = {"sick": self._score(sick, healthy), "healthy": self._score(healthy)}
        return self._facts() | {"counts": counts, "gap": gap, "scores": scores, "arms": arms}

    def more(self, arms: Sequence[str]) -> Row:
        """What further arms make of a fault."""
        program = self._member.sick()
        sick, healthy = self._runs("sick", program), self._runs("healthy", self._member.healthy())
        return self._facts() | {"arms": {name: self._arm(name, program, sick, healthy) for name in arms}}

    def sound(self) -> Row:
        """What `fix` keeps of a healthy training, and whether that harms."""
        program = self._member.healthy()
        cured = self._cured("fix", program)
        if not cured.changes:
            return self._facts() | {"arms": {"fix": _told(cured)}}
        healthy = self._runs("healthy", program)
        judged = self._judged("fix", program, cured, healthy, healthy)
        return self._facts() | {"scores": {"healthy": self._score(healthy)}, "arms": {"fix": judged}}

    def _arm(self, name: str, program: Program, before: Runs, healthy: Runs) -> Row:
        return self._judged(name, program, self._cured(name, program), before, healthy)

    def _judged(self, name: str, program: Program, cured: Cured, before: Runs, healthy: Runs) -> Row:
        after = self._runs(f"{name}-judged", Program(cured.source, program.arrays)) if cured.changes else before
        gain = difference(before, after, self._member.kind, healthy)
        return _told(cured) | {"gain": gain, "score": self._score(after, healthy)}

    def _cured(self, name: str, program: Program) -> Cured:
        script = program.write(self._folder / name)
        return ARMS[name](script, self._tools.budget, zlib.crc32(f"{name} {self._member.name}".encode()))

    def _runs(self, name: str, program: Program) -> Runs:
        return self._tools.judged(program.write(self._folder / name), SEEDS, self._member.kind, self._member.fresh)

    def _score(self, runs: Runs, like: Runs = ()) -> float:
        return score(runs, self._member.kind, like)

    def _facts(self) -> Row:
        return {"member": self._member.name, "origin": self._member.origin, "kind": self._member.kind}


def _told(cured: Cured) -> Row:
    return {name: value for name, value in dataclasses.asdict(cured).items() if name != "source"}
