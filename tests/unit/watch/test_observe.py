"""What watched examples look like, in numbers."""

import numpy as np
import pytest

from vandap.diagnose.catalogue import rule
from vandap.watch import observe
from vandap.watch.epochs import Epochs


def test_input_statistics_leave_out_what_is_not_finite():
    """Ranges are those of the finite values; the others are counted."""
    series = observe.input_statistics({"a": np.array([[1.0, 3.0], [np.nan, np.inf]]), "b": np.array([[1], [2]])})
    assert series.at(input="a", statistic="maximum") == 3
    assert series.at(input="a", statistic="nonfinite") == 2
    assert series.at(input="b", statistic="integer") == 1
    assert series.at(input="b", statistic="whole") == 1
    assert series.at(input="b", statistic="examples") == 2


def test_text_inputs_have_no_range():
    """Text is counted and nothing else."""
    series = observe.input_statistics({"words": np.array(["a", "b"], dtype=object)})
    assert np.isnan(series.at(input="words", statistic="mean"))
    assert series.at(input="words", statistic="examples") == 2


def test_feature_statistics_take_the_users_names():
    """Columns of an only table carry its names, those of several inputs the input's name, too."""
    table = np.array([[0.0, 5.0], [2.0, 5.0]])
    single = observe.feature_statistics({"input": table}, ("age", "size"))
    assert single is not None and single.at(feature="age", statistic="mean") == 1
    several = observe.feature_statistics({"a": table, "b": table})
    assert several is not None and several.labels["feature"] == ("a/0", "a/1", "b/0", "b/1")
    assert observe.feature_statistics({"image": np.zeros((2, 4, 4, 1))}) is None


@pytest.mark.parametrize(
    ("targets", "one_hot", "sums", "width"),
    [
        (np.eye(3)[[0, 1, 1]], 1.0, 1.0, 3),
        (np.array([[0.5, 0.5], [1.0, 0.0]]), 0.5, 1.0, 2),
        (np.array([[3.0, -2.0], [1.0, 1.0]]), 0.0, 0.0, 2),
    ],
)
def test_label_statistics_know_one_hot_rows(targets, one_hot, sums, width):
    """Rows with a single one, rows that sum to one without negative entries, and the width."""
    series = observe.label_statistics({"out": targets})
    found = [series.at(output="out", statistic=name) for name in ("one_hot", "sums_to_one", "width")]
    assert found == [one_hot, sums, width]


def test_label_statistics_know_the_absolute_error_of_the_best_constant_answer():
    """The mean distance from the median of each column; not known where a target is not finite."""
    columns = np.array([[0.0, 10.0], [1.0, 10.0], [8.0, 16.0]])
    series = observe.label_statistics({"out": columns, "broken": np.array([1.0, np.nan])})
    assert series.at(output="out", statistic="absolute") == pytest.approx((1 + 0 + 7 + 0 + 0 + 6) / 6)
    assert np.isnan(series.at(output="broken", statistic="absolute"))


def test_classes_are_decoded_only_where_they_are_classes():
    """One-hot rows and whole numbers are classes; measured numbers and large integers are not."""
    assert observe.class_codes(np.eye(3)[[2, 0]], True).tolist() == [2, 0]
    assert observe.class_codes(np.array([1.0, 0.0]), True).tolist() == [1, 0]
    assert observe.class_codes(np.array([1.0, 0.0]), False) is None
    assert observe.class_codes(np.array([1, 0]), False).tolist() == [1, 0]
    assert observe.class_codes(np.array([[1], [0]]), False).tolist() == [1, 0]
    assert observe.class_codes(np.array([[1, 7, 1], [0, 7, 2]], np.uint8), False) is None
    assert observe.class_codes(np.array([[1, 2, 1], [0, 3, 2]]), True).tolist() == [1, 2, 1, 0, 3, 2]
    assert observe.class_codes(np.arange(500), False) is None
    assert observe.class_codes(np.array([0.5, 1.0]), True) is None
    assert observe.class_codes(np.array([np.nan, 1.0]), True) is None


def test_targets_beyond_those_of_training_are_counted():
    """One number an example only; both ends count."""
    found = observe.beyond_training(np.array([[1.0], [4.0]]), np.array([[0.5], [4.0], [9.0], [2.0]]))
    assert [found.at(fact=fact) for fact in ("minimum", "maximum", "outside", "rows")] == [1, 4, 0.5, 4]
    assert observe.beyond_training(np.ones((3, 2)), np.ones((3, 2))) is None
    assert observe.beyond_training(np.array([1.0, np.nan]), np.ones(2)) is None


def _shared(train, validation):
    found = observe.held_out_inputs({"x": train}, {"x": validation})
    return None if found is None else found.at(input="x", fact="shared")


