"""Settings that the data cannot have."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from made_contents import contents, dataset, table

from vandap.core.recipe import DataSpec, Recipe
from vandap.errors import UsageError
from vandap.pipeline.settings import check_with_data

SPEC = DataSpec("memory")
PARTS = np.repeat(np.array(["train", "validation", "test"]), [60, 20, 20])
ONE_ANSWER = np.where(PARTS == "validation", 1, np.arange(100) % 2)


@pytest.mark.parametrize(
    ("metric", "target"), [("roc_auc", ONE_ANSWER), ("pr_auc", ONE_ANSWER), ("r2", ONE_ANSWER + 0.5)]
)
def test_a_metric_that_chooses_nothing_is_refused(metric: str, target: np.ndarray) -> None:
    """Of a validation part with one answer ROC AUC is no number, and every rung would be as good as the dummy."""
    data = dataset(contents(table(100), target, parts=PARTS), SPEC)
    with pytest.raises(UsageError, match=f"{metric} of 20 validation rows"):
        check_with_data(Recipe(SPEC, metric=metric), data)
    check_with_data(Recipe(SPEC), data)


def test_folds_are_judged_together() -> None:
    """Every row of the folds is predicted, so that a fold of one class takes no metric away."""
    data = dataset(contents(table(100), np.arange(100) % 2), DataSpec("memory", folds=5))
    check_with_data(Recipe(SPEC, metric="roc_auc"), data)


def test_a_learner_without_its_weights_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before a run folder is made; the message says how to give them."""
    monkeypatch.setenv("KERAS_HOME", str(tmp_path))
    data = dataset(contents(table(100), np.arange(100) % 2, parts=PARTS), SPEC)
    with pytest.raises(UsageError, match="--weights PATH"):
        check_with_data(Recipe(SPEC, learners=("image-transfer",)), data)
