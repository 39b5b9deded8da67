"""The choice of the headline metric."""

from __future__ import annotations

import numpy as np
import pytest

from vandap.core.task import Task
from vandap.errors import UsageError
from vandap.evaluate.headline import choose_headline


@pytest.mark.parametrize(
    ("task", "counts", "slug"),
    [
        (Task.BINARY, [50, 50], "accuracy"),
        (Task.BINARY, [75, 25], "accuracy"),
        (Task.BINARY, [76, 24], "macro_f1"),
        (Task.BINARY, [990, 10], "macro_f1"),
        (Task.MULTICLASS, [100] * 10, "accuracy"),
        (Task.MULTICLASS, [100] * 9 + [20], "macro_f1"),
        (Task.MULTICLASS, [100, 100, 0], "accuracy"),
        (Task.REGRESSION, [], "rmse"),
    ],
)
def test_it_fits_the_task_and_the_balance(task: Task, counts: list[int], slug: str) -> None:
    """Accuracy only where the rarest class has half an equal share; the reason holds the numbers."""
    chosen, why = choose_headline(task, np.array(counts), None)
    assert chosen == slug
    assert why.endswith(".")
    assert "%" in why or task is Task.REGRESSION


def test_the_users_choice_wins() -> None:
    """A requested metric is taken."""
    assert choose_headline(Task.BINARY, np.array([99, 1]), "accuracy")[0] == "accuracy"


@pytest.mark.parametrize(("task", "slug"), [(Task.BINARY, "f_score"), (Task.REGRESSION, "accuracy")])
def test_an_unusable_choice_lists_the_metrics(task: Task, slug: str) -> None:
    """An unknown metric, or one of another task, is refused with the list."""
    with pytest.raises(UsageError, match="rmse"):
        choose_headline(task, np.array([5, 5]), slug)
