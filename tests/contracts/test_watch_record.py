"""What watching a program keeps: the program itself, whatever its data, on whichever back end this process runs."""

import json
import random

import numpy as np
import pytest

from vandap.core.store import Run
from vandap.watch import watching
from vandap.watch.record import Record

pytestmark = pytest.mark.backend

keras = pytest.importorskip("keras")
layers = keras.layers
BACKEND = keras.config.backend()
ROWS, SIZE = 40, 8
X = np.random.default_rng(0).normal(size=(ROWS, 5)).astype("float32")
Y = (X.sum(axis=1) > 0).astype("int64") + (X[:, 0] > 1)


class _Pieces(keras.utils.PyDataset):
    def __init__(self, drawn):
        super().__init__()
        self.drawn = drawn

    def __len__(self):
        return ROWS // SIZE

    def __getitem__(self, index):
        self.drawn.append(index)
        return X[index * SIZE : (index + 1) * SIZE], Y[index * SIZE : (index + 1) * SIZE]


def _arrays(drawn):
    return {"x": X, "y": Y, "batch_size": SIZE, "validation_split": 0.2}


def _unshuffled(drawn):
    return {"x": X, "y": Y, "batch_size": SIZE, "shuffle": False, "class_weight": {0: 1.0, 1: 2.0, 2: 1.0}}


def _generator(drawn):
    rng = np.random.default_rng(3)

    def batches():
        while True:
            rows = rng.permutation(ROWS)[:SIZE]
            drawn.append(int(rows[0]))
            yield X[rows], Y[rows]

    return {"x": batches(), "steps_per_epoch": 5, "shuffle": False}


def _pieces(drawn):
    return {"x": _Pieces(drawn)}


def _dataset(drawn):
    tf = pytest.importorskip("tensorflow")
    return {"x": tf.data.Dataset.from_tensor_slices((X, Y)).shuffle(ROWS, seed=3).batch(SIZE), "shuffle": False}


def _loader(drawn):
    torch = pytest.importorskip("torch")
    pairs = torch.utils.data.TensorDataset(torch.tensor(X), torch.tensor(Y))
    seeded = torch.Generator().manual_seed(3)
    loader = torch.utils.data.DataLoader(pairs, batch_size=SIZE, shuffle=True, generator=seeded)
    return {"x": loader, "validation_data": (X, Y), "shuffle": False}


KINDS = {
    "arrays": _arrays,
    "unshuffled": _unshuffled,
    "generator": _generator,
    "PyDataset": _pieces,
    "tf.data": _dataset,
    "DataLoader": _loader,
}


HOMES = {"tf.data": "tensorflow", "DataLoader": "torch"}
"""Where a kind of data is at home; elsewhere another library is imported for it, which takes long."""


def _case(kind):
    is_far = HOMES.get(kind, BACKEND) != BACKEND
    return pytest.param(kind, marks=pytest.mark.slow if is_far else ())


def _model():
    model = keras.Sequential([layers.Dense(6, activation="relu"), layers.Dropout(0.3), layers.Dense(3)])
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(0.05), loss, metrics=["accuracy"])
    return model


def _train(kind):
    """Train once from a seed: the weights, the batches drawn, and the next random numbers of everybody."""
    keras.utils.set_random_seed(7)
    drawn = []
    model = _model()
    history = model.fit(**KINDS[kind](drawn), epochs=3, verbose=0).history
    after = [random.random(), float(np.random.rand()), *_backend_number()]
    return [np.array(weight) for weight in model.get_weights()], drawn, history, after


def _backend_number():
    if BACKEND == "torch":
        import torch

        return [float(torch.rand(()))]
    if BACKEND == "tensorflow":
        import tensorflow as tf

        return [float(tf.random.uniform(()))]
    return []


@pytest.fixture
def no_steps(monkeypatch):
    """Leave out the train step, whose own contract is elsewhere, and the passes after it: both take long to compile."""
    monkeypatch.setattr(Record, "watch_steps", lambda self, schedule: None)
    monkeypatch.setattr(Record, "_afterwards", lambda self, kept: {})


