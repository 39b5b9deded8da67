"""What a program may notice of the watching of its train steps, on whichever back end this process runs: nothing."""

import random
import time
import warnings
from contextlib import contextmanager, nullcontext

import numpy as np
import pytest

import vandap
from vandap.watch import watching
from vandap.watch.step import StepWatch

# ruff: noqa: D102 (what `call` does is Keras' to say)

pytestmark = pytest.mark.backend

keras = pytest.importorskip("keras")
layers, ops = keras.layers, keras.ops
BACKEND = keras.config.backend()
X = np.random.default_rng(0).normal(size=(96, 5)).astype("float32")
Y = np.random.default_rng(1).integers(0, 3, 96)


class Noise(layers.Layer):
    """Draws without a seed of its own, as many blog posts do; Keras refuses that on JAX."""

    def call(self, inputs, training=False):
        return inputs + 0.1 * keras.random.normal(ops.shape(inputs)) if training and BACKEND != "jax" else inputs


class Drawing(layers.Layer):
    """Draws from Python's and NumPy's generators, once for each trace."""

    def call(self, inputs, training=False):
        return inputs * (0.5 + random.random() + np.random.rand()) if training else inputs


class Telling(layers.Layer):
    """Keeps books of its calls, and prints them."""

    def __init__(self):
        super().__init__()
        self.calls, self.shapes = 0, []

    def call(self, inputs):
        self.calls += 1
        self.shapes.append(len(inputs.shape))
        print("call", self.calls, len(self.shapes), inputs.shape)
        return inputs


class Making(layers.Layer):
    """Makes layers, and an initialiser with a seed, in each call."""

    def call(self, inputs):
        self.made = keras.initializers.GlorotUniform()
        return layers.ReLU()(layers.Reshape((5,))(inputs)) + inputs


def _arrays():
    return {"x": X, "y": Y, "batch_size": 16}


def _generator():
    """Batches from a slow generator that draws; on TensorFlow it runs ahead, beside the traces, in another thread."""

    def batches():
        while True:
            time.sleep(0.01)
            rows = np.random.randint(0, len(X), 16)
            yield X[rows] * np.float32(random.random()), Y[rows]

    return {"x": batches(), "steps_per_epoch": 6}


def _of_one_larger_batch():
    """The batch of another shape comes once, when a probe is due that has taken the plain step's place."""

    def batches():
        for step in range(18):
            size = 32 if step == 8 else 16
            yield X[:size], Y[:size]

    return {"x": batches(), "steps_per_epoch": 6}


@contextmanager
def _steps(model):
    """Watch the steps of this model."""
    found = []
    watching = StepWatch(model, on_probe=found.append, on_step=lambda facts: None)
    watching.attach()
    yield
    watching.detach()
    assert found


def _program(kind, data, capsys, watched=lambda model: nullcontext()):
    """Train a model, and tell all that the program can know afterwards; a thread that runs ahead may still draw."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(5)
    special = kind()
    model = keras.Sequential([keras.Input((5,)), special, layers.Dropout(0.2), layers.Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    with warnings.catch_warnings(), watched(model):
        # Keras, not vandap: NumPy's new copy argument, and PyTorch's scalar conversion of tensors that need gradients.
        warnings.simplefilter("ignore", DeprecationWarning)
        history = model.fit(**data(), epochs=3, verbose=0, shuffle=False).history
    return {
        "weights": [np.asarray(weight).tobytes() for weight in model.get_weights()],
        "history": history,
        "printed": capsys.readouterr().out,
        "books": (getattr(special, "calls", 0), len(getattr(special, "shapes", ()))),
        "next name": layers.ReLU().name,
        "next numbers": None if data is _generator else (random.random(), np.random.rand(), _draw()),
    }


def _draw():
    """A number from Keras' global generator."""
    return float(ops.convert_to_numpy(keras.random.normal(())))


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        pytest.param(Noise, _arrays, id="draws-from-the-global-generator"),
        pytest.param(Drawing, _arrays, id="draws-while-traced"),
        pytest.param(Telling, _arrays, id="prints-while-traced"),
        pytest.param(Making, _arrays, id="makes-layers-while-traced"),
        pytest.param(layers.ReLU, _generator, id="generator"),
        pytest.param(Drawing, _of_one_larger_batch, id="a-new-shape"),
    ],
)
def test_a_program_does_not_notice(kind, data, capsys):
    """Weights, logs, what is printed, names, books and the random numbers that follow are those without watching."""
    plain = _program(kind, data, capsys)
    watched = _program(kind, data, capsys, _steps)
    assert {name for name in plain if plain[name] != watched[name]} == set()


