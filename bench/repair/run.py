"""What are repairs worth? Faults and healthy trainings repaired, and the protocol's claims on real trainings.

    KERAS_BACKEND=torch VANDAP_DATA=... python -m bench.repair.run --part faults --count 60
    KERAS_BACKEND=torch VANDAP_DATA=... python -m bench.repair.run                    every part that is missing
    python -m bench.repair.report > bench/repair/RESULTS.md

The parts: `faults` (repaired by `fix` and by random search over the same suggestions, the same time each), `healthy`
(repaired by `fix`), `same` (a training against itself), `power` (three known effects on digits), `speed` (trials a
minute) and `remedies` (what each rule advises, tried on a drill with its fault). Each measurement is a line of
`results.jsonl` and is not made again, so that the bench can be stopped at any moment and continued; what was half done
is done anew. `--part faults --arms random` gives what is known another arm: random search over whatever any remedy can
change, without a diagnosis. Members are drawn by `members.py`. The times of `faults`, `healthy` and `speed` need a
machine that does nothing else.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "torch")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

from bench.repair import contract, power, same, speed
from bench.repair.arms import ARMS
from bench.repair.cures import Row, Tools, of_faults, of_healthy
from bench.repair.judge import judges
from vandap.core.records import to_json
from vandap.repair.trial.worker import cores

HERE = Path(__file__).parent
RESULTS, REHEARSED = HERE / "results.jsonl", HERE / "development.jsonl"
PARTS: Mapping[str, tuple[int, Callable[[Sequence[Row], int, Tools], Iterator[Row]]]] = {
    "faults": (60, of_faults),
    "healthy": (60, of_healthy),
    "same": (200, same.measure),
    "power": (power.KNOWN_SEEDS, power.measure),
    "speed": (6, speed.measure),
    "remedies": (sum(path.is_dir() for path in contract.DRILLS.iterdir()), contract.measure),
}
"""How many are wanted, and what measures them."""
LOOKING = ("faults", "healthy")
"""Parts that look at the test half of the zoo."""
LOOKS = "LOOKS.md"


def rows(path: Path, part: str) -> list[Row]:
    """What one part has measured; arms that a member got later stand beside its first ones."""
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    found, first = list[Row](), dict[str, Row]()
    for row in (row for row in map(json.loads, lines) if row["part"] == part):
        if "arms" not in row or first.setdefault(row["member"], row) is row:
            found.append(row)
        else:
            first[row["member"]]["arms"] |= row["arms"]
    return found


def run(part: str, count: int | None, path: Path, tools: Tools) -> None:
    """Measure what is missing of one part."""
    usual, measure = PARTS[part]
    began, made = time.monotonic(), 0
    for row in measure(rows(path, part), usual if count is None else count, tools):
        seconds = round(time.monotonic() - began, 1)
        full = {"part": part, "commit": _commit(), "backend": os.environ["KERAS_BACKEND"], **row, "took": seconds}
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(to_json(full)) + "\n")
        if part in LOOKING and tools.half == "test":
            made += 1
            _enter(path.with_name(LOOKS), part, str(row["member"]), first=made == 1)
        print(f"{part}: {row.get('member', row.get('arm'))}, {seconds} s", file=sys.stderr, flush=True)
        began = time.monotonic()


@functools.cache
def _commit() -> str:
    """The commit that is measured; "" outside of a checkout."""
    found = subprocess.run(["git", "-C", str(HERE), "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return found.stdout.strip()


def _enter(ledger: Path, part: str, member: str, *, first: bool) -> None:
    """Enter what was seen of the zoo's test half: one line for each time that the bench was run."""
    moment = time.strftime("%Y-%m-%d %H:%M", time.gmtime())
    with ledger.open("a", encoding="utf-8") as file:
        file.write(f"\n- {moment}, {part}: {member}" if first else f", {member}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", choices=list(PARTS), action="append", help="may be repeated (default: all)")
    parser.add_argument("--count", type=int, help="so many members (power: seeds) in all, those that stand included")
    parser.add_argument("--budget", type=float, default=90.0, help="seconds of a repair, and of random search")
    parser.add_argument("--arms", default="fix,suggested", help=f"of {', '.join(ARMS)}")
    parser.add_argument("--half", choices=("test", "development"), default="test", help="of the zoo")
    parser.add_argument("--out", type=Path, help=f"(default: {RESULTS.name}, or {REHEARSED.name} for development)")
    arguments = parser.parse_args()
    path = arguments.out or (RESULTS if arguments.half == "test" else REHEARSED)
    with tempfile.TemporaryDirectory(prefix="repair-") as work, judges(cores()) as judged:
        tools = Tools(Path(work), judged, arguments.budget, tuple(arguments.arms.split(",")), arguments.half)
        for part in arguments.part or PARTS:
            run(part, arguments.count, path, tools)


if __name__ == "__main__":
    main()
