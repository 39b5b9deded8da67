"""How rungs are judged: the headline metric, groups, and paired comparisons on stored predictions."""

from __future__ import annotations

import numpy as np

from vandap.core.estimate import Comparison
from vandap.core.rows import count_codes
from vandap.core.store import Run
from vandap.evaluate.compare import compare
from vandap.evaluate.headline import choose_headline
from vandap.pipeline.session import Session


def headline(session: Session) -> tuple[str, str]:
    """The headline metric and why it was chosen, from the training part alone."""
    dataset = session.dataset
    counts = count_codes(dataset.target, len(dataset.classes), dataset.split.train) if dataset.classes else np.zeros(0)
    return choose_headline(session.dataset.task, counts, session.recipe.metric)


FEW_COPIES = 0.05
"""Copies that add less than this share to the variance of a mean, even if all of a set err alike, leave rows the units:
their intervals hold class counts fixed, which those of groups cannot."""


def groups_of(session: Session, rows: np.ndarray) -> np.ndarray | None:
    """What the rows belong to, groups or sets of copies; None when every row, or nearly every, stands for itself."""
    split = session.dataset.split
    if split.together is None:
        return None
    together = split.together[rows]
    sizes = np.unique(together, return_counts=True)[1]
    added = float(np.sum(sizes.astype(float) ** 2)) / max(1, len(rows)) - 1.0
    return together if added > (FEW_COPIES if split.groups is None else 0.0) else None


def compared(session: Session, metric: str, a: str, b: str, part: str) -> Comparison:
    """Compare two rungs on their stored predictions of one part."""
    run = Run(session.path)
    first, other = run.predictions(a, part), run.predictions(b, part)["prediction"]
    folds = len(session.dataset.split.folds) if part == "validation" else 0
    return compare(
        metric,
        first["target"],
        first["prediction"],
        other,
        a=a,
        b=b,
        groups=groups_of(session, first["rows"]),
        folds=folds or None,
    )
