"""`vandap exam`: what is wrong with a training, from a script, a stored run or a saved model."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from vandap.cli.command import FAILED, INTERRUPTED, Command, Outcome, add_fail_on, exit_code
from vandap.cli.meaning import refuse
from vandap.errors import UsageError

if TYPE_CHECKING:
    from vandap.core.examined import Examined

SCRIPTS = (".py", ".pyw")
MODELS = (".keras", ".h5", ".hdf5")
_WITH_VALUE = ("--mute", "--fail-on", "--budget", "--timeout", "--out", "--data", "--target")


class Exam(Command):
    """Examine a script, a run folder or a saved model."""

    name = "exam"
    help = "examine a training: what is wrong with it, where, and the numbers that show it"
    description = (
        "Run an unchanged Keras training script under watch and say what is wrong with it; what follows the script "
        "are its own arguments, so options of vandap stand before it. Or judge a stored run by every rule, without "
        "data and without Keras; or a saved model with data. Exits with 1 when there is a finding of the --fail-on "
        "severity, and with 3 when the script fails, so that it can guard a pipeline."
    )
    example = "vandap train bundled:wine --budget 30s --out runs/wine && vandap exam runs/wine"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument(
            "subject", metavar="SCRIPT.py|RUN|MODEL", help="a Keras script, a run folder, or a saved .keras model"
        )
        parser.add_argument(
            "--mute", action="append", default=[], metavar="RULE", help="leave out a rule by code or slug (repeatable)"
        )
        parser.add_argument(
            "--budget",
            metavar="TIME",
            help="time for experiments that settle suspicions, such as 2m; 0 for none (default: at most the script's "
            "own time)",
        )
        parser.add_argument("--timeout", metavar="TIME", help="stop the script after this time and judge what it did")
        parser.add_argument(
            "--before-training",
            action="store_true",
            help="end the script at its first fit, and judge structure and data alone",
        )
        parser.add_argument("--out", metavar="DIR", help="where to write the run (default: a new folder in runs/)")
        parser.add_argument("--data", metavar="DATA", help="for a model: the data to judge it on")
        parser.add_argument("--target", metavar="COLUMN", help="for a model: the column that it predicts")
        add_fail_on(parser, default="issue")

    def own_words(self, words: Sequence[str]) -> int:
        """Everything after a script is the script's."""
        for place in range(1, len(words)):
            if _is_script(words[place]) and words[place - 1] not in _WITH_VALUE:
                return place + 1
        return len(words)

    def runs_a_program(self, words: Sequence[str]) -> bool:
        """A script prints what it prints."""
        return _is_script(words[-1])

    def run(self, arguments: argparse.Namespace) -> Outcome:
        """Examine."""
        subject = Path(arguments.subject)
        if _is_script(arguments.subject):
            refuse(arguments, "a script", ("data", "target"))
            examined = _script(arguments)
        elif subject.suffix in MODELS:
            refuse(arguments, "a saved model", ("budget", "before_training"))
            examined = _model(arguments)
        else:
            examined = _stored(subject, arguments)
        return _outcome(examined, arguments)


def _is_script(word: str) -> bool:
    return word.endswith(SCRIPTS) and not word.startswith("-")


def _script(arguments: argparse.Namespace) -> Examined:
    from vandap.cli.environment import of_the_user
    from vandap.exam.script import examine_script

    return examine_script(
        arguments.subject,
        arguments.rest,
        out=None if arguments.out is None else Path(arguments.out),
        command=arguments.line,
        budget=_seconds(arguments.budget),
        timeout=_seconds(arguments.timeout) or None,
        muted=tuple(arguments.mute),
        verbose=arguments.verbose or arguments.debug,
        quiet=arguments.quiet,
        before_training=arguments.before_training,
        stdout=2 if arguments.json else None,
        environment=of_the_user(),
    )


def _model(arguments: argparse.Namespace) -> Examined:
    from vandap.exam.model import examine_model

    if arguments.data is None:
        raise UsageError(
            "A saved model is examined on data.",
            received=f"{arguments.subject} without data",
            expected="--data with examples that the model was made for",
            hint=f"vandap exam {arguments.subject} --data DATA --target COLUMN",
        )
    return examine_model(
        Path(arguments.subject),
        arguments.data,
        target=arguments.target,
        out=None if arguments.out is None else Path(arguments.out),
        command=arguments.line,
        muted=tuple(arguments.mute),
        timeout=_seconds(arguments.timeout) or None,
    )


def _stored(subject: Path, arguments: argparse.Namespace) -> Examined:
    from vandap.core.examined import read_examined
    from vandap.core.store import Run
    from vandap.exam import examine

    run = Run(subject)
    refuse(arguments, "a stored run", ("budget", "timeout", "before_training", "out", "data", "target"))
    return read_examined(subject, verdicts=examine(run, muted=tuple(arguments.mute)))


def _outcome(examined: Examined, arguments: argparse.Namespace) -> Outcome:
    from vandap.report.exam import document, write_exam
    from vandap.report.examined import examined_text

    code = exit_code((finding.severity.value for finding in examined.findings), arguments.fail_on)
    if examined.status == "interrupted" and _is_script(arguments.subject):
        code = INTERRUPTED
    elif examined.failed and _is_script(arguments.subject):
        code = FAILED
    report = write_exam(examined)
    text = examined_text(examined, every_verdict=arguments.verbose, report=report)
    return Outcome(code, document(examined, report), text)


def _seconds(duration: str | None) -> float | None:
    from vandap.core.duration import seconds

    if duration is None:
        return None
    return 0.0 if duration.strip() in {"0", "0s"} else seconds(duration)
