"""The examples as the model received them: classes, batches, columns, parts of the loss."""

from __future__ import annotations

import numpy as np

from vandap.report.charts.records import Bars, Line, LineChart
from vandap.report.evidence.subject import Subject, is_wide
from vandap.report.watched import fact, names

_MOST = 14


def class_counts(subject: Subject) -> Bars | None:
    """Examples of each class: in the training split, else among the watched targets."""
    for signal in ("class_counts", "label_counts"):
        counts = subject.material.signal(signal)
        if counts is not None and counts.ndim == 2 and np.isfinite(counts[0]).any():
            found = names(subject.material, signal, "class")
            kept = np.sort(np.argsort(-counts[0], kind="stable")[:_MOST])
            rest = f" The {len(kept)} most frequent of {len(found)} classes." if len(kept) < len(found) else ""
            return Bars(
                title="Examples of each class",
                description=f"Among the training examples that were seen.{rest}",
                x_label="examples",
                names=tuple(found[place] for place in kept),
                values=counts[0][kept],
            )
    return None


def batch_mix(subject: Subject) -> LineChart | None:
    """Share of the most frequent class, or tenth of the targets, in consecutive batches of the first epoch."""
    counts = subject.material.signal("batch_labels")
    if counts is None or counts.ndim != 2 or len(counts) < 2 or not np.isfinite(counts).all():
        return None
    sizes = counts.sum(axis=1)
    share = np.divide(counts.max(axis=1), sizes, out=np.full(len(sizes), np.nan), where=sizes > 0)
    together = counts.sum(axis=0)
    lines = [Line("in the batch", np.arange(1.0, len(share) + 1), share)]
    if together.sum() > 0:
        usual = np.full(len(share), together.max() / together.sum())
        lines.append(Line("in all of them together", lines[0].x, usual))
    return LineChart(
        title="Most frequent class in each batch",
        description="Share of the most frequent class, or tenth of the targets, in consecutive batches.",
        x_label="batch",
        y_label="share",
        lines=tuple(lines),
        whole_x=True,
    )


def columns(subject: Subject) -> Bars | None:
    """Spread of the columns: the widest and the narrowest."""
    spread = fact(subject.material, "feature_statistics", "deviation")
    found = names(subject.material, "feature_statistics", "feature")
    known = np.flatnonzero(spread > 0) if spread.ndim == 1 else np.zeros(0, int)
    if known.size < 2:
        return None
    order = known[np.argsort(-spread[known], kind="stable")]
    kept = np.concatenate([order[: _MOST // 2], order[_MOST // 2 :][-_MOST // 2 :]])
    return Bars(
        title="Spread of the columns",
        description=f"Standard deviation of the widest and the narrowest of {len(known)} columns that vary.",
        x_label="standard deviation (log scale)" if is_wide(spread[known]) else "standard deviation",
        names=tuple(f"column {found[place]}" for place in kept),
        values=spread[kept],
        log=is_wide(spread[known]),
    )


def loss_parts(subject: Subject) -> Bars | None:
    """The data's and the penalty's part of the loss, before and after the training."""
    parts = {
        "data, first": "data_first",
        "penalty, first": "penalty_first",
        "data, last": "data_last",
        "penalty, last": "penalty_last",
    }
    values = [fact(subject.material, "loss_parts", name) for name in parts.values()]
    if not all(value.size for value in values) or not np.isfinite(values).any():
        return None
    numbers = np.array([float(value) for value in values])
    return Bars(
        title="Parts of the loss",
        description="What the data and what the penalties on weights and activations add.",
        x_label="loss (log scale)" if is_wide(numbers[numbers > 0]) else "loss",
        names=tuple(parts),
        values=numbers,
        log=is_wide(numbers[numbers > 0]),
    )
