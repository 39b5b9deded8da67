"""What is to be predicted."""

from __future__ import annotations

import enum


class Task(enum.Enum):
    """The kind of target. Predictions have one fixed form for each, everywhere in vandap.

    Attributes:
        BINARY: Two classes. Predictions are probabilities of shape `(examples, 2)`.
        MULTICLASS: Three or more classes. Predictions are probabilities of shape `(examples, classes)`.
        REGRESSION: A number. Predictions have shape `(examples,)`, in the target's unit.
    """

    BINARY = "binary"
    MULTICLASS = "multiclass"
    REGRESSION = "regression"

    @property
    def is_classification(self) -> bool:
        """Whether the target is a class."""
        return self is not Task.REGRESSION
