"""What several questions need of a run's network: its records, or a plain word that there is none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vandap.ask.account import Line, account
from vandap.ask.question import Answer, Table
from vandap.core.store import Run

MAIN_LINE = "This run trained no network, so the question has no answer here."


def without_network(run: Run) -> Answer:
    """The answer of a question about the network on a run that has none."""
    ladder = run.ladder
    reasons = [f"{rung.title}: {rung.reason}" for rung in ladder.rungs if not rung.simple and rung.reason]
    why = f" ({'; '.join(reasons)})" if reasons else ""
    return Answer(
        f"{MAIN_LINE}{why} The recommended model is {ladder.recommended}. "
        "Train with more --budget, or with a network among --learners, and ask again.",
        document={"network": None, "recommended": ladder.recommended},
    )


def lines(program: Mapping[str, Any]) -> tuple[Line, ...]:
    """The network's layers with their shapes and parameters."""
    return account(program["layers"], doubled=False).lines


def shape(value: tuple[int, ...] | None) -> str:
    """A shape as text, without the batch axis."""
    return "unknown" if value is None else " x ".join(str(axis) for axis in value) or "one number"


def layer_table(program: Mapping[str, Any], title: str = "The layers") -> Table:
    """Every layer with what it reads, what it gives and what it learns."""
    rows = tuple(
        (line.name, line.kind, ", ".join(line.inputs) or "the data", shape(line.shape), line.parameters)
        for line in lines(program)
    )
    return Table(title, ("layer", "class", "reads", "output of one example", "parameters"), rows)
