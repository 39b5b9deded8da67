"""Give the output as many units as the targets have columns."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.output import OutputUnits
from vandap.repair.pairs import units_for
from vandap.repair.remedy import Case, Remedy, Safety


class MatchOutputUnits(Remedy):
    """As many outputs as there are classes."""

    words = "give the output as many units as the targets have columns"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        output, units = case.output, units_for(case)
        if output is None or units is None or output.output_shape[-1:] == (units,):
            return ()
        return ((OutputUnits(output.path, units),),)
