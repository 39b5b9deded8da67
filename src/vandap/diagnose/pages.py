"""Writes one documentation page a rule, from the rule itself.

`python -m vandap.diagnose.pages --write docs/rules` writes them; `--check docs/rules` fails when one is stale.
"""

from __future__ import annotations

import argparse
import inspect
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from vandap.core.signals import RECORDS, SIGNALS
from vandap.diagnose.catalogue import rules
from vandap.diagnose.rule import Rule

_ABSENT = """\
## Absent

- D11 `within-seed-noise` (a gain within the noise of seeds) has no rule. A rule judges one training, and one training
  claims no gain: how much another seed would change its score is not among what it records, and a second training of
  the same script on another seed is not what any of the decisive tests makes. Where two trainings are compared, the
  comparison answers it itself, over paired seeds and held-out rows: `vandap fix` keeps no change that is not surely
  better, a what-if says *no difference* or *cannot tell*, and `vandap ask SCRIPT.py "seed only"` measures the noise.
"""


def page(rule: Rule) -> str:
    """Return the rule's page as Markdown."""
    summary, _, sections = inspect.cleandoc(type(rule).__doc__ or "").partition("\n")
    return "\n".join(
        [
            f"# {rule.name}",
            "",
            summary,
            "",
            f"- Family: {rule.family}",
            f"- Loudest finding: {rule.severity.value}",
            f"- Status: {rule.status}",
            f"- Remedies, best first: {_names(rule.remedies)}",
            f"- Explains: {_names(rule.explains)}",
            *([f"- Tells apart: {_names((rule.slug, *rule.faults))}"] if rule.faults else []),
            "",
            sections.strip(),
            "",
            "## Signals",
            "",
            "| signal | needed | meaning |",
            "|---|---|---|",
            *[_signal_row(name, "yes") for name in rule.reads],
            *[_signal_row(name, "if there") for name in rule.optional],
            "",
            "## Thresholds",
            "",
            "| threshold | value | source |",
            "|---|---|---|",
            *[
                f"| {name.replace('_', ' ')} | {item.value:g} | {item.source} |"
                for name, item in rule.thresholds().items()
            ],
            "",
        ]
    )


def index() -> str:
    """Return the table of all rules as Markdown."""
    rows = [
        f"| [{rule.code}]({file_name(rule)}) | {rule.slug} | {rule.severity.value} | {rule.status} | {_summary(rule)} |"
        for rule in rules()
    ]
    head = ["# Rules", "", "| code | name | loudest finding | status | what it is |", "|---|---|---|---|---|"]
    return "\n".join([*head, *rows, "", _ABSENT])


def file_name(rule: Rule) -> str:
    """Return the name of the rule's page."""
    return f"{rule.code}-{rule.slug}.md"


def pages() -> Mapping[str, str]:
    """Every page by file name, the index included."""
    return {"index.md": index(), **{file_name(rule): page(rule) for rule in rules()}}


def write(folder: Path) -> None:
    """Write every page into `folder`, and remove pages of rules that are gone."""
    folder.mkdir(parents=True, exist_ok=True)
    made = pages()
    for left_over in set(folder.glob("*.md")) - {folder / name for name in made}:
        left_over.unlink()
    for name, text in made.items():
        (folder / name).write_text(text, encoding="utf-8")


def stale(folder: Path) -> tuple[str, ...]:
    """Return the names of pages in `folder` that are missing, left over or differ from what the rules say."""
    there = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    made = pages()
    return tuple(sorted(name for name in there.keys() | made.keys() if there.get(name) != made.get(name)))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line: 0 when all is well, 1 when a page is stale."""
    parser = argparse.ArgumentParser(
        prog="python -m vandap.diagnose.pages", description="Writes or checks the page of every rule."
    )
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--write", metavar="FOLDER", type=Path)
    action.add_argument("--check", metavar="FOLDER", type=Path)
    chosen = parser.parse_args(arguments)
    if chosen.write is not None:
        write(chosen.write)
        return 0
    names = stale(chosen.check)
    if names:
        print(f"Stale pages: {', '.join(names)}. Run with --write {chosen.check}.", file=sys.stderr)
    return 1 if names else 0


def _summary(rule: Rule) -> str:
    return inspect.cleandoc(type(rule).__doc__ or "").splitlines()[0]


def _names(slugs: tuple[str, ...]) -> str:
    return ", ".join(slugs) or "nothing"


def _signal_row(name: str, needed: str) -> str:
    return f"| {name} | {needed} | {SIGNALS[name].meaning if name in SIGNALS else RECORDS[name]} |"


if __name__ == "__main__":
    sys.exit(main())
