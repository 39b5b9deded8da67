"""Values against scikit-learn's, on data with and without ties."""

from __future__ import annotations

import tracemalloc

import numpy as np
import pytest
from made_predictions import classification, regression
from sklearn import metrics as reference

from vandap.evaluate.catalogue import METRICS
from vandap.evaluate.estimate import score
from vandap.evaluate.metric import LABELS


@pytest.mark.parametrize("decimals", [None, 1, 0])
@pytest.mark.parametrize("classes", [2, 3, 7])
@pytest.mark.parametrize(
    ("slug", "function", "settings"),
    [
        ("accuracy", reference.accuracy_score, {}),
        ("balanced_accuracy", reference.balanced_accuracy_score, {}),
        ("macro_f1", reference.f1_score, {"average": "macro"}),
        ("weighted_f1", reference.f1_score, {"average": "weighted"}),
        ("macro_precision", reference.precision_score, {"average": "macro", "zero_division": 0}),
        ("macro_recall", reference.recall_score, {"average": "macro"}),
    ],
)
def test_of_labels(
    slug: str, function: object, settings: dict[str, object], classes: int, decimals: int | None
) -> None:
    """Metrics of the most probable class agree with scikit-learn."""
    target, prediction = classification(200, classes, seed=classes, decimals=decimals)
    expected = function(target, prediction.argmax(axis=1), **settings)  # type: ignore[operator]
    assert score(slug, target, prediction) == pytest.approx(expected)


@pytest.mark.parametrize("decimals", [None, 1, 0])
def test_of_two_classes_probabilities(decimals: int | None) -> None:
    """Areas, log loss and Brier score of two classes agree with scikit-learn."""
    target, prediction = classification(300, 2, decimals=decimals)
    assert score("roc_auc", target, prediction) == pytest.approx(reference.roc_auc_score(target, prediction[:, 1]))
    expected = reference.average_precision_score(target, prediction[:, 1])
    assert score("pr_auc", target, prediction) == pytest.approx(expected)
    assert score("log_loss", target, prediction) == pytest.approx(reference.log_loss(target, prediction))
    assert score("brier", target, prediction) == pytest.approx(reference.brier_score_loss(target, prediction[:, 1]))


@pytest.mark.parametrize("decimals", [None, 1])
def test_of_many_classes_probabilities(decimals: int | None) -> None:
    """Areas are means of one class against the rest; log loss and Brier score run over all classes."""
    target, prediction = classification(300, 5, decimals=decimals)
    expected = reference.roc_auc_score(target, prediction, multi_class="ovr")
    assert score("roc_auc", target, prediction) == pytest.approx(expected)
    each = [reference.average_precision_score(target == code, prediction[:, code]) for code in range(5)]
    assert score("pr_auc", target, prediction) == pytest.approx(np.mean(each))
    assert score("log_loss", target, prediction) == pytest.approx(reference.log_loss(target, prediction))
    assert score("brier", target, prediction) == pytest.approx(
        np.mean(np.sum((prediction - np.eye(5)[target]) ** 2, 1))
    )


def test_of_numbers() -> None:
    """Errors and skill of a regression agree with scikit-learn."""
    target, prediction = regression(200)
    assert score("mae", target, prediction) == pytest.approx(reference.mean_absolute_error(target, prediction))
    assert score("rmse", target, prediction) == pytest.approx(reference.root_mean_squared_error(target, prediction))
    assert score("r2", target, prediction) == pytest.approx(reference.r2_score(target, prediction))
    expected = reference.median_absolute_error(target, prediction)
    assert score("median_absolute_error", target, prediction) == pytest.approx(expected)
    relative = reference.mean_absolute_error(target, prediction) / np.ptp(target)
    assert score("mae_of_range", target, prediction) == pytest.approx(relative)


def test_a_certain_error_costs_a_finite_log_loss() -> None:
    """Probability 0 of the truth is raised to 1e-15: 34.5 nats."""
    assert score("log_loss", np.array([0]), np.array([[0.0, 1.0]])) == pytest.approx(-np.log(1e-15))


def test_an_absent_class_is_left_out_of_averages() -> None:
    """A class without rows adds no zero to macro F1, though calling it costs the true class recall."""
    target = np.array([0, 0, 1, 1])
    prediction = np.eye(3)[[0, 0, 1, 2]]
    assert score("macro_f1", target, prediction) == pytest.approx((1.0 + 2 / 3) / 2)
    assert score("balanced_accuracy", target, prediction) == pytest.approx(0.75)


@pytest.mark.parametrize("slug", [slug for slug, item in METRICS.items() if item.needs == LABELS])
def test_metrics_of_labels_need_no_square_of_the_classes(slug: str) -> None:
    """Twenty thousand classes: a matrix of all pairs would take 3.2 GB, the counts of each class take none."""
    generator = np.random.default_rng(0)
    prediction = np.zeros((50, 20_000), np.float32)
    prediction[np.arange(50), generator.integers(0, 20_000, 50)] = 1.0
    target = np.where(generator.random(50) < 0.5, prediction.argmax(axis=1), generator.integers(0, 20_000, 50))
    tracemalloc.start()
    value, influence = METRICS[slug].value(target, prediction), METRICS[slug].influence(target, prediction)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 0.0 < value < 1.0
    assert abs(influence.mean()) < 1e-9
    assert peak < 50e6
