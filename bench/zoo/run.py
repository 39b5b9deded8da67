"""Train the members of the zoo under watch and store what was seen, one compressed file a member and seed.

    KERAS_BACKEND=torch VANDAP_DATA=... python bench/zoo/run.py --out ZOO --half development --seeds 3

A member that stands in the folder is not trained again, so the bench can be stopped and continued; `--only TEXT` takes
the members whose name holds the text, `--part 1/2` every second one (a process for each core), `--fresh` trains them
anew. Data sets that are not below `VANDAP_DATA` are left out. `judge.py` judges what is stored.

Everything runs in one warm process. A member's decisive tests get `--budget` seconds.

Whether a fault hurts takes many seeds and no exam: `--scores` trains sick members and their twins without watching
(which changes no bit) and stores what they score alone.

    KERAS_BACKEND=torch VANDAP_DATA=... python bench/zoo/run.py --out ZOO --half test --scores --first-seed 1 --seeds 7
"""

from __future__ import annotations

import argparse
import itertools
import os
import shutil
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

os.environ.setdefault("KERAS_BACKEND", "torch")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from zoo import faulty, healthy
from zoo.records import Half, Plan
from zoo.scored import scored
from zoo.scripts import Script, scripts
from zoo.stored import Outcome, score_path, store, store_score

LONGEST = 600
"""Seconds after which a member is given up."""


@dataclass(frozen=True)
class Member:
    """One training of the zoo.

    Args:
        name: Its name.
        kind: `healthy`, `twin` (a script that was healed) or `sick`.
        twin: Name of the healthy member that a sick one is compared with.
        run: Trains it with a seed and returns a function that scores the result afterwards.
        before: What happens before the watch begins: weights that were learnt earlier.
    """

    name: str
    kind: str
    twin: str
    run: Callable[[int], Callable[[], float]]
    before: Callable[[int], object] | None = None


def members(half: Half) -> Iterator[Member]:
    """All members of one half: first the healthy ones, then the sick."""
    for plan in healthy.plans(half):
        yield Member(plan.name, "healthy", "", _of_plan(plan), _earlier(plan))
    for sick in faulty.plans(half):
        yield Member(sick.plan.name, "sick", sick.host, _of_plan(sick.plan))
    for script in scripts(half):
        yield Member(f"script-{script.name}-healed", "twin", "", _of_script(script, healed=True))
        yield Member(f"script-{script.name}", "sick", f"script-{script.name}-healed", _of_script(script, healed=False))


def _of_plan(plan: Plan) -> Callable[[int], Callable[[], float]]:
    def run(seed: int) -> Callable[[], float]:
        from zoo.train import score, train

        trained = train(plan, seed)
        return lambda: score(trained, plan)

    return run


def _earlier(plan: Plan) -> Callable[[int], object] | None:
    def before(seed: int) -> object:
        from zoo.train import learnt_earlier

        return learnt_earlier(plan, seed)

    return before if plan.pretrained else None


def _of_script(script: Script, healed: bool) -> Callable[[int], Callable[[], float]]:
    def run(seed: int) -> Callable[[], float]:
        import runpy

        import keras

        keras.utils.set_random_seed(seed)
        path = script.path
        if healed:
            path = Path(tempfile.gettempdir()) / f"healed_{script.name}.py"
            path.write_text(script.healed, encoding="utf-8")
        variables = runpy.run_path(str(path), run_name="__main__")
        return lambda: scored(variables, script.score)

    return run


