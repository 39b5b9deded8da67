"""`vandap compare`: runs side by side."""

from __future__ import annotations

import argparse

from vandap.cli.command import Command, Outcome
from vandap.errors import UsageError


class Compare(Command):
    """Compare two or more runs."""

    name = "compare"
    help = "runs side by side: data, score with interval, paired difference where the test examples are the same"
    description = (
        "Compare runs. Where two runs were tested on the same examples their difference is paired, with an interval "
        "and a verdict; where not, that is said and none is given."
    )
    example = (
        "vandap train bundled:wine --budget 20s --out runs/a && "
        "vandap train bundled:wine --budget 20s --learners linear --out runs/b && vandap compare runs/a runs/b"
    )

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("runs", nargs="+", metavar="RUN", help="two or more run folders")

    def run(self, arguments: argparse.Namespace) -> Outcome:
        """Compare."""
        if len(arguments.runs) < 2:
            raise UsageError(
                "One run has nothing to be compared with.",
                received=arguments.runs[0],
                expected="two or more run folders",
                hint="For example: vandap compare runs/a runs/b",
            )
        from vandap.core.store import Run
        from vandap.report.comparison import compare_document, compare_text

        runs = tuple(Run(path) for path in arguments.runs)
        return Outcome(document=compare_document(runs), text=compare_text(runs))
