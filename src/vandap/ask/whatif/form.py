"""One form of the what-if language: how it is written, what it means, what theory says of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from vandap.core.finding import Finding, Severity
from vandap.core.program import Layer, Program
from vandap.core.signals import Series
from vandap.repair.changes.change import Change
from vandap.repair.layers import BENDS, is_bent_later
from vandap.repair.remedy import Case

NUMBER = r"((?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)"
CONVOLUTIONS = (
    "Conv1D", "Conv2D", "Conv3D", "Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose", "SeparableConv1D",
    "SeparableConv2D", "DepthwiseConv1D", "DepthwiseConv2D", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D",
)  # fmt: skip
_HIDDEN = ("Dense", "EinsumDense", *CONVOLUTIONS, "LSTM", "GRU", "SimpleRNN", "RNN", "Bidirectional", *BENDS)
_NOTHING = Finding("", "", "", Severity.TIP, "")

Caught: TypeAlias = tuple[str, ...]


class NoMeaningError(Exception):
    """The words are of the language, and mean nothing for this training; the message says why."""


class ValueMeaningError(NoMeaningError):
    """The words name a value that means nothing for any training."""


@dataclass(frozen=True)
class Subject:
    """The training that a what-if is asked of.

    Args:
        program: Its structure.
        signals: What was measured.
        is_plan: Whether the structure is the plan of a network of `vandap train`, which names few of its layers.
    """

    program: Program
    signals: Mapping[str, Series] = field(default_factory=dict)
    is_plan: bool = False

    @property
    def case(self) -> Case:
        """The training as remedies see it."""
        return Case(_NOTHING, self.program, self.signals)

    def hidden(self) -> tuple[Layer, ...]:
        """Where the network bends: hidden layers with weights, or the activation behind them that is a layer itself."""
        found = self.case.hidden(*_HIDDEN)
        return tuple(
            layer for layer in found if layer.activation not in (None, "linear") or not is_bent_later(self.case, layer)
        )

    def lacks(self, told: str) -> NoMeaningError:
        """The error that the training has nothing to change; of a plan it is only known that it has no setting."""
        plan = "The network of a run is trained again by its plan, which has no setting for this; ask a script."
        return NoMeaningError(plan if self.is_plan else told)

    def kinds(self, *kinds: str) -> tuple[str, ...]:
        """Paths of the layers of some classes."""
        return tuple(layer.path for layer in self.program.layers if layer.kind in kinds)


Meaning: TypeAlias = Callable[[Caught, Subject], tuple[Change, ...]]


@dataclass(frozen=True)
class Form:
    """One way to ask.

    Args:
        pattern: How it is written: a regular expression of the whole, in lower case.
        examples: How the page shows it.
        meaning: What it changes, as a clause.
        changes: The changes, from what the pattern's groups caught and the training.
        theory: Name of the entry of theory, from the same.
    """

    pattern: str
    examples: tuple[str, ...]
    meaning: str
    changes: Meaning
    theory: Callable[[Caught, Subject], str]

    @property
    def written(self) -> str:
        """The examples in one line."""
        return "  ".join(self.examples)

    def match(self, text: str) -> Caught | None:
        """What the groups of the pattern caught; None for other words."""
        found = re.fullmatch(self.pattern, text)
        return None if found is None else tuple(group or "" for group in found.groups())
