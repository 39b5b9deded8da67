"""Repeated K-fold on small data."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from vandap.core.estimate import Decision
from vandap.core.experiment import Outcome
from vandap.errors import UsageError
from vandap.evaluate.experiment.folds import compare_folds

GENERATOR = np.random.default_rng(3)
GAINS = 0.02 + 0.03 * GENERATOR.standard_normal((10, 10))
REFERENCE = 0.7 + 0.02 * GENERATOR.standard_normal((10, 10))
DUMMY = np.full((10, 10), 0.5)


def judged(reference: np.ndarray, changed: np.ndarray, *, slug: str = "accuracy", dummy: np.ndarray = DUMMY) -> Outcome:
    """The verdict on two tables of scores."""
    return compare_folds(slug, reference, changed, dummy=dummy, rows=120, margin=0.01)


def test_the_interval_is_nadeau_and_bengios() -> None:
    """Variance `(1/J + test/train) s^2`, for ten folds 1/100 + 1/9, and 99 degrees of freedom."""
    found = judged(REFERENCE, REFERENCE + GAINS)
    half = stats.t.isf(0.025, 99) * np.sqrt((1 / 100 + 1 / 9) * GAINS.var(ddof=1))
    assert found.effect.difference == pytest.approx(GAINS.mean())
    assert found.effect.high - found.effect.difference == pytest.approx(half)
    assert (found.effect.seeds, found.effect.count) == (100, 120)


def test_rows_that_callbacks_saw_are_no_training_rows() -> None:
    """The fewer rows are trained on, the more the folds' results hang together."""
    found = compare_folds(
        "accuracy", REFERENCE, REFERENCE + GAINS, dummy=DUMMY, rows=120, trained=0.6, margin=0.01
    )  # fmt: skip
    half = stats.t.isf(0.025, 99) * np.sqrt((1 / 100 + 1 / (9 * 0.6)) * GAINS.var(ddof=1))
    assert found.effect.high - found.effect.difference == pytest.approx(half)


def test_seeds_of_a_fold_are_averaged() -> None:
    """What differs from seed to seed of one fold is no noise of rows: five seeds show an effect that one hides."""
    noise = 0.2 * np.random.default_rng(5).standard_normal((4, 5, 5))
    reference = np.full((4, 5, 5), 0.6) + noise - noise.mean(axis=2, keepdims=True)
    changed, dummy = np.full((4, 5, 5), 0.64) + 0.01 * GAINS[:4, :5, None], np.full((4, 5, 5), 0.5)
    alone = judged(reference[..., 0], changed[..., 0], dummy=dummy[..., 0])
    together = judged(reference, changed, dummy=dummy)
    assert alone.decision is Decision.CANNOT_TELL and together.decision is Decision.BETTER
    assert (alone.effect.seeds, together.effect.seeds) == (20, 100) and together.effect.freedom == 19
    reference[0, 0, 1] = np.nan
    broken = judged(reference, changed, dummy=dummy)
    assert broken.broken == {"reference": 1, "changed": 0} and "1 of 100 runs" in " ".join(broken.notes)


def test_verdicts() -> None:
    """A large gain is better, a large loss harm, nothing no difference, noise cannot tell."""
    assert judged(REFERENCE, REFERENCE + GAINS + 0.1).decision is Decision.BETTER
    assert judged(REFERENCE, REFERENCE + GAINS - 0.2).decision is Decision.HARM
    assert judged(REFERENCE, REFERENCE).decision is Decision.NO_DIFFERENCE
    assert judged(REFERENCE, REFERENCE + GAINS - GAINS.mean()).decision is Decision.CANNOT_TELL


def test_cannot_tell_says_how_many_rows_would() -> None:
    """More repeats cannot remove the noise of few rows; more rows can."""
    found = judged(REFERENCE, REFERENCE + GAINS - GAINS.mean() + 0.005)
    assert found.needed is not None
    assert found.needed.seeds is None
    assert found.needed.examples is not None
    assert found.needed.examples > 120
    assert judged(REFERENCE, REFERENCE + GAINS + 0.1).needed is None


def test_errors_are_turned_round() -> None:
    """For a metric where lower is better, a lower score is a gain."""
    assert judged(REFERENCE, REFERENCE - GAINS - 0.1, slug="mae").decision is Decision.BETTER


def test_runs_without_a_score_get_the_dummys() -> None:
    """Crashes are counted and said; a fold that even the dummy cannot score is left out."""
    changed, dummy = REFERENCE + 0.1, DUMMY.copy()
    changed[0, :3] = np.nan
    dummy[0, 0] = np.nan
    found = judged(REFERENCE, changed, dummy=dummy)
    assert found.broken == {"reference": 0, "changed": 3}
    assert found.effect.seeds == 99
    expected = (0.5 - REFERENCE[0, 1:3]).sum() + 97 * 0.1
    assert found.effect.difference == pytest.approx(expected / 99)
    assert "1 folds have no score" in found.notes[-1]


def test_a_single_repeat_of_five_folds_decides_nothing() -> None:
    """Five trainings show too little of the spread."""
    first = judged(REFERENCE[:1, :5], REFERENCE[:1, :5] + 0.1, dummy=DUMMY[:1, :5])
    assert first.decision is Decision.CANNOT_TELL


@pytest.mark.parametrize("shape", [(10,), (10, 1), (5, 5)])
def test_scores_must_be_tables_of_the_same_folds(shape: tuple[int, ...]) -> None:
    """A flat list, one fold, or folds of another cut are refused."""
    scores = np.zeros(shape)
    with pytest.raises(UsageError, match="repeats and folds"):
        judged(scores, scores)


def test_runs_that_explode_do_not_hide_a_cure() -> None:
    """One error in ten without an end, in the arm as it is: it counts as twice the dummy's, and it is said."""
    reference = 1.1 + 0.05 * GENERATOR.standard_normal((10, 10))
    reference[:, 3] = 10.0 ** np.arange(1, 11)
    changed = 0.7 + 0.05 * GENERATOR.standard_normal((10, 10))
    dummy = np.ones((10, 10))
    found = judged(reference, changed, slug="rmse", dummy=dummy)
    assert found.decision is Decision.BETTER
    assert found.effect.difference == pytest.approx(np.minimum(reference, 2.0).mean() - changed.mean())
    assert found.notes[0].startswith("10 of 100 runs of the reference arm were worse than 2 times the dummy's error")
    assert found.broken == {"reference": 0, "changed": 0}
    assert judged(changed, reference, slug="rmse", dummy=dummy).decision is Decision.HARM


def test_runs_that_all_explode_or_crash_cannot_be_told_apart() -> None:
    """All count as the same, which is no proof that nothing differs."""
    dummy = np.ones((10, 10))
    wild = judged(np.full((10, 10), 1e6), np.full((10, 10), 3.0), slug="rmse", dummy=dummy)
    gone = judged(np.full((10, 10), np.nan), np.full((10, 10), np.nan))
    assert wild.decision is gone.decision is Decision.CANNOT_TELL and wild.needed is gone.needed is None
    assert "No run of either arm is one that can be compared." in wild.notes


def test_a_change_that_crashes_more_is_not_better() -> None:
    """The dummy's score beats that of the training as it is."""
    changed = REFERENCE + 0.1
    changed[0] = np.nan
    found = judged(np.full((10, 10), 0.3) + GAINS, changed)
    assert found.decision is Decision.CANNOT_TELL and found.effect.low > 0 and found.needed is None
