"""What questions read of a watched training: the same signals as the rules, by layer and over time."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from vandap.ask.question import Answer, Table
from vandap.core.finding import Status, Verdict
from vandap.core.program import Layer, Program
from vandap.core.signals import Series
from vandap.core.store import Run
from vandap.diagnose.watched import items, layer_of, statistic

HOW = (
    "`vandap exam SCRIPT.py --out FOLDER` watches a training from inside (so does `with vandap.watching(FOLDER):` "
    "around one's own fit); then `vandap ask FOLDER"
)


@dataclass(frozen=True)
class Watched:
    """A run as questions about its training read it.

    Args:
        program: The structure; an empty one where the run has none.
        evidence: The signals by name.
    """

    program: Program
    evidence: Mapping[str, Any]

    @classmethod
    def of(cls, run: Run) -> Watched:
        """Read a run."""
        program = run.evidence.get("program")
        return cls(program if isinstance(program, Program) else Program(), run.signals)

    def series(self, name: str) -> Series | None:
        """A signal; None where the run lacks it or it is empty."""
        series = self.evidence.get(name)
        return series if isinstance(series, Series) and series.values.size else None

    @property
    def steps(self) -> list[int]:
        """Optimiser steps done before each probe."""
        series = self.series("probe_step")
        return [] if series is None else [int(step) for step in series.values]

    def over_time(self, name: str, item: str, fact: str) -> np.ndarray:
        """One statistic of one layer or variable in every probe: (probes,); empty where it was not measured."""
        series = self.series(name)
        values, known = statistic(series, fact), items(series)
        return values[:, known.index(item)] if item in known and values.size else np.zeros(0)

    def variables(self, layer: Layer, name: str = "gradients") -> list[str]:
        """The variables of a layer that a signal describes."""
        return [item for item in items(self.series(name)) if layer_of(self.program, item) is layer]

    def layers(self) -> tuple[Layer, ...]:
        """The layers in the order of the network, nested models opened."""
        holders = {layer.parent for layer in self.program.layers}
        return tuple(layer for layer in self.program.layers if layer.path not in holders)


def lacking(run: Run, question: str, what: str) -> Answer:
    """The answer of a question on a run that did not measure what it needs."""
    trained = (run.path / "ladder.json").is_file()
    why = "`vandap train` does not look inside the steps of its network. " if trained else ""
    text = f"This run holds no {what}, so the question has no answer here. {why}{HOW} {question}` answers."
    return Answer(text, document={"lacking": what})


@dataclass(frozen=True)
class Judged:
    """What the exam concluded by some of its rules.

    Args:
        verdicts: Their verdicts; none for a run that was not examined.
    """

    verdicts: tuple[Verdict, ...]

    @property
    def blamed(self) -> str:
        """What was found or is suspected, as sentences."""
        told = [(item, item.finding.message) for item in self.verdicts if item.finding is not None]
        return " ".join(f"{item.code} {item.slug} is {item.status.value}: {message}" for item, message in told)

    @property
    def is_clear(self) -> bool:
        """Whether at least one rule could tell, and none blames anything."""
        return not self.blamed and any(item.status is Status.CLEAR for item in self.verdicts)

    @property
    def tables(self) -> list[Table]:
        """One table of rules and verdicts; none without verdicts."""
        rows = tuple((f"{item.code} {item.slug}", item.status.value) for item in self.verdicts)
        return [Table("What the exam concluded", ("rule", "verdict"), rows)] if rows else []

    @property
    def document(self) -> dict[str, Any]:
        """Verdict and reason by rule."""
        return {
            item.code: {"verdict": item.status, "reason": item.finding.message if item.finding else item.reason}
            for item in self.verdicts
        }


def judged(run: Run, *codes: str) -> Judged:
    """The stored verdicts of these rules, in this order."""
    if not (run.path / "findings.json").is_file():
        return Judged(())
    return Judged(tuple(verdict for code in codes for verdict in run.verdicts if verdict.code == code))


def first_last(values: np.ndarray) -> tuple[float | None, float | None]:
    """The first and the last finite value; None where there is none."""
    finite = values[np.isfinite(values)]
    return (float(finite[0]), float(finite[-1])) if finite.size else (None, None)


def typical(values: np.ndarray) -> float:
    """The median of the finite values; NaN where there is none."""
    finite = values[np.isfinite(values)]
    return float(np.median(finite)) if finite.size else math.nan


def known(value: float) -> float | None:
    """A number for a table: None where it is not known."""
    return float(value) if math.isfinite(value) else None


def line(layer: Layer) -> str:
    """Where the user's program made a layer, such as `train.py:12`; "" where that is not known."""
    if layer.site.file is None or layer.site.line is None:
        return ""
    return f"{layer.site.file.rsplit('/', 1)[-1]}:{layer.site.line}"
