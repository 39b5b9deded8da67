"""Run the test of label ranks on trainings of the zoo whether A9 suspects them or not, and judge it with the rule.

    KERAS_BACKEND=torch VANDAP_DATA=... python -m bench.decisive.label_ranks [--only TEXT ...] [--every 4]

Prints one row of a Markdown table a training; a test takes seconds. *Alone* is what the rule says by the test alone,
*exam* what it says when the course of the training must raise the suspicion first.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "torch")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import keras
from zoo import faulty, healthy
from zoo.records import Plan
from zoo.train import train

from vandap.core.finding import Finding
from vandap.core.store import Run, write_series
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose
from vandap.diagnose.label_ranks import groups
from vandap.exam.decide import tests
from vandap.watch import watching

HEAD = "| training | agrees | noise | surely | surest | second | right | alone | exam | s |"
SECONDS = 60.0


def members(only: list[str], every: int) -> Iterator[Plan]:
    """Plans of the development half that classify: healthy ones, and those with wrong labels."""
    plans = [plan for plan in healthy.plans("development") if faulty.operator.classifies(plan)][::every]
    plans += [sick.plan for sick in faulty.plans("development") if sick.plan.name.endswith("+wrong_labels")]
    yield from (plan for plan in plans if not only or any(text in plan.name for text in only))


def measured(plan: Plan, seed: int) -> str:
    """One row of the table; its reason where the test cannot be made."""
    test = next(test for test in tests() if test.slug == "label_ranks")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with watching(folder) as session:
            train(plan, seed)
        began = time.perf_counter()
        obstacle = test.obstacle(session.kept)
        if obstacle:
            return f"| {plan.name} | {obstacle} |"
        series = test.run(session.kept, SECONDS, seed)
        seconds = time.perf_counter() - began
        write_series(folder / "signals", test.signal, series)
        run, own = Run(folder), rule("A9")
        exam = diagnose(run, [own])[0].status.value
        alone = own.judge(run.evidence["program"], series)
    everything, half, surest, _ = groups(series)
    noise = min(1.0, everything.noise, half.noise, surest.noise)
    numbers = (everything.agreement, half.noise, half.noise_low, surest.noise_low, half.steepness)
    shown = " | ".join(f"{number:.2f}" for number in (*numbers, everything.right(noise)))
    says = "found" if isinstance(alone, Finding) else type(alone).__name__
    return f"| {plan.name} | {shown} | {says} | {exam} | {seconds:.0f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="*", default=[])
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    print(HEAD + "\n" + "| --- " * HEAD.count(" |") + "|", flush=True)
    for plan in members(arguments.only, arguments.every):
        try:
            print(measured(plan, arguments.seed), flush=True)
        except Exception as error:
            print(f"| {plan.name} | {type(error).__name__}: {error} |", flush=True)
        keras.utils.clear_session()


if __name__ == "__main__":
    main()