@pytest.mark.parametrize("kind", map(_case, KINDS))
def test_data_are_observed_and_pass_untouched(kind, tmp_path, no_steps):
    """Ranges, labels and order of any data are known; weights, curves, batches and random numbers are as bare."""
    bare = _train(kind)
    with watching(tmp_path) as session:
        watched = _train(kind)
    assert all(np.array_equal(one, other) for one, other in zip(bare[0], watched[0], strict=True))
    assert bare[2:] == watched[2:]
    # TensorFlow draws ahead of the training, as far as it comes.
    assert all(one == other for one, other in zip(bare[1], watched[1], strict=BACKEND != "tensorflow"))
    assert session.unseen == []
    evidence = Run(tmp_path).evidence
    fit = evidence["program"].fit
    assert fit.data == ("arrays" if kind == "unshuffled" else kind)
    assert (fit.batch_size, fit.epochs_run) == (SIZE, 3)
    assert fit.steps == (12 if kind == "arrays" else 15)
    assert evidence["input_statistics"].at(input="input", statistic="examples") >= 32
    assert evidence["label_counts"].labels["class"] == ("0", "1", "2")
    assert evidence["batch_labels"].values.sum() == len(evidence["batch_labels"].values) * SIZE
    assert session.kept.train.examples >= 32
    if kind != "generator":  # of which TensorFlow draws ahead of the training, as far as it comes
        assert session.kept.train.examples <= ROWS  # one pass, however many epochs there were
    assert session.kept.initial_state.covers(session.kept.model)
    if kind == "unshuffled":
        assert evidence["batch_order"].at(fact="same_order") == 1
    elif kind in ("PyDataset", "DataLoader"):
        assert evidence["batch_order"].at(fact="same_order") == 0


def test_user_callbacks_stay_the_users(tmp_path, no_steps):
    """The user's list is not changed, and a second fit with it is watched, too: it goes on with the first."""
    callbacks = [keras.callbacks.EarlyStopping("loss", patience=9)]
    with watching(tmp_path) as session:
        model = _model()
        model.fit(X, Y, epochs=1, verbose=0, callbacks=callbacks)
        model.fit(X, Y, epochs=2, verbose=0, callbacks=callbacks)
    assert len(callbacks) == 1
    assert [fit.epochs_run for fit in session.program.fits] == [3]
    assert session.program.fit.callbacks == ("EarlyStopping",)
    assert len(Run(tmp_path).signals["loss"].values) == 3


def test_a_list_that_keras_made_is_watched(tmp_path, no_steps, capsys):
    """No second history and no progress bar are added, and the user's own history is filled."""
    history = keras.callbacks.History()
    given = keras.callbacks.CallbackList([history])
    with watching(tmp_path) as session:
        _model().fit(X, Y, epochs=2, verbose=0, callbacks=given)
    assert given.callbacks == [history]
    assert len(history.history["loss"]) == session.program.fits[0].epochs_run == 2


def test_an_error_of_ours_never_reaches_the_user(tmp_path, monkeypatch):
    """A bug in the watching leaves the training as it is, and is told."""
    monkeypatch.setattr("vandap.watch.callback.describe", lambda *args: 1 / 0)
    keras.utils.set_random_seed(1)
    with watching(tmp_path) as session:
        history = _model().fit(X, Y, epochs=2, verbose=0).history
    assert len(history["loss"]) == 2
    assert "ZeroDivisionError" in session.unseen[0]


def test_keras_is_as_it_was_after(tmp_path, no_steps):
    """Every method that was replaced is back, whatever happened inside."""
    trainer = next(kind for kind in keras.Model.__mro__ if "fit" in vars(kind))
    before = (trainer.fit, keras.Model.compile, keras.Layer.__new__, keras.Model.train_on_batch, keras.Layer.__call__)
    with pytest.raises(ZeroDivisionError), watching(tmp_path):
        _model()
        raise ZeroDivisionError
    after = (trainer.fit, keras.Model.compile, keras.Layer.__new__, keras.Model.train_on_batch, keras.Layer.__call__)
    assert before == after
    assert Run(tmp_path).info.status == "failed"


def test_a_model_saved_while_watched_compiles_when_loaded(tmp_path, no_steps):
    """Keras still sees that nobody overrode `compile`, so that a loaded model is compiled without a warning."""
    with watching(tmp_path / "run"):
        model = _model()
        model.fit(X, Y, epochs=1, verbose=0)
        model.save(tmp_path / "model.keras")
        assert keras.saving.load_model(tmp_path / "model.keras").compiled


def test_a_copy_keeps_the_lines_of_its_layers(tmp_path, no_steps):
    """Layers of a cloned model stand where the program made the originals."""
    with watching(tmp_path) as session:
        clone = keras.models.clone_model(_model())
        clone.compile("sgd", "mse")
        clone.fit(X, X[:, :3], epochs=1, verbose=0)
    sites = [layer.site for layer in session.program.layers]
    assert all("layers.Dense(3)" in site.text for site in sites)
    assert session.program.compile.site.text == 'clone.compile("sgd", "mse")'


