"""Checks of a recipe that need no data, so that a wrong word is said before anything is read."""

from __future__ import annotations

from vandap.core.recipe import Recipe
from vandap.core.task import Task
from vandap.errors import UsageError
from vandap.evaluate.catalogue import metric
from vandap.train.catalogue import learner
from vandap.train.network.backbones import find_weights
from vandap.train.network.plan import SETTINGS

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
    unknown = sorted(set(recipe.network) - SETTINGS)
    if unknown:
        raise UsageError(
            "There is no such network setting.",
            received=", ".join(unknown),
            expected=", ".join(sorted(SETTINGS)),
            hint="Correct the name given to --set.",
        )
    find_weights(recipe.weights)
    if recipe.metric is not None:
        metric(recipe.metric)
    for slug in recipe.learners:
        learner(slug)
