"""What an exam costs: a whole script against itself without vandap, the look before training, a stored run.

    KERAS_BACKEND=jax python -m bench.exam.run [--seconds 60] [--repeats 3]

Every command is a process of its own. The script trains for about `--seconds`; it is run bare and under `vandap exam`
in turn, once as it is and once with a learning rate that raises suspicions, which experiments then settle. *Before
training* is `vandap exam --before-training`, which ends the script at its first `fit`, less the bare script with no
epoch to train; *stored* is `vandap exam RUN` from its start to its end. Prints Markdown.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

SCRIPT = Path(__file__).with_name("script.py")
SICK = "0.3"
"""A learning rate at which the network learns nothing."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--repeats", type=int, default=3)
    options = parser.parse_args()
    backend = os.environ.get("KERAS_BACKEND", "tensorflow")
    epochs = _epochs(options.seconds)
    print(f"Back end {backend}, {epochs} epochs; {options.repeats} repeats, interleaved.\n")
    print("| script | bare, s | `vandap exam`, s | ratio, median [lowest, highest] | experiments, s | goal |")
    print("|---|---:|---:|---:|---:|---|")
    with tempfile.TemporaryDirectory() as folder:
        runs = [
            _whole(title, [str(epochs), *rate], options.repeats, Path(folder))
            for title, rate in (("healthy", []), ("sick", [SICK]))
        ]
        print("\n| what | seconds, median [lowest, highest] | goal |\n|---|---:|---|")
        stored = [_timed([_vandap(), "exam", str(run), "--fail-on", "never"]) for run in runs for _ in range(3)]
        print(f"| exam of a stored run | {_spread(stored)} | at most 2 |")
        early = [_before_training(Path(folder) / f"early{index}") for index in range(options.repeats)]
        print(f"| before training | {_spread(early)} | at most 5 |")


def _epochs(seconds: float) -> int:
    """Epochs that take the bare script about so long."""
    few, more = 2, 22
    once, twice = _bare([str(few)]), _bare([str(more)])
    return max(few, round(few + (seconds - once) * (more - few) / max(twice - once, 1e-3)))


def _whole(title: str, arguments: list[str], repeats: int, folder: Path) -> Path:
    bare, watched, tested = [], [], []
    run = folder / title
    for repeat in range(repeats):
        run = folder / f"{title}{repeat}"
        bare.append(_bare(arguments))
        command = [_vandap(), "exam", "--out", str(run), "--fail-on", "never", str(SCRIPT), *arguments]
        watched.append(_timed(command))
        tests = run / "tests.json"
        tested.append(json.loads(tests.read_text())["seconds"] if tests.is_file() else 0.0)
    ratios = [ours / theirs for ours, theirs in zip(watched, bare, strict=True)]
    shown = f"{statistics.median(bare):.1f} | {statistics.median(watched):.1f} | {_spread(ratios)}"
    print(f"| {title} | {shown} | {statistics.median(tested):.1f} | at most 2 |", flush=True)
    return run


def _before_training(run: Path) -> float:
    command = [_vandap(), "exam", "--before-training", "--out", str(run), "--fail-on", "never", str(SCRIPT), "0"]
    return _timed(command) - _bare(["0"])


def _bare(arguments: list[str]) -> float:
    return _timed([sys.executable, str(SCRIPT), *arguments])


def _timed(command: list[str]) -> float:
    start = time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return time.perf_counter() - start


def _vandap() -> str:
    return str(Path(sys.executable).with_name("vandap"))


def _spread(values: list[float]) -> str:
    return f"{statistics.median(values):.2f} [{min(values):.2f}, {max(values):.2f}]"


if __name__ == "__main__":
    main()