def test_the_optimisers_line_is_recorded(tmp_path, no_steps):
    """Its settings stand where it was made, which is often not where it is compiled."""
    with watching(tmp_path) as session:
        optimizer = keras.optimizers.Adam(0.01)
        model = _model()
        model.compile(optimizer, "mse")
        model.fit(X, X[:, :3], epochs=1, verbose=0)
    assert session.program.compile.optimizer_site.text == "optimizer = keras.optimizers.Adam(0.01)"
    assert session.program.compile.at_optimizer().line == session.program.compile.optimizer_site.line


def test_a_failed_fit_leaves_its_data(tmp_path, no_steps):
    """A fit that Keras refuses is recorded with what it was given."""
    with pytest.raises(ValueError), watching(tmp_path):
        _model().fit(X, Y[:-3], epochs=2, verbose=0)
    run = Run(tmp_path)
    assert run.info.status == "failed"
    assert run.evidence["program"].fit.examples == ROWS
    assert run.evidence["program"].fit.steps == 0
    assert "label_statistics" in run.signals


def test_training_by_hand_is_seen(tmp_path):
    """A loop over `train_on_batch` shows its losses, its data, and says what could not be seen."""
    with watching(tmp_path) as session:
        model = _model()
        results = [model.train_on_batch(X[:SIZE], Y[:SIZE]) for _ in range(4)]
    run = Run(tmp_path)
    assert run.evidence["program"].fit.steps == 4
    assert run.signals["step_loss"].values == pytest.approx([result[0] for result in results], rel=1e-5)
    assert "train_on_batch" in session.unseen[0]
    assert json.loads((tmp_path / "watch.json").read_text())["unseen"] == session.unseen


@pytest.mark.parametrize("by_hand", [False, True])
@pytest.mark.parametrize("weights", [None, np.linspace(0.5, 2, SIZE)])
def test_weights_of_examples_are_seen_wherever_they_come_from(tmp_path, no_steps, by_hand, weights):
    """With the batches of a stream, or with each call of `train_on_batch`; no argument of `fit` tells of them."""
    parts = (X[:SIZE], Y[:SIZE]) if weights is None else (X[:SIZE], Y[:SIZE], weights)
    with watching(tmp_path) as session:
        if by_hand:
            _model().train_on_batch(*parts)
        else:
            _model().fit((parts for _ in range(2)), steps_per_epoch=2, shuffle=False, verbose=0)
    assert session.program.fit.sample_weight == (weights is not None)


@pytest.mark.skipif(keras.config.backend() != "jax", reason="refuses labels that are no class, whatever they weigh")
@pytest.mark.parametrize("is_stream", [False, True])
def test_labels_of_weight_zero_are_not_counted(tmp_path, no_steps, is_stream):
    """Missing labels are often written as -1, with a weight of 0, in the validation as well."""
    weights = (np.arange(ROWS) % 4 > 0).astype("float32")
    whole = X, np.where(weights > 0, Y, -1), weights
    with watching(tmp_path):
        given = {"x": (part for part in [whole]), "steps_per_epoch": 1, "shuffle": False}
        arrays = {"x": whole[0], "y": whole[1], "sample_weight": weights}
        _model().fit(**(given if is_stream else arrays), validation_data=whole, verbose=0)
    signals = Run(tmp_path).signals
    assert signals["label_statistics"].values[0, 0] == 0, "the lowest label"
    assert "-1" not in signals["label_counts"].labels["class"]
    if not is_stream:
        assert "-1" not in signals["class_counts"].labels["class"]


def test_targets_that_move_are_told(tmp_path, no_steps):
    """As those do that a network makes for itself."""
    for name, growth in (("still", 0), ("moving", 1)):
        with watching(tmp_path / name) as session:
            model = keras.Sequential([layers.Dense(1)])
            model.compile("sgd", "mse")
            for step in range(40):
                model.train_on_batch(X[:SIZE], X[:SIZE, :1] + growth * step)
        assert session.program.fit.targets_moved == bool(growth)


