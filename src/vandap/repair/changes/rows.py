"""Changes of the rows that are trained on, and of the model once it is trained: each is a function of `written`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from vandap.repair.changes.change import Change
from vandap.repair.changes.data import BALANCE

_ROWS: Mapping[str, tuple[str, str]] = {
    "oversampled": ("rows of rare classes repeated", BALANCE),
    "undersampled": ("rows of frequent classes left out", BALANCE),
    "interpolated": ("new rows of rare classes between those that are there (SMOTE)", BALANCE),
    "bootstrapped": ("training rows drawn with replacement", "drawn rows"),
    "without_repeats": ("repeated and contradictory training rows left out", "repeated rows"),
    "without_doubtful": ("training rows with doubtful labels left out", "doubtful rows"),
    "mixed": ("mixtures of two training rows (mixup)", "mixtures"),
}
_AFTER: Mapping[str, str] = {
    "moved_threshold": "output bias moved to the best macro F1 on validation rows",
    "averaged": "mean of five networks that differ by chance",
    "balanced": "mean of five networks, each on as many rows of every class as of the rarest (balanced ensemble)",
}


@dataclass(frozen=True)
class Rows(Change):
    """Train on other rows, which a function makes of the training rows.

    Args:
        name: The function in `vandap.repair.written.rows`.
    """

    slug = "rows"
    aspect = "training rows"
    name: str

    @property
    def place(self) -> str:
        """Classes are balanced once."""
        return _ROWS[self.name][1]

    @property
    def words(self) -> str:
        """Such as `rows of rare classes repeated`."""
        return _ROWS[self.name][0]


@dataclass(frozen=True)
class ShuffleSplit(Change):
    """Shuffle the examples before Keras takes the last of them for validation."""

    slug = "shuffle-split"
    aspect = "validation split"

    @property
    def words(self) -> str:
        """What is done."""
        return "examples shuffled before the validation split"


@dataclass(frozen=True)
class AfterFit(Change):
    """Do something with the model once it is trained.

    Args:
        name: The function in `vandap.repair.written.model`.
    """

    slug = "after-fit"
    aspect = "after training"
    name: str

    @property
    def words(self) -> str:
        """Such as `mean of five networks that differ by chance`."""
        return _AFTER[self.name]
