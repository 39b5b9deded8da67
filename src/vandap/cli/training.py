"""What `train` and `demo` share: run the pipeline with live progress and tell how it ended."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from vandap.cli.command import Outcome, exit_code
from vandap.cli.interrupts import interruptible
from vandap.cli.progress import reporting

if TYPE_CHECKING:
    from vandap.core.recipe import Recipe


def trained(recipe: Recipe, arguments: argparse.Namespace, fail_on: str) -> Outcome:
    """Train by a recipe.

    Args:
        recipe: What to train.
        arguments: `out`, `line` (the command as typed) and the common options.
        fail_on: The severity of findings that makes the exit code 1.
    """
    from vandap import pipeline
    from vandap.api import TrainedRun

    out = None if arguments.out is None else Path(arguments.out)
    with reporting(quiet=arguments.quiet, verbose=arguments.verbose) as shown:
        progress = interruptible(shown)
        run = TrainedRun(pipeline.train(recipe, out=out, command=arguments.line, progress=progress))
        progress("stage", {"title": "writing the report"})
        run.report()
    code = exit_code((finding.severity.value for finding in run.findings), fail_on)
    return Outcome(code, run.document(), str(run))
