"""What each decisive test says of a healthy training and of one with its fault."""

from dataclasses import replace

import decisive_models as made
import keras
import numpy as np
import pytest

from vandap.core.signals import Series
from vandap.diagnose.decisive import arm
from vandap.exam.decide import tests as family
from vandap.exam.decisive._scaling import before_normalisation
from vandap.exam.decisive._test import NotPossibleError
from vandap.exam.decisive._workbench import workbench
from vandap.watch.kept import Batch

pytestmark = pytest.mark.backend


def _result(slug, model, data, steps=60, epochs=1, validation=None):
    test = next(test for test in family() if test.slug == slug)
    return test.run(made.trained(model, data, epochs=epochs, steps=steps, validation=validation), 1e6)


def _surely_lower(series, arm):
    return series.at(arm=arm, fact="high") < 0


def test_a_tiny_learning_rate_loses_to_a_higher_one():
    """A hundredfold rate learns what the user's does not, and no lower rate helps."""
    model = made.network(optimizer=keras.optimizers.SGD(1e-3))
    series = _result("learning_rate", model, Batch(*made.separable()))
    assert _surely_lower(series, "x100")
    assert not _surely_lower(series, "x0.01")
    assert series.at(arm="x1", fact="difference") == 0


def _by_chance(random, rows, copies=1, deviation=0.0):
    """Rows of which the inputs tell nothing, each there several times, up to a deviation."""
    x, y = random.normal(size=(rows, 8)), random.integers(0, 2, rows)
    x = np.repeat(x, copies, axis=0) + deviation * random.normal(size=(rows * copies, 8))
    return Batch(x.astype("float32"), np.repeat(y, copies).astype("int32"))


def _long(data, validation):
    """Five times the steps, of a network that learns by heart."""
    model = made.network(keras.layers.Dense(64, activation="relu"), optimizer=keras.optimizers.Adam(0.02))
    return _result("more_steps", model, data, steps=60, epochs=25, validation=validation)


def test_what_is_learnt_by_heart_does_not_win():
    """Copies are held out together; what is all but a copy is not told from others, but validation tells."""
    random = np.random.default_rng(7)
    new = _by_chance(random, 256)
    assert not arm(_long(_by_chance(random, 80, copies=5), None), "x5").is_surely_lower
    nearly = _long(_by_chance(random, 80, copies=5, deviation=1e-3), new)
    assert _surely_lower(nearly, "x5")
    assert nearly.at(arm="x5", fact="validation_high") > 0
    assert not arm(nearly, "x5").is_surely_lower


def test_what_is_learnt_wins_on_the_validation_examples_too():
    """Changed as the held-out ones are: standardised by the numbers of the training examples."""
    x, y = made.separable(512)
    far = Batch(1000 + 10 * x[:256], y[:256]), Batch(1000 + 10 * x[256:], y[256:])
    series = _result("standardised_input", made.network(), far[0], validation=far[1])
    winner = arm(series, "standardised")
    assert winner.is_surely_lower and winner.validation_high < 0
    assert series.at(arm="standardised", fact="validation") == pytest.approx(winner.held_out, rel=0.3)


def test_a_huge_learning_rate_loses_to_a_lower_one():
    """Also where the loss ends non-finite, which counts as an untrained model."""
    x, y = made.separable()
    model = made.network(optimizer=keras.optimizers.SGD(1e4))
    model.compile(model.optimizer, "mse")
    series = _result("learning_rate", model, Batch(x, np.stack([y, 1 - y], 1).astype("float32")))
    assert np.isnan(series.at(arm="x1", fact="train"))
    assert np.isfinite(series.at(arm="x1", fact="held_out"))
    assert not _surely_lower(series, "x10")


def test_a_sound_network_learns_one_batch():
    """Dropout of a half does not hinder it."""
    model = made.network(keras.layers.Dense(32, activation="relu"), keras.layers.Dropout(0.5))
    series = _result("one_batch", model, Batch(*made.separable()))
    assert series.at(arm="model", fact="errors") == 0
    assert np.isnan(series.at(arm="adam", fact="errors"))


def _with_void_labels():
    """A third of the labels is -1, a class that the loss ignores."""
    model = made.network()
    model.compile(keras.optimizers.Adam(0.01), keras.losses.SparseCategoricalCrossentropy(True, ignore_class=-1))
    x, y = made.separable(512)
    return model, Batch(x, np.where(np.arange(len(y)) % 3 == 0, -1, y))


def test_labels_that_the_loss_ignores_need_not_be_learnt():
    """All others are."""
    series = _result("one_batch", *_with_void_labels())
    assert series.at(arm="model", fact="errors") <= 0.01


