"""A gain that is no larger than chance."""

from __future__ import annotations

from vandap.core.finding import Severity, Threshold, Where
from vandap.core.signals import Series
from vandap.diagnose.reading import bounds
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule


class WithinSeedNoise(Rule):
    """The network's gain over the simple models is within what chance makes.

    ## What it finds
    A network that is ahead of the best simple model by more than the difference that matters, on validation examples,
    although the interval of the paired difference holds zero.

    ## Why it matters
    With another seed or other validation examples the order may turn round. Choosing by it is choosing by chance.

    ## What to do
    Compare over more seeds and more held-out examples, or keep the simpler model.

    ## References
    - Bouthillier et al., Accounting for Variance in Machine Learning Benchmarks (2021)
    """

    code = "D11"
    severity = Severity.TIP
    remedies = ("repeat-over-seeds", "collect-more-data", "use-simpler-model")
    zero = Threshold(0, "no difference: an interval that holds it cannot tell the order")

    def check(self, network_gain: Series) -> Outcome:
        """Ask whether the interval of the gain holds zero."""
        gain = bounds(network_gain)
        if not gain.is_known:
            return CannotTell("The network and the simple models were not compared.")
        measured = f"The network gains {gain.value:.3g} [{gain.low:.3g}, {gain.high:.3g}] over the best simple model"
        if gain.low > self.zero.value or not gain.value > gain.margin:
            return Clear(f"{measured}; a difference below {gain.margin:.3g} does not matter.")
        return self.found(
            f"{measured}: the interval holds {self.zero.value:g}, so the order may be chance.",
            {"gain": gain.value, "low": gain.low, "high": gain.high},
            confidence=0.6,
            where=Where("fit"),
        )
