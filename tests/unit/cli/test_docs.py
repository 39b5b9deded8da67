"""The generated pages, and the commands that the README shows."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from vandap.cli import docs
from vandap.cli.parser import make_parser

README = Path(__file__).parents[3] / "README.md"


def shown_commands() -> list[str]:
    """Every `vandap` command line in the README's code blocks, without comments and explanations."""
    blocks = re.findall(r"```\w*\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.DOTALL)
    found = [match for block in blocks for match in re.findall(r"\bvandap (?!\()(?:\S+ ?)+", block)]
    return [line.strip() for line in found]


def test_written_pages_are_not_stale(tmp_path: Path) -> None:
    """What was just written agrees with the code; a changed, missing or left-over page does not."""
    docs.write(tmp_path)
    assert docs.stale(tmp_path) == ()
    (tmp_path / "signals.md").write_text("changed")
    (tmp_path / "questions.md").unlink()
    (tmp_path / "rules" / "Z9-gone.md").write_text("left over")
    assert docs.stale(tmp_path) == ("questions.md", "rules/Z9-gone.md", "signals.md")
    docs.write(tmp_path)
    assert docs.stale(tmp_path) == ()


def test_each_family_has_its_rows() -> None:
    """Every question, signal and learner stands on its page."""
    from vandap.ask.registry import entries
    from vandap.core.signals import SIGNALS
    from vandap.train.catalogue import learners

    assert all(f"| {entry.id} |" in docs.questions() for entry in entries())
    assert all(f"| `{name}` |" in docs.signals() for name in SIGNALS)
    assert all(f"| `{item.slug}` |" in docs.learners() for item in learners())


def test_the_readme_shows_commands() -> None:
    """The search below finds what the README shows."""
    assert len(shown_commands()) >= 12


@pytest.mark.parametrize("line", shown_commands())
def test_the_readmes_commands_are_accepted(line: str) -> None:
    """Each command line of the README is one that the parser takes."""
    words = [word for word in shlex.split(line) if word != "#"]
    assert make_parser().parse_args(words[1:]).command == words[1]


def test_the_readme_opens_with_two_commands_that_set_everything_up() -> None:
    """A person who copies either of the first two blocks needs nothing before it."""
    blocks = re.findall(r"```\n(.*?)```", README.read_text(encoding="utf-8"), flags=re.DOTALL)[:2]
    assert all(block.startswith("python3 -m venv .venv && .venv/bin/pip install ") for block in blocks)
    assert "vandap demo" in blocks[0] and "-m pytest" in blocks[1]