def test_labels_that_the_loss_ignores_have_no_rank():
    """Those of the other examples have."""
    series = _result("label_ranks", *_with_void_labels())
    assert np.isfinite(series.values).any()


def test_a_network_that_cannot_reach_its_weights_learns_no_batch(monkeypatch):
    """Neither with the user's optimiser nor with another one."""
    monkeypatch.setattr("vandap.exam.decisive.one_batch.MOST_STEPS", 100)
    model = made.network(keras.layers.Lambda(lambda x: x * 0))
    series = _result("one_batch", model, Batch(*made.separable()))
    assert series.at(arm="model", fact="errors") > 0.1
    assert series.at(arm="adam", fact="errors") > 0.1


@pytest.mark.parametrize(("slug", "arm"), [("zeroed_input", "zeroed"), ("shuffled_labels", "shuffled")])
def test_inputs_that_say_something_beat_those_that_do_not(slug, arm):
    """Real inputs and labels are surely better, and are not where the labels are chance."""
    x, y = made.separable(512)
    series = _result(slug, made.network(), Batch(x, y))
    assert series.at(arm=arm, fact="low") > 0
    chance = np.random.default_rng(2).permutation(y)
    series = _result(slug, made.network(), Batch(x, chance))
    assert not series.at(arm=arm, fact="low") > 0.01


def test_standardised_targets_help_only_where_the_users_are_not():
    """Prices in cents are out of reach in so few steps; both arms are measured in cents."""
    x, _ = made.separable()
    y = (x[:, :1] + 0.5 * x[:, 1:2]).astype("float32")
    far = _result("standardised_target", made.regressor(), Batch(x, 300_000 + 90_000 * y))
    near = _result("standardised_target", made.regressor(), Batch(x, y))
    assert _surely_lower(far, "standardised")
    assert 1e5 < far.at(arm="standardised", fact="held_out") < 0.5 * far.at(arm="real", fact="held_out")
    assert abs(near.at(arm="standardised", fact="difference")) < 0.05


def test_standardised_inputs_help_only_where_the_users_are_not():
    """A shift of a hundred deviations hinders learning; inputs of mean 0 and deviation 1 do not."""
    x, y = made.separable()
    far = _result("standardised_input", made.network(), Batch(1000 + 10 * x, y))
    near = _result("standardised_input", made.network(), Batch(x, y))
    assert _surely_lower(far, "standardised")
    assert far.at(arm="standardised", fact="held_out") < 0.5 * far.at(arm="real", fact="held_out")
    assert abs(near.at(arm="standardised", fact="difference")) < 0.05


def test_scaled_inputs_at_another_rate_learn_what_neither_change_alone_teaches():
    """Far inputs and tiny steps hide each other."""
    x, y = made.separable()
    data = Batch(1000 + 10 * x, y)
    tiny = made.network(optimizer=keras.optimizers.SGD(1e-6))
    rates, alone, both = (_result(slug, tiny, data) for slug in ("learning_rate", "standardised_input", "scaled_rates"))
    assert alone.at(arm="standardised", fact="held_out") > 0.5
    assert min(rates.at(arm=arm, fact="held_out") for arm in rates.labels["arm"]) > 0.5
    assert _surely_lower(both, "x10000")
    assert both.at(arm="x1", fact="held_out") == pytest.approx(alone.at(arm="standardised", fact="held_out"), rel=0.05)


def test_averages_that_lag_behind_are_seen_in_inference_mode():
    """Batch normalisation of momentum 0.9999 answers in inference mode as if untrained; dropout is no such fault."""
    x, y = made.separable()
    lagging = keras.layers.BatchNormalization(momentum=0.9999)
    sick = made.network(lagging, keras.layers.Dense(16, activation="relu"))
    healthy = made.network(keras.layers.Dense(16, activation="relu"), keras.layers.Dropout(0.5))
    assert _result("inference_mode", sick, Batch(50 + 9 * x, y)).at(arm="inference", fact="low") > 0
    assert not _result("inference_mode", healthy, Batch(x, y)).at(arm="inference", fact="low") > 0


def test_modes_that_are_one_function_answer_alike():
    """Whatever optimiser would go on with its former steps; of two batches nothing is said."""
    data = Batch(*made.separable())
    model = made.network(optimizer=keras.optimizers.SGD(0.1, momentum=0.9))
    found = _result("inference_mode", model, data, epochs=3)
    assert abs(found.at(arm="inference", fact="difference")) < 1e-6
    with pytest.raises(NotPossibleError, match="batches"):
        _result("inference_mode", made.network(), Batch(data.x[:64], data.y[:64]))


