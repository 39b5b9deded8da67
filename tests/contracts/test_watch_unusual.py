"""Watching of programs that do what few do, on whichever back end this process runs: nothing breaks, and it is told."""

import gc
import json
import warnings
import weakref

import numpy as np
import pytest

from vandap.core.store import Run
from vandap.watch import watching

# ruff: noqa: D102 (what `call` and `train_step` do is Keras' to say)

pytestmark = pytest.mark.backend

keras = pytest.importorskip("keras")
layers = keras.layers
BACKEND = keras.config.backend()
X = np.random.default_rng(0).normal(size=(40, 5)).astype("float32")
Y = np.random.default_rng(1).integers(0, 3, 40)
only_torch = pytest.mark.skipif(BACKEND != "torch", reason="PyTorch keeps graphs with tensors")
only_tensorflow = pytest.mark.skipif(BACKEND != "tensorflow", reason="TensorFlow's own batches")


def _model(*parts):
    model = keras.Sequential([*parts, layers.Dense(3, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    return model


def _facts(folder):
    return json.loads((folder / "watch.json").read_text())


class Logging(keras.Model):
    """A train step on PyTorch that logs its loss as it is, with the graph that led to it."""

    logged: list = []  # noqa: RUF012

    def train_step(self, data):
        self.zero_grad()
        loss = self.compute_loss(data[0], data[1], self(data[0], training=True))
        loss.backward()
        self.optimizer.apply([one.value.grad for one in self.trainable_weights], self.trainable_weights)
        loss = loss * 1.0
        self.logged.append(weakref.ref(loss))
        return {"loss": loss}


@only_torch
def test_logged_tensors_keep_no_graph_alive(tmp_path):
    """Of tensors that a train step logs undetached, nothing of ours keeps one, and its graph, over the steps."""
    inputs = keras.Input((5,))
    model = Logging(inputs, layers.Dense(3, activation="softmax")(inputs))
    model.compile("sgd", "sparse_categorical_crossentropy")
    alive = []

    class Counting(keras.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            gc.collect()
            alive.append(sum(one() is not None for one in Logging.logged))

    with watching(tmp_path) as session, warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras converts such a tensor for its own logs
        model.fit(X, Y, batch_size=4, epochs=1, verbose=0, callbacks=[Counting()])
    assert max(alive) <= 2
    assert session.unseen == []


def _absent(x, y):
    return x, y, None


def _sparse(x, y):
    import tensorflow as tf

    return tf.sparse.from_dense(tf.nn.relu(x)), y


@only_tensorflow
@pytest.mark.parametrize("form", [_absent, _sparse])
def test_batches_with_none_or_sparse_parts_are_seen(form, tmp_path):
    """They are looked at like any others, and so are the steps."""
    import tensorflow as tf

    data = tf.data.Dataset.from_tensor_slices((X, Y)).batch(8).map(form)
    with watching(tmp_path) as session:
        _model(keras.Input((5,), sparse=form is _sparse)).fit(data, epochs=2, shuffle=False, verbose=0)
    assert session.unseen == []
    assert _facts(tmp_path)["mode"] == "exact"
    seen = X if form is _absent else np.maximum(X, 0)
    assert np.array_equal(session.kept.train.x[:40], seen)
    assert session.kept.train.w is None


class Padding(keras.Model):
    """A model that takes ragged rows, and so is built only by its first step."""

    def __init__(self):
        super().__init__()
        self.head = layers.Dense(3, activation="softmax")

    def call(self, inputs):
        return self.head(inputs.to_tensor(shape=(None, 5)))


@only_tensorflow
def test_ragged_batches_are_told(tmp_path):
    """Their labels and the steps are watched; that the inputs are not, is said."""
    import tensorflow as tf

    rows = tf.RaggedTensor.from_row_lengths(X[:20].ravel(), [3, 5, 2] * 10)
    data = tf.data.Dataset.from_tensor_slices((rows, Y[:30])).batch(5)
    model = Padding()
    model.compile("sgd", "sparse_categorical_crossentropy")
    with watching(tmp_path) as session:
        model.fit(data, epochs=2, shuffle=False, verbose=0)
    assert ["inputs" in sentence for sentence in session.unseen] == [True]
    assert session.kept is None
    assert _facts(tmp_path)["mode"] == "exact", _facts(tmp_path)["reason"]
    signals = Run(tmp_path).signals
    assert signals["batch_labels"].values.sum() == 30
    assert "activations" in signals and "input_statistics" not in signals


class Folding(layers.Layer):
    """Gives each example half of its neighbour: the axis of the examples in the wrong place of a reshape."""

    def call(self, inputs):
        return keras.ops.reshape(keras.ops.transpose(inputs), (-1, 6))


@pytest.mark.parametrize(
    ("parts", "mixes"),
    [
        pytest.param(lambda: [layers.BatchNormalization(), layers.Dropout(0.5)], False, id="normalisation"),
        pytest.param(lambda: [Folding()], True, id="reshape"),
    ],
)
def test_what_leaks_between_the_examples_of_a_batch_is_seen(parts, mixes, tmp_path):
    """One example is replaced: the outputs of the others stay to the last bits, or do not."""
    with watching(tmp_path):
        _model(keras.Input((5,)), layers.Dense(6, activation="tanh"), *parts()).fit(X, Y, batch_size=8, verbose=0)
    signal = Run(tmp_path).signals["row_mixing"]
    own, others, deviation = (signal.at(fact=name) for name in ("own", "others", "deviation"))
    assert own > 0.01 * deviation
    assert (others > 0.01 * deviation) is mixes
    assert mixes or others <= 1e-6 * deviation
    assert (signal.at(fact="repeated"), signal.at(fact="examples"), signal.at(fact="batches")) == (0, 8, 5)


SIZES = (8, 5, 8, 3, 11)


def _of_sizes():
    while True:
        for start, size in zip((0, 8, 13, 21, 24), SIZES, strict=True):
            yield X[start : start + size], Y[start : start + size]


class OfSizes(keras.utils.PyDataset):
    """Batches of another size each."""

    def __len__(self):
        return len(SIZES)

    def __getitem__(self, index):
        start = sum(SIZES[:index])
        return X[start : start + SIZES[index]], Y[start : start + SIZES[index]]


@pytest.mark.parametrize("source", [_of_sizes, OfSizes])
def test_batches_may_change_their_size(source, tmp_path):
    """Each size is compiled for by itself: the watching goes on to the end, and no bit of the weights changes."""
    weights = []
    for folder in (None, tmp_path):
        keras.utils.set_random_seed(4)
        model = _model(keras.Input((5,)), layers.Dense(4, activation="relu"), layers.BatchNormalization())
        model.layers[0].trainable = False
        model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        settings = {"steps_per_epoch": len(SIZES), "epochs": 4, "shuffle": False, "verbose": 0}
        if folder is None:
            model.fit(source(), **settings)
        else:
            with watching(folder) as session:
                model.fit(source(), **settings)
        weights.append([array.tobytes() for array in model.get_weights()])
    assert weights[0] == weights[1]
    assert session.unseen == []
    facts = _facts(tmp_path)
    assert (facts["mode"], facts["reason"]) == ("exact", "")
    assert facts["probes"] >= 4
    assert len(Run(tmp_path).signals["step_loss"].values) == 4 * len(SIZES)


def test_a_bare_callback_says_that_lines_are_not_known(tmp_path, monkeypatch):
    """Layers made before the watch began have no line; the call of `fit` has one, and the rest is told."""
    from vandap.watch import Watch

    monkeypatch.chdir(tmp_path)
    watch = Watch()
    _model().fit(X, Y, epochs=1, verbose=0, callbacks=[watch])
    assert watch.session.program.fit.site.text.startswith("_model().fit(X, Y")
    assert any("lines" in sentence for sentence in watch.session.unseen)


def test_a_warm_up_and_a_fine_tuning_are_told_apart(tmp_path):
    """A frozen layer is unfrozen between two fits: each is recorded, the longer one described as it was."""
    with watching(tmp_path) as session:
        model = _model(keras.Input((5,)), layers.Dense(4, activation="relu", name="backbone", trainable=False))
        model.fit(X, Y, epochs=1, batch_size=8, verbose=0)
        model.get_layer("backbone").trainable = True
        model.compile(keras.optimizers.SGD(0.01), "sparse_categorical_crossentropy")
        model.fit(X, Y, epochs=3, batch_size=8, verbose=0)
    program = session.program
    assert [fit.epochs_run for fit in program.fits] == [1, 3]
    assert (program.main_fit, program.layer("backbone").trainable) == (1, True)
    assert program.layer("backbone").trainable_parameters == 24
    assert Run(tmp_path).signals["weight_change"].at(variable="backbone/kernel", fact="trained") == 1
    assert _facts(tmp_path)["mode"] == "exact"


def test_a_frozen_layer_is_described_as_frozen(tmp_path):
    """Warm-up alone: what is frozen on purpose has its flag, and no gradient is missed."""
    with watching(tmp_path) as session:
        model = _model(keras.Input((5,)), layers.Dense(4, activation="relu", name="backbone", trainable=False))
        model.fit(X, Y, epochs=2, batch_size=8, verbose=0)
    layer = session.program.layer("backbone")
    assert (layer.trainable, layer.trainable_parameters, layer.parameters) == (False, 0, 24)
    signals = Run(tmp_path).signals
    assert not any(name.startswith("backbone") for name in signals["gradients"].labels["variable"])
    assert signals["weight_change"].at(variable="backbone/kernel", fact="relative") == 0


class Adversaries(keras.Model):
    """Logs two losses under other names, as adversarial networks do."""

    def train_step(self, *args):
        result = super().train_step(*args)
        logs, rest = (result[0], result[1:]) if isinstance(result, tuple) else (result, ())
        renamed = {"d_loss": logs["loss"], "g_loss": logs["loss"]}
        return (renamed, *rest) if rest else renamed


def test_several_losses_are_no_curve_of_the_training(tmp_path):
    """None of them is taken for the training's, and that its course was not judged is said."""
    inputs = keras.Input((5,))
    model = Adversaries(inputs, layers.Dense(3, activation="softmax")(inputs))
    model.compile("sgd", "sparse_categorical_crossentropy")
    with watching(tmp_path) as session:
        model.fit(X, Y, batch_size=4, epochs=2, verbose=0)
    assert ["its course was not judged" in sentence for sentence in session.unseen] == [True]
    signals = Run(tmp_path).signals
    assert "step_loss" not in signals and "loss" not in signals
    assert "step_times" in signals and "activations" in signals
