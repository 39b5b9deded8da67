"""What watching a train step keeps, on whichever back end this process runs, over kinds of models and of training."""

import math
import warnings

import numpy as np
import pytest

from vandap.watch.step import StepWatch

# ruff: noqa: D102 (what `call` and `train_step` do is Keras' to say)

pytestmark = pytest.mark.backend

keras = pytest.importorskip("keras")
layers, ops = keras.layers, keras.ops
BACKEND = keras.config.backend()
ROWS = 52


class Block(layers.Layer):
    """A user's own composite layer."""

    def __init__(self, **options):
        super().__init__(**options)
        self.inner = layers.Dense(6, activation="relu", name="inner")
        self.outer = layers.Dense(6, name="outer")

    def call(self, inputs):
        return inputs + self.outer(self.inner(inputs))


class Subclassed(keras.Model):
    def __init__(self):
        super().__init__()
        self.first = layers.Dense(6, activation="sigmoid")
        self.drop = layers.Dropout(0.2)
        self.block = Block(name="block")
        self.head = layers.Dense(3, activation="softmax")

    def call(self, inputs, training=False):
        return self.head(self.block(self.drop(self.first(inputs), training=training)))


class OwnStep(keras.Model):
    """A hand-written train step, as Keras' guides write it for each back end."""

    if BACKEND == "jax":

        def _loss(self, trainable, rest, x, y):
            predicted, rest = self.stateless_call(trainable, rest, x, training=True)
            return ops.mean(keras.losses.sparse_categorical_crossentropy(y, predicted)), rest

        def train_step(self, state, data):
            import jax

            trainable, rest, optimizer, metrics = state
            (loss, rest), grads = jax.value_and_grad(self._loss, has_aux=True)(trainable, rest, *data[:2])
            trainable, optimizer = self.optimizer.stateless_apply(optimizer, grads, trainable)
            return {"loss": loss}, (trainable, rest, optimizer, metrics)

    elif BACKEND == "tensorflow":

        def train_step(self, data):
            import tensorflow as tf

            with tf.GradientTape() as tape:
                predicted = self(data[0], training=True)
                loss = ops.mean(keras.losses.sparse_categorical_crossentropy(data[1], predicted))
            grads = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(grads, self.trainable_variables, strict=True))
            self.compute_metrics(data[0], data[1], predicted)
            return {"loss": loss}

    else:

        def train_step(self, data):
            self.zero_grad()
            predicted = self(data[0], training=True)
            loss = ops.mean(keras.losses.sparse_categorical_crossentropy(data[1], predicted))
            loss.backward()
            variables = list(self.trainable_variables)
            import torch

            with torch.no_grad():
                self.optimizer.apply([variable.value.grad for variable in variables], variables)
            return {"loss": loss.detach()}


def _mlp():
    return keras.Sequential(
        [keras.Input((5,)), layers.Dense(8, activation="relu"), layers.Dropout(0.3), layers.Dense(3, "softmax")]
    )


