"""Keeps what belongs to a model with the model, and no longer than it."""

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Kept(Generic[T]):
    """No list or tuple: Keras looks into those for layers when it saves a model."""

    owner: weakref.ref[Any]
    item: T


class Beside(Generic[T]):
    """One thing for each of some models.

    What is kept may refer to the model: it hangs on the model alone, so that both go together. A dictionary with weak
    keys would keep such a model for ever.
    """

    def __init__(self) -> None:
        self._name = f"_vandap_{id(self)}"
        self._models: weakref.WeakSet[Any] = weakref.WeakSet()

    def keep(self, model: Any, item: T) -> None:
        """Keep this with the model, in the place of what was kept."""
        # Past `__setattr__`, which would track what is set as a part of the model.
        vars(model)[self._name] = _Kept(weakref.ref(model), item)
        self._models.add(model)

    def get(self, model: Any) -> T | None:
        """What is kept with the model; None for another one, also for one that was copied from it by `copy.copy`."""
        kept: _Kept[T] | None = vars(model).get(self._name)
        return kept.item if kept is not None and kept.owner() is model else None

    def clear(self) -> list[T]:
        """Leave the models as they were, and return what was kept with those that are alive."""
        found = [item for model in list(self._models) if (item := self.get(model)) is not None]
        for model in list(self._models):
            vars(model).pop(self._name, None)
        self._models.clear()
        return found
