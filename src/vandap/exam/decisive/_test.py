"""What a decisive test is: one class, in one file, that answers one question by an experiment."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from typing import Any, ClassVar

from vandap.core.signals import SIGNALS, Series
from vandap.watch.kept import Kept

FEWEST_EXAMPLES = 64
"""Different training examples below which none are held out."""


class NotPossibleError(Exception):
    """The test cannot be made on this training; the message says why, as one sentence."""


class TooShortError(NotPossibleError):
    """The test needs more time than it was given.

    Args:
        reason: Why, as one sentence.
        needs: Seconds that would have sufficed, as far as known.
    """

    def __init__(self, reason: str, needs: float = math.inf) -> None:
        super().__init__(reason)
        self.needs = needs


class DecisiveTest(ABC):
    """One experiment on what a watched training left.

    A member is one module named after its slug; it writes the signal `test_<slug>`.

    Attributes:
        cost: Expected time, in short trainings; the budget is divided by it, and cheaper tests run first.
        needs: What must be there beside what all tests need (`ALWAYS`): names of `NEEDS`.
        slug: The module's name, by which suspected rules ask for the test.
    """

    cost: ClassVar[float]
    needs: ClassVar[tuple[str, ...]] = ()
    slug: ClassVar[str]

    @abstractmethod
    def run(self, kept: Kept, seconds: float, seed: int = 0) -> Series:
        """Make the experiment and put the model back as it was.

        Args:
            kept: The live model, its first state and its data.
            seconds: Time that the test may take.
            seed: Decides the order of examples and how they are divided.

        Returns:
            The values of the signal `test_<slug>`.

        Raises:
            NotPossibleError: The experiment cannot be made on this training, or not in that time.
        """

    def obstacle(self, kept: Kept) -> str:
        """Why the test cannot be made; "" where it can."""
        return next((reason for name in (*self.needs, *ALWAYS) if (reason := NEEDS[name](kept))), "")

    @property
    def signal(self) -> str:
        """Name of the signal that the test writes."""
        return f"test_{self.slug}"

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        cls.slug = cls.__module__.rsplit(".", 1)[-1]
        if not cls.slug.startswith("_") and f"test_{cls.slug}" not in SIGNALS:
            raise TypeError(f"The catalogue has no signal for the decisive test. Received: {cls.slug}.")


def _no_initial_state(kept: Kept) -> str:
    if kept.initial_state is None:
        return kept.reason or "The model's first state was not kept."
    if not kept.initial_state.covers(kept.model):
        return "The model was compiled or changed anew after the training, so that its first state cannot be put back."
    return ""


def _no_targets(kept: Kept) -> str:
    return "The training has no targets beside its inputs." if kept.train.y is None else ""


def _too_few_examples(kept: Kept) -> str:
    count, least = kept.train.examples, FEWEST_EXAMPLES
    return f"{count} training examples were kept; {least} are needed to hold some out." if count < least else ""


def _keeps_state_between_batches(kept: Kept) -> str:
    stateful = [layer.name for layer in kept.model._flatten_layers() if getattr(layer, "stateful", False) is True]
    return f"The layer {stateful[0]} carries a state from batch to batch." if stateful else ""


def _has_further_optimizers(kept: Kept) -> str:
    """They would go on with their own state and rate while a test steers the one that Keras knows."""
    import keras

    held = [(name, item) for layer in kept.model._flatten_layers() for name, item in vars(layer).items()]
    own, kind = kept.model.optimizer, keras.optimizers.Optimizer
    further = [name for name, item in held if any(isinstance(one, kind) and one is not own for one in _content(item))]
    return f"The model trains with a further optimizer, `{further[0]}`." if further else ""


def _content(item: Any) -> Iterable[Any]:
    """What stands in a list or a dict; anything else alone."""
    if isinstance(item, dict):
        return list(item.values())
    return item if isinstance(item, list | tuple | set) else (item,)


NEEDS: Mapping[str, Callable[[Kept], str]] = {
    "initial_state": _no_initial_state,
    "targets": _no_targets,
    "examples": _too_few_examples,
    "independent_batches": _keeps_state_between_batches,
    "one_optimizer": _has_further_optimizers,
}
"""What a test may need: each returns why it is lacking, or ""."""
ALWAYS = ("independent_batches", "one_optimizer")
"""What every test needs."""
