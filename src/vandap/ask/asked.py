"""What the what-ifs of a run add to its numbered questions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from vandap.ask.question import Table
from vandap.ask.whatif.record import Answered, all_answered
from vandap.core.store import Run

_HEAD = ("what if", "metric", "gain", "low", "high", "seeds", "verdict")


@dataclass(frozen=True)
class Asked:
    """The what-ifs of a run that bear on a question.

    Args:
        text: What they showed, or how to ask.
        tables: Their effects; none where none was asked.
        document: The same by name.
    """

    text: str
    tables: tuple[Table, ...]
    document: tuple[dict[str, Any], ...]


def asked(run: Run, *words: str, starting: str = "\0") -> Asked:
    """Return what the experiments of a run say about a question.

    Args:
        run: The run.
        words: What-ifs that bear on it, such as `no augmentation`, the one to be named first.
        starting: How others begin that bear on it, such as `lr`.
    """
    found = [
        item
        for item in all_answered(run.path)
        if any(part in words or part.startswith(starting) for part in item.question.split(", "))
    ]
    decided = [item for item in found if item.experiment.outcome is not None]
    if not decided:
        subject = run.path if (run.path / "ladder.json").is_file() else "SCRIPT.py"
        return Asked(
            f'What it brings on held-out rows, `vandap ask {subject} "{words[0]}"` tells by experiment.', (), ()
        )
    rows = tuple(_row(item) for item in decided)
    text = " ".join(f"Asked of this training: what if {row[0]}? {row[-1].capitalize()}." for row in rows)
    table = Table("What-ifs of this training; a positive gain is better", _HEAD, rows)
    return Asked(text, (table,), tuple(dict(zip(_HEAD, row, strict=True)) for row in rows))


def _row(item: Answered) -> tuple[Any, ...]:
    outcome = item.experiment.outcome
    assert outcome is not None
    effect = outcome.effect
    ends = (effect.low, effect.high) if effect.has_interval else (None, None)
    return (item.question, item.metric, effect.difference, *ends, effect.seeds, outcome.decision.value)