def test_steps_and_layers_are_watched(tmp_path, monkeypatch):
    """The whole of it, once: probes, weights, and what the trained model answers."""
    monkeypatch.setattr("vandap.watch.afterwards.MOST_SECONDS", float("inf"))
    with watching(tmp_path) as session:
        _train("arrays")
    signals, facts = Run(tmp_path).signals, json.loads((tmp_path / "watch.json").read_text())
    assert facts["mode"] == "exact", facts["reason"]
    program = session.program
    assert signals["activations"].labels["layer"] == tuple(layer.path for layer in program.layers)
    assert len(signals["weight_change"].labels["variable"]) == 4
    assert {"gradients", "update_ratio", "weights", "dead_units", "predictions", "inference_loss"} <= set(signals)
    kept, parts = session.kept, signals["loss_parts"]
    inference = signals["inference_loss"].at(fact="inference_mode")
    assert kept.model.evaluate(kept.train.x, kept.train.y, verbose=0)[0] == pytest.approx(inference, rel=1e-4)
    assert parts.at(fact="penalty_first") == 0
    assert parts.at(fact="data_last") < parts.at(fact="data_first")


@pytest.mark.parametrize("form", ["sparse", "one-hot", "binary"])
def test_answers_to_validation_classes_are_counted(form, tmp_path):
    """Of whatever form the labels are; a network that multiplies by -1 takes each class for the other."""
    x = np.repeat([[-1.0], [1.0]], 32, axis=0).astype("float32")
    codes = np.repeat([0, 1], 32)
    if form == "binary":
        head, loss, y = layers.Dense(1, activation="sigmoid", kernel_initializer="ones"), "binary_crossentropy", codes
    else:
        known = keras.initializers.Constant([[-1.0, 1.0]])
        head, y = layers.Dense(2, activation="softmax", kernel_initializer=known), codes
        loss = "sparse_categorical_crossentropy"
        if form == "one-hot":
            y, loss = np.eye(2)[codes], "categorical_crossentropy"
    with watching(tmp_path):
        model = keras.Sequential([keras.Input((1,)), head])
        model.compile(keras.optimizers.SGD(1e-6), loss)
        model.fit(x, y, epochs=1, batch_size=16, validation_data=(-x, y), verbose=0)
    answers = Run(tmp_path).signals["held_out_answers"]
    assert answers.labels["class"] == ("0", "1") and answers.values.tolist() == [[0, 32], [32, 0]]
    shared = Run(tmp_path).signals["held_out_inputs"]
    assert shared.at(input=shared.labels["input"][0], fact="rows") == 64


def test_no_classes_are_counted_where_there_are_none(tmp_path):
    """Numbers have none, and an example of several steps has several; of thousands, a table would be too large."""
    with watching(tmp_path / "numbers"):
        model = keras.Sequential([keras.Input((X.shape[1],)), layers.Dense(1)])
        model.compile("sgd", "mse")
        model.fit(X, X[:, :1], epochs=1, validation_data=(X, X[:, :1]), verbose=0)
    assert "held_out_answers" not in Run(tmp_path / "numbers").signals
    with watching(tmp_path / "steps"):
        model = keras.Sequential([keras.Input((4, 2)), layers.Dense(3, activation="softmax")])
        model.compile("sgd", "sparse_categorical_crossentropy")
        x, y = np.zeros((40, 4, 2), "float32"), np.zeros((40, 4), int)
        model.fit(x, y, epochs=1, validation_data=(x, y), verbose=0)
    assert "held_out_answers" not in Run(tmp_path / "steps").signals
    with watching(tmp_path / "words"):
        last = keras.initializers.Constant([0.0] * 1_999 + [1.0])
        model = keras.Sequential([keras.Input((2,)), layers.Dense(2_000, "softmax", bias_initializer=last)])
        model.compile("sgd", "sparse_categorical_crossentropy")
        model.fit(x[:, 0], y[:, 0], epochs=1, validation_data=(x[:, 0], y[:, 0]), verbose=0)
    assert "held_out_answers" not in Run(tmp_path / "words").signals


def test_a_single_bad_value_is_found(tmp_path, no_steps):
    """All rows are looked at for what is not finite, and all labels, though only a sample is kept."""
    x, y = np.zeros((9000, 3), "float32"), np.zeros(9000, "int64")
    x[8999, 1], y[8998] = np.nan, 7
    with watching(tmp_path):
        model = keras.Sequential([keras.Input((3,)), layers.Dense(8)])
        model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        model.fit(x, y, batch_size=4500, epochs=1, verbose=0)
    signals = Run(tmp_path).signals
    assert signals["input_statistics"].at(input="input", statistic="nonfinite") == 1
    assert signals["label_counts"].values[0].tolist() == [8999, 0, 0, 0, 0, 0, 0, 1]