def test_inputs_that_were_scaled_in_one_part_only_share_no_range():
    """By each column's own mean and deviation, or all by one number, as pixels are; what is constant tells nothing."""
    generator = np.random.default_rng(0)
    means, deviations = generator.uniform(-100, 100, 12), 10 ** generator.uniform(-3, 3, 12)
    table = means + deviations * generator.normal(size=(400, 12))
    scaled = (table - table.mean(0)) / table.std(0)
    assert _shared(table[:300], scaled[300:]) < 0.1 and _shared(scaled[:300], table[300:]) < 0.1
    pixels = generator.integers(0, 256, (60, 8, 8, 1)) * (generator.random((60, 8, 8, 1)) < 0.15)
    assert _shared(pixels[:40] / 255, pixels[40:]) < 0.05 and _shared(pixels[:40], pixels[40:]) > 0.5
    found = observe.held_out_inputs({"x": np.c_[table, np.ones(400)]}, {"x": np.c_[scaled, np.zeros(400)]})
    assert found.at(input="x", fact="columns") == 12 and found.at(input="x", fact="rows") == 400
    assert [found.at(input="x", fact=fact) for fact in ("standard", "validation_standard")] == [0, 12 / 13]


def test_of_wide_inputs_some_columns_are_compared():
    """From end to end; the median of a thousand tells as much as that of all."""
    rows = np.random.default_rng(0).normal(size=(40, 2_500))
    found = observe.held_out_inputs({"x": rows}, {"x": rows * 1000})
    assert found.at(input="x", fact="columns") == 834 and found.at(input="x", fact="shared") < 0.01


def test_few_examples_and_other_inputs_are_not_compared():
    """A dozen tell no range; text has none; an input of another name or shape is another input."""
    rows = np.arange(60.0).reshape(30, 2)
    assert _shared(rows[:12], rows) is None and _shared(rows, rows[:, :1]) is None
    assert _shared(np.ones((30, 2)), rows) is None and _shared(rows.astype(str).astype(object), rows) is None
    assert observe.held_out_inputs({"a": rows}, {"b": rows}) is None
    assert observe.held_out_inputs({"a": rows + np.nan}, {"a": rows}) is None


def test_random_splits_share_their_ranges():
    """Of 300 splits, few rows and wild, sparse and skewed columns among them, none shares so little as to be told."""
    generator = np.random.default_rng(0)
    for _ in range(300):
        rows, columns = int(generator.integers(40, 400)), int(generator.integers(1, 9))
        drawn = [
            generator.standard_cauchy((rows, columns)),
            generator.lognormal(0, 2, (rows, columns)),
            generator.poisson(0.05, (rows, columns)) * generator.lognormal(0, 2, (rows, columns)),
            (generator.random((rows, columns)) < 0.03).astype(float),
            generator.normal(size=(rows, columns)),
        ][int(generator.integers(5))]
        shared = _shared(drawn[20:], drawn[:20])
        assert shared is None or shared > rule("A13").shared.value


def test_classes_never_seen_count_zero():
    """A class that the output can tell apart and nobody saw has a count of zero, one of another output has none."""
    counts = observe.label_counts({"a": np.array([0, 0, 2]), "b": np.array([-1, 1])}, {"a": 4})
    assert counts is not None and counts.labels["class"] == ("-1", "0", "1", "2", "3")
    assert counts.values[0].tolist()[1:] == [2, 0, 1, 0]
    assert np.isnan(counts.values[0, 0])


def test_batches_of_numbers_are_counted_by_decile():
    """Sorted targets show as batches in one decile each."""
    series = observe.batch_labels(np.arange(100.0).reshape(10, 10), codes=False)
    assert series is not None and series.values.shape == (10, 10)
    assert np.array_equal(series.values, 10 * np.eye(10))


def _epochs(orders, targets):
    epochs = Epochs()
    for number, order in enumerate(orders):
        epochs.begin(number)
        for rows in np.array_split(np.array(order), 3):
            epochs.note(rows[:, None] * 1.0, targets[rows])
    return epochs


def test_equal_first_batches_are_the_same_order():
    """Two epochs of the same batches have the same order, two shuffled ones do not."""
    targets = np.random.default_rng(0).integers(0, 4, 60)
    plain = list(range(60))
    mixed = np.random.default_rng(1).permutation(60).tolist()
    assert _epochs([plain, plain], targets).order().at(fact="same_order") == 1
    assert _epochs([plain, mixed], targets).order().at(fact="same_order") == 0
    assert _epochs([plain], targets).order() is None


def test_augmented_inputs_in_the_same_order_are_recognised_by_their_targets():
    """Inputs that change every epoch do not hide an order, unless the targets are too few to tell."""
    targets = np.random.default_rng(0).integers(0, 4, 60)

    def order(targets):
        epochs = Epochs()
        for number in range(2):
            epochs.begin(number)
            for batch in targets.reshape(3, -1):
                epochs.note(np.random.default_rng(number).normal(size=(len(batch), 2)), batch)
        return epochs.order().at(fact="same_order")

    assert order(targets) == 1
    assert order(np.zeros(60, np.int64)) == 0


def test_padding_is_counted_on_both_sides_of_what_a_sequence_holds():
    """Zeros in between are none; a sequence of nothing but zeros does not count; frames are zero as a whole."""
    words = np.array([[0, 0, 5, 0, 7, 0], [3, 0, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0]])
    frames = np.zeros((2, 4, 3))
    frames[:, 1, 2] = 0.5
    series = observe.padding({"words": words, "frames": frames, "numbers": np.array([[0.5, 0.0]])})
    assert series.labels["input"] == ("words", "frames")
    assert [series.at(input="words", fact=fact) for fact in observe.PADDING] == [6, 1, 3, 2]
    assert [series.at(input="frames", fact=fact) for fact in observe.PADDING] == [4, 1, 2, 2]
    assert observe.padding({"empty": np.zeros((3, 5), int)}) is None
