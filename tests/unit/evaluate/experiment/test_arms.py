"""Verdicts on two arms."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from made_predictions import regression

from vandap.core.estimate import Decision
from vandap.core.experiment import Outcome, Pairing
from vandap.core.records import from_json, to_json
from vandap.errors import UsageError
from vandap.evaluate.catalogue import metric
from vandap.evaluate.compare import compare
from vandap.evaluate.experiment.arms import NEGLIGIBLE_NOTE, PARTIAL_NOTE, SAME_NOTE, UNPAIRED_NOTE, compare_arms
from vandap.evaluate.experiment.plan import Plan

ROWS = 400


def runs(quality: float, seeds: int, *, stream: int = 0, rows: int = ROWS, scatter: float = 0.02) -> list[np.ndarray]:
    """Probabilities of runs that see the same examples; a better quality separates the classes more."""
    target = np.arange(rows) % 2
    hard = np.random.default_rng(99).standard_normal(rows)
    found = []
    for seed in range(seeds):
        generator = np.random.default_rng([stream, seed])
        separation = quality + scatter * generator.standard_normal()
        logit = (2 * target - 1) * separation + hard + 0.3 * generator.standard_normal(rows)
        right = 1 / (1 + np.exp(-logit))
        found.append(np.stack([1 - right, right], axis=1))
    return found


def judged(
    reference: Sequence[np.ndarray | None],
    changed: Sequence[np.ndarray | None],
    *,
    slug: str = "accuracy",
    plan: Plan | None = None,
    rows: int = ROWS,
    **settings: object,
) -> Outcome:
    """The verdict on two arms of `runs`."""
    target = np.arange(rows) % 2
    plan = plan or Plan.within(min(len(reference), len(changed)))
    return compare_arms(slug, target, reference, changed, dummy=np.full((rows, 2), 0.5), plan=plan, **settings)  # type: ignore[arg-type]


@pytest.mark.parametrize("slug", ["accuracy", "macro_f1", "roc_auc", "log_loss", "brier"])
@pytest.mark.parametrize(("gain", "decision"), [(1.0, Decision.BETTER), (-1.0, Decision.HARM)])
def test_a_large_effect_is_told_either_way(slug: str, gain: float, decision: Decision) -> None:
    """Whether the metric is a mean or not, whether high or low is good."""
    found = judged(runs(1.0, 20), runs(1.0 + gain, 20, stream=1), slug=slug, plan=Plan((20,)))
    assert found.decision is decision
    assert np.sign(found.effect.difference) == np.sign(gain)
    assert found.needed is None


def test_an_interval_goes_no_further_than_two_scores_can_differ() -> None:
    """Five seeds that scatter widely: the t interval of accuracies would reach beyond one; losses may."""
    settings = {"scatter": 2.0, "rows": ROWS}
    before, after = runs(-2.0, 5, **settings), runs(2.0, 5, stream=1, **settings)
    found = judged(before, after, plan=Plan((5,)))
    assert found.effect.high == 1.0 and found.effect.low >= -1.0
    assert judged(before, after, slug="log_loss", plan=Plan((5,))).effect.high > 1.0


def test_it_stops_at_the_first_look_that_decides() -> None:
    """Later runs neither change nor delay a verdict: a resumed experiment says what it said."""
    reference, changed = runs(1.0, 20), runs(2.5, 20, stream=1)
    whole = judged(reference, changed)
    assert [look.decision is Decision.CANNOT_TELL for look in whole.looks[:-1]] == [True] * (len(whole.looks) - 1)
    seeds = whole.looks[-1].seeds
    assert seeds < 20
    assert judged(reference[:seeds], changed[:seeds], plan=Plan.within(20)) == whole


def test_the_same_arm_makes_no_difference() -> None:
    """A change that changes no prediction: no difference, with a point as interval, and a word that it may not act."""
    found = judged(runs(1.0, 5), runs(1.0, 5))
    assert found.notes == (SAME_NOTE,)
    assert found.decision is Decision.NO_DIFFERENCE
    assert (found.effect.low, found.effect.high) == (0.0, 0.0)


def test_a_difference_inside_the_margin_is_none() -> None:
    """Two one-sided tests: with a wide margin two different but equal arms make no difference."""
    reference, changed = runs(1.0, 20), runs(1.0, 20, stream=1)
    wide = judged(reference, changed, margin=0.2)
    assert wide.decision is Decision.NO_DIFFERENCE and wide.notes == ()
    narrow = judged(reference, changed, margin=1e-4)
    assert narrow.decision is Decision.CANNOT_TELL
    assert narrow.needed is not None


def test_a_real_difference_that_does_not_matter_is_called_so() -> None:
    """Better, since the interval lies above zero; but all of it inside the margin, which a note says."""
    found = judged(runs(1.0, 20), runs(2.0, 20, stream=1), margin=0.5, plan=Plan((20,)))
    assert found.decision is Decision.BETTER
    assert found.negligible
    assert found.notes == (NEGLIGIBLE_NOTE,)


def test_cannot_tell_says_what_would() -> None:
    """Seeds of a new experiment, and with the seconds of one training its wall clock for both arms."""
    found = judged(runs(1.0, 5, scatter=0.3), runs(1.15, 5, stream=1, scatter=0.3), seconds_a_run=6.0)
    assert found.decision is Decision.CANNOT_TELL
    assert found.needed is not None
    assert found.needed.seeds is not None
    assert found.needed.seeds > 5
    assert found.needed.seconds == pytest.approx(12.0 * found.needed.seeds)


def test_crashed_runs_count_as_the_dummy() -> None:
    """A change that crashes every time is harm, though it has no prediction to score."""
    found = judged(runs(2.0, 8), [None] * 8, plan=Plan((8,)))
    assert found.decision is Decision.HARM
    assert found.broken == {"reference": 0, "changed": 8}
    assert "8 of 8 runs of the changed arm" in found.notes[0]


def test_under_200_rows_there_is_no_verdict() -> None:
    """However large the effect; the note names the way out."""
    found = judged(runs(0.0, 20, rows=150), runs(3.0, 20, stream=1, rows=150), rows=150)
    assert found.decision is Decision.CANNOT_TELL
    assert found.effect.low > 0
    assert "repeated folds" in found.notes[0]


def test_too_few_groups_give_no_verdict() -> None:
    """Groups are the units: nine of them are nine examples."""
    found = judged(runs(0.0, 20), runs(3.0, 20, stream=1), groups=np.arange(ROWS) % 9)
    assert found.decision is Decision.CANNOT_TELL
    assert found.effect.count == 9


@pytest.mark.parametrize(("seeds", "looked"), [(3, 3), (6, 5), (19, 12)])
def test_between_looks_the_last_one_counts(seeds: int, looked: int) -> None:
    """A cut experiment stands at the last look that it reached; before the first one there is no verdict."""
    found = judged(runs(1.0, seeds, scatter=0.5), runs(1.02, seeds, stream=1, scatter=0.5), plan=Plan.within(20))
    assert found.decision is Decision.CANNOT_TELL
    assert found.looks[-1].seeds == looked
    assert f"{looked} of 20 planned seeds" in found.notes[-1]


def test_pairing_is_said() -> None:
    """What the runs of one seed share stands in the notes where it is less than everything."""
    reference, changed = runs(1.0, 5), runs(1.2, 5, stream=1)
    assert judged(reference, changed, pairing=Pairing.PARTIAL).notes[0] == PARTIAL_NOTE
    assert judged(reference, changed, pairing=Pairing.NONE).notes[0] == UNPAIRED_NOTE
    assert judged(reference, changed).effect == judged(reference, changed, pairing=Pairing.PARTIAL).effect


def test_pairs_need_partners() -> None:
    """Paired arms of different length are refused, unpaired ones compared."""
    with pytest.raises(UsageError, match="same seeds"):
        judged(runs(1.0, 5), runs(1.0, 6, stream=1))
    found = judged(runs(1.0, 5), runs(1.0, 6, stream=1), plan=Plan((5,)), pairing=Pairing.NONE)
    assert found.effect.seeds == 5


def test_arms_need_a_run() -> None:
    """Nothing is said of trainings that were not run."""
    for pairing in Pairing:
        with pytest.raises(UsageError, match="need"):
            judged([], [], plan=Plan((5,)), pairing=pairing)


def test_runs_beyond_the_plan_do_not_enter() -> None:
    """More runs than planned cannot be used to look once more."""
    reference, changed = runs(1.0, 12), runs(1.3, 12, stream=1)
    assert judged(reference, changed, plan=Plan((8,))) == judged(reference[:8], changed[:8], plan=Plan((8,)))


def test_one_deterministic_run_repeated_is_the_comparison_of_two_models() -> None:
    """Without any seed variance the interval is that of `compare` but for the degrees of freedom."""
    target, prediction = regression(300)
    worse = prediction + 0.2 * np.random.default_rng(1).standard_normal(300)
    arms = compare_arms("mae", target, [worse] * 20, [prediction] * 20, dummy=target * 0, plan=Plan((20,)))
    alone = compare("mae", target, prediction, worse, a="new", b="old")
    assert arms.effect.difference == pytest.approx(alone.difference)
    assert arms.effect.error == pytest.approx((alone.high - alone.low) / 2 / 1.9679, rel=1e-3)
    assert arms.margin == alone.margin


def test_an_undefined_metric_cannot_tell() -> None:
    """ROC AUC of one class: the reason stands where the method would."""
    prediction = np.full((300, 2), 0.5)
    target = np.zeros(300, dtype=int)
    found = compare_arms("roc_auc", target, [prediction] * 5, [prediction] * 5, dummy=prediction, plan=Plan((5,)))
    assert found.decision is Decision.CANNOT_TELL
    assert found.effect.method == metric("roc_auc").undefined(target, prediction)


def test_an_outcome_is_plain_json() -> None:
    """Written and read again, nothing is lost."""
    found = judged(runs(1.0, 8, scatter=0.3), [*runs(1.1, 7, stream=1, scatter=0.3), None])
    assert from_json(Outcome, to_json(found)) == found


def test_runs_that_explode_do_not_hide_a_cure() -> None:
    """A few errors without an end in the arm as it is count as twice the dummy's, and it is said."""
    target, good = regression(ROWS)
    generator = np.random.default_rng(8)
    reference = [target.mean() + 0.05 * generator.standard_normal(ROWS) for _ in range(8)]
    reference[2], reference[5] = 1e3 * target, 1e6 * target
    changed = [good + 0.01 * generator.standard_normal(ROWS) for _ in range(8)]
    found = compare_arms("rmse", target, reference, changed, dummy=np.full(ROWS, target.mean()), plan=Plan.within(8))
    assert found.decision is Decision.BETTER
    assert any(note.startswith("2 of 8 runs of the reference arm were worse than 2 times") for note in found.notes)


