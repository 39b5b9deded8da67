"""How metrics are named and read."""

from __future__ import annotations

from vandap.evaluate.catalogue import METRICS
from vandap.report.format import sentence, words


def title(slug: str) -> str:
    """What to call a metric: `Macro F1`."""
    metric = METRICS.get(slug)
    return metric.title if metric else sentence(words(slug))


def higher_is_better(slug: str) -> bool:
    """Whether a larger value is a better model."""
    metric = METRICS.get(slug)
    return metric.higher_is_better if metric else True


def direction(slug: str) -> str:
    """The direction in words."""
    return "higher is better" if higher_is_better(slug) else "lower is better"