def test_leaks_are_sought_before_the_first_step(tmp_path, no_steps):
    """Tensors and arrays are compared alike, whatever the back end, and the data signals are on disk at the begin."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(400, 5)).astype("float32")
    y = (x.sum(axis=1) > 0).astype("int64")
    x[:, 4] = y
    held_out = np.concatenate([x[300:], x[:40]]), np.concatenate([y[300:], y[:40]])
    seen = {}
    with watching(tmp_path) as session:
        session.on_begin = lambda _: seen.update(Run(tmp_path).signals)
        model = keras.Sequential([keras.Input((5,)), layers.Dense(2)])
        model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        model.fit(keras.ops.convert_to_tensor(x[:300]), y[:300], validation_data=held_out, epochs=1, verbose=0)
    assert seen["shared_rows"].at(fact="copies") == 40
    assert seen["feature_scores"].at(feature="4") == pytest.approx(1)


def test_rows_that_contradict_each_other_are_counted(tmp_path, no_steps):
    """Copies of training rows with another class, told before the first step."""
    rows = np.concatenate([X, X[:10]]), np.concatenate([Y, (Y[:10] + 1) % 3])
    with watching(tmp_path):
        _model().fit(*rows, epochs=1, verbose=0)
    assert Run(tmp_path).signals["duplicates"].at(kind="copied") == 20


def test_streams_are_compared_as_far_as_they_were_heard(tmp_path, no_steps):
    """The kept samples of a generator and of validation arrays."""
    with watching(tmp_path):
        model = keras.Sequential([keras.Input((5,)), layers.Dense(3)])
        model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
        model.fit(_Pieces([]), validation_data=(X[:10], Y[:10]), epochs=1, verbose=0)
    assert Run(tmp_path).signals["shared_rows"].at(fact="copies") == 10


def test_what_a_program_evaluates_is_its_test(tmp_path):
    """The first rows that are not those of the fit: classes, inputs, loss, and the model's answers."""
    x = np.repeat([[-1.0], [1.0]], 32, axis=0).astype("float32") * np.linspace(1, 2, 64, dtype="float32")[:, None]
    y = np.repeat([0, 1], 32)
    test = -x[20:], np.concatenate([y[20:-1], [2]])
    with watching(tmp_path):
        known = keras.initializers.Constant([[-1.0, 1.0, 0.0]])
        model = keras.Sequential([keras.Input((1,)), layers.Dense(3, "softmax", kernel_initializer=known)])
        model.compile(keras.optimizers.SGD(1e-6), "sparse_categorical_crossentropy", metrics=["accuracy"])
        model.evaluate(*test, verbose=0)  # before the fit it tests nothing
        model.fit(x, y, epochs=1, batch_size=16, verbose=0)
        model.evaluate(x, y, verbose=0)
        loss, _ = model.evaluate(*test, verbose=0)
        model.evaluate(x + 5, y, verbose=0)
    signals = Run(tmp_path).signals
    assert signals["test_loss"].values == pytest.approx(loss)
    assert [signals["shared_test_rows"].at(fact=fact) for fact in ("validation", "shared")] == [44, 0]
    assert signals["class_counts"].labels["split"] == ("train", "test")
    assert signals["class_counts"].values.tolist() == [[32, 32, 0], [12, 31, 1]]
    assert signals["held_out_answers"].values.sum() >= 32
    assert signals["held_out_inputs"].at(input=signals["held_out_inputs"].labels["input"][0], fact="rows") == 44


def test_a_validation_is_not_lost_beside_a_test(tmp_path, no_steps):
    """What is compared is the validation; the test adds its classes and its copies."""
    x = np.random.default_rng(1).normal(size=(120, 5)).astype("float32")
    y = np.arange(120) % 3
    with watching(tmp_path):
        model = _model()
        model.fit(x[:60], y[:60], epochs=1, validation_data=(x[60:90].copy(), y[60:90]), verbose=0)
        model.evaluate(x[50:].copy(), y[50:], verbose=0)
    with watching(tmp_path / "split"):  # Keras cuts the validation rows off, and lets go what it cut
        model = _model()
        model.fit(x, y, epochs=1, validation_split=0.25, verbose=0)
        model.evaluate(x[50:].copy(), y[50:], verbose=0)
    assert Run(tmp_path / "split").signals["shared_test_rows"].at(fact="shared") == 70
    signals = Run(tmp_path).signals
    assert signals["shared_rows"].at(fact="shared") == 0 and signals["shared_test_rows"].at(fact="shared") == 10
    assert signals["class_counts"].labels["split"] == ("train", "validation", "test")
    assert signals["held_out_inputs"].at(input=signals["held_out_inputs"].labels["input"][0], fact="rows") == 30
