"""The change of what is trained at all."""

from __future__ import annotations

from dataclasses import dataclass

from vandap.repair.changes.change import Change


@dataclass(frozen=True)
class SimpleLearner(Change):
    """Take the best learner of the ladder that is no network, with the hyper-parameters that it has there."""

    slug = "simple-learner"
    aspect = "learner"

    @property
    def words(self) -> str:
        """The phrase."""
        return "the best simple learner of the ladder in the place of the network"
