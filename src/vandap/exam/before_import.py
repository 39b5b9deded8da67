"""Calls back right before the first of some packages is imported, however late that is.

A script may choose threads, devices and the back end before it imports a library that reads those choices, so nothing
of ours may import one of these libraries earlier.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec
from types import ModuleType


class BeforeImport(MetaPathFinder):
    """Stands before every other finder until the first of these packages is asked for.

    Args:
        packages: Names of top-level packages.
        then: What to call; it must not raise, nor import one of the packages.
    """

    def __init__(self, packages: Sequence[str], then: Callable[[], None]) -> None:
        self._packages = frozenset(packages)
        self._then = then

    def install(self) -> None:
        """Look out; call back at once if one of the packages is there already."""
        if self._packages & set(sys.modules):
            self._then()
        else:
            sys.meta_path.insert(0, self)

    def remove(self) -> None:
        """Look out no longer."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Call back and let the others find the package; they may be new finders that the call has added."""
        if fullname not in self._packages:
            return None
        self.remove()
        self._then()
        return find_spec(fullname)
