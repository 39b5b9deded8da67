"""The model card."""

from __future__ import annotations

import itertools
from collections.abc import Mapping

import pytest

from vandap.core.store import Run
from vandap.report.card import card, markdown, write_card
from vandap.report.material import gather


@pytest.mark.parametrize("name", ["images", "many", "table", "regression", "failed", "bare"])
def test_tables_are_whole(name: str, runs: Mapping[str, Run]) -> None:
    """Every row of a table has as many cells as its head, and no blank line cuts it."""
    lines = card(gather(runs[name])).splitlines()
    for above, below in itertools.pairwise(lines):
        if above.startswith("|") and below.startswith("|"):
            assert above.replace("\\|", "").count("|") == below.replace("\\|", "").count("|")
    heads = [place for place, line in enumerate(lines) if line.startswith("|---")]
    assert all(lines[place - 1].startswith("|") and lines[place + 1].startswith("|") for place in heads)


def test_says_what_a_person_must_fill_in(runs: Mapping[str, Run]) -> None:
    """The intended use is no number of the run; the card asks for it and does not invent it."""
    assert "To be filled in by a person" in card(gather(runs["images"]))


def test_limits_come_from_the_findings(runs: Mapping[str, Run]) -> None:
    """What the exam found stands among the limits."""
    limits = card(gather(runs["images"])).split("## Limits")[1].split("##")[0]
    assert "**Class imbalance** (A8, issue)" in limits
    assert "&lt;bird&gt;" in limits


def test_unexamined_runs_say_so(runs: Mapping[str, Run]) -> None:
    """No exam is not the same as nothing found."""
    assert "has not been examined" in card(gather(runs["bare"]))


def test_markdown_shows_text_as_it_is() -> None:
    """Names from the data make no tables, links or HTML."""
    assert markdown("a|b <i> [x](y)\n# c") == r"a\|b &lt;i&gt; [x]\(y) # c"


def test_write_card(tmp_path_factory: pytest.TempPathFactory, runs: Mapping[str, Run]) -> None:
    """The card is a file of the run."""
    path = write_card(runs["table"])
    assert path == runs["table"].path / "card.md"
    assert path.read_text(encoding="utf-8").startswith("# Model card: animals\n")