def _cnn():
    return keras.Sequential(
        [
            keras.Input((6, 6, 2)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.BatchNormalization(),
            layers.Dropout(0.3),
            layers.Flatten(),
            layers.Dense(3, "softmax"),
        ]
    )


def _lstm():
    return keras.Sequential([keras.Input((4, 2)), layers.LSTM(5), layers.Dense(3, "softmax")])


def _two_inputs():
    left, right = keras.Input((5,), name="left"), keras.Input((2,), name="right")
    shared = layers.Dense(4, activation="tanh", name="same")
    hidden = layers.concatenate([shared(left), layers.Dense(4)(right)])
    return keras.Model({"left": left, "right": right}, layers.Dense(3, "softmax")(hidden))


def _nested():
    inner = keras.Sequential(
        [keras.Input((5,)), layers.Dense(6, name="same"), layers.BatchNormalization()], name="inner"
    )
    inputs = keras.Input((5,))
    return keras.Model(inputs, layers.Dense(3, "softmax", name="same")(inner(inputs)))


def _own_step():
    inputs = keras.Input((5,))
    return OwnStep(inputs, layers.Dense(3, "softmax")(layers.Dense(6, activation="relu")(inputs)))


def _half():
    keras.config.set_dtype_policy("mixed_float16")
    try:
        return _mlp()
    finally:
        keras.config.set_dtype_policy("float32")


def _inputs(model_maker):
    random = np.random.default_rng(3)
    shape = {"_cnn": (6, 6, 2), "_lstm": (4, 2)}.get(model_maker.__name__, (5,))
    x = random.normal(size=(ROWS, *shape)).astype("float32")
    if model_maker is _two_inputs:
        x = {"left": x, "right": x[:, :2]}
    return x, random.integers(0, 3, ROWS)


slow = pytest.mark.slow
CASES = [
    pytest.param(_mlp, {}, {"class_weight": {0: 1.0, 1: 3.0, 2: 1.0}}, id="mlp-class-weight"),
    pytest.param(_cnn, {}, {"validation_split": 0.2}, id="cnn", marks=slow),
    pytest.param(_lstm, {}, {}, id="lstm", marks=slow),
    pytest.param(_two_inputs, {}, {"sample_weight": np.linspace(0.1, 2, ROWS)}, id="two-inputs", marks=slow),
    pytest.param(lambda: Subclassed(), {}, {}, id="subclassed", marks=slow),
    pytest.param(_nested, {}, {}, id="nested", marks=slow),
    pytest.param(_own_step, {}, {}, id="own-step"),
    pytest.param(_mlp, {"run_eagerly": True}, {}, id="eager", marks=slow),
    pytest.param(_half, {}, {}, id="half", marks=slow),
    pytest.param(_mlp, {"steps_per_execution": 3}, {}, id="bundled", marks=slow),
    pytest.param(_mlp, {"optimizer": "schedule"}, {}, id="schedule", marks=slow),
]


def _train(maker, compiling, fitting, watch=None):
    keras.utils.set_random_seed(7)
    model = maker()
    options = {"optimizer": "adam", **compiling}
    if options["optimizer"] == "schedule":
        options["optimizer"] = keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.1, 40), momentum=0.9)
    model.compile(loss="sparse_categorical_crossentropy", metrics=["accuracy"], **options)
    found = watch(model) if watch else None
    x, y = _inputs(maker)
    with warnings.catch_warnings():
        # Keras, not vandap: NumPy's new copy argument, and PyTorch's scalar conversion of tensors that need gradients.
        warnings.simplefilter("ignore", DeprecationWarning)
        history = model.fit(x, y, batch_size=8, epochs=3, verbose=0, **fitting).history
        if found is not None:
            found.watch.detach()
        return model, [np.asarray(weight) for weight in model.get_weights()], history, found


class Found:
    """What one watching handed on."""

    def __init__(self, model):
        self.probes, self.steps = [], []
        self.watch = StepWatch(model, on_probe=self.probes.append, on_step=self.steps.append)
        self.watch.attach()


def _skip_unsupported(compiling):
    if BACKEND == "torch" and "steps_per_execution" in compiling:
        pytest.skip("PyTorch runs one step at a time")


