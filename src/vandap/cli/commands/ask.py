"""`vandap ask`: the numbered questions, answered from a run's own numbers."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from vandap.cli.command import Command, Outcome
from vandap.cli.table import cell, table, wrapped
from vandap.errors import UsageError

if TYPE_CHECKING:
    from vandap.ask.question import Table


class Ask(Command):
    """Answer a question about a run, or list the questions."""

    name = "ask"
    help = "ask a run one of the numbered questions, such as I4 (is accuracy reliable?)"
    description = (
        "Answer a numbered question (I1-I12, K1-K25) from what the run measured. `vandap ask --list` shows all of them "
        "and which are answered in this version; the others say `not yet`."
    )
    example = "vandap train bundled:digits --budget 60s --out runs/digits && vandap ask runs/digits I9"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("run_folder", nargs="?", metavar="RUN", help="the run folder")
        parser.add_argument("question", nargs="?", metavar="ID", help="the question's number, such as I9")
        parser.add_argument("--list", action="store_true", help="list every question and its status")

    def run(self, arguments: argparse.Namespace) -> Outcome:
        """List, or answer."""
        if arguments.list:
            return _listed()
        if arguments.question is None:
            raise UsageError(
                "A question needs a run and a number.",
                received=f"only {arguments.run_folder}" if arguments.run_folder else "neither",
                expected="vandap ask RUN ID",
                hint="For example `vandap ask runs/digits I4`; `vandap ask --list` shows the questions.",
            )
        from vandap.ask.registry import answer, find
        from vandap.core.store import Run

        entry = find(arguments.question)
        given = answer(Run(arguments.run_folder), entry.id)
        document = {"question": entry.id, "title": entry.question, "status": entry.status, "run": arguments.run_folder}
        document |= {"answer": given.text, "short": given.short, "tables": given.tables, **given.document}
        parts = [f"{entry.id}  {entry.question}", wrapped(given.text), *(_table(item) for item in given.tables)]
        parts += [wrapped(f"In short: {given.short}")] if given.short else []
        return Outcome(document=document, text="\n\n".join(parts))


def _table(shown: Table) -> str:
    rows = [[cell(value) for value in row] for row in shown.rows]
    return f"{shown.title}\n{table(shown.head, rows, shown.numbers)}"


def _listed() -> Outcome:
    from vandap.ask.registry import entries

    known = entries()
    rows = [(entry.id, entry.status.value, entry.question) for entry in known]
    document = {
        "questions": [
            {"id": e.id, "question": e.question, "how": e.how, "command": e.command, "status": e.status} for e in known
        ]
    }
    return Outcome(document=document, text=table(("id", "status", "question"), rows))
