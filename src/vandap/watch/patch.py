"""Replaces methods of Keras while a program is watched, and puts them back.

Each method is replaced on the class that defines it: Keras compares `type(model).compile` with `Trainer.compile` to see
whether a user overrode it. Nothing here imports Keras: a program may choose its back end before it does.
"""

from __future__ import annotations

import contextlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import Any


class Patches:
    """A set of replaced attributes."""

    def __init__(self) -> None:
        self._undo: list[Callable[[], None]] = []

    def method(self, owner: type, name: str, build: Callable[[Callable[..., Any]], Callable[..., Any]]) -> None:
        """Replace a method on the class of the family that defines it.

        Args:
            owner: A class that has the method.
            name: Its name.
            build: Gets the method and returns what stands in its place.
        """
        definer = next(kind for kind in owner.__mro__ if name in vars(kind))
        original = vars(definer)[name]
        static = isinstance(original, staticmethod) or name == "__new__"
        replacement: Any = build(original.__func__ if isinstance(original, staticmethod) else original)
        setattr(definer, name, staticmethod(replacement) if static else replacement)
        self._undo.append(lambda: setattr(definer, name, original))

    def undo(self) -> None:
        """Put every attribute back, last first."""
        while self._undo:
            self._undo.pop()()


class WhenImported(importlib.abc.MetaPathFinder):
    """Calls a function once, right after a module was imported for the first time; at once where it already is.

    Args:
        name: The module.
        then: What to call; its errors are swallowed, for the import is the user's.
    """

    def __init__(self, name: str, then: Callable[[], None]) -> None:
        self._name, self._then, self._searching = name, then, False

    def install(self) -> None:
        """Wait for the import, or call at once."""
        module = sys.modules.get(self._name)
        if module is not None and not getattr(getattr(module, "__spec__", None), "_initializing", False):
            self._then()
        else:
            sys.meta_path.insert(0, self)

    def remove(self) -> None:
        """Wait no longer."""
        with contextlib.suppress(ValueError):
            sys.meta_path.remove(self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        """Find the awaited module by the other finders and have its loader call back; none for any other module."""
        if fullname != self._name or self._searching:
            return None
        self._searching = True
        try:
            spec = importlib.util.find_spec(fullname)
        finally:
            self._searching = False
        if spec is not None and spec.loader is not None:
            self._wrap(spec.loader)
        return spec

    def _wrap(self, loader: Any) -> None:
        execute = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            execute(module)
            self.remove()
            with contextlib.suppress(Exception):
                self._then()

        loader.exec_module = exec_module