class HalfGradient(keras.layers.Layer):
    """A square whose gradient is half of what it should be."""

    def build(self, shape):
        """One factor a feature."""
        self.factor = self.add_weight(shape=(shape[-1],), initializer="ones", name="factor")

    def call(self, x):
        """Multiply by the factor's square."""
        return x * self.factor * keras.ops.stop_gradient(self.factor)


def test_a_wrong_gradient_is_told_from_a_right_one():
    """The error stands out from rounding, at the variable that has it."""
    data = Batch(*made.separable())
    series = _result("gradient", made.network(HalfGradient(name="half")), data)
    errors = dict(zip(series.labels["arm"], series.values[:, 0], strict=True))
    assert errors.pop("half/factor") == pytest.approx(0.5, abs=0.05)
    assert max(errors.values()) < 0.02


def test_constraints_do_not_hide_a_wrong_gradient():
    """They would move the weights after the gradient was taken."""
    bound = keras.layers.Dense(16, kernel_constraint="non_neg")
    series = _result("gradient", made.network(bound, HalfGradient(name="half")), Batch(*made.separable()))
    assert series.at(arm="half/factor", fact="relative_error") == pytest.approx(0.5, abs=0.05)
    assert series.at(arm="half/factor", fact="floor") < 0.05
    assert bound.kernel.constraint is not None


def test_a_dictionary_meets_the_layers_that_scale_it():
    """By its names, whatever order the model was given them in."""
    random = np.random.default_rng(0)
    x = {"age": random.normal(40, 13, (64, 1)), "income": random.normal(5e4, 3e4, (64, 1))}
    inputs = [keras.Input((1,), name=name) for name in ("income", "age")]
    scaled = []
    for given in inputs:
        scaled.append(keras.layers.Normalization())
        scaled[-1].adapt(x[given.name])
    joined = keras.layers.Concatenate()([layer(given) for layer, given in zip(scaled, inputs, strict=True)])
    model = keras.Model(inputs, keras.layers.Dense(1)(joined))
    scores = {name: (part - part.mean()) / part.std() for name, part in x.items()}
    undone = before_normalisation(model, Batch(scores))
    assert all(np.allclose(undone.x[name], x[name], rtol=1e-3) for name in x)


def test_a_schedule_goes_on_where_the_fit_did():
    """A second fit of a scheduled optimiser is tried at its own rates, not at the first ones."""
    rate = keras.optimizers.schedules.ExponentialDecay(0.01, 80, 0.1)
    kept = made.trained(made.network(optimizer=keras.optimizers.Adam(rate)), Batch(*made.separable()), steps=80)
    later = replace(kept, fit=replace(kept.fit, steps_before=80))
    for fit, first in ((kept, 0.01), (later, 0.001)):
        with workbench(fit) as bench:
            assert bench.schedule[0] == pytest.approx(first)


@pytest.mark.parametrize("is_inside", [False, True])
def test_cutting_outliers_helps_only_where_there_are_some(is_inside):
    """Two rows in a hundred a thousand times too large rule the deviation that inputs are scaled with, by whatever."""
    x, y = made.separable(512)
    slipped = np.where(np.random.default_rng(1).random((512, 1)) < 0.02, 1000, 1).astype("float32") * x
    given = slipped if is_inside else slipped / slipped.std(axis=0)
    sick = _result("clipped_input", _scaling_network(slipped) if is_inside else made.network(), Batch(given, y))
    healthy = _result("clipped_input", _scaling_network(x) if is_inside else made.network(), Batch(x, y))
    assert _surely_lower(sick, "clipped")
    assert sick.at(arm="clipped", fact="held_out") < 0.7 * sick.at(arm="real", fact="held_out")
    assert abs(healthy.at(arm="clipped", fact="difference")) < 0.01


def _scaling_network(x):
    scale = keras.layers.Normalization()
    scale.adapt(x)
    return made.network(scale, keras.layers.Dense(16, activation="relu"))


def test_a_rare_class_is_found_once_classes_weigh_alike():
    """Every example is held out once, and a class with one row in thirty is told by one feature."""
    random = np.random.default_rng(3)
    y = (random.random(480) < 1 / 30).astype("int32")
    x = random.normal(size=(480, 8)).astype("float32") + 1.5 * y[:, None] * (np.arange(8) == 0)
    series = _result("class_recall", made.network(), Batch(x, y), steps=45)
    rows = series.at(arm="1", fact="held_out_rows")
    assert rows == y.sum()
    assert series.at(arm="0", fact="held_out_rows") == 480 - rows
    assert series.at(arm="1", fact="weighted_hits") > series.at(arm="1", fact="held_out_hits") + 3


def _pairs():
    """Two numbers of like or unlike sign: random features of so few units cannot tell, trained ones can."""
    x = np.random.default_rng(5).normal(size=(512, 2)).astype("float32")
    return Batch(x, (x[:, 0] * x[:, 1] > 0).astype("int32"))