def _check_steps(steps, history, maker, compiling, fitting):
    """The losses of an epoch's steps, weighted by their examples, give the loss that Keras logs for it."""
    rows = int(ROWS * (1 - fitting.get("validation_split", 0)))
    sizes = [8] * (rows // 8) + [rows % 8]
    assert all(step.seconds >= 0 and step.learning_rate > 0 for step in steps)
    if "steps_per_execution" in compiling:
        return
    assert [step.step for step in steps] == list(range(3 * len(sizes)))
    losses = [step.loss for step in steps[: len(sizes)]]
    if maker is _own_step:
        assert losses[-1] == pytest.approx(history["loss"][0])
    elif BACKEND != "tensorflow":
        assert np.average(losses, weights=sizes) == pytest.approx(history["loss"][0], rel=1e-4)
    else:
        # TensorFlow does not tell how large an epoch's last batch is.
        assert np.mean(losses) == pytest.approx(history["loss"][0], rel=1e-4)


@pytest.mark.parametrize(("maker", "compiling", "fitting"), CASES)
def test_watching_changes_no_bit(maker, compiling, fitting):
    """Weights and logs are those of the same training without watching, and the probes hold what they name."""
    _skip_unsupported(compiling)
    _, plain, plain_history, _ = _train(maker, compiling, fitting)
    model, watched, history, found = _train(maker, compiling, fitting, Found)
    assert all(one.tobytes() == other.tobytes() for one, other in zip(plain, watched, strict=True))
    assert history == plain_history
    assert found.watch.mode == ("read-only" if "steps_per_execution" in compiling and BACKEND != "torch" else "exact")
    assert len(found.probes) >= 3
    for probe in found.probes:
        assert len(probe.weights) == len(probe.gradients) == len(probe.update_ratio) == len(model.trainable_variables)
        assert all(np.isfinite(row).all() for row in probe.gradients.values())
        assert all(np.isfinite(row[:6]).all() and row.shape == (7,) for row in probe.activations.values())
        assert probe.unit_max.keys() == probe.unit_min.keys() == probe.activations.keys() != set()
    assert vars(model).keys() & {"make_train_function", "reset_metrics"} == set()
    _check_steps(found.steps, history, maker, compiling, fitting)


def test_statistics_are_those_of_the_numbers():
    """A probe's statistics agree with NumPy's on a model whose output and gradient are known."""

    def maker():
        return keras.Sequential([keras.Input((2,)), layers.Dense(2, activation="tanh", name="only")])

    keras.utils.set_random_seed(1)
    model = maker()
    model.set_weights([np.array([[9.0, -1.0], [0.0, -1.0]], "float32"), np.zeros(2, "float32")])
    model.compile("sgd", "mse")
    found = Found(model)
    x, y = np.array([[1.0, 1.0], [2.0, 1.0]], "float32"), np.zeros((2, 2), "float32")
    model.fit(x, y, epochs=1, verbose=0, shuffle=False)
    found.watch.detach()
    (probe,) = found.probes
    output = np.tanh(x @ np.array([[9.0, -1.0], [0.0, -1.0]]))
    mean, deviation, largest, zeros, nonfinite, dead, saturated = probe.activations["only"]
    assert (mean, deviation) == pytest.approx((output.mean(), output.std()), rel=1e-4)
    assert (zeros, nonfinite, dead, saturated) == pytest.approx((0, 0, 0.5, 0.75))
    assert largest == pytest.approx(1.0, rel=1e-4)
    assert probe.unit_max["only"] == pytest.approx(output.max(axis=0), rel=1e-4)
    gradient = x.T @ (2 * output / 4 * (1 - output**2))
    assert probe.gradients["only/kernel"][0] == pytest.approx(np.linalg.norm(gradient), rel=1e-3)
    assert probe.weights["only/kernel"][[0, 5]] == pytest.approx([math.sqrt(83), 4])
    assert probe.update_ratio["only/kernel"] == pytest.approx(0.01 * np.linalg.norm(gradient) / math.sqrt(83), rel=1e-3)
    assert math.isnan(probe.update_ratio["only/bias"])
    assert probe.examples == 2


def test_a_second_fit_goes_on_from_the_first():
    """Another watch of the same model compiles and proves nothing again, and begins without the dense first probes."""
    model = _mlp()
    model.compile("sgd", "sparse_categorical_crossentropy")
    x, y = _inputs(_mlp)
    founds = []
    for _ in range(2):
        founds.append(Found(model))
        model.fit(x, y, batch_size=4, epochs=3, verbose=0)
        founds[-1].watch.detach()
    first, second = founds
    assert [probe.step for probe in first.probes][:4] == [0, 1, 2, 4]
    assert second.probes[0].step == 0
    assert all(probe.step >= 8 for probe in second.probes[1:])
    assert second.watch.mode == first.watch.mode == "exact"
    assert second.watch.compile_seconds == 0
    assert len(second.steps) == len(first.steps) == 39


def test_our_own_error_ends_the_watching_alone():
    """A receiver that fails stops the watching, says why, and the training goes on to the same weights."""

    def failing(model):
        found = Found(model)
        found.watch.journal._on_probe = lambda probe: 1 / 0
        return found

    _, plain, _, _ = _train(_mlp, {}, {})
    _, watched, _, found = _train(_mlp, {}, {}, failing)
    assert all(one.tobytes() == other.tobytes() for one, other in zip(plain, watched, strict=True))
    assert found.watch.mode == "none"
    assert "ZeroDivisionError" in found.watch.reason


def test_the_users_error_passes():
    """An error of the user's data comes out as it would without watching."""
    model = _mlp()
    model.compile("adam", "sparse_categorical_crossentropy")
    found = Found(model)

    def batches():
        yield np.zeros((8, 5), "float32"), np.zeros(8, "int64")
        yield np.zeros((8, 5), "float32"), np.zeros(8, "int64")
        raise RuntimeError("my disk is gone")

    with pytest.raises(Exception, match="my disk is gone"):
        model.fit(batches(), steps_per_epoch=4, verbose=0, shuffle=False)
    found.watch.detach()
    assert len(found.steps) == len(found.probes) == 2