@pytest.mark.parametrize("kind", [Drawing, Telling, Making])
def test_a_program_does_not_notice_what_looks_at_it_afterwards(kind, tmp_path, capsys):
    """The same with all that `watching` does, which asks the trained model again."""
    plain = _program(kind, _arrays, capsys)
    watched = _program(kind, _arrays, capsys, lambda model: vandap.watching(tmp_path / "run"))
    assert {name for name in plain if plain[name] != watched[name]} == set()
    assert (tmp_path / "run" / "program.json").is_file()


def _unbuilt(kind, by_hand, capsys, watched):
    """Train a model that is built by its first step alone, and tell what the program can know afterwards."""
    keras.utils.clear_session()
    keras.utils.set_random_seed(5)
    special = kind()
    model = keras.Sequential([special, layers.Dense(3, activation="softmax")])
    model.compile("adam", "sparse_categorical_crossentropy")
    with watched:
        for _ in range(3 if by_hand else 0):
            model.train_on_batch(X[:16], Y[:16])
        if not by_hand:
            model.fit(X, Y, epochs=1, verbose=0, shuffle=False)
    return {
        "weights": [np.asarray(weight).tobytes() for weight in model.get_weights()],
        "printed": capsys.readouterr().out,
        "books": (getattr(special, "calls", 0), len(getattr(special, "shapes", ()))),
        "next name": layers.ReLU().name,
        "next numbers": (random.random(), np.random.rand(), _draw()),
    }


@pytest.mark.parametrize("by_hand", [False, True])
@pytest.mark.parametrize("kind", [Drawing, Telling, Making, layers.ReLU])
def test_a_model_that_its_first_step_builds_does_not_notice(kind, by_hand, tmp_path, capsys):
    """Its own code runs as often as without watching."""
    plain = _unbuilt(kind, by_hand, capsys, nullcontext())
    watched = _unbuilt(kind, by_hand, capsys, vandap.watching(tmp_path / "run"))
    assert {name for name in plain if plain[name] != watched[name]} == set()


def _self_built(rate):
    """A model that its first step builds, with code of the user's."""
    keras.utils.set_random_seed(5)
    model = keras.Sequential([Telling(), layers.Dense(3, activation="softmax")])
    model.compile(keras.optimizers.SGD(rate), "sparse_categorical_crossentropy")
    return model


def test_the_first_state_of_a_model_that_its_first_step_builds_is_kept(tmp_path):
    """It is that of before the step."""
    still, model = _self_built(0.0), _self_built(0.5)
    still.fit(X, Y, verbose=0)
    keras.utils.set_random_seed(5)
    with watching(tmp_path / "run") as session:
        model.fit(X, Y, verbose=0)
    state = session.kept.initial_state
    for variable, first, last in zip(model.variables, still.get_weights(), model.get_weights(), strict=True):
        assert np.array_equal(state.value_of(variable), first) and not np.array_equal(first, last)
    assert state.covers_optimizer() and state.value_of(model.optimizer.iterations) == 0


class Failing(layers.Layer):
    """Fails in another way when its code runs a second time."""

    failed = False

    def call(self, inputs, training=False):
        if training:
            was, self.failed = self.failed, True
            raise KeyError("second" if was else "first")
        return inputs


@pytest.mark.parametrize("watch", [False, True])
def test_the_users_code_is_not_run_again_after_its_error(watch):
    """The error that comes out is that of the first run, as without watching."""
    model = keras.Sequential([keras.Input((5,)), Failing(), layers.Dense(3)])
    model.compile("sgd", "mse")
    watching = StepWatch(model, on_probe=lambda probe: None, on_step=lambda facts: None)
    if watch:
        watching.attach()
    with pytest.raises(KeyError, match="first"):
        model.fit(X, np.zeros((96, 3), "float32"), verbose=0)
    watching.detach()