def _gain(found: Series, arm: str) -> float:
    """What an arm adds on held-out and on training examples, the smaller, as a share of what two classes hold."""
    held_out, train = (found.at(arm="real", fact=fact) - found.at(arm=arm, fact=fact) for fact in ("held_out", "train"))
    return min(held_out, train) / float(np.log(2))


def test_frozen_random_layers_are_told_from_those_that_do_as_well():
    """Few random units cost what trained ones would learn; a random mixture before layers that learn costs nothing."""
    frozen = made.network(keras.layers.Dense(6, activation="relu", trainable=False), features=2)
    sick = _result("unfrozen", frozen, _pairs(), steps=300, epochs=25)
    mixed = made.network(keras.layers.Dense(32, trainable=False), keras.layers.Dense(16, activation="relu"))
    healthy = _result("unfrozen", mixed, Batch(*made.separable()), steps=300, epochs=25)
    assert _surely_lower(sick, "unfrozen")
    assert _gain(sick, "unfrozen") > 0.05 > _gain(healthy, "unfrozen")


def test_learnt_weights_stay_frozen():
    """A layer that was pretrained is no layer of chance, and the test has nothing to compare."""
    model = made.network(keras.layers.Dense(16, activation="relu", trainable=False))
    weights = model.layers[0].get_weights()
    model.layers[0].set_weights([2 * weights[0], weights[1] + 0.1])
    with pytest.raises(NotPossibleError, match="No frozen layer"):
        _result("unfrozen", model, Batch(*made.separable()))


def test_a_network_too_narrow_for_its_answer_is_told_from_a_small_one_that_suffices():
    """One unit cannot tell signs that are alike from unlike ones; four are enough to part two sides of a line."""
    narrow = made.network(keras.layers.Dense(1, activation="tanh"), features=2)
    sick = _result("wider", narrow, _pairs(), steps=300, epochs=25)
    healthy = _result("wider", made.network(keras.layers.Dense(4)), Batch(*made.separable()), steps=300, epochs=25)
    assert _surely_lower(sick, "wider")
    assert sick.at(arm="wider", fact="difference") < -0.25
    assert healthy.at(arm="wider", fact="difference") > -0.1


def test_a_plan_that_depends_on_the_width_is_left_alone():
    """What is added to the narrow layer has as many values; and a wide network has nothing to widen."""
    inputs = keras.Input((4,))
    added = keras.layers.Add()([inputs, keras.layers.Dense(4)(inputs)])
    tied = keras.Model(inputs, keras.layers.Dense(1)(added))
    tied.compile("sgd", "mse")
    x, _ = made.separable(features=4)
    for model, data in ((tied, Batch(x, x[:, :1])), (made.network(), Batch(*made.separable()))):
        with pytest.raises(NotPossibleError, match=r"cannot be built|No hidden"):
            _result("wider", model, data)


def _sentences(behind):
    """Four words, the class in the last of them, and zeros before or behind."""
    random = np.random.default_rng(0)
    words = random.integers(3, 20, (256, 4))
    y = random.integers(0, 2, 256)
    words[:, 3] = 1 + y
    return np.pad(words, ((0, 0), (0, 24) if behind else (24, 0))), y


def _reader(mask_zero=False):
    keras.utils.set_random_seed(0)
    layers = keras.layers
    table = layers.Embedding(20, 8, mask_zero=mask_zero)
    recurrent = layers.SimpleRNN(8, recurrent_initializer="zeros")
    model = keras.Sequential([keras.Input((28,), dtype="int32"), table, recurrent, layers.Dense(2)])
    model.compile(keras.optimizers.Adam(0.02), keras.losses.SparseCategoricalCrossentropy(True))
    return model


def test_zeros_behind_cost_a_reader_of_last_steps_unless_they_are_masked(monkeypatch):
    """A recurrent layer that begins without a memory learns nothing over two dozen steps; a mask passes over them."""
    monkeypatch.setattr("vandap.exam.decisive._divisions.MOST_FOLDS", 1)
    data = Batch(*_sentences(behind=True))
    sick = _result("padding_in_front", _reader(), data, epochs=1)
    healthy = _result("padding_in_front", _reader(mask_zero=True), data, epochs=1)
    assert _surely_lower(sick, "turned")
    assert sick.at(arm="turned", fact="held_out") < 0.5 * sick.at(arm="real", fact="held_out")
    assert abs(healthy.at(arm="turned", fact="difference")) < 0.05
    with pytest.raises(NotPossibleError, match="No sequence"):
        _result("padding_in_front", _reader(), Batch(*_sentences(behind=False)))
