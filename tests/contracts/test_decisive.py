"""What every decisive test keeps, on whichever back end this process runs."""

import random
from dataclasses import replace

import decisive_models as made
import keras
import numpy as np
import pytest
from keras.src.random.seed_generator import global_seed_generator

from vandap.core.finding import Status, Verdict
from vandap.core.signals import SIGNALS
from vandap.exam.decide import decide
from vandap.exam.decide import tests as family
from vandap.exam.decisive import _workbench
from vandap.exam.decisive._comparison import Comparison
from vandap.exam.decisive._test import NEEDS, NotPossibleError
from vandap.watch.kept import Batch, State

pytestmark = pytest.mark.backend
PLENTY = 1e6
COMPARING = [pytest.param(test, id=test.slug) for test in family() if isinstance(test, Comparison)]
TESTS = [pytest.param(test, id=test.slug) for test in family()]


class OwnStep(keras.Sequential):
    """A train step of the user's own, for each back end: it knows of no weights where `fit` gives it none."""

    def train_step(self, *arguments):
        """The built-in step by another name."""
        assert arguments[-1][-1] is not None
        return super().train_step(*arguments)


def _plain():
    layers = keras.layers
    middle = (layers.Dense(8), layers.BatchNormalization(), layers.ReLU(), layers.Dropout(0.2))
    return made.network(*middle), Batch(*made.separable(96))


class Noise(keras.layers.Layer):
    """Draws without a seed of its own, which Keras refuses on JAX."""

    def call(self, inputs, training=False):
        """Add a little to the inputs."""
        is_drawn = training and keras.backend.backend() != "jax"
        return inputs + 0.1 * keras.random.normal(keras.ops.shape(inputs)) if is_drawn else inputs


def _drawing():
    return made.network(Noise(), keras.layers.Dense(8), keras.layers.Dropout(0.2)), Batch(*made.separable(96))


def _scheduled_and_penalised():
    rate = keras.optimizers.schedules.CosineDecay(0.01, 20)
    hidden = keras.layers.Dense(8, activation="relu", kernel_regularizer="l2")
    x, y = made.separable(96)
    return made.network(hidden, optimizer=keras.optimizers.AdamW(rate)), Batch(x, y, np.ones(96, "float32"))


def _numbers():
    x, _ = made.separable(96)
    return made.regressor(), Batch(x, x[:, :1])


def _five_classes():
    model = made.network(classes=5)
    x, _ = made.separable(320)
    return model, Batch(x, np.argmax(x[:, :5], axis=1).astype("int32"))


def _frozen():
    layers = keras.layers
    hidden = layers.Dense(8, trainable=False), layers.BatchNormalization(trainable=False), layers.ReLU()
    return made.network(*hidden), Batch(*made.separable(96))


def _narrow():
    return made.network(keras.layers.Dense(3, activation="tanh")), Batch(*made.separable(96))


def _padded():
    model, data = _tokens()
    behind = np.array(data.x)
    behind[:, 4:] = 0
    return model, Batch(behind, data.y)


OWN = {
    "standardised_target": _numbers,
    "label_ranks": _five_classes,
    "padding_in_front": _padded,
    "class_recall": _plain,
    "unfrozen": _frozen,
    "wider": _narrow,
}
"""Tests that not every training allows, and one that does."""


def _for(test):
    """A training that this test can be made on."""
    return OWN.get(test.slug, _plain)()


def _several_inputs_and_outputs():
    x, _ = made.separable(96)
    one, two = keras.Input((4,), name="one"), keras.Input((4,), name="two")
    hidden = keras.layers.Dense(8, activation="tanh")(keras.layers.Concatenate()([one, two]))
    ends = [keras.layers.Dense(1, name=name)(hidden) for name in ("left", "right")]
    model = keras.Model({"one": one, "two": two}, ends)
    model.compile("sgd", ["mse", "mae"])
    return model, Batch({"one": x[:, :4], "two": x[:, 4:]}, [x[:, :1], x[:, 1:2]])


