"""What a change is, and how it is stored."""

from __future__ import annotations

import importlib
import pkgutil
from abc import ABC, abstractmethod
from dataclasses import dataclass, fields
from functools import cache
from typing import ClassVar

from vandap.core.recipe import Change as Stored
from vandap.errors import UsageError


@dataclass(frozen=True)
class Change(ABC):
    """One typed edit of a training. Applicators turn it into a source edit or into other settings of a recipe.

    Attributes:
        slug: Its name in stored experiments and in the what-if language.
        aspect: What of the training it settles: of two changes of one aspect a bundle takes one.
    """

    slug: ClassVar[str]
    aspect: ClassVar[str]

    @property
    @abstractmethod
    def words(self) -> str:
        """What is changed, as a phrase such as `learning rate 0.001`."""

    @property
    def place(self) -> str:
        """What it settles: the aspect, and the layer where it is about one."""
        layer = getattr(self, "layer", "")
        return f"{self.aspect} of {layer}" if layer else self.aspect

    @property
    def places(self) -> frozenset[str]:
        """What two changes must not share to be made together."""
        return frozenset({self.place})

    def stored(self) -> Stored:
        """The change as experiments store it."""
        return Stored(self.slug, {field.name: getattr(self, field.name) for field in fields(self)})


def restored(stored: Stored) -> Change:
    """Return the typed change that `Change.stored` described.

    Raises:
        UsageError: No change has this slug.
    """
    known = kinds()
    if stored.slug not in known:
        raise UsageError(
            "There is no such change.",
            received=stored.slug,
            expected="one of " + ", ".join(sorted(known)),
            hint="Update vandap: the experiment may come from a newer version.",
        )
    settings = {name: tuple(value) if isinstance(value, list) else value for name, value in stored.settings.items()}
    return known[stored.slug](**settings)


@cache
def kinds() -> dict[str, type[Change]]:
    """Every kind of change, by slug."""
    from vandap.repair import changes

    for info in pkgutil.iter_modules(changes.__path__):
        importlib.import_module(f"{changes.__name__}.{info.name}")
    return {kind.slug: kind for kind in _below(Change)}  # type: ignore[type-abstract]


def _below(kind: type[Change]) -> list[type[Change]]:
    found = [kind for below in kind.__subclasses__() for kind in (below, *_below(below))]
    return list(dict.fromkeys(found))
