"""The generated pages of `docs/`, each made from the code it describes.

`python -m vandap.cli.docs --write` writes them below `docs/`; `--check` fails when one is missing, left over or stale.
"""

from __future__ import annotations

import argparse
import inspect
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

FOLDER = Path("docs")
_NOTE = "<!-- Made by `python -m vandap.cli.docs --write`; edit the code it describes instead. -->"


def pages() -> Mapping[str, str]:
    """Every generated page by its path below `docs/`."""
    from vandap.diagnose.pages import pages as rule_pages

    made = {name: make() for name, make in _PAGES.items()}
    return {**made, **{f"rules/{name}": text for name, text in rule_pages().items()}}


def command_line() -> str:
    """The page of every command's `--help`."""
    from vandap.cli.parser import all_commands, make_parser

    os.environ["COLUMNS"] = "100"
    parser = make_parser()
    (below,) = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    parts = ["# Command line", _fenced(parser.format_help())]
    for command in all_commands():
        own = below.choices[command.name]
        parts += [f"## vandap {command.name}", _fenced(own.format_help())]
        for inner in (action for action in own._actions if isinstance(action, argparse._SubParsersAction)):
            for name, part in inner.choices.items():
                parts += [f"### vandap {command.name} {name}", _fenced(part.format_help())]
    return _page(*parts)


def search_engines() -> str:
    """The page of the search engines."""
    from vandap.search.families import engines as family

    rows = [
        (f"`{item.slug}`", item.title, f"`{item.extra}`" if item.package else "", _first_line(item))
        for item in family()
    ]
    return _page(
        "# Search engines",
        "What `vandap index build` races on a sample of your vectors; `--engine` names one. Every engine only proposes "
        "rows: their exact cosines come from the index's own rows (`--rows`). An extra is installed with "
        "`pip install 'vandap[EXTRA]'`.",
        _table(("engine", "name", "extra", "what it is"), rows),
    )


def face_detectors() -> str:
    """The page of the face detectors."""
    from vandap.faces.family import detectors as family

    rows = [(f"`{item.slug}`", item.title, f"`{item.extra}`", _first_line(item)) for item in family()]
    return _page(
        "# Face detectors",
        "What `vandap index build --faces` may cut photos with; see [Faces](faces.md). Each comes with a package that "
        "holds its model: nothing is downloaded. An extra is installed with `pip install 'vandap[EXTRA]'`.",
        _table(("detector", "name", "extra", "what it is"), rows),
    )


def signals() -> str:
    """The page of the signals catalogue."""
    from vandap.core.signals import SIGNALS

    rows = [
        (
            f"`{item.name}`",
            ", ".join(item.dimensions) or "one number",
            item.unit,
            item.rate,
            f"`{item.writer}`",
            item.meaning,
        )
        for item in SIGNALS.values()
    ]
    return _page(
        "# Signals",
        "Everything that a run measures for rules and reports: one `signals/<name>.npz` each, with the arrays `values` "
        "and `labels` (names along each dimension, as JSON).",
        _table(("signal", "dimensions", "unit", "rate", "written by", "meaning"), rows),
    )


def questions() -> str:
    """The page of the numbered questions."""
    from vandap.ask.registry import entries

    rows = [(item.id, item.question, item.how, f"`{item.command}`", item.status.value) for item in entries()]
    answered = sum(item.status.value != "not yet" for item in entries())
    return _page(
        "# Questions",
        f"What can be asked of a run, and how it is answered on the user's own model and data. {answered} of "
        f"{len(rows)} are answered in this version, wholly or partly; the others say `not yet`, with the command that "
        "is planned.",
        _table(("id", "question", "how it is answered", "command", "status"), rows),
    )


def what_ifs() -> str:
    """The page of the what-if language."""
    from vandap.ask.whatif.language import FORMS
    from vandap.ask.whatif.theory import THEORY

    forms = [("<br>".join(f"`{example}`" for example in form.examples), form.meaning) for form in FORMS]
    theory = [(name, entry.prediction, entry.short, entry.source) for name, entry in sorted(THEORY.items())]
    return _page(
        "# What-ifs",
        '`vandap ask SCRIPT.py "lr*10"` answers a change in words: what theory predicts, a controlled experiment on '
        "copies of the script's folder (paired seeds, rows that the training never saw, planned looks), and what "
        "happened inside of the network in watched trainings of both arms. The script itself is not changed.",
        "A what-if is one of these forms, or several joined by commas, which are then tried together: each changes "
        "something of its own, and `decay` begins at the rate and lasts the steps that the others leave. `*` and `/` "
        "multiply and divide what the training has, `=` sets it. Capitals, and white space around signs, do not "
        "matter. Each change is the smallest edit of the source; where the source cannot be given it, the line is "
        "named and the change is not tried.",
        'Of a run of `vandap train`, `vandap ask RUN "lr*10"` trains its network again: the change is another setting '
        "of the network's plan, and what the plan has no setting for is refused.",
        _table(("written", "what it changes"), forms),
        "`seed only` compares the training with itself on other seeds: what it shows is the noise that every other "
        "comparison has to beat.",
        "## What theory predicts",
        _table(("change", "prediction", "in short", "source"), theory),
    )


