"""Kill -9 at random moments of building, adding, removing, replacing and compacting: is anything acknowledged lost?

    python -m bench.search.crash --kills 200 > bench/search/CRASH.md

A child changes an index, now and then while it compacts it in another thread, and tells every change before and after
it is acknowledged; the parent kills it at a random moment, opens the index, and compares every id and vector with what
was acknowledged. The change that was under way may be there or not, but not in part; additions of more than a record's
rows may be there record by record. Rows are kept in half precision or in 8 bits, and some builds race the engines.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import shutil
import signal
import sys
import tempfile
import time
import traceback
from multiprocessing.connection import Connection
from pathlib import Path
from threading import Thread
from typing import Any

import numpy as np

from vandap.errors import VandapError
from vandap.search.build import build
from vandap.search.compact import compact
from vandap.search.index import Index
from vandap.search.plan import Contents, Plan
from vandap.search.vectors import Array

COLUMNS, START = 16, 260
RACING, MANY = 4, 2500
"""One index of so many is built by a race of the engines, and the vectors that this takes."""
State = dict[int, int]
"""Id to the seed of its vector."""


def vector(seed: int) -> np.ndarray:
    """The vector that a seed stands for."""
    made = np.random.default_rng(seed).standard_normal(COLUMNS)
    return (made / np.linalg.norm(made)).astype(np.float32)


def vectors(seeds: list[int]) -> np.ndarray:
    """Vectors by seed."""
    return np.stack([vector(seed) for seed in seeds])


def after(state: State, change: list[Any]) -> State:
    """What a change makes of a state."""
    kind, ids, seeds = change
    if kind.startswith(("add", "upsert")):
        return {**state, **dict(zip(ids, seeds, strict=True))}
    return {identity: seed for identity, seed in state.items() if identity not in set(ids)}


def drawn(state: State, number: int, chance: random.Random) -> list[Any]:
    """A random change that suits a state."""
    kind = chance.choices(("add", "remove", "upsert", "compact"), (5, 3, 2, 1))[0]
    many = chance.randint(1, 40)
    known = chance.sample(sorted(state), min(many, max(0, len(state) - 20)))
    if kind == "add" or (not known and kind != "compact"):
        first = max(1_000_000 * (number + 1), *state) + chance.randint(1, 100)
        return ["add", list(range(first, first + many)), [chance.randrange(2**31) for _ in range(many)]]
    if kind == "upsert":
        return ["upsert", known, [chance.randrange(2**31) for _ in known]]
    return [kind, known if kind == "remove" else [], []]


def child(folder: Path, state: State, plan: Plan, number: int, told: Connection) -> None:
    """Build if there is nothing, then change without end."""
    os.environ["OMP_NUM_THREADS"] = "1"
    chance = random.Random(number)
    if not (folder / "manifest.json").exists():
        told.send("building")
        build(Contents(Array(vectors(list(state.values()))), np.array(list(state))), folder, plan)
    index = Index(folder, 1)
    beside = Thread(target=compacted, args=(folder,))
    told.send("open")
    while True:
        kind, ids, seeds = drawn(state, number, chance)
        if kind == "compact" and beside.is_alive():
            beside.join()
        change = [f"{kind} beside compaction" if beside.is_alive() else kind, ids, seeds]
        told.send(["begin", change])
        if kind == "compact":
            beside = Thread(target=compacted, args=(folder,))
            beside.start()
            if chance.random() < 0.5:
                beside.join()
        elif kind == "remove":
            index.remove(ids)
        else:
            (index.add if kind == "add" else index.upsert)(vectors(seeds), ids)
        state = after(state, change)
        told.send(["end", change])


def compacted(folder: Path) -> None:
    """Compact; an error ends the child, and with it the test."""
    try:
        compact(folder, 1)
    except BaseException:
        traceback.print_exc()
        os._exit(1)


def looked(folder: Path, told: Connection) -> None:
    """Tell what an index holds: every id with the vector stored for it; or why it does not open."""
    try:
        index = Index(folder, 1)
        index.check()
        alive = np.flatnonzero(index.delta.alive)
        found = index.search(index.delta.wide(alive[:1]), min(5, len(alive)))
        told.send((index.delta.ids_of(alive), index.delta.wide(alive), len(found.ids[0])))
    except VandapError as error:
        told.send(str(error))


def forked(target: Any, *arguments: Any) -> tuple[multiprocessing.process.BaseProcess, Connection]:
    """Run a function in a fork of this process, which has imported everything but used no threads."""
    here, there = multiprocessing.Pipe(duplex=False)
    process = multiprocessing.get_context("fork").Process(target=target, args=(*arguments, there))
    process.start()
    there.close()
    return process, here


def same(state: State, ids: list[int], stored: np.ndarray) -> bool:
    """Whether an index holds a state, vectors included; 8 bits move a number by one part in 254 of the largest."""
    if len(ids) != len(set(ids)) or set(ids) != set(state):
        return False
    return bool(np.abs(stored - vectors([state[identity] for identity in ids])).max() < 5e-3)


class Trial:
    """One index, killed again and again."""

    def __init__(self, folder: Path, seed: int, *, racing: bool) -> None:
        self.folder, self._chance = folder, random.Random(seed)
        self._plan = Plan(engine="auto" if racing else "ivf", rows=self._chance.choice(("half", "8bit")))
        many = MANY if racing else START
        self.state: State = {number: self._chance.randrange(2**31) for number in range(many)}
        self.begun = False
        self.killed_in: dict[str, int] = {}

    def kill_once(self, number: int) -> str:
        """Start, kill, look.

        Returns:
            What is wrong; empty for nothing.
        """
        process, told = forked(child, self.folder, self.state, self._plan, number)
        in_build = not self.begun and self._chance.random() < 0.5
        under_way = self._followed(told, "building" if in_build else "open")
        os.kill(process.pid or 0, signal.SIGKILL)
        process.join()
        under_way = self._read_rest(told, under_way)
        kind = under_way if isinstance(under_way, str) else under_way[0]
        self.killed_in[kind] = self.killed_in.get(kind, 0) + 1
        return self._judged(under_way)

    def _followed(self, told: Connection, sign: str) -> Any:
        """Wait for a sign of life, then follow the child for a random while."""
        under_way: Any = "start"
        message = None
        while message != sign and under_way in ("start", "build"):
            message = told.recv()
            under_way = self._took(message, under_way)
        moment = time.monotonic() + self._chance.choice((0.02, 0.2, 2.0)) * self._chance.random()
        while time.monotonic() < moment:
            if told.poll(max(0.0, moment - time.monotonic())):
                under_way = self._took(told.recv(), under_way)
        return under_way

    def _read_rest(self, told: Connection, under_way: Any) -> Any:
        try:
            while told.poll():
                under_way = self._took(told.recv(), under_way)
        except EOFError:
            pass
        return under_way

    def _took(self, message: Any, under_way: Any) -> Any:
        if message == "building":
            return "build"
        if message == "open":
            self.begun = True
            return "idle"
        what, change = message
        if what == "end":
            self.state = after(self.state, change)
            return "idle"
        return change

    def _judged(self, under_way: Any) -> str:
        process, told = forked(looked, self.folder)
        try:
            answer = told.recv()
        except EOFError:
            answer = "the process that looked died"
        process.join()
        if isinstance(answer, str):
            unfinished = not self.begun and ("not finished" in answer or "not an index" in answer)
            return "" if unfinished else answer
        self.begun = True
        ids, stored, found = answer
        states = [self.state] + ([after(self.state, under_way)] if isinstance(under_way, list) else [])
        for state in states:
            if same(state, ids, stored):
                self.state = state
                return "" if found == min(5, len(ids)) else "a search found too few"
        lost, ghosts = set(self.state) - set(ids), set(ids) - set(states[-1])
        return f"{len(lost)} lost, {len(ghosts)} ghosts while {under_way}"[:300]


def main() -> None:
    """Kill, look, tell."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--each", type=int, default=10, help="kills of one index before a new one is built")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    wrong, killed_in = [], dict[str, int]()
    trial = None
    for number in range(options.kills):
        if trial is None or number % options.each == 0:
            if trial is not None:
                shutil.rmtree(trial.folder)
            folder, racing = Path(tempfile.mkdtemp(prefix="vandap-crash-")), number // options.each % RACING == 1
            trial = Trial(folder / "index", options.seed + number, racing=racing)
            trial.killed_in = killed_in
        said = trial.kill_once(options.seed + number)
        wrong += [said] if said else []
        print(f"{number + 1} kills, {len(wrong)} wrong {said}", file=sys.stderr, flush=True)
    print(f"# {options.kills} kills\n\n`python -m bench.search.crash --kills {options.kills}`\n")
    print(f"Indexes that did not open, or lost or gained anything: {len(wrong)}.\n")
    print("| killed during | times |\n|---|---|")
    for kind, times in sorted(killed_in.items()):
        print(f"| {kind} | {times} |")
    for said in wrong:
        print(f"\n- {json.dumps(said)}")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
