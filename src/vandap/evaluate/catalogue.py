"""Every metric, by slug."""

from __future__ import annotations

from collections.abc import Mapping

from vandap.core.family import members
from vandap.errors import UsageError
from vandap.evaluate import metrics
from vandap.evaluate.metric import Metric

METRICS: Mapping[str, Metric] = {metric.slug: metric for metric in members(metrics, Metric)}  # type: ignore[type-abstract]


def metric(slug: str) -> Metric:
    """Return a metric by its slug.

    Raises:
        UsageError: There is no such metric.
    """
    if slug not in METRICS:
        raise UsageError(
            "There is no such metric.",
            received=slug,
            expected="one of " + ", ".join(sorted(METRICS)),
            hint="Give one of these names, or none: then the metric is chosen by the task and the class balance.",
        )
    return METRICS[slug]