def _own_step():
    keras.utils.set_random_seed(0)
    model = OwnStep([keras.Input((8,)), keras.layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    x, y = made.separable(96)
    return model, Batch(x, y[:, None].astype("float32"))


def _tokens():
    layers = keras.layers
    keras.utils.set_random_seed(0)
    model = keras.Sequential(
        [keras.Input((6,)), layers.Embedding(20, 4, mask_zero=True), layers.LSTM(4, dropout=0.2), layers.Dense(2)]
    )
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(True))
    x = np.random.default_rng(0).integers(1, 20, size=(96, 6))
    return model, Batch(x, (x[:, 0] > 10).astype("int32"))


@pytest.fixture(autouse=True)
def _few_steps(monkeypatch):
    """What is asked here needs no long training."""
    monkeypatch.setattr("vandap.exam.decisive.one_batch.MOST_STEPS", 50)


MODELS = [
    _plain,
    _numbers,
    _five_classes,
    _frozen,
    _scheduled_and_penalised,
    *(pytest.param(make, marks=pytest.mark.slow) for make in (_several_inputs_and_outputs, _own_step, _tokens)),
]


@pytest.mark.parametrize("make", [_plain, _scheduled_and_penalised])
@pytest.mark.parametrize("is_optimizer_built", [True, False])
def test_tests_are_made_with_an_optimiser_of_the_workbench(make, is_optimizer_built):
    """It takes the place of one with a schedule, and of one that TensorFlow builds in the first step."""
    model, data = make()
    kept = made.trained(model, data)
    first = kept.initial_state
    if not is_optimizer_built:
        own = {id(variable) for variable in model.optimizer.variables}
        pairs = [pair for pair in zip(first.variables, first.values, strict=True) if id(pair[0]) not in own]
        kept = replace(kept, initial_state=State(*map(tuple, zip(*pairs, strict=True)), model.optimizer))
    left_out = {}
    suspicion = Verdict("C9", "learning-rate-too-high", Status.SUSPECTED, tests=("learning_rate", "one_batch"))
    found = decide(kept, [suspicion], PLENTY, on_skip=left_out.__setitem__)
    assert left_out == {}
    assert set(found) == {"test_learning_rate", "test_one_batch"}


@pytest.mark.parametrize("make", MODELS)
def test_the_model_is_as_it_was(make):
    """Every test gives the signal of the catalogue, and every bit and setting of the model is as before."""
    model, data = make()
    kept = made.trained(model, data)
    before, settings, function = made.values_of(model), model.get_config(), model.train_function
    optimizer = model.optimizer
    trained = [variable.trainable for variable in model.variables]
    flags = [layer.trainable for layer in model._flatten_layers()]
    for test in family():
        assert test.obstacle(kept) == ""
        try:
            series = test.run(kept, PLENTY, seed=1)
        except NotPossibleError as reason:
            of_words = make is _tokens and test.slug in ("standardised_input", "clipped_input")
            assert test.slug in OWN or of_words, reason
            continue
        assert series.values.ndim == len(SIGNALS[test.signal].dimensions)
        assert series.values.shape == (len(series.labels["arm"]), len(series.labels["fact"]))
        assert np.isfinite(series.values[0]).all()
        assert all(f"{fact}" in SIGNALS[test.signal].meaning for fact in series.labels["fact"])
        after = made.values_of(model)
        assert all(np.array_equal(*pair) for pair in zip(before, after, strict=True)), test.slug
    assert model.get_config() == settings
    assert model.optimizer is optimizer
    assert model.train_function is function
    assert [variable.trainable for variable in model.variables] == trained
    assert [layer.trainable for layer in model._flatten_layers()] == flags


def test_the_same_seed_gives_the_same_numbers():
    """Nothing but the time that is left decides."""
    kept = made.trained(*_plain())
    test = next(test for test in family() if test.slug == "shuffled_labels")
    first, second = (test.run(kept, PLENTY, seed=3).values for _ in range(2))
    assert np.array_equal(first, second)


def test_numbers_of_chance_that_the_user_draws_are_untouched():
    """A test draws from generators of its own; what the user's layers draw from Keras' generator is put back."""
    trained = {slug: made.trained(*make()) for slug, make in (*OWN.items(), ("", _drawing))}
    np.random.seed(5)
    random.seed(5)
    state = _process_numbers()
    for test in family():
        test.run(trained.get(test.slug, trained[""]), PLENTY)
    assert _process_numbers() == state


def _process_numbers():
    shared = global_seed_generator().state.numpy().tolist()  # made here, it draws a seed
    states = [str(np.random.get_state()), random.getstate(), shared]
    if keras.backend.backend() == "torch":
        import torch

        states.append(torch.get_rng_state().tolist())
    return states


@pytest.mark.parametrize("test", TESTS)
def test_a_test_that_fails_leaves_the_model_as_it_was(test, monkeypatch):
    """Whatever happens in the middle of it."""
    kept = made.trained(*_for(test))
    before = made.values_of(kept.model)
    steps = iter(range(1))

    def failing(self, batch, step=_workbench.Workbench.step):
        if next(steps, None) is None:
            raise MemoryError
        return step(self, batch)

    monkeypatch.setattr(_workbench.Workbench, "step", failing)
    with pytest.raises(MemoryError):
        test.run(kept, PLENTY)
    assert all(np.array_equal(*pair) for pair in zip(before, made.values_of(kept.model), strict=True))


@pytest.mark.parametrize("test", COMPARING)
def test_too_little_time_is_said(test, monkeypatch):
    """A test that cannot end in its time gives no result instead of a poor one, after a few steps to see it."""
    kept = made.trained(*_for(test))
    made_steps = []

    def counted(self, batch, step=_workbench.Workbench.step):
        made_steps.append(batch)
        return step(self, batch)

    monkeypatch.setattr(_workbench.Workbench, "step", counted)
    with pytest.raises(NotPossibleError, match="suffice"):
        test.run(kept, 1e-9)
    assert len(made_steps) <= 2


@pytest.mark.parametrize("test", COMPARING)
def test_arms_that_may_win_are_asked_about_the_users_validation_examples(test):
    """They are changed as the held-out ones are, so every arm takes them; the catalogue names what is measured."""
    model, data = _for(test)
    kept = made.trained(model, data, validation=data.take(slice(0, 40)))
    series = test.run(kept, PLENTY)
    assert ("validation_high" in series.labels["fact"]) is test.validates
    assert all(fact in SIGNALS[test.signal].meaning for fact in series.labels["fact"])
    if test.validates:
        assert np.isfinite(series.at(arm=series.labels["arm"][-1], fact="validation_high"))
        assert series.at(arm=series.labels["arm"][0], fact="validation_high") == 0


@pytest.mark.parametrize("test", TESTS)
def test_needs_are_known(test):
    """Every need has a check, and every test a cost."""
    assert set(test.needs) <= set(NEEDS)
    assert test.cost > 0


def test_a_model_without_its_first_state_is_not_tried():
    """The reason that the watching gave is passed on."""
    model, data = _plain()
    kept = made.trained(model, data)
    lost = type(kept)(model, None, data, fit=kept.fit, reason="The model is too large.")
    asking = [test for test in family() if "initial_state" in test.needs]
    assert asking
    assert {test.obstacle(lost) for test in asking} == {"The model is too large."}


def test_a_model_with_a_further_optimizer_is_not_tried():
    """The workbench would steer one of them, and put one of them back."""
    model, data = _plain()
    model.critics = {"first": keras.optimizers.SGD(0.1)}
    kept = made.trained(model, data)
    assert {test.obstacle(kept) for test in family()} == {"The model trains with a further optimizer, `critics`."}


class Traced(keras.layers.Layer):
    """Counts how often Python passes through it: once for each function that is traced, on torch at each step."""

    passes = 0

    def call(self, inputs):
        """Give what came in."""
        type(self).passes += 1
        return inputs


def test_a_changed_setting_is_traced_anew():
    """JAX takes what it traced before wherever it is given an equal function, and a model's method is one."""
    Traced.passes = 0
    kept = made.trained(made.network(Traced()), Batch(*made.separable(96)))
    own = {name for name in ("train_step", "test_step") if name in vars(kept.model)}
    with _workbench.workbench(kept) as bench:
        batch = kept.train.take(slice(0, 32))
        for _ in range(2):
            before = Traced.passes
            with bench.retraced():
                bench.step(batch)
                bench.test(batch)
            assert Traced.passes >= before + 2
    assert own == {name for name in ("train_step", "test_step") if name in vars(kept.model)}


def test_augmentation_is_left_out_where_it_is_compared():
    """What is left of the one class and right of the other is nothing to a network that sees it mirrored."""
    x = np.random.default_rng(0).random((320, 6, 6, 1)).astype("float32")
    x[::2, :, :3] += 0.3
    layers = keras.layers
    model = keras.Sequential(
        [keras.Input((6, 6, 1)), layers.RandomFlip("horizontal"), layers.Flatten(), layers.Dense(2)]
    )
    model.compile("adam", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    (test,) = (test for test in family() if test.slug == "without_augmentation")
    signal = test.run(made.trained(model, Batch(x, np.arange(320) % 2), epochs=10), PLENTY)
    assert signal.values[1, 1] < signal.values[0, 1] - 0.02
