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


def groups_of(session: Session, rows: np.ndarray) -> np.ndarray | None:
    """Group numbers of rows, or None when every row is its own group."""
    groups = session.dataset.split.groups
    if groups is None or len(np.unique(groups[rows])) == len(rows):
        return None
    return groups[rows]


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
