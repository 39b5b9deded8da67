"""`vandap fix`: repairs a training by controlled experiments, and shows only what was proved."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from vandap.cli.command import Command, Outcome
from vandap.cli.values import MARGIN
from vandap.errors import UsageError

if TYPE_CHECKING:
    from vandap.core.examined import Examined
    from vandap.core.progress import Progress
    from vandap.repair.bench import Plan
    from vandap.repair.record import Fixed

_SCRIPTS = (".py", ".pyw")
Sources: TypeAlias = Mapping[Path, bytes]
"""The Python files of a program as they were examined."""


class Fix(Command):
    """Repair a script, or the network of a run."""

    name = "fix"
    help = "repair a training: try what the findings suggest, and keep only what held-out data prove"
    description = (
        "Examine a Keras script, turn its findings into changes of the source, train it with them on copies of its "
        "folder, and put the best bundle to the proof on held-out rows and fresh seeds. Ends with a diff of the proved "
        "changes; nothing of yours is written without --apply. Words after -- are the script's own arguments. Or "
        "repair the network of a run of `vandap train` in the same way: its settings change, and the proved recipe is "
        "stored. The same command goes on where it was cut, and with a larger --budget where it could not tell."
    )
    example = "vandap fix train.py --budget 15m"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("subject", metavar="SCRIPT.py|RUN", help="a Keras script, or a run folder")
        parser.add_argument("--budget", metavar="TIME", default="15m", help="time for everything (default: 15m)")
        parser.add_argument("--metric", metavar="NAME", help="the metric that decides (default: by task and balance)")
        parser.add_argument("--margin", metavar="NUMBER", type=float, help=MARGIN)
        parser.add_argument(
            "--search",
            metavar="HOW",
            default="guided",
            help="how changes are looked for: guided by the findings (default), random, grid, or bayesian (optuna)",
        )
        parser.add_argument("--apply", action="store_true", help="write the proved changes, with a backup")
        parser.add_argument("--yes", action="store_true", help="agree that the script is run again and again")
        parser.add_argument("--workers", metavar="N", type=int, help="trainings at once (default: one for each core)")
        parser.add_argument("--out", metavar="DIR", help="where to write the run (default: a new folder in runs/)")

    def own_words(self, words: Sequence[str]) -> int:
        """Everything after `--` is the script's."""
        return words.index("--") if "--" in words else len(words)

    def run(self, arguments: argparse.Namespace) -> Outcome:
        """Repair."""
        from vandap.cli.interrupts import interruptible
        from vandap.cli.progress import reporting
        from vandap.core.duration import seconds
        from vandap.repair.bench import Plan

        _check(arguments)
        plan = Plan(seconds(arguments.budget), arguments.metric, arguments.workers, arguments.search, arguments.margin)
        with reporting(quiet=arguments.quiet, verbose=arguments.verbose) as progress:
            repair = _script if _is_script(arguments) else _run
            fixed, examined, sources = repair(arguments, plan, interruptible(progress))
        return _outcome(arguments, fixed, examined, sources)


def _is_script(arguments: argparse.Namespace) -> bool:
    return bool(arguments.subject.endswith(_SCRIPTS))


def _script(arguments: argparse.Namespace, plan: Plan, progress: Progress) -> tuple[Fixed, Examined, Sources]:
    from vandap.cli.consent import ask
    from vandap.cli.environment import of_the_user
    from vandap.repair.fix import ScriptRepair

    repair = ScriptRepair(
        script=Path(arguments.subject),
        arguments=tuple(word for word in arguments.rest if word != "--"),
        plan=plan,
        out=None if arguments.out is None else Path(arguments.out),
        command=arguments.line,
        environment=of_the_user(),
        progress=progress,
        consent=lambda text: ask(text, agreed=arguments.yes),
    )
    return *repair.run(), repair.sources


def _run(arguments: argparse.Namespace, plan: Plan, progress: Progress) -> tuple[Fixed, Examined, Sources]:
    from vandap.repair.built.fix import RunRepair

    return *RunRepair(Path(arguments.subject), plan, progress).run(), {}


def _outcome(arguments: argparse.Namespace, fixed: Fixed, examined: Examined, sources: Sources) -> Outcome:
    from vandap.report.exam import write_exam, write_page
    from vandap.report.fixed import fixed_document, fixed_text

    report = write_exam(examined) if _is_script(arguments) else write_page(examined.run)
    text = fixed_text(fixed, examined, report)
    written: tuple[str, ...] = ()
    if arguments.apply and fixed.diff:
        lines, written = _applied(fixed, examined, sources)
        text = f"{text}\n\n{lines}"
    elif fixed.diff and _is_script(arguments):
        text = f"{text}\n\nThe same command with --apply writes this."
    return Outcome(document=fixed_document(fixed, examined, written, report), text=text)


def _check(arguments: argparse.Namespace) -> None:
    given = [f"--{name}" for name in ("apply", "out") if getattr(arguments, name)]
    if given and not _is_script(arguments):
        raise UsageError(
            "This option has no meaning for a run.",
            received=" ".join(given),
            expected="only --budget, --metric, --margin, --search and --workers with a run folder",
            hint="Leave it out: what is tried is stored in the run, with the proved recipe.",
        )
    if arguments.workers is not None and arguments.workers < 1:
        raise UsageError(
            "This is no number of trainings.",
            received=f"--workers {arguments.workers}",
            expected="1 or more",
            hint="Leave it out for one training for each core.",
        )


def _applied(fixed: Fixed, examined: Examined, sources: Sources) -> tuple[str, tuple[str, ...]]:
    """Write the kept changes into the source that was examined; what was written, in words and as paths."""
    from vandap.repair.changes.change import restored
    from vandap.repair.source.project import Project, apply
    from vandap.repair.trial.copy import Folder
    from vandap.repair.write import uncommitted, write

    assert examined.program is not None
    changes = [restored(step.change) for step in fixed.kept]
    project = apply(Project(examined.program, Folder.of(Path(fixed.subject)).root, sources), changes).project
    for path in uncommitted(project.changed):
        print(f"{path} holds changes that are not committed; its backup will hold them.", file=sys.stderr, flush=True)
    written = write(project)
    lines = [f"Wrote {item.path}; as it was: {item.backup}" for item in written]
    return "\n".join(lines), tuple(str(item.path) for item in written)
