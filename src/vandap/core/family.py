"""One pattern for every family (readers, learners, rules, questions, commands): one file a member, found by a scan."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
from collections.abc import Iterable
from functools import cache
from types import ModuleType
from typing import Any, TypeVar

from vandap.errors import UsageError

T = TypeVar("T")


def members(package: ModuleType, base: type[T]) -> tuple[T, ...]:
    """Return one instance of every concrete `base` subclass defined below `package`, ordered by module name.

    Adding a member is adding a file: nothing is registered anywhere.

    Args:
        package: The package whose modules (and sub-packages) are scanned.
        base: The family's abstract class.

    Raises:
        TypeError: A module defines no member, or more than one.
    """
    return _members(package, base)  # type: ignore[arg-type]


def by_slug(family: Iterable[T], slug: str, *, unknown: str, hint: str, also: Iterable[str] = ()) -> T:
    """Return the member that a user named.

    Args:
        family: The members; each has a `slug`.
        slug: The name.
        unknown: What is said where there is none, such as `There is no such search engine.`
        hint: What to do then.
        also: Other words that may stand in the name's place, told among the expected ones.

    Raises:
        UsageError: There is none.
    """
    known: dict[str, T] = {item.slug: item for item in family}  # type: ignore[attr-defined]
    if slug not in known:
        raise UsageError(unknown, received=slug, expected=f"one of {', '.join((*also, *known))}", hint=hint)
    return known[slug]


@cache
def _members(package: ModuleType, base: type[Any]) -> tuple[Any, ...]:
    found = []
    for info in sorted(pkgutil.walk_packages(package.__path__, package.__name__ + "."), key=lambda info: info.name):
        if info.ispkg or info.name.rsplit(".", 1)[-1].startswith("_"):
            continue
        module = importlib.import_module(info.name)
        classes = [
            item
            for item in vars(module).values()
            if inspect.isclass(item)
            and issubclass(item, base)
            and not inspect.isabstract(item)
            and item.__module__ == module.__name__
        ]
        if len(classes) != 1:
            raise TypeError(
                f"A member of the family {base.__name__} is one file with one class. "
                f"Received: {info.name} with {[item.__name__ for item in classes]}. "
                "Helpers that are no members go into a module whose name starts with an underscore."
            )
        found.append(classes[0]())
    return tuple(found)
