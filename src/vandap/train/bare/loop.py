"""What a timed training loop is: it answers, to be compared with Keras, and it makes steps."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from vandap.train.bare.written import Case


class Loop(ABC):
    """One way to train the network of a case.

    Args:
        case: The network, its weights and its batch.
    """

    def __init__(self, case: Case) -> None:
        self.case = case

    @abstractmethod
    def answers(self) -> np.ndarray:
        """The outputs for the case's batch in inference mode, before any step."""

    @abstractmethod
    def loss(self) -> float:
        """The loss of the case's batch in inference mode, before any step."""

    @abstractmethod
    def run(self, steps: int) -> float:
        """Make optimiser steps on the case's batch, each from the arrays in memory, and wait until they are done.

        Returns:
            The loss of the last step.
        """
