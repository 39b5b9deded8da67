"""`vandap bench`: the run's network, timed on every back end that is installed."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import Any

from vandap.cli.command import Command, Outcome
from vandap.cli.table import table
from vandap.errors import RunError


class Bench(Command):
    """Time a run's network on each back end."""

    name = "bench"
    help = "time a run's network on every installed back end"
    description = "Time training steps of a run's network on each installed back end, each in its own process."
    example = "vandap train bundled:digits --budget 60s --out runs/digits && vandap bench runs/digits"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("run_folder", metavar="RUN", help="the run folder")

    def run(self, arguments: argparse.Namespace) -> Outcome:
        """Measure and tabulate."""
        from vandap.core.store import Run

        run = Run(arguments.run_folder)
        if run.program is None:
            raise RunError(
                "This run has no network to time.",
                received=str(run.path),
                expected="a run that trained a network (it has program.json)",
                hint="Train again with more --budget, or without a --learners list that leaves the network out.",
            )
        from vandap.train.backends import measure

        measured = measure(run)
        return Outcome(document={"run": str(run.path), "backends": measured}, text=_text(measured))


def _text(measured: list[dict[str, Any]]) -> str:
    times = [row["seconds_per_step"] for row in measured if row.get("seconds_per_step")]
    best = min(times, default=float("nan"))
    rows = [_cells(row, best) for row in measured]
    return table(("back end", "version", "ms per step", "times the fastest", "compile s", ""), rows, numbers=(2, 3, 4))


def _cells(row: Mapping[str, Any], best: float) -> tuple[str, ...]:
    step, compiling = row.get("seconds_per_step"), row.get("compile_seconds")
    return (
        str(row["backend"]),
        str(row.get("version") or ""),
        f"{1000 * step:.2f}" if step else "-",
        f"{step / best:.2f}" if step else "-",
        f"{compiling:.1f}" if compiling is not None else "-",
        str(row.get("reason") or ""),
    )
