"""How differences of arms are judged."""

import numpy as np
import pytest

pytest.importorskip("keras")

from vandap.diagnose.decisive import arm, multiples
from vandap.exam.decisive._comparison import FEWEST_VALIDATION, GROUPS, Arm, Trained, compared, grouped, paired_interval
from vandap.exam.decisive._comparison import validation as asked
from vandap.exam.decisive._divisions import LARGEST_HELD_OUT
from vandap.exam.decisive.learning_rate import FACTORS, LearningRate
from vandap.watch.kept import Batch, Kept


@pytest.mark.parametrize("count", [1, 5, 31, 32, 100, 1024])
def test_groups_are_equal_and_use_nearly_all_examples(count):
    """Keras compiles once for one size."""
    groups = grouped(Batch(np.arange(count)))
    sizes = {group.examples for group in groups}
    assert len(sizes) == 1
    assert len(groups) * sizes.pop() > count * 0.9 - GROUPS / 8
    assert len(groups) < 2 * GROUPS


def test_an_interval_holds_the_mean_and_shrinks_with_more_examples():
    """One difference alone says nothing."""
    random = np.random.default_rng(0)
    few, many = (paired_interval(random.normal(1, 1, count)) for count in (8, 800))
    assert few[1] < few[0] < few[2]
    assert many[2] - many[1] < (few[2] - few[1]) / 4
    assert paired_interval(np.array([1.0]))[1:] == (-np.inf, np.inf)


def test_the_interval_holds_what_it_promises():
    """95 % of intervals over normal differences hold their mean, within simulation error."""
    random = np.random.default_rng(1)
    hits = [low <= 0 <= high for _, low, high in (paired_interval(random.normal(size=GROUPS)) for _ in range(2000))]
    assert np.mean(hits) == pytest.approx(0.95, abs=0.02)


ONE = Batch(np.zeros(1))
LOOKS = len(FACTORS) - 1


def _compared(random, leak=0.0, validated=0):
    """Arms that are alike but for chance: losses of groups that are more or less hard, and a little luck in each.

    Args:
        random: Where chance comes from.
        leak: By how much every arm but the first is better on held-out examples, because it knows them by heart.
        validated: Groups of validation examples, where all arms are alike.
    """
    trained = []
    hard, hard_too = random.normal(1, 0.3, GROUPS), random.normal(1, 0.3, validated)
    for place in range(len(FACTORS)):
        held_out = hard - leak * (place > 0) + random.normal(0, 0.1, GROUPS)
        trained.append(Trained(1.0, held_out, hard_too + random.normal(0, 0.1, validated)))
    return compared([Arm(name, ONE, ONE) for name in FACTORS], trained, 2.0, 100, 1.0, LOOKS)


def _says_better(series):
    return any(arm(series, name).is_surely_lower for above in (False, True) for name in multiples(series, above))


def test_of_rates_that_are_alike_none_is_surely_better():
    """Four looks together keep the level of one: 2.5 % to one side."""
    random = np.random.default_rng(3)
    assert LearningRate.takes_best
    assert np.mean([_says_better(_compared(random)) for _ in range(3000)]) < 0.03


def test_what_validation_does_not_confirm_is_not_surely_better():
    """Arms that only know held-out examples by heart win there each time, and on the user's validation by chance."""
    random = np.random.default_rng(4)
    assert np.mean([_says_better(_compared(random, leak=0.5)) for _ in range(20)]) == 1
    assert np.mean([_says_better(_compared(random, leak=0.5, validated=GROUPS)) for _ in range(1500)]) < 0.035


def test_few_validation_examples_are_not_asked_and_many_are_thinned():
    """They keep their order; those of another form than the training examples cannot be asked."""

    def of(count, y=None):
        return asked(Kept(None, None, Batch(np.zeros((100, 2))), Batch(np.arange(count), y)))

    assert of(FEWEST_VALIDATION - 1) is None
    assert np.array_equal(of(FEWEST_VALIDATION).x, np.arange(FEWEST_VALIDATION))
    many = of(4000).x
    assert len(many) == LARGEST_HELD_OUT and (many[0], many[-1]) == (0, 3999) and np.all(np.diff(many) > 0)
    assert of(100, np.zeros(100)) is None
    assert asked(Kept(None, None, ONE)) is None
