"""`vandap ask`: the numbered questions, answered from a run's own numbers, and what-ifs, answered by experiment."""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from vandap.cli.command import Command, Outcome
from vandap.cli.table import cell, table, wrapped
from vandap.cli.values import MARGIN
from vandap.errors import UsageError

if TYPE_CHECKING:
    from vandap.ask.opened import Repeatable
    from vandap.ask.question import Table


SCRIPTS = (".py", ".pyw")


class Ask(Command):
    """Answer a question about a run, or list the questions."""

    name = "ask"
    help = "ask a run or a script a numbered question, such as I4, or a what-if, such as lr*10"
    description = (
        "Answer a numbered question (I1-I12, K1-K25, N1) from what a training measured; or a what-if, such as 'lr*10' "
        "or 'no batchnorm', by a controlled experiment: what theory predicts, the effect with its interval, and what "
        "happened inside of the network. A run is asked about its network, a script about its training, on copies of "
        "its folder. I2, I10 and N1 train, too. `vandap ask --list` shows all questions and the what-if language. "
        "Words after -- are the script's own arguments."
    )
    example = "vandap train bundled:digits --budget 60s --out runs/digits && vandap ask runs/digits I9"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument(
            "subject",
            nargs="?",
            metavar="RUN|SCRIPT.py|INDEX",
            help="the run folder, a Keras script, or for I3 an index",
        )
        parser.add_argument("question", nargs="?", metavar="ID|WHAT-IF", help="a number such as I9, or words as lr*10")
        parser.add_argument("--list", action="store_true", help="list every question and the what-if language")
        group = parser.add_argument_group("for what-ifs, and for questions that train")
        group.add_argument("--budget", metavar="TIME", default="10m", help="time for everything (default: 10m)")
        group.add_argument("--metric", metavar="NAME", help="the metric that decides (default: by task and balance)")
        group.add_argument("--margin", metavar="NUMBER", type=float, help=MARGIN)
        group.add_argument("--yes", action="store_true", help="agree that the script is run again and again")
        group.add_argument("--workers", metavar="N", type=int, help="trainings at once (default: one for each core)")
        group.add_argument(
            "--out", metavar="DIR", help="where to write what a script is asked (default: runs/ask-NAME)"
        )

    def own_words(self, words: Sequence[str]) -> int:
        """Everything after `--` is the script's."""
        return words.index("--") if "--" in words else len(words)

    def run(self, arguments: argparse.Namespace) -> Outcome:
        """List, or answer."""
        if arguments.list:
            return _listed()
        if arguments.question is None:
            raise UsageError(
                "A question needs a run or a script, and a number or a what-if.",
                received=f"only {arguments.subject}" if arguments.subject else "neither",
                expected="vandap ask RUN|SCRIPT.py ID|WHAT-IF",
                hint="For example `vandap ask runs/digits I4`; `vandap ask --list` shows the questions.",
            )
        from vandap.ask.registry import is_question

        _check(arguments)
        return (_numbered if is_question(arguments.question) else _what_if)(arguments)


def _check(arguments: argparse.Namespace) -> None:
    if arguments.out and not arguments.subject.endswith(SCRIPTS):
        raise UsageError(
            "This option has no meaning for a run.",
            received=f"--out {arguments.out}",
            expected="only --budget, --metric, --margin and --workers with a run folder",
            hint="Leave it out: what is tried is stored in the run.",
        )


def _numbered(arguments: argparse.Namespace) -> Outcome:
    from vandap.ask import indexed, measured
    from vandap.ask.registry import find

    entry = find(arguments.question)
    if indexed.is_index(arguments.subject):
        folder, given = Path(arguments.subject), indexed.answer(entry.id, Path(arguments.subject))
    else:
        with _subject(arguments) as subject:
            folder, given = measured.answer(entry.id, subject)
    document = {"question": entry.id, "title": entry.question, "status": entry.status, "run": str(folder)}
    document |= {"answer": given.text, "short": given.short, "tables": given.tables, **given.document}
    parts = [f"{entry.id}  {entry.question}", wrapped(given.text), *(_table(item) for item in given.tables)]
    parts += [wrapped(f"In short: {given.short}")] if given.short else []
    return Outcome(document=document, text="\n\n".join(parts))


def _what_if(arguments: argparse.Namespace) -> Outcome:
    from vandap.ask.whatif.answer import ask
    from vandap.report.exam import write_page
    from vandap.report.whatif import whatif_text

    with _subject(arguments) as subject:
        answered = ask(arguments.question, subject)
    report = write_page(Path(answered.run))
    document = {**answered.document(), "report": None if report is None else str(report)}
    return Outcome(document=document, text=whatif_text(answered, report))


@contextmanager
def _subject(arguments: argparse.Namespace) -> Iterator[Repeatable]:
    """What is asked, told of progress while the context lasts."""
    from vandap.ask.opened import RunSubject, ScriptSubject
    from vandap.cli.consent import ask
    from vandap.cli.environment import of_the_user
    from vandap.cli.interrupts import interruptible
    from vandap.cli.progress import reporting
    from vandap.core.duration import seconds
    from vandap.repair.bench import Plan

    plan = Plan(seconds(arguments.budget), arguments.metric, arguments.workers, margin=arguments.margin)
    with reporting(quiet=arguments.quiet, verbose=arguments.verbose) as progress:
        if not arguments.subject.endswith(SCRIPTS):
            yield RunSubject(Path(arguments.subject), plan, interruptible(progress))
            return
        yield ScriptSubject(
            script=Path(arguments.subject),
            arguments=tuple(word for word in arguments.rest if word != "--"),
            plan=plan,
            out=None if arguments.out is None else Path(arguments.out),
            command=arguments.line,
            environment=of_the_user(),
            progress=interruptible(progress),
            consent=lambda text: ask(text, agreed=arguments.yes),
        )


def _table(shown: Table) -> str:
    rows = [[cell(value) for value in row] for row in shown.rows]
    return f"{shown.title}\n{table(shown.head, rows, shown.numbers)}"


def _listed() -> Outcome:
    from vandap.ask.registry import entries
    from vandap.ask.whatif.language import FORMS

    known = entries()
    rows = [(entry.id, entry.status.value, entry.question) for entry in known]
    document = {
        "questions": [
            {"id": e.id, "question": e.question, "how": e.how, "command": e.command, "status": e.status} for e in known
        ],
        "what_ifs": [{"written": form.examples, "meaning": form.meaning} for form in FORMS],
    }
    forms = [(form.written, form.meaning) for form in FORMS]
    text = f"{table(('id', 'status', 'question'), rows)}\n\n{table(('what-if', 'what it changes'), forms)}"
    return Outcome(document=document, text=text)
