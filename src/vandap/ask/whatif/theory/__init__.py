"""What theory predicts of each change: one entry a change and direction, in two sentences, with its source."""

from __future__ import annotations

from collections.abc import Mapping

from vandap.ask.whatif.theory.data import DATA
from vandap.ask.whatif.theory.entry import Theory
from vandap.ask.whatif.theory.optimisation import OPTIMISATION
from vandap.ask.whatif.theory.output import OUTPUT
from vandap.ask.whatif.theory.structure import STRUCTURE

__all__ = ["THEORY", "Theory"]

THEORY: Mapping[str, Theory] = {**OPTIMISATION, **STRUCTURE, **OUTPUT, **DATA}
"""Every entry by its name."""
