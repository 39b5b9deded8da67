"""Leave momentum, betas, rho and epsilon at their usual values."""

from __future__ import annotations

from collections.abc import Iterable

from vandap.repair.changes.change import Change
from vandap.repair.changes.optimisation import OptimiserSetting
from vandap.repair.remedy import Case, Remedy, Safety

_USUAL = {
    "momentum": (0.99, 0.9),
    "beta_1": (0.99, 0.9),
    "beta_2": (0.99999, 0.999),
    "rho": (0.999, 0.95),
    "epsilon": (1e-2, 1e-7),
}
"""(From where on it is unusual, what is usual instead): the defaults of Keras, and of SGD the momentum that is."""


class UsualOptimiserSettings(Remedy):
    """An optimiser that forgets old steps, and whose steps are not shrunk."""

    words = "leave momentum, betas, rho and epsilon at their usual values"
    safety = Safety.SAFE

    def proposals(self, case: Case) -> Iterable[tuple[Change, ...]]:
        """Say what to change."""
        settings = case.program.compile.settings
        changes = tuple(
            OptimiserSetting(name, usual)
            for name, (limit, usual) in _USUAL.items()
            if isinstance(value := settings.get(name), int | float) and value >= limit
        )
        return (changes,) if changes else ()
