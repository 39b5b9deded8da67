"""`vandap report`: write a run's report anew."""

from __future__ import annotations

import argparse

from vandap.cli.command import Command, Outcome


class Report(Command):
    """Write report.html of a run or an exam, and card.md where a model was trained."""

    name = "report"
    help = "write a run's report.html and card.md again, and print where"
    description = (
        "Write report.html (one offline file) of a run or an exam from its stored records, and card.md (the model "
        "card) where `vandap train` made a model."
    )
    example = "vandap train bundled:wine --budget 30s --out runs/wine && vandap report runs/wine"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("run_folder", metavar="RUN", help="the run folder")

    def run(self, arguments: argparse.Namespace) -> Outcome:
        """Write what the run has the records for."""
        from vandap.core.store import Run
        from vandap.report.card import write_card
        from vandap.report.html import write_report
        from vandap.report.material import is_exam

        run = Run(arguments.run_folder)
        card = None if is_exam(run) else str(write_card(run))
        page = write_report(run)
        return Outcome(document={"run": str(run.path), "report": str(page), "card": card}, text=str(page))
