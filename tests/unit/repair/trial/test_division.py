"""Which rows screen and which decide."""

from __future__ import annotations

import numpy as np

from vandap.repair.trial.division import FOLDS, divide_rows, fold_of

RNG = np.random.default_rng(0)


def test_rows_that_were_trained_on_do_not_decide() -> None:
    """Half of the validation rows are training rows: they neither screen nor decide."""
    train, fresh = RNG.normal(size=(2000, 5)), RNG.normal(size=(400, 5))
    validation = np.concatenate([train[:300], fresh])
    made = divide_rows([train], [validation], 0, 0)
    held = np.concatenate([made.select, made.confirm])
    assert not made.is_small and not len(made.extra) and sorted(held) == list(range(300, 700))


def test_copies_leave_too_few_rows_so_others_are_held_out() -> None:
    """Where all validation rows are copies, training rows take their place, whose twins are held out with them."""
    train = np.repeat(RNG.normal(size=(1000, 5)), 2, axis=0)
    made = divide_rows([train], [train[:300]], 0, 0)
    held = np.concatenate([made.select, made.confirm])
    assert held.min() >= 300 and len(made.confirm) >= 200
    inside, outside = train[made.extra], train[made.kept]
    assert not (inside[:, None, 0] == outside[None, :, 0]).any()


def test_rare_classes_are_judged_by_folds() -> None:
    """Two of a hundred rows are about five of those that decide: none tells a verdict, all together do."""
    train, validation = RNG.normal(size=(1600, 5)), RNG.normal(size=(400, 5))
    rare = np.arange(2000) % 100 < 2
    assert not divide_rows([train], [validation], 0, 0).is_small
    assert divide_rows([train], [validation], 0, 0, rare.astype(int)).is_small
    assert not divide_rows([train], [validation], 0, 0, (np.arange(2000) % 2)).is_small
    assert not divide_rows([train], [validation], 0, 0, (np.arange(2000) < 5).astype(int)).is_small  # too few of all


def test_rows_that_screened_do_not_decide_by_folds() -> None:
    """Nor their copies among the rows that are trained on; where most rows screened there would be none left."""
    train = RNG.normal(size=(200, 5))
    train[150] = train[3]
    validation = np.concatenate([RNG.normal(size=(20, 5)), train[:20]])
    made = divide_rows([train], [validation], 0, 0)
    every = np.concatenate([train, validation])
    folds = fold_of(made.hashes, FOLDS, 0)
    decide = np.concatenate([np.flatnonzero(folds == fold)[made.deciding((fold, FOLDS, 0))] for fold in range(FOLDS)])
    held = np.concatenate([200 + np.arange(40), made.extra])
    assert made.is_small and made.decide == len(decide) >= 120
    assert not {tuple(row) for row in every[decide]} & {tuple(row) for row in every[held[made.select]]}
    most = divide_rows([train[:50]], [RNG.normal(size=(150, 5))], 0, 0)
    assert most.is_small and most.decide == most.total == 200
