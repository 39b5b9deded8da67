"""What a remedy is: one file in `remedies/`, a finding in, changes out."""

from __future__ import annotations

import enum
from abc import ABC
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import ClassVar

from vandap.core.finding import Finding
from vandap.core.program import Layer, Program
from vandap.core.signals import Series
from vandap.repair.changes.change import Change


class Safety(enum.Enum):
    """How far a remedy may be taken without asking."""

    SAFE = "safe"
    """It changes how the training is done; it can be tried by itself and undone."""
    ASK = "ask"
    """It changes what the model is or what it is asked; it is tried, and the user decides."""
    ADVICE = "advice"
    """It needs what no program can bring: other data, other labels, a decision."""


@dataclass(frozen=True)
class Case:
    """What a remedy knows.

    Args:
        finding: The fault.
        program: The structure of the training.
        signals: What was measured, by name.
    """

    finding: Finding
    program: Program
    signals: Mapping[str, Series] = field(default_factory=dict)

    def series(self, name: str) -> Series | None:
        """A signal; None where it was not measured."""
        found = self.signals.get(name)
        return found if isinstance(found, Series) else None

    @property
    def rate(self) -> float | None:
        """The learning rate that the optimiser began with; None for a schedule."""
        value = self.program.compile.settings.get("learning_rate")
        return float(value) if isinstance(value, int | float) else None

    @property
    def output(self) -> Layer | None:
        """The layer that gives the one output; None where there are several."""
        outputs = self.program.outputs
        return self.program.layer(outputs[0]) if len(outputs) == 1 else None

    @property
    def width(self) -> int | None:
        """Numbers that the one output gives for an example, or for a step of it; None where that is not known."""
        return self.output.output_shape[-1] if self.output is not None and self.output.output_shape else None

    @property
    def answering(self) -> tuple[Layer, ...]:
        """The output, and where it has no weights (`Activation("softmax")`) what leads to it, back to one that has."""
        found: list[Layer] = []
        layer = self.output
        while layer is not None:
            found.append(layer)
            before = layer.inputs if not layer.parameters and len(layer.inputs) == 1 else ()
            layer = self.program.layer(before[0]) if before else None
        return tuple(found)

    def hidden(self, *kinds: str) -> tuple[Layer, ...]:
        """Layers with weights of these classes (of all with an activation where none is named), but what answers."""
        answering = {layer.path for layer in self.answering}
        chosen = [
            layer
            for layer in self.program.layers
            if (layer.kind in kinds if kinds else layer.activation is not None and layer.parameters)
            and not layer.is_custom
        ]
        return tuple(layer for layer in chosen if layer.path not in answering)

    @property
    def steps(self) -> int:
        """Optimiser steps of the training."""
        return self.program.fit.planned_steps or self.program.fit.steps


class Remedy(ABC):
    """A fault's answer. The file's name is its slug.

    Attributes:
        words: What to do, as an instruction in the terms of Keras.
        safety: How far it may be taken without asking.
        by_hand: Whether a person can carry it out where it proposes no change, as it is said in words.
    """

    words: ClassVar[str]
    safety: ClassVar[Safety] = Safety.ADVICE
    by_hand: ClassVar[bool] = False

    @property
    def slug(self) -> str:
        """The name by which rules name it."""
        return type(self).__module__.rpartition(".")[2].replace("_", "-")

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Changes that might cure the fault, the likeliest first: one of them is to be made.

        Args:
            case: The fault and what is known of the training.
        """
        return ()
