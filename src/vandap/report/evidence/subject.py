"""What a plot of evidence is given: the run, the finding, and the thresholds to draw."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from vandap.core.finding import Finding
from vandap.report import format as written
from vandap.report.charts.records import Level
from vandap.report.material import Material


@dataclass(frozen=True, eq=False)
class Subject:
    """One finding of one run.

    Args:
        material: The run.
        finding: The finding.
        thresholds: Names of the rule's thresholds that are on the plot's axis, with what to call them.
    """

    material: Material
    finding: Finding
    thresholds: Mapping[str, str] = field(default_factory=dict)

    @property
    def levels(self) -> tuple[Level, ...]:
        """The thresholds as lines."""
        known = self.finding.thresholds
        return tuple(
            Level(known[name].value, f"{title} {written.number(known[name].value)}")
            for name, title in self.thresholds.items()
            if name in known
        )

    def cited(self, name: str, title: str) -> tuple[Level, ...]:
        """A number that the finding cites, as a line; nothing where it does not."""
        value = self.finding.evidence.get(name, math.nan)
        return (Level(value, f"{title} {written.number(value)}"),) if math.isfinite(value) else ()

    @property
    def layer(self) -> str:
        """Path of the layer that the finding points at, or empty."""
        return self.finding.where.layer or ""


def is_wide(values: np.ndarray) -> bool:
    """Whether positive values span so much that only a logarithmic axis shows them all."""
    known = values[np.isfinite(values)]
    return bool(known.size and known.min() > 0 and known.max() / known.min() > 30)
