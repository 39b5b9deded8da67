"""`vandap fix`: repairs a training by controlled experiments, and shows only what was proved."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vandap.cli.command import Command, Outcome
from vandap.errors import UsageError

if TYPE_CHECKING:
    from vandap.core.examined import Examined
    from vandap.repair.record import Fixed

_SCRIPTS = (".py", ".pyw")


class Fix(Command):
    """Repair a script."""

    name = "fix"
    help = "repair a training: try what the findings suggest, and keep only what held-out data prove"
    description = (
        "Examine a Keras script, turn its findings into changes of the source, train it with them on copies of its "
        "folder, and put the best bundle to the proof on held-out rows and fresh seeds. Ends with a diff of the proved "
        "changes; nothing of yours is written without --apply. Words after -- are the script's own arguments. The same "
        "command goes on where it was cut."
    )
    example = "vandap fix train.py --budget 15m"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("subject", metavar="SCRIPT.py", help="a Keras script")
        parser.add_argument("--budget", metavar="TIME", default="15m", help="time for everything (default: 15m)")
        parser.add_argument("--metric", metavar="NAME", help="the metric that decides (default: by task and balance)")
        parser.add_argument("--apply", action="store_true", help="write the proved changes, with a backup")
        parser.add_argument("--yes", action="store_true", help="agree that the script is run again and again")
        parser.add_argument("--workers", metavar="N", type=int, help="trainings at once (default: one for each core)")
        parser.add_argument("--out", metavar="DIR", help="where to write the run (default: a new folder in runs/)")

    def own_words(self, words: Sequence[str]) -> int:
        """Everything after `--` is the script's."""
        return words.index("--") if "--" in words else len(words)

    def run(self, arguments: argparse.Namespace) -> Outcome:
        """Repair."""
        from vandap.cli.consent import ask
        from vandap.cli.environment import of_the_user
        from vandap.cli.interrupts import interruptible
        from vandap.cli.progress import reporting
        from vandap.core.duration import seconds
        from vandap.repair.fix import Plan, ScriptRepair
        from vandap.report.exam import write_exam
        from vandap.report.fixed import fixed_document, fixed_text

        _check(arguments)
        plan = Plan(seconds(arguments.budget), arguments.metric, arguments.workers)
        with reporting(quiet=arguments.quiet, verbose=arguments.verbose) as progress:
            fixed, examined = ScriptRepair(
                script=Path(arguments.subject),
                arguments=tuple(word for word in arguments.rest if word != "--"),
                plan=plan,
                out=None if arguments.out is None else Path(arguments.out),
                command=arguments.line,
                environment=of_the_user(),
                progress=interruptible(progress),
                consent=lambda text: ask(text, agreed=arguments.yes),
            ).run()
        report = write_exam(examined)
        text = fixed_text(fixed, report)
        written: tuple[str, ...] = ()
        if arguments.apply and fixed.diff:
            lines, written = _applied(fixed, examined)
            text = f"{text}\n\n{lines}"
        elif fixed.diff:
            text = f"{text}\n\nThe same command with --apply writes this."
        return Outcome(document=fixed_document(fixed, examined, written, report), text=text)


def _check(arguments: argparse.Namespace) -> None:
    if not arguments.subject.endswith(_SCRIPTS):
        raise UsageError(
            "This version repairs scripts.",
            received=arguments.subject,
            expected="a Keras script, SCRIPT.py",
            hint="For a run of `vandap train`, see what `vandap exam RUN` advises.",
        )
    if arguments.workers is not None and arguments.workers < 1:
        raise UsageError(
            "This is no number of trainings.",
            received=f"--workers {arguments.workers}",
            expected="1 or more",
            hint="Leave it out for one training for each core.",
        )


def _applied(fixed: Fixed, examined: Examined) -> tuple[str, tuple[str, ...]]:
    """Write the proved changes; what was written, in words and as paths."""
    from vandap.repair.changes.change import restored
    from vandap.repair.source.project import Project, apply
    from vandap.repair.trial.copy import Folder
    from vandap.repair.write import uncommitted, write

    assert examined.program is not None
    changes = [restored(step.change) for step in fixed.kept]
    project = apply(Project(examined.program, Folder.of(Path(fixed.subject)).root), changes).project
    loose = uncommitted(project.changed)
    written = write(project)
    lines = [f"{path} had changes that are not committed; its backup holds them." for path in loose]
    lines += [f"Wrote {item.path}; as it was: {item.backup}" for item in written]
    return "\n".join(lines), tuple(str(item.path) for item in written)
