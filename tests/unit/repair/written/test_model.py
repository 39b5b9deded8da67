"""Functions that work on a trained model, losses of class numbers, and inputs made fit to compute with."""

from __future__ import annotations

import inspect

import numpy as np
import pytest

from vandap.repair.written import inputs, losses
from vandap.repair.written.model import averaged, moved_threshold

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(200, 3)).astype("float32")
Y = (X[:, 0] + 0.5 * RANDOM.normal(size=200) > 1.2).astype(int)


def made(outputs: int, activation: str):  # type: ignore[no-untyped-def]
    """A network whose first layer is frozen, and which has learnt nothing."""
    import keras

    layers = [keras.layers.Dense(4, trainable=False), keras.layers.Dense(outputs, activation)]
    model = keras.Sequential([keras.Input((3,)), *layers])
    model.compile("sgd", "sparse_categorical_crossentropy" if outputs > 1 else "binary_crossentropy")
    return model


@pytest.mark.backend
@pytest.mark.parametrize(("outputs", "activation"), [(1, "sigmoid"), (1, "linear"), (2, "softmax")])
def test_a_threshold_moves_to_rare_classes(outputs: int, activation: str) -> None:
    """A network that never answers the rare class, though it ranks rows well, answers it; its kernel stays."""
    import keras
    from sklearn.metrics import f1_score

    model = made(outputs, activation)
    kernel = np.zeros((4, outputs), "float32")
    kernel[0, -1] = 1.0
    model.layers[0].set_weights([np.eye(3, 4, dtype="float32"), np.zeros(4, "float32")])
    model.layers[1].set_weights([kernel, np.full(outputs, -5.0, "float32") * (np.arange(outputs) == outputs - 1)])

    def answers() -> np.ndarray:
        found = keras.ops.convert_to_numpy(model.predict(X, verbose=0))
        return found.argmax(axis=1) if outputs > 1 else found[:, 0] > (0.5 if activation == "sigmoid" else 0.0)

    assert not answers().any()
    moved_threshold(model, X, Y)
    assert f1_score(Y, answers(), average="macro") > 0.7
    assert np.array_equal(model.layers[1].get_weights()[0], kernel)


@pytest.mark.backend
def test_networks_are_averaged() -> None:
    """The answer is the mean of five networks of different initial values; what is frozen is the same in all."""
    import keras

    model, members = made(3, "softmax"), []
    mean = averaged(model, members.append)
    answers = [keras.ops.convert_to_numpy(member(X)) for member in (model, *members)]
    assert len(answers) == 5 and np.allclose(mean.predict(X, verbose=0), np.mean(answers, axis=0), atol=1e-5)
    assert all(np.array_equal(member.get_weights()[0], model.get_weights()[0]) for member in members)
    assert not any(np.array_equal(member.get_weights()[2], model.get_weights()[2]) for member in members)
    assert np.isfinite(mean.evaluate(X, Y, verbose=0))


@pytest.mark.backend
def test_members_begin_at_the_rate_that_the_first_began_with() -> None:
    """A callback has lowered it by the end of the first training."""
    import keras

    model, rates = made(3, "softmax"), []
    lowered = keras.callbacks.LearningRateScheduler(lambda epoch, rate: rate if not epoch else rate / 10)
    model.fit(X, Y, epochs=3, verbose=0, callbacks=[lowered])
    first = model.history.history["learning_rate"][0]
    averaged(model, lambda member: rates.append(float(keras.ops.convert_to_numpy(member.optimizer.learning_rate))))
    assert rates == pytest.approx([first] * 4) and float(model.optimizer.learning_rate) < first / 50


@pytest.mark.backend
def test_a_network_may_be_left_out_of_the_mean() -> None:
    """A balanced ensemble is made of five others: what the given one learnt of unequal classes does not count."""
    import keras

    model, members = made(3, "softmax"), []
    mean = averaged(model, members.append, own=False)
    answers = [keras.ops.convert_to_numpy(member(X)) for member in members]
    assert len(answers) == 5 and np.allclose(mean.predict(X, verbose=0), np.mean(answers, axis=0), atol=1e-5)
    assert not any(np.allclose(answer, keras.ops.convert_to_numpy(model(X))) for answer in answers)


