"""Which faults and which healthy trainings the bench takes: a fixed draw from a half of the zoo.

The test half is for claims, the development half for work on `fix`. Left out are scripts whose fault is a false
promise and not a bad model (the zoo judges those by `honesty`: a training experiment cannot better what is not bad),
plans that are no plain script (see `written.is_writable`), and members of the test half that were looked at while
`fix` was worked on: `seen.jsonl` and `first.jsonl`, a first draw, keep what came of them then. These used up the zoo's
scripts, so that those in `scripts/` were written for a second draw, in the manner of the zoo's, by somebody who had
seen neither vandap nor this bench. Whether a drawn fault counts is then decided by its healthy twin, never by what a
repair made of it.
"""

from __future__ import annotations

import json
import re
import sys
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Literal, TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from zoo import datasets, faulty, healthy
from zoo.kinds import ARCHITECTURES
from zoo.records import Half, Plan
from zoo.scripts import HERE as ZOO
from zoo.scripts import Script, scripts

from bench.repair.written import Program, is_writable, written

DRAW = 20_261_121
"""Seed of the draw."""
HERE = Path(__file__).parent
SEEN, FIRST = HERE / "seen.jsonl", HERE / "first.jsonl"
_VALIDATED = re.compile(r"validation_data=\(x_test(\[:(\d+)\])?, y_test(?:\[:\d+\])?\)")
_HALF = "validation_data=(x_test[::2], y_test[::2])"

Kind = Literal["classes", "numbers"]
T = TypeVar("T", Plan, Script, faulty.Sick)


@dataclass(frozen=True)
class Member:
    """One training of the bench.

    Args:
        name: Its name in the zoo.
        origin: `script` for a hand-written one, `plan` for one that was written out.
        kind: What the model answers.
        fresh: Which rows of `x_test` and `y_test` the script never shows to its training: (start, step).
        sick: Makes the faulty program; the healthy one for a member that has no fault.
        healthy: Makes the healthy twin.
    """

    name: str
    origin: str
    kind: Kind
    fresh: tuple[int, int]
    sick: Callable[[], Program]
    healthy: Callable[[], Program]


def faults(half: Half) -> Iterator[Member]:
    """Faulty members of a half that were not looked at, in the order of the draw, scripts and plans in turn."""
    looked_at = {
        json.loads(line)["member"] for file in (SEEN, FIRST) for line in file.read_text(encoding="utf-8").splitlines()
    }
    every = [*_scripts((half,)), *_scripts((half,), HERE / "scripts")]
    written_by_hand = (_of_script(script) for script in _drawn(every, "fault"))
    plans = (
        _member(sick.plan.name, sick.plan, _plans_by_name(half)[sick.host])
        for sick in _drawn([item for item in faulty.plans(half) if is_writable(item.plan)], "fault")
    )
    yield from _in_turn(
        *((member for member in members if member.name not in looked_at) for members in (written_by_hand, plans))
    )


def sound(half: Half) -> Iterator[Member]:
    """Healthy members of a half in the order of the draw: healed scripts and healthy plans in turn."""
    yield from _in_turn(
        (_healed(script) for script in _drawn(_scripts((half,)), "healthy")),
        (
            _member(plan.name, plan, plan)
            for plan in _drawn([plan for plan in _plans_by_name(half).values() if is_writable(plan)], "healthy")
        ),
    )


def healed_scripts() -> Iterator[Member]:
    """Healed scripts of both halves in the order of the draw."""
    return (_healed(script) for script in _drawn(_scripts(("development", "test")), "healed"))


def _in_turn(first: Iterator[Member], second: Iterator[Member]) -> Iterator[Member]:
    return (member for pair in zip_longest(first, second) for member in pair if member is not None)


def _drawn(items: list[T], purpose: str) -> list[T]:
    """In an order that the seed and the names decide."""
    return sorted(items, key=lambda item: zlib.crc32(f"{DRAW} {purpose} {_name(item)}".encode()))


def _name(item: Plan | Script | faulty.Sick) -> str:
    return item.plan.name if isinstance(item, faulty.Sick) else item.name


def _scripts(halves: tuple[Half, ...], folder: Path = ZOO) -> list[Script]:
    """Scripts of a folder that are judged by what their model answers."""
    found = [script for half in halves for script in scripts(half, folder)]
    return [
        item for item in found if item.score.get("kind") != "honesty" and not {"answer", "positive"} & {*item.score}
    ]


def _plans_by_name(half: Half) -> dict[str, Plan]:
    return {plan.name: plan for plan in healthy.plans(half)}


def _of_script(script: Script) -> Member:
    source, fresh = _withheld(script.path.read_text(encoding="utf-8"))
    healed, _ = _withheld(script.healed)
    kind: Kind = "numbers" if script.score.get("kind") == "explained" else "classes"
    return Member(
        f"script-{script.name}", "script", kind, fresh, lambda: Program(source, {}), lambda: Program(healed, {})
    )


def _healed(script: Script) -> Member:
    member = _of_script(script)
    return Member(f"{member.name}-healed", "script", member.kind, member.fresh, member.healthy, member.healthy)


def _withheld(source: str) -> tuple[str, tuple[int, int]]:
    """A script that validates on test rows gets every second one, or those it asks for; the others stay fresh."""
    found = _VALIDATED.search(source)
    if found is None:
        return source, (0, 1)
    if found[2]:
        return source, (int(found[2]), 1)
    return source.replace(found[0], _HALF), (1, 2)


def _member(name: str, sick: Plan, host: Plan) -> Member:
    rebuilds = ARCHITECTURES[host.architecture].rebuild
    kind: Kind = "numbers" if rebuilds or datasets.raw(host.data).task == "numbers" else "classes"
    return Member(name, "plan", kind, (0, 1), lambda: written(sick), lambda: written(host))
