"""Honest splits: which rows train, which choose between models, and which are read once at the end."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from vandap.core.dataset import IMAGES, Split
from vandap.core.recipe import DataSpec
from vandap.core.rows import blocks, count_codes, every_row, picked, rows_where, stable_order
from vandap.data import duplicates as copies
from vandap.data.allocate import allocate
from vandap.data.contents import TEST, TRAIN, VALIDATION, Contents
from vandap.data.duplicates import Duplicates
from vandap.data.sets import Sets
from vandap.data.time_split import time_split
from vandap.errors import DataError, UsageError

TEST_SHARE = 0.2
VALIDATION_SHARE = 0.2
MOST_VALIDATION = 20_000
MOST_FOR_RARE = 100_000
"""Validation rows where a class is rare: still read within seconds."""
RARE_VALIDATION = 50
"""Validation rows of a class that `MOST_VALIDATION` gives way to: its recall is then known to within 0.14."""
LEAST_RARE = 10
"""Rows of a class for which no more validation rows are taken: even a fifth of fewer would tell nothing."""
FOLDS_BELOW = 5_000
FEWEST_ROWS = 10
_BINS = 10


def make_split(
    contents: Contents, spec: DataSpec, seed: int, found: Duplicates | None = None
) -> tuple[Split, tuple[str, ...]]:
    """Split the rows: by the user's own parts, else by group, else by time, else stratified.

    Exact copies and near-duplicate images stay together, except in parts that the user gave: those are left as they
    are, and the audit counts what straddles.

    Args:
        contents: The data.
        spec: What the user asked for.
        seed: Seed of every random choice; the same seed gives the same split.
        found: The copies among the rows, where they are known already.

    Returns:
        The split and what the user should know about it, one sentence each.

    Raises:
        DataError: The rows, groups or times cannot make three parts.
        UsageError: The options contradict each other.
    """
    _check(contents, spec)
    found = found or copies.find(contents.examples, contents.hashes)
    return _Splitter(contents, spec, seed, found).split()


class _Splitter:
    """One splitting: holds what its steps share."""

    def __init__(self, contents: Contents, spec: DataSpec, seed: int, found: Duplicates) -> None:
        self.contents = contents
        self.spec = spec
        self.found = found
        self.groups = _own_group_where_missing(contents.groups)
        self.units = found.cluster if self.groups is None else _united(found.cluster, self.groups)
        self.generator = np.random.default_rng(seed)
        self.notes = list(found.notes)

    def split(self) -> tuple[Split, tuple[str, ...]]:
        count = len(self.contents.target)
        given = _given(self.contents.parts)
        if given is not None:
            split = self._complete(given)
        elif self.groups is None and self.spec.time is not None and self.contents.time is not None:
            split, notes = time_split(every_row(count), self.contents.time, self.units, MOST_VALIDATION)
            self.notes += notes
        else:
            self._check_groups()
            rest, test = self._cut(every_row(count), TEST_SHARE, TEST)
            split = self._with_validation(rest, test, f"{self._how()}, {TEST_SHARE:.0%} test")
        self._note_absent(split)
        units = np.asarray(self.units) if len(self.found.cluster.members) else None
        return replace(split, groups=self.groups, units=units), tuple(self.notes)

    def _how(self) -> str:
        strata = "class" if self.contents.task.is_classification else "target quantile"
        together = "groups" if self.groups is not None else "copies"
        return f"Stratified by {strata}, {together} kept together"

    def _complete(self, given: dict[str, np.ndarray]) -> Split:
        """Add the parts that the user's files lack."""
        train, validation, test = given[TRAIN], given[VALIDATION], given[TEST]
        if not len(validation):
            if self.spec.time is not None and self.contents.time is not None:
                return self._latest_as_validation(train, test, self.contents.time)
            split = self._with_validation(train, test, "The test part was given; the rest stratified")
            return replace(split, given=True)
        if self.spec.folds:
            raise UsageError(
                "A validation part is given, so there is nothing to fold.",
                received=f"--folds {self.spec.folds} and {len(validation)} validation rows",
                expected="either a given validation part or --folds",
                hint="Leave out --folds, or name the validation rows train.",
            )
        if len(test):
            return Split(train, validation, test, method="All three parts were given.", given=True)
        train, test = self._cut(train, TEST_SHARE, TEST)
        self.notes.append(f"No test part was given: {len(test)} rows of the training part were set aside as the test.")
        method = f"Training and validation parts were given; {TEST_SHARE:.0%} of the training part became the test."
        return Split(train, validation, test, method=method, given=True)

    def _latest_as_validation(self, train: np.ndarray, test: np.ndarray, time: np.ndarray) -> Split:
        split, notes = time_split(train, time, self.units, MOST_VALIDATION, parts=(TRAIN, VALIDATION))
        self.notes += notes
        return replace(split, test=test, method="The test part was given; " + split.method, given=True)

    def _with_validation(self, rest: np.ndarray, test: np.ndarray, method: str) -> Split:
        """Cut validation rows, or folds where the data are few, from the rows that are not the test."""
        folds = self._fold_count(rest)
        if folds:
            fold = allocate(self._strata(rest), self.units.within(rest), (1 / folds,) * folds, self.generator)
            parts = tuple(rest[fold == number] for number in range(folds))
            return Split(rest, rest[:0], test, parts, f"{method}, {folds} folds of the rest.")
        share = min(VALIDATION_SHARE, self._most_validation(rest) / len(rest))
        train, validation = self._cut(rest, share, VALIDATION)
        return Split(train, validation, test, method=f"{method}, {share:.3g} of the rest validation.")

    def _most_validation(self, rest: np.ndarray) -> float:
        """How many validation rows at the most: more where a rare class would have but a few of them.

        Its own rows alone are not enough, as validation rows must have the class shares that the data have.
        """
        if not self.contents.task.is_classification:
            return MOST_VALIDATION
        counts = count_codes(self.contents.target, len(self.contents.classes), rest)
        rarest = counts[counts >= LEAST_RARE].min(initial=len(rest))
        return max(MOST_VALIDATION, min(MOST_FOR_RARE, RARE_VALIDATION / rarest * len(rest)))

    def _fold_count(self, rest: np.ndarray) -> int:
        """How many folds: 0 means a single validation part."""
        units = self.units.within(rest).count
        if self.spec.folds is not None:
            return self._checked_folds(units)
        if len(rest) >= FOLDS_BELOW:
            return 0
        if units < 2:
            raise self._uncuttable(VALIDATION)
        if not self.contents.task.is_classification:
            return min(5, units)
        counts = self._units_by_class(rest)
        usual = counts[counts >= 6]
        if not len(usual):
            self.notes.append("Every class has fewer than 6 rows to fold, so a single validation part is used.")
            return 0
        if np.any((counts > 0) & (counts < 6)):
            names = self._class_names((counts > 0) & (counts < 6))
            self.notes.append(f"Too few rows to stand twice in every fold: {names}.")
        return min(5 if usual.min() >= 10 else 3, units)

    def _checked_folds(self, units: int) -> int:
        folds = self.spec.folds or 0
        if folds and not 2 <= folds <= units:
            raise UsageError(
                "The data cannot be cut into that many folds.",
                received=f"--folds {folds}",
                expected=f"2 to {units} (there are {units} rows, groups or sets of copies besides the test), or 0",
                hint="Give a number in that range, or leave out --folds.",
            )
        return folds

    def _cut(self, rows: np.ndarray, share: float, name: str) -> tuple[np.ndarray, np.ndarray]:
        """Cut one part off; classes in fewer than three units stay with the rest."""
        units, locked = self.units.within(rows), self._locked(rows)
        if units.count < 2:
            raise self._uncuttable(name)
        if locked is not None and not _free_units(units, locked):
            locked = None
        elif locked is not None:
            self._note_rare(rows[locked])
        part = allocate(self._strata(rows), units, (1 - share, share), self.generator, locked)
        rest, cut = rows[part == 0], rows[part == 1]
        if not len(cut) or not len(rest):
            raise self._uncuttable(name)
        reached = len(cut) / len(rows)
        if self.groups is not None and not share / 2 <= reached <= share * 2:
            self.notes.append(
                f"The groups are too large to cut evenly: the {name} part holds {reached:.0%} of the rows."
            )
        return rest, cut

    def _locked(self, rows: np.ndarray) -> np.ndarray | None:
        """Which rows are of classes that are too rare to be cut; None where no class is."""
        if not self.contents.task.is_classification:
            return None
        counts = self._units_by_class(rows)
        rare = (counts > 0) & (counts < 3)
        return picked(rare, picked(self.contents.target, rows)) if rare.any() else None

    def _note_rare(self, rows: np.ndarray) -> None:
        rare = np.isin(np.arange(len(self.contents.classes)), self.contents.target[rows])
        note = f"Too rare to be held out, so all their rows train: {self._class_names(rare)}."
        self.notes += [] if note in self.notes else [note]

    def _units_by_class(self, rows: np.ndarray) -> np.ndarray:
        """Number of units that hold each class, shape `(classes,)`."""
        target, classes = self.contents.target, len(self.contents.classes)
        units = self.units.within(rows)
        shared = target[rows[units.members]]
        held = np.unique(units.codes * classes + shared)  # one number a pair: far less memory than rows
        single = count_codes(target, classes, rows) - np.bincount(shared, minlength=classes)
        return single + np.bincount(held % classes, minlength=classes)

    def _class_names(self, chosen: np.ndarray) -> str:
        names = [self.contents.classes[code] for code in np.flatnonzero(chosen)]
        return ", ".join(names[:5]) + (f" and {len(names) - 5} more classes" if len(names) > 5 else "")

    def _strata(self, rows: np.ndarray) -> np.ndarray:
        target = self.contents.target
        if self.contents.task.is_classification:
            target = target.astype(np.min_scalar_type(len(self.contents.classes)))
            return target if len(rows) == len(target) else picked(target, rows)
        target = target if len(rows) == len(target) else picked(target, rows)
        bins = max(1, min(_BINS, len(rows) // 5))
        strata, order = np.empty(len(rows), np.int8), stable_order(target)
        for block in blocks(len(rows)):
            strata[order[block]] = np.arange(block.start, block.stop) * bins // len(rows)
        return strata

    def _check_groups(self) -> None:
        if self.groups is None:
            return
        count = len(np.unique(self.groups))
        if count < 3:
            raise DataError(
                "The group column has too few groups to keep them apart in training, validation and test.",
                received=f"{count} group{'s' if count > 1 else ''} in column {self.spec.group!r}",
                expected="three groups or more, better ten",
                hint="Name the column that says what was measured repeatedly (a patient, a device), or drop --group.",
            )

    def _uncuttable(self, name: str) -> DataError:
        what = "groups" if self.groups is not None else "sets of copies"
        return DataError(
            f"No {name} part can be cut: whole {what} must stay together, and there are too few.",
            received=f"{self.units.count} {what} (with their near copies) in {self.units.rows} rows",
            expected="at least three that can be told apart",
            hint="Add different examples, or give the parts yourself with --test or a split column.",
        )

    def _note_absent(self, split: Split) -> None:
        """Say which classes the training part lacks (given parts and time splits may do so)."""
        if not self.contents.task.is_classification:
            return
        size = len(self.contents.classes)
        trained = count_codes(self.contents.target, size, split.train)
        absent = (count_codes(self.contents.target, size) > 0) & (trained == 0)
        if absent.any():
            self.notes.append(f"No training row has the class {self._class_names(absent)}.")


def _free_units(units: Sets, locked: np.ndarray) -> bool:
    """Whether any unit holds no locked row."""
    held = units.codes[locked[units.members]]
    single = locked.sum() - len(held)
    return bool(single + len(np.unique(held)) < units.count)


def _united(cluster: Sets, groups: np.ndarray) -> Sets:
    """The sets that copies and groups make together."""
    return Sets.of(copies.unite(np.asarray(cluster), groups) if len(cluster.members) else _by_appearance(groups))


def _by_appearance(groups: np.ndarray) -> np.ndarray:
    """Number groups in the order of their first rows."""
    first, codes = np.unique(groups, return_index=True, return_inverse=True)[1:]
    return np.argsort(np.argsort(first))[codes]


def _own_group_where_missing(groups: np.ndarray | None) -> np.ndarray | None:
    """A row whose group is missing (negative code) is a group of its own."""
    if groups is None or groups.min(initial=0) >= 0:
        return groups
    fresh = np.arange(len(groups)) + max(int(groups.max(initial=0)), 0) + 1
    return np.where(groups >= 0, groups, fresh).astype(np.int64)


def _given(parts: np.ndarray | None) -> dict[str, np.ndarray] | None:
    """Row numbers of the user's own parts, or None where all rows carry one name.

    Raises:
        DataError: There are held-out rows but none to train on.
    """
    if parts is None or not len(parts):
        return None
    given = {name: rows_where(parts == name) for name in (TRAIN, VALIDATION, TEST)}
    if not len(given[TRAIN]):
        raise DataError(
            "The given parts leave no row to train on.",
            received=", ".join(f"{len(rows)} {name} rows" for name, rows in given.items()),
            expected="some rows of the part named train",
            hint="Name the training folder `train`, or write `train` into the split column.",
        )
    return given if len(given[VALIDATION]) or len(given[TEST]) else None


def _check(contents: Contents, spec: DataSpec) -> None:
    rows = len(contents.target)
    if rows < FEWEST_ROWS:
        raise DataError(
            "There are too few rows to train and to test on.",
            received=f"{rows} usable rows of {contents.source}",
            expected=f"{FEWEST_ROWS} or more, better some hundreds",
            hint="Add examples" + (" (one sub-folder a class)" if contents.examples.kind == IMAGES else "") + ".",
        )
    if spec.group is not None and spec.time is not None and _given(contents.parts) is None:
        raise UsageError(
            "A split keeps groups together or the past before the future, not both.",
            received=f"--group {spec.group} --time {spec.time}",
            expected="one of the two",
            hint="Give --time if the model will predict the future of known groups, --group if it will meet new ones.",
        )
    if spec.time is not None and spec.folds and _given(contents.parts) is None:
        raise UsageError(
            "Folds would train on the future.",
            received=f"--time {spec.time} --folds {spec.folds}",
            expected="--time without folds",
            hint="Leave out --folds.",
        )
