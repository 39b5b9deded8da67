"""Numbers with their uncertainty, and comparisons of two of them."""

from __future__ import annotations

import enum
import math
from dataclasses import dataclass

from vandap.core.finding import Threshold

CONFIRM_ROWS = Threshold(200, "goals of the protocol: with fewer confirm rows the default verdict is cannot tell")


@dataclass(frozen=True)
class Estimate:
    """A measured number with its 95 % interval.

    Args:
        name: The metric's slug, such as `macro_f1`.
        value: The point estimate.
        low: Lower end of the 95 % interval; NaN where none can be given.
        high: Upper end of the 95 % interval; NaN where none can be given.
        count: Examples (or groups) behind the estimate.
        method: How the interval was made, such as `wilson` or `bca`; or why there is none.
    """

    name: str
    value: float
    low: float = math.nan
    high: float = math.nan
    count: int = 0
    method: str = ""

    @property
    def has_interval(self) -> bool:
        """Whether both ends of the interval are known."""
        return math.isfinite(self.low) and math.isfinite(self.high)

    def __str__(self) -> str:
        interval = f" [{self.low:.3g}, {self.high:.3g}]" if self.has_interval else ""
        return f"{self.value:.3g}{interval}"


class Decision(enum.Enum):
    """The verdict of a comparison (goals of the protocol: margin, two one-sided tests)."""

    BETTER = "better"
    WORSE = "worse"
    NO_DIFFERENCE = "no difference"
    HARM = "harm"
    CANNOT_TELL = "cannot tell"


@dataclass(frozen=True)
class Comparison:
    """The paired difference between two models on the same examples, oriented so that positive means `a` is better.

    Args:
        metric: The metric's slug.
        a: Name of the first model.
        b: Name of the second model.
        difference: Metric of `a` minus metric of `b`, sign turned for metrics where lower is better.
        low: Lower end of the interval of the difference.
        high: Upper end.
        margin: Differences within the margin do not matter in practice.
        decision: The verdict.
        count: Paired examples (or groups).
        alpha: Two-sided error of the interval.
    """

    metric: str
    a: str
    b: str
    difference: float
    low: float
    high: float
    margin: float
    decision: Decision
    count: int = 0
    alpha: float = 0.05
