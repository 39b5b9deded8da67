"""How rules read at which rank of a model's answers the labels of held-out examples stand."""

from __future__ import annotations

import math
from dataclasses import dataclass

from vandap.core.signals import Series
from vandap.diagnose.reading import number

ARMS = ("all", "half", "surest", "rest")

TOLD = 0.7
"""Share of the answers, beyond the most frequent one, that one column tells, alone or beside one of few values."""


@dataclass(frozen=True)
class Ranks:
    """One group of rows; the fields are the facts of the signal `test_label_ranks`."""

    examples: float
    classes: float
    agreement: float
    agreement_low: float
    second: float
    floor: float
    noise: float
    noise_low: float
    contradicted_low: float
    majority: float
    told: float

    @property
    def is_known(self) -> bool:
        """Whether the group was measured."""
        return math.isfinite(self.agreement) and math.isfinite(self.noise)

    @property
    def steepness(self) -> float:
        """Share at the second rank over the mean share of a rank in the lower half: 1 where ranks are flat."""
        return self.second / self.floor if self.floor > 0 else math.inf

    @property
    def lift(self) -> float:
        """How far the agreement surely is from always answering the most frequent class (0) to all labels (1)."""
        return (self.agreement_low - self.majority) / (1 - self.majority) if self.majority < 1 else math.nan

    @property
    def is_told(self) -> bool:
        """Whether a column or two tell the answers, so that these have few degrees of sureness."""
        return not self.told <= TOLD

    def right(self, noise: float) -> float:
        """Share of right labels that the model answers, if this share of labels is by chance."""
        return (self.agreement - noise / self.classes) / (1 - noise) if noise < 1 else math.nan


def groups(test: Series) -> tuple[Ranks, Ranks, Ranks, Ranks]:
    """Return the ranks of all rows, of the half and of the eighth that the model is surest of, of the other half."""
    everything, half, surest, rest = (
        Ranks(*(number(test, arm, fact) for fact in Ranks.__dataclass_fields__)) for arm in ARMS
    )
    return everything, half, surest, rest


def evenness(half: Ranks, rest: Ranks) -> tuple[float, float]:
    """How much of what the model knows of the surer half it knows of the other; 1 where its sureness tells nothing.

    Both are counted from the share of the most frequent class. A quarter is left where a task is weakly told and the
    logits are normal; all of it where labels are wrong at a constant rate and the rest is known.

    Returns:
        (the share, the share with the lower end of the other half's agreement).
    """
    known = half.agreement - half.majority
    if not known > 0:
        return 0.0, 0.0
    return (rest.agreement - rest.majority) / known, (rest.agreement_low - rest.majority) / known
