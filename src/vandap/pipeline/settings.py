"""Checks of a recipe that need no data, so that a wrong word is said before anything is read."""

from __future__ import annotations

import numpy as np

from vandap.core.dataset import Dataset
from vandap.core.recipe import Recipe
from vandap.core.task import Task
from vandap.errors import UsageError
from vandap.evaluate.catalogue import metric
from vandap.evaluate.headline import choose_headline
from vandap.train.backends import check_backend
from vandap.train.catalogue import learner, learners
from vandap.train.network.backbones import find_weights
from vandap.train.network.plan import check_settings

LEAST_BUDGET = 1.0


def check(recipe: Recipe) -> None:
    """Raise a `UsageError` for a setting that cannot be used."""
    tasks = [task.value for task in Task]
    if recipe.data.task is not None and recipe.data.task not in tasks:
        raise UsageError(
            "There is no such task.",
            received=recipe.data.task,
            expected=", ".join(tasks),
            hint="Leave --task out to detect it.",
        )
    if not recipe.budget >= LEAST_BUDGET:
        raise UsageError(
            "The budget is too small.",
            received=f"{recipe.budget:g} s",
            expected=f"at least {LEAST_BUDGET:g} s",
            hint="Give a duration such as --budget 60s or --budget 10m.",
        )
    check_settings(recipe.network)
    check_backend(recipe.backend)
    find_weights(recipe.weights)
    if recipe.metric is not None:
        metric(recipe.metric)
    for slug in recipe.learners:
        learner(slug)


def check_with_data(recipe: Recipe, dataset: Dataset) -> None:
    """Raise a `UsageError` for a setting that these data cannot have, before anything is written."""
    counts = np.bincount(dataset.target, minlength=len(dataset.classes)) if dataset.classes else np.zeros(0)
    _check_defined(dataset, choose_headline(dataset.task, counts, recipe.metric)[0])
    if recipe.cost is not None and dataset.task is not Task.BINARY:
        raise UsageError(
            "Costs of a false positive and a false negative need two classes.",
            received=f"--cost on a {dataset.task.value} task",
            expected="a binary task",
            hint="Leave --cost out; the confusion matrix shows which classes are mixed up.",
        )
    if recipe.network.get("balance") and not dataset.task.is_classification:
        raise UsageError(
            "Numbers have no classes to balance.",
            received=f"balance=true on a {dataset.task.value} task",
            expected="a task with classes",
            hint="Leave the setting out.",
        )
    for slug in recipe.learners:
        if learner(slug).needs_weights and find_weights(recipe.weights) is None:
            raise UsageError(
                "A learner that was asked for needs pretrained weights.",
                received=f"{slug} without --weights, and no weights in Keras' own folder",
                expected="a .keras model, or a weight file of keras.applications without its top",
                hint="Give --weights PATH, or leave this learner out.",
            )
        if not learner(slug).fits(dataset.kind, dataset.task):
            fitting = [item.slug for item in learners() if item.fits(dataset.kind, dataset.task)]
            raise UsageError(
                "A learner that was asked for does not fit these data.",
                received=f"{slug} for a {dataset.task.value} task on {dataset.kind} data",
                expected=", ".join(fitting),
                hint="Name only learners that fit, or none: then all that fit are tried.",
            )


def _check_defined(dataset: Dataset, slug: str) -> None:
    """Refuse a metric that the rows leave undefined which choose between models: none would be better than another."""
    target = dataset.target[np.concatenate([dataset.split.validation, *dataset.split.folds])]
    reason = metric(slug).undefined(target, target)
    if reason:
        raise UsageError(
            "The metric is not defined on the rows that choose between models.",
            received=f"{slug} of {len(target)} validation rows: {reason}",
            expected="validation rows with more than one answer, or a metric such as "
            + ("accuracy" if dataset.task.is_classification else "rmse"),
            hint="Leave --metric out or name another one, or divide the data otherwise.",
        )
