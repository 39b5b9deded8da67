"""How metrics are named and read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vandap.report.format import sentence, words

if TYPE_CHECKING:
    from vandap.evaluate.metric import Metric


def title(slug: str) -> str:
    """What to call a metric: `Macro F1`."""
    metric = _metric(slug)
    return metric.title if metric else sentence(words(slug))


def higher_is_better(slug: str) -> bool:
    """Whether a larger value is a better model."""
    metric = _metric(slug)
    return metric.higher_is_better if metric else True


def direction(slug: str) -> str:
    """The direction in words."""
    return "higher is better" if higher_is_better(slug) else "lower is better"


def _metric(slug: str) -> Metric | None:
    from vandap.evaluate.catalogue import METRICS  # a second of imports, of which the page of an exam needs none

    return METRICS.get(slug)