def examine(member: Member, seed: int, half: Half, budget: float, path: Path) -> Outcome:
    """Train one member under watch, judge it with decisive tests, and store it."""
    from vandap.exam.crash import Tracebacks, crash_of
    from vandap.exam.judge import judge
    from vandap.watch import watching

    if member.before is not None:
        member.before(seed)
    folder = Path(tempfile.mkdtemp(prefix="zoo-"))
    began, score, error = time.perf_counter(), None, None
    try:
        tracebacks = Tracebacks()
        tracebacks.attach()
        with watching(folder, command=("zoo", member.name)) as session:
            try:
                score = member.run(seed)
            except Exception as caught:
                error = caught
                session.amend(crash=crash_of(caught, tracebacks, session))
        trained = time.perf_counter()
        # the score comes first: decisive tests put the model back as it was, but the zoo does not rely on it
        value = float("nan") if score is None else score()
        judge(folder, None if error else session.kept, budget)
        found = Outcome(
            member.name, member.kind, member.twin, half, seed, value, type(error).__name__ if error else "",
            round(trained - began, 2), round(time.perf_counter() - trained, 2), os.environ["KERAS_BACKEND"],
        )  # fmt: skip
        store(path, folder, found)
        return found
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def measure(member: Member, seed: int, half: Half, budget: float, path: Path) -> Outcome:
    """Train one member without watching, and store its score."""
    if member.before is not None:
        member.before(seed)
    began, score, error = time.perf_counter(), None, ""
    try:
        score = member.run(seed)
    except Exception as caught:
        error = type(caught).__name__
    value = float("nan") if score is None else score()
    seconds = round(time.perf_counter() - began, 2)
    found = Outcome(
        member.name, member.kind, member.twin, half, seed, value, error, seconds, 0.0, os.environ["KERAS_BACKEND"]
    )
    store_score(path, found)
    return found


def _compared(half: Half) -> Iterator[Member]:
    """Sick members and what they are compared with."""
    everyone = tuple(members(half))
    twins = {member.twin for member in everyone if member.kind == "sick"}
    return (member for member in everyone if member.kind == "sick" or member.name in twins)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--half", choices=["development", "test"], required=True)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument("--only", default="")
    parser.add_argument("--kind", choices=["healthy", "twin", "sick"], help="members of this kind alone")
    parser.add_argument("--part", type=_part, default=(1, 1), help="1/2 and 2/2: two processes share them")
    parser.add_argument("--budget", type=float, default=10.0)
    parser.add_argument("--fresh", action="store_true")
    parser.add_argument("--scores", action="store_true", help="no exam: what sick members and their twins score")
    parser.add_argument("--debug", action="store_true", help="stop at the first member that fails")
    arguments = parser.parse_args()
    for seed in range(arguments.first_seed, arguments.first_seed + arguments.seeds):
        everyone = _compared(arguments.half) if arguments.scores else members(arguments.half)
        everyone = (member for member in everyone if arguments.kind in (None, member.kind))
        number, parts = arguments.part
        for member in itertools.islice(everyone, number - 1, None, parts):
            folder = arguments.out / arguments.half
            path = score_path(folder, member.name, seed) if arguments.scores else folder / f"{member.name}@{seed}.npz"
            if arguments.only in member.name and (arguments.fresh or not path.exists()):
                _one(member, seed, path, arguments)


def _part(text: str) -> tuple[int, int]:
    """`1/2`: the first of two parts."""
    number, parts = (int(value) for value in text.split("/"))
    if not 1 <= number <= parts:
        raise ValueError(text)
    return number, parts


def _one(member: Member, seed: int, path: Path, arguments: Any) -> None:
    import keras

    signal.signal(signal.SIGALRM, _too_long)
    signal.alarm(LONGEST)
    try:
        look = measure if arguments.scores else examine
        found = look(member, seed, arguments.half, arguments.budget, path)
        score = "crash" if found.crash else f"{found.score:.3f}"
        print(f"{found.name}@{seed} {found.kind} {score} {found.seconds} + {found.exam_seconds} s", flush=True)
    except Exception:
        print(f"{member.name}@{seed} FAILED\n{traceback.format_exc()}", flush=True)
        if arguments.debug:
            raise
    finally:
        signal.alarm(0)
        keras.utils.clear_session()
        np.seterr(all="warn")


def _too_long(*_: object) -> None:
    raise TimeoutError(f"The member took more than {LONGEST} s.")


if __name__ == "__main__":
    main()
