"""Modernise call."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.core.program import Idiom
from vandap.repair.changes.change import Change
from vandap.repair.changes.structure import ModernNames
from vandap.repair.remedy import Case, Remedy, Safety

_TWO_FOR_ONE = ("nb_row=", "nb_col=")
"""Both are one argument today."""


class ModerniseCall(Remedy):
    """Names of Keras 3, where a name is all that changed."""

    words = "write the call in its Keras 3 form"
    safety = Safety.SAFE
    by_hand = True

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        names = {item.name: new for item in case.program.idioms if item.breaks and (new := _renamed(item))}
        return ((ModernNames(tuple(names), tuple(names.values())),),) if names else ()


def _renamed(idiom: Idiom) -> str:
    """The name that takes the old one's place; "" where more is to be written anew."""
    if idiom.name.endswith("="):
        is_name = idiom.modern.endswith("=") and idiom.modern[:-1].isidentifier()
        return idiom.modern if is_name and idiom.name not in _TWO_FOR_ONE else ""
    new = idiom.modern.partition(",")[0]
    return new if new.isidentifier() and idiom.name.isidentifier() else ""
