"""A best value at the edge of what was tried."""

from __future__ import annotations

from vandap.core.finding import Severity, Threshold
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.decisive import Arm, arm, multiples
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.watched import at_compile


class SearchEdge(Rule):
    """The best of the learning rates that were compared is the lowest or the highest of them.

    ## What it finds
    A comparison of at least three learning rates whose best, surely better than the watched one, is at an edge.

    ## Why it matters
    The best value may lie beyond. What was found is the best of the wrong range.

    ## What to do
    Widen the range in that direction and compare again.

    ## References
    - skore, check SK014; Deep Learning Tuning Playbook (2023): identify bad search space boundaries
    """

    code = "D12"
    severity = Severity.TIP
    remedies = ("widen-search",)
    arms = Threshold(3, "values below which every one is at an edge")

    def check(self, test_learning_rate: Series, program: Program | None = None) -> Outcome:
        """Ask where the best of the compared rates stands."""
        lower, higher = (multiples(test_learning_rate, above) for above in (False, True))
        names = [*lower, "x1", *higher]
        known: list[Arm] = [item for item in (arm(test_learning_rate, name) for name in names) if item.is_known]
        if len(known) < self.arms.value:
            return CannotTell(f"Fewer than {self.arms.value:g} learning rates were compared.")
        known.sort(key=lambda item: float(item.name.removeprefix("x")))
        best = min(known, key=lambda item: item.held_out)
        edge = best.name in (known[0].name, known[-1].name) and best.is_surely_lower
        shown = f"Of {known[0].name} to {known[-1].name} the watched rate, {best.name} has the lowest held-out loss"
        if not edge:
            return Clear(f"{shown}: not at the edge, or not surely better.")
        return self.found(
            f"{shown}, {best.held_out:.3g}: at the edge of what was tried.",
            {"held_out": best.held_out, "arms": float(len(known))},
            confidence=0.5,
            where=at_compile(program),
        )