def remedies() -> str:
    """The page of the remedies."""
    from vandap.diagnose.catalogue import rules
    from vandap.diagnose.pages import file_name
    from vandap.repair.catalogue import catalogue

    def of(slug: str) -> str:
        named = [rule for rule in rules() if slug in rule.remedies]
        return ", ".join(f"[{rule.code}](rules/{file_name(rule)})" for rule in named)

    rows = [(f"`{item.slug}`", item.words, item.safety.value, of(item.slug)) for item in catalogue().values()]
    return _page(
        "# Remedies",
        "What the findings of an exam name as cures. `vandap fix` makes the changes of those that are *safe* (how the "
        "training is done) or *ask* (what the model is: look at it before you take it), trains with them, and keeps "
        "what held-out rows prove. *Advice* needs what no program can bring.",
        _table(("slug", "what to do", "safety", "named by"), rows),
        "## Changes",
        "What these remedies and the what-ifs of `vandap ask` are made of. A script is edited where its text says what "
        "is changed; the network of a run of `vandap train` has a plan with settings instead, so that fewer changes "
        "reach it. What does not reach a training is told as advice, or refused.",
        _table(("change", "what it does", "in a script", "in a run"), _changes()),
    )


def _changes() -> list[tuple[str, str, str, str]]:
    """Every kind of change, and where it can be made."""
    from vandap.repair.built.settings import reach
    from vandap.repair.changes.change import kinds
    from vandap.repair.changes.learner import SimpleLearner
    from vandap.repair.source.edits import edited

    in_run: Mapping[type, str] = {**reach(), SimpleLearner: ""}
    return [
        (
            f"`{slug}`",
            (inspect.getdoc(kind) or "").splitlines()[0].rstrip("."),
            "yes" if kind in edited() else "no",
            (in_run[kind] or "yes") if kind in in_run else "no",
        )
        for slug, kind in sorted(kinds().items())
    ]


def learners() -> str:
    """The page of the learners."""
    from vandap.core.dataset import ARRAY, IMAGES, TABLE
    from vandap.core.task import Task
    from vandap.train.catalogue import learners as family

    def reads(fits: Callable[[str, Task], bool]) -> str:
        return ", ".join(kind for kind in (IMAGES, TABLE, ARRAY) if any(fits(kind, task) for task in Task))

    def tasks(fits: Callable[[str, Task], bool]) -> str:
        return ", ".join(task.value for task in Task if any(fits(kind, task) for kind in (IMAGES, TABLE, ARRAY)))

    rows = [
        (f"`{item.slug}`", item.title, reads(item.fits), tasks(item.fits), f"`{item.extra}`" if item.extra else "")
        for item in family()
    ]
    return _page(
        "# Learners",
        "The rungs of the ladder, in the order in which they are fitted; ties go to the earlier one. Choose some with "
        "`--learners`. An extra is installed with `pip install 'vandap[EXTRA]'`.",
        _table(("slug", "name", "reads", "tasks", "extra"), rows),
    )


def readers() -> str:
    """The page of the readers."""
    from vandap.core.family import members
    from vandap.data import readers as family
    from vandap.data.readers._reader import Reader

    found = sorted(members(family, Reader), key=lambda reader: (reader.order, reader.slug))  # type: ignore[type-abstract]
    rows = [(f"`{item.slug}`", item.title, _first_line(item)) for item in found]
    return _page(
        "# Readers",
        "What `vandap train DATA` can read. The first reader that recognises DATA is taken; `--kind` names another.",
        _table(("kind", "name", "what it reads"), rows),
    )


def stale(folder: Path) -> tuple[str, ...]:
    """The pages that are missing from a folder, left over in its `rules/`, or differ from the code."""
    made = pages()
    there = {str(path.relative_to(folder)) for path in folder.glob("rules/*.md")}
    wrong = {name for name, text in made.items() if not _same(folder / name, text)}
    return tuple(sorted(wrong | (there - set(made))))


def write(folder: Path) -> None:
    """Write every page, and remove the pages of rules that are gone."""
    made = pages()
    for left_over in folder.glob("rules/*.md"):
        if str(left_over.relative_to(folder)) not in made:
            left_over.unlink()
    for name, text in made.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Write or check; 1 when a page is stale."""
    parser = argparse.ArgumentParser(
        prog="python -m vandap.cli.docs", description="Write or check the generated pages."
    )
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--write", action="store_true", help="write the pages")
    action.add_argument("--check", action="store_true", help="fail when a page differs from the code")
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where the pages are (default: docs)")
    chosen = parser.parse_args(arguments)
    if chosen.write:
        write(chosen.folder)
        return 0
    wrong = stale(chosen.folder)
    if wrong:
        print(f"Stale pages: {', '.join(wrong)}. Run: python -m vandap.cli.docs --write", file=sys.stderr)
    return 1 if wrong else 0


def _first_line(item: object) -> str:
    return (type(item).__doc__ or "").strip().splitlines()[0]


def _same(path: Path, text: str) -> bool:
    return path.is_file() and path.read_text(encoding="utf-8") == text


def _page(*parts: str) -> str:
    return "\n\n".join((_NOTE, *parts)) + "\n"


def _fenced(text: str) -> str:
    lines = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return f"```\n{lines}\n```"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    cells = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    lines = [head, ["---"] * len(head), *cells]
    return "\n".join("| " + " | ".join(row) + " |" for row in lines)


_PAGES: Mapping[str, Callable[[], str]] = {
    "command-line.md": command_line,
    "signals.md": signals,
    "questions.md": questions,
    "what-ifs.md": what_ifs,
    "remedies.md": remedies,
    "learners.md": learners,
    "readers.md": readers,
    "search-engines.md": search_engines,
    "face-detectors.md": face_detectors,
}


if __name__ == "__main__":
    sys.exit(main())
