"""Rows that stand in two parts of the split."""

from __future__ import annotations

import math
from dataclasses import replace

from vandap.core.finding import Finding, Severity, Threshold, Where
from vandap.core.program import Early, Program
from vandap.core.recipe import Recipe
from vandap.core.signals import Series
from vandap.diagnose.faults import transformed
from vandap.diagnose.reading import count, number, share, wilson
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.watched import at_data

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

    In a watched training: validation rows, and rows that `evaluate` is given after it, that equal training rows bit for
    bit, all inputs together. Rows that say so little that two may be alike by chance (flags, few small numbers, short
    texts, padding) do not count, and where most rows repeat others, repetition is the data's nature. Rows that a table
    holds twice stand in both parts of a random split now and then: a few of them are a tip, unless far more of the
    repeated rows cross the split than a random one makes cross.

    In a script's source: features that are chosen by the targets of all rows, and rows of rare classes that are
    repeated, before `train_test_split` divides them.

    ## Why it matters
    The held-out score then measures memory: it promises more than the model keeps on new data, and it prefers the
    models that memorise best. Every later decision rests on it.

    ## What to do
    Let vandap make the split: duplicates stay together, `--group` keeps groups together, `--time` tests on the future.
    For a given split, remove the repeated rows from the training part. Oversample, and fit preprocessing, after the
    split and on the training part only.

    ## References
    - deepchecks, checks "Train Test Samples Mix", "Index Leakage", "Date Train Test Leakage": none allowed
    - Kapoor and Narayanan, Leakage and the Reproducibility Crisis in Machine-Learning-Based Science (2023)
    - Barz and Denzler, Do We Train on Test Data? Purging CIFAR of Near-Duplicates (2020)
    """

    code = "A11"
    status = "stable"
    remedies = ("split-by-group", "split-by-time", "drop-repeated-rows", "split-first")
    overlap = Threshold(0.001, "a tenth of the protocol's margin of 0.01: fewer rows cannot move the score noticeably")
    near = Threshold(0.005, "half the protocol's margin of 0.01: near-duplicates need not have the same label")
    watched = Threshold(0.01, "the protocol's margin: a few rows that were entered twice stand in many tables")
    few = Threshold(5.0, "fewer rows may have been entered twice")
    many = Threshold(0.1, "of the validation rows: above it the score is ruled by them, whoever entered them twice")
    beyond = Threshold(0.2, "of the repeated rows surely more in both parts than a random split puts there")
    check_rows = Threshold(100.0, "so few rows may be a check whether the network can learn them by heart")
    population = Threshold(
        0.5,
        "`bench/duplicates`: below this share of different rows, and where more than it repeat, rows repeat by nature",
    )

    def check(
        self,
        split_overlap: Series | None = None,
        split_sizes: Series | None = None,
        shared_rows: Series | None = None,
        program: Program | None = None,
        shared_test_rows: Series | None = None,
    ) -> Outcome:
        """Compare the overlap of each kind and pair with the size of the later part."""
        if split_overlap is not None:
            return self._of_split(split_overlap, split_sizes)
        parts = {"validation": shared_rows, "test": shared_test_rows}
        known = [self._of_watched(item, program, part) for part, item in parts.items() if item is not None]
        known += [self._of_source(early) for early in (program.early if program is not None else ())]
        told = sorted((item for item in known if isinstance(item, Finding)), key=lambda item: item.severity.value)
        missing = "The overlap of training and validation was not counted: only data in memory are compared."
        return next(iter([*told, *known]), CannotTell(missing))

    def _of_split(self, split_overlap: Series, split_sizes: Series | None) -> Outcome:
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

    def _of_watched(self, shared_rows: Series, program: Program | None, held_out: str) -> Outcome:
        train, rows, shared, copies = (count(shared_rows, f) for f in ("train", "validation", "shared", "copies"))
        part = share(copies, rows)
        if math.isnan(part) or math.isnan(shared):
            return CannotTell(f"The overlap of training and {held_out} was not counted.")
        if not shared:
            return Clear(f"None of {rows:.0f} {held_out} rows has the inputs of one of {train:.0f} training rows.")
        if number(shared_rows, "same_rows") == 1:
            return self._same(train, program)
        shown = f"{shared:.0f} of {rows:.0f} {held_out} rows have the inputs of a training row"
        if number(shared_rows, "distinct") < self.population.value < number(shared_rows, "repeated"):
            return Clear(f"{shown}; most rows repeat others, so that is the data's nature.")
        if not copies:
            return Clear(f"{shown}; such rows say so little that chance explains it.")
        severe = wilson(copies, rows)[0] > self.watched.value and copies >= self.few.value
        severe = severe and (part > self.many.value or self._crosses(shared_rows, copies))
        return self.found(
            f"{held_out.title()} rows with exactly the inputs of training rows: {copies:.0f} of {rows:.0f} "
            f"({part:.2%}, threshold {self.watched.value:.1%}), too much for chance. Their score measures memory.",
            {"rows": copies, "share": part},
            severity=Severity.ISSUE if severe else Severity.TIP,
            confidence=0.95 if severe else 0.4,
            where=at_data(program),
        )

    def _of_source(self, early: Early) -> Finding:
        """What all rows had a part in before they were split."""
        does = {
            "chooses": "chooses by the targets of all rows what the network is given",
            "repeats": "repeats rows of rare classes, or makes rows between them,",
        }
        told = self.found(
            f"{early.name} in line {early.site.line} {does.get(early.does, early.does)} before line {early.split.line} "
            "splits them: the rows that are held out had a part in the training.",
            {"line": early.site.line or 0, "split": early.split.line or 0},
            confidence=0.9,
            where=Where("data", None, early.site.file, early.site.line),
        )
        return replace(told, remedies=("split-first",))

    def _crosses(self, shared_rows: Series, copies: float) -> bool:
        """Whether more repeated rows stand in both parts than a random split of rows that were entered twice makes."""
        train, validation = (count(shared_rows, part) for part in ("train", "validation"))
        total = train + validation
        repeated = number(shared_rows, "repeated") * number(shared_rows, "distinct") * total
        by_chance = 2 * train * validation / total**2
        return wilson(min(copies, repeated), repeated)[0] > by_chance + self.beyond.value

    def _same(self, train: float, program: Program | None) -> Outcome:
        """The validation data are the training data; a check on a single batch may want that."""
        batch = program.fit.batch_size if program is not None else 0
        severe = train > max(batch, self.check_rows.value)
        return self.found(
            f"The validation data are the training data: the same {train:.0f} rows. Their score says nothing about new "
            "data.",
            {"rows": train, "share": 1.0},
            severity=Severity.ISSUE if severe else Severity.TIP,
            confidence=0.95 if severe else 0.4,
            where=at_data(program),
        )

    def fault(self, recipe: Recipe) -> Recipe:
        """Copy training rows over a fifth of the validation rows."""
        return transformed(recipe, "copy-train-to-validation", share=0.2)


def _share(rows: float, key: tuple[str, str, str], split_sizes: Series | None) -> float:
    """Share of the later part; without its size, the largest that it can be."""
    part = share(rows, count(split_sizes, key[2]))
    return min(part, 1.0) if part == part else 1.0