@pytest.mark.parametrize("targets", ["classes", "one-hot", "numbers"])
def test_features_that_tell_nothing_vanish(targets: str) -> None:
    """The layer that is adapted gives next to nothing for them, and what standardising gives for the others."""
    import keras

    random = np.random.default_rng(1)
    x = random.normal(3.0, 2.0, size=(300, 12)).astype("float32")
    score = x[:, 2] - x[:, 7]
    y = {"classes": (score > 0).astype(int), "one-hot": np.eye(2)[(score > 0).astype(int)], "numbers": score}[targets]
    layer = keras.layers.Normalization()
    layer.adapt(inputs.selected(x, y))
    seen = np.abs(keras.ops.convert_to_numpy(layer(x)))
    kept = set(np.flatnonzero(seen.max(axis=0) > 1e-6))
    assert kept >= {2, 7} and len(kept) < 6  # some of ten features of noise look like more in one sample
    assert np.allclose(seen[:, [2, 7]], np.abs((x - x.mean(axis=0)) / x.std(axis=0))[:, [2, 7]], atol=1e-3)


def test_all_features_stay_where_none_tells_anything() -> None:
    """Noise is no reason to blind the network."""
    random = np.random.default_rng(2)
    x = random.normal(size=(60, 3)).astype("float32")
    y = np.tile([0, 1], 30)
    told = [np.abs(inputs.selected(x, random.permutation(y))).max(axis=0) < 1e3 for _ in range(6)]
    assert any(kept.all() for kept in told) and all(kept.any() for kept in told)


@pytest.mark.backend
@pytest.mark.parametrize("logits", [False, True])
def test_a_loss_of_class_numbers_is_that_of_one_hot_labels(logits: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether labels are a column or not, and whether outputs are probabilities or logits."""
    import keras

    monkeypatch.setattr(losses, "LOGITS", logits)
    labels = np.arange(6) % 3
    outputs = RANDOM.normal(size=(6, 3)).astype("float32")
    outputs = outputs if logits else np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True)
    one_hot = np.eye(3, dtype="float32")[labels]
    for given in (labels, labels[:, None]):
        expected = keras.losses.categorical_crossentropy(one_hot, outputs, from_logits=logits, label_smoothing=0.1)
        found = losses.smoothed_crossentropy(keras.ops.convert_to_tensor(given), keras.ops.convert_to_tensor(outputs))
        assert np.allclose(keras.ops.convert_to_numpy(found), keras.ops.convert_to_numpy(expected), atol=1e-5)
        expected = keras.losses.categorical_focal_crossentropy(one_hot, outputs, from_logits=logits, alpha=1.0)
        found = losses.focal_crossentropy(keras.ops.convert_to_tensor(given), keras.ops.convert_to_tensor(outputs))
        assert np.allclose(keras.ops.convert_to_numpy(found), keras.ops.convert_to_numpy(expected), atol=1e-5)


def test_missing_values_are_filled_by_the_training_rows() -> None:
    """Medians of the first array's columns; a column without a value is zero; what is there stays."""
    train = np.array([[1, np.nan, np.nan], [3, 5, np.nan], [np.inf, 7, np.nan]])
    held = np.array([[np.nan, 100.0, 2.0]])
    first, other = inputs.filled(train, held)
    assert first.tolist() == [[1, 6, 0], [3, 5, 0], [2, 7, 0]] and other.tolist() == [[2, 100, 2]]


def test_extremes_are_cut() -> None:
    """A value far out becomes one that a hundredth of the rows reaches."""
    x = np.arange(1000.0)[:, None]
    x[7] = 1e9
    assert inputs.clipped(x).max() < 1000 and np.array_equal(inputs.clipped(x)[100:900], x[100:900])


@pytest.mark.parametrize("function", [averaged, moved_threshold, inputs.filled, inputs.clipped, inputs.selected])
def test_a_function_stands_alone(function) -> None:  # type: ignore[no-untyped-def]
    """Its source reads no name of its module."""
    code = next(
        item for item in compile(inspect.getsource(function), "alone", "exec").co_consts if inspect.iscode(item)
    )
    own = {name for name in vars(inspect.getmodule(function)) if not name.startswith("__")}
    assert not set(code.co_names) & own
