"""The ladder's learners: every file of `learners/`."""

from __future__ import annotations

import importlib.util
from functools import cache

from vandap.core.family import members
from vandap.errors import UsageError
from vandap.train import learners as package
from vandap.train.learner import Learner


@cache
def learners() -> tuple[Learner, ...]:
    """Return the learners whose packages are installed, simplest first."""
    return tuple(item for item in every_learner() if is_installed(item))


def every_learner() -> tuple[Learner, ...]:
    """Return all learners, installed or not, simplest first."""
    return tuple(sorted(members(package, Learner), key=lambda item: (item.order, item.slug)))  # type: ignore[type-abstract]


def learner(slug: str) -> Learner:
    """Return one learner by its slug, even where its package is missing: its `fit` then names the install command.

    Raises:
        UsageError: There is no such learner.
    """
    for item in every_learner():
        if item.slug == slug:
            return item
    raise UsageError(
        f"There is no learner {slug!r}.",
        received=slug,
        expected=", ".join(item.slug for item in every_learner()),
        hint="Name one of the expected learners, or none: then every learner that suits the data is tried.",
    )


def is_installed(item: Learner) -> bool:
    """Whether the package behind a learner can be imported. An extra has the name of the package that it brings."""
    return item.extra is None or importlib.util.find_spec(item.extra) is not None