def test_a_class_of_a_few_rows_decides_nothing() -> None:
    """Nine rows of a class among thousands: no verdict on an average over classes, and the reason is told."""
    target = (np.arange(2000) < 9).astype(int)
    right = np.where(target == 1, 0.9, 0.1)
    before, after = np.tile([0.9, 0.1], (2000, 1)), np.stack([1 - right, right], 1)
    found = compare_arms("macro_f1", target, [before] * 5, [after] * 5, dummy=before, plan=Plan((5,)))
    assert found.decision is Decision.CANNOT_TELL and found.needed is None
    assert found.notes[0] == (
        "Of the rows that decide 1 class has fewer than 10 rows, too few for Macro F1: no verdict."
    )
    plain = compare_arms("log_loss", target, [before] * 5, [after] * 5, dummy=before, plan=Plan((5,)))
    assert not any("no verdict" in note for note in plain.notes)


def test_a_rare_class_that_both_arms_miss_widens_the_effect() -> None:
    """Ten rows of a class that no run finds: the arms may still differ in its recall."""
    target = (np.arange(20_000) < 10).astype(int)
    before = np.tile([0.9, 0.1], (20_000, 1))
    after = before.copy()
    after[-1] = after[-1, ::-1]
    found = compare_arms("macro_recall", target, [before] * 5, [after] * 5, dummy=before, plan=Plan((5,)))
    assert found.decision is Decision.CANNOT_TELL
    assert found.effect.high > 0.05
