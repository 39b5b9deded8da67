"""Rows that stand in two parts of the split."""

from __future__ import annotations

from vandap.core.finding import Severity, Threshold
from vandap.core.recipe import Recipe
from vandap.core.signals import Series
from vandap.diagnose.faults import transformed
from vandap.diagnose.reading import count, share
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule

_PAIRS = (("train", "validation"), ("train", "test"), ("validation", "test"))
_KINDS = {
    "exact": "with the same inputs as rows of",
    "group": "whose group is also in",
    "time": "that are older than the newest row of",
    "near": "with nearly the same inputs as rows of",
}


class SplitLeakage(Rule):
    """Held-out rows are known from the training part.

    ## What it finds
    Equal inputs, rows of one group, rows out of their time order, or nearly equal images in two parts of the split. So
    few of them that they cannot move the score noticeably are a tip.

    ## Why it matters
    The held-out score then measures memory: it promises more than the model keeps on new data, and it prefers the
    models that memorise best. Every later decision rests on it.

    ## What to do
    Let vandap make the split: duplicates stay together, `--group` keeps groups together, `--time` tests on the future.
    For a given split, remove the repeated rows from the training part. Fit preprocessing on the training part only.

    ## References
    - deepchecks, checks "Train Test Samples Mix", "Index Leakage", "Date Train Test Leakage": none allowed
    - Kapoor and Narayanan, Leakage and the Reproducibility Crisis in Machine-Learning-Based Science (2023)
    - Barz and Denzler, Do We Train on Test Data? Purging CIFAR of Near-Duplicates (2020)
    """

    code = "A11"
    status = "stable"
    remedies = ("split-by-group", "split-by-time", "drop-repeated-rows")
    overlap = Threshold(0.001, "a tenth of the protocol's margin of 0.01: fewer rows cannot move the score noticeably")
    near = Threshold(0.005, "half the protocol's margin of 0.01: near-duplicates need not have the same label")

    def check(self, split_overlap: Series, split_sizes: Series | None = None) -> Outcome:
        """Compare the overlap of each kind and pair with the size of the later part."""
        overlaps = {(kind, *pair): count(split_overlap, kind, "-".join(pair)) for kind in _KINDS for pair in _PAIRS}
        known = {key: rows for key, rows in overlaps.items() if rows == rows}
        if not known:
            return CannotTell("The overlap of the parts was not counted.")
        shares = {key: _share(rows, key, split_sizes) for key, rows in known.items() if rows > 0}
        if not shares:
            return Clear("No row of one part was found in another, not even nearly.")
        worst = max(shares, key=lambda key: (shares[key] > self._limit(key), key[0] != "near", shares[key]))
        return self._overlap(worst, known[worst], shares[worst])

    def _limit(self, key: tuple[str, str, str]) -> float:
        return self.near.value if key[0] == "near" else self.overlap.value

    def _overlap(self, key: tuple[str, str, str], rows: float, part: float) -> Outcome:
        kind, first, second = key
        severe = part > self._limit(key)
        return self.found(
            f"Rows of the {second} part {_KINDS[kind]} the {first} part: {rows:.0f} "
            f"({part:.2%}, threshold {self._limit(key):.1%}).",
            {"rows": rows, "share": part},
            severity=Severity.ISSUE if severe else Severity.TIP,
            confidence=(0.8 if kind == "near" else 0.98) if severe else 0.4,
        )

    def fault(self, recipe: Recipe) -> Recipe:
        """Copy training rows over a fifth of the validation rows."""
        return transformed(recipe, "copy-train-to-validation", share=0.2)


def _share(rows: float, key: tuple[str, str, str], split_sizes: Series | None) -> float:
    """Share of the later part; without its size, the largest that it can be."""
    part = share(rows, count(split_sizes, key[2]))
    return min(part, 1.0) if part == part else 1.0
