"""Watching of programs that train several times, on whichever back end this process runs."""

# ruff: noqa: D102 (what a callback's hooks do is Keras' to say)

import contextlib
import gc
import json
import os
import threading
import weakref

import numpy as np
import pytest

from vandap.core.store import Run, RunWriter
from vandap.watch import Watch, watching
from vandap.watch.record import Record
from vandap.watch.structure import describe

pytestmark = pytest.mark.backend

keras = pytest.importorskip("keras")
layers = keras.layers
X = np.random.default_rng(0).normal(size=(40, 5)).astype("float32")
Y = (X[:, 0] > 0).astype("int64")


def _model():
    model = keras.Sequential([keras.Input((5,)), layers.Dense(4, activation="relu"), layers.Dense(2)])
    model.compile("sgd", keras.losses.SparseCategoricalCrossentropy(from_logits=True))
    return model


@pytest.fixture
def no_steps(monkeypatch):
    """Leave out the train step, whose own contract is elsewhere, and the passes after it: both take long to compile."""
    monkeypatch.setattr(Record, "watch_steps", lambda self, schedule: None)
    monkeypatch.setattr(Record, "_afterwards", lambda self, kept: {})


def _by_hand(steps):
    model = _model()
    for _ in range(steps):
        model.train_on_batch(X[:8], Y[:8])
    return weakref.ref(model)


def test_models_trained_by_hand_are_let_go(tmp_path):
    """Of models that the program drops, the one with most steps is kept, for it is judged; all are counted."""
    with watching(tmp_path) as session:
        models = [_by_hand(steps) for steps in (2, 5, 3, 1)]
        gc.collect()
        assert [model() is not None for model in models] == [False, True, False, False]
    assert [fit.steps for fit in session.program.fits] == [2, 5, 3, 1]
    assert session.program.main_fit == 1
    assert session.kept.model is models[1]()


def test_models_trained_by_hand_are_left_as_they_were(tmp_path, no_steps):
    """Nothing that was kept with a model stays with it; two models that take turns are both counted."""
    one, other = _model(), _model()
    with watching(tmp_path) as session:
        for _ in range(3):
            one.train_on_batch(X[:8], Y[:8])
            other.train_on_batch(X[:8], Y[:8])
    assert not {name for name in vars(one) if "vandap" in name}
    assert [fit.steps for fit in session.program.fits] == [3, 3]


def test_one_watch_object_watches_every_fit(tmp_path, monkeypatch, no_steps):
    """All fits that it is given are in one run folder, which is complete after each of them."""
    monkeypatch.chdir(tmp_path)
    watch, ended = Watch(), []
    for epochs in (1, 3, 2):
        _model().fit(X, Y, epochs=epochs, verbose=0, callbacks=[watch])
        ended.append(Run(watch.session.folder).info.status)
    assert ended == ["done", "done", "done"]
    assert len(list((tmp_path / "runs").iterdir())) == 1
    program = Run(watch.session.folder).evidence["program"]
    assert [fit.epochs_run for fit in program.fits] == [1, 3, 2]
    assert len(Run(watch.session.folder).signals["loss"].values) == 2


def test_one_watch_object_goes_on_after_a_fit_that_failed(tmp_path, monkeypatch, no_steps):
    """A fit that an exception left is recorded as far as it came, and the next one is watched."""
    monkeypatch.chdir(tmp_path)

    class Stopping(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            raise KeyboardInterrupt

    watch = Watch()
    with pytest.raises(KeyboardInterrupt):
        _model().fit(X, Y, epochs=3, verbose=0, callbacks=[watch, Stopping()])
    _model().fit(X, Y, epochs=2, verbose=0, callbacks=[watch])
    run = Run(watch.session.folder)
    assert [fit.epochs_run for fit in run.evidence["program"].fits] == [1, 2]
    assert run.info.status == "done"


def test_the_trained_model_is_not_asked_after_each_of_many_short_fits(tmp_path, monkeypatch, no_steps):
    """What it would take longer than they do is left out, what it showed before is taken away, and this is told."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("vandap.watch.session.COMPLETE_SHARE", 0.0)
    monkeypatch.setattr("vandap.watch.session.COMPLETE_SECONDS", 0.0)
    watch, changes = Watch(), []
    for _ in range(2):
        model = _model()
        model.fit(X, Y, epochs=1, verbose=0, callbacks=[watch])
        facts = json.loads((watch.session.folder / "watch.json").read_text())
        changes.append(("weight_change" in Run(watch.session.folder).signals, "hold them up" in str(facts["unseen"])))
    assert changes == [(True, False), (False, True)]


def test_a_program_may_change_its_working_directory(tmp_path, monkeypatch, no_steps):
    """The run folder stays where it was when the watching began."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "elsewhere").mkdir()
    with watching("run") as session:
        os.chdir("elsewhere")
        _model().fit(X, Y, epochs=1, verbose=0)
    assert not any((tmp_path / "elsewhere").iterdir())
    assert Run(tmp_path / "run").info.status == "done"
    assert "loss" in Run(session.folder).signals


def _started(work):
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


class Meanwhile(keras.callbacks.Callback):
    """Has another thread train a model while this one trains."""

    def __init__(self, other):
        super().__init__()
        self.other = other

    def on_epoch_end(self, epoch, logs=None):
        _started(lambda: self.other.fit(X, Y, epochs=2, shuffle=False, verbose=0))
        _started(lambda: self.other.train_on_batch(X, Y))


def test_of_fits_at_the_same_time_the_first_is_watched(tmp_path, no_steps):
    """The others run as they would alone, to the last bit, and that they were not seen is told."""
    keras.utils.set_random_seed(1)
    plain, other, model = _model(), _model(), _model()
    other.set_weights(plain.get_weights())
    plain.fit(X, Y, epochs=2, shuffle=False, verbose=0)
    plain.train_on_batch(X, Y)
    with watching(tmp_path) as session:
        model.fit(X, Y, epochs=1, verbose=0, callbacks=[Meanwhile(other)])
        model.fit(X, Y, epochs=2, verbose=0)
    assert all(np.array_equal(*pair) for pair in zip(plain.get_weights(), other.get_weights(), strict=True))
    assert [fit.epochs_run for fit in session.program.fits] == [3]
    assert ["another thread" in sentence for sentence in session.unseen] == [True]


class Subclassed(keras.Model):
    """A model whose graph is known only by listening to its first pass."""

    def __init__(self):
        super().__init__()
        self.head = layers.Dense(2)

    def call(self, inputs):
        return self.head(inputs)


def test_a_fit_with_a_watch_of_its_own_is_left_to_it(tmp_path, monkeypatch, no_steps):
    """Nothing of Keras stays replaced after it."""
    monkeypatch.chdir(tmp_path)
    call = keras.Layer.__call__
    with watching(tmp_path / "run"):
        model = Subclassed()
        model.compile("sgd", "mse")
        model.fit(X, X[:, :2], verbose=0, callbacks=[Watch()])
    assert keras.Layer.__call__ is call


def test_fits_that_go_on_are_one_training(tmp_path):
    """The curves of both are one, every step has its number, and no bit of the weights changes."""
    weights, losses = [], []
    for folder in (None, tmp_path):
        keras.utils.set_random_seed(3)
        model = _model()
        with watching(folder) if folder is not None else contextlib.nullcontext() as session:
            for epoch in range(3):
                history = model.fit(X, Y, batch_size=8, initial_epoch=epoch, epochs=epoch + 1, verbose=0)
                losses += history.history["loss"]
                model.optimizer.learning_rate = 0.01 / (epoch + 2)
        weights.append([array.tobytes() for array in model.get_weights()])
    assert weights[0] == weights[1]
    (fit,) = session.program.fits
    assert (fit.calls, fit.epochs_run, fit.planned_epochs, fit.steps) == (3, 3, 3, 15)
    assert fit.planned_steps == 15
    signals, facts = Run(tmp_path).signals, json.loads((tmp_path / "watch.json").read_text())
    assert signals["loss"].values.tolist() == losses[3:]
    assert signals["step_number"].values.tolist() == list(range(15))
    assert signals["step_loss"].values.reshape(3, 5).mean(axis=1) == pytest.approx(losses[3:], rel=1e-4)
    assert signals["learning_rate"].values == pytest.approx([0.01, 0.005, 0.01 / 3])
    assert signals["probe_step"].values.tolist() == sorted(set(signals["probe_step"].values.tolist()))
    assert (facts["mode"], facts["unseen"]) == ("exact", [])
    assert session.kept.initial_state.value_of(model.optimizer.iterations) == 0
    assert session.kept.fit.steps == 15 and len(session.kept.rates) == 3
    assert not [name for name in vars(model) if "vandap" in name]


def _again(model, options):
    model.fit(**options)


def _shuffled(model, options):
    rows = np.random.default_rng(5).permutation(len(X))
    model.fit(**{**options, "x": X[rows], "y": Y[rows]})


def _augmented(model, options):
    model.fit(**{**options, "x": X + np.float32(0.01)})


def _compiled(model, options):
    model.compile("sgd", model.loss)
    model.fit(**options)


def _set_back(model, options):
    model.set_weights([np.ones_like(array) for array in model.get_weights()])
    model.fit(**options)


def _stepped(model, options):
    model.train_on_batch(X[:8], Y[:8])
    model.fit(**options)


def _other_labels(model, options):
    model.fit(**{**options, "y": 1 - Y})


def _other_inputs(model, options):
    model.fit(**{**options, "x": np.random.default_rng(9).normal(size=X.shape).astype("float32"), "y": Y[::-1].copy()})


def _filled_anew(model, options):
    kept = X.copy()
    X[:] = X[::-1] * 3
    try:
        model.fit(**options)
    finally:
        X[:] = kept


def _validated(model, options):
    model.fit(**options, validation_data=(X, Y))


def _in_other_batches(model, options):
    model.fit(**{**options, "batch_size": 20})


GOING_ON = [_again, _shuffled, _augmented]
BREAKING = [_compiled, _set_back, _stepped, _other_labels, _other_inputs, _filled_anew, _validated, _in_other_batches]


def _fits(second, folder):
    """What is recorded of a fit, and of what follows it."""
    with watching(folder) as session:
        model, options = _model(), {"x": X, "y": Y, "batch_size": 8, "epochs": 2, "verbose": 0}
        model.fit(**options)
        second(model, options)
    return session.program.fits


@pytest.mark.parametrize("second", GOING_ON)
def test_the_same_examples_may_come_in_another_array(second, tmp_path, no_steps):
    """In another order, or augmented: the training goes on."""
    assert [(fit.calls, fit.epochs_run) for fit in _fits(second, tmp_path)] == [(2, 4)]


@pytest.mark.parametrize("second", BREAKING)
def test_fits_between_which_something_changes_are_told_apart(second, tmp_path, no_steps):
    """Their curves would have a seam, at which nothing is unstable."""
    fits = _fits(second, tmp_path)
    assert {fit.calls for fit in fits} == {1}
    assert len(fits) == 2 + (second is _stepped)


def test_weights_that_a_callback_puts_back_are_a_break(tmp_path, no_steps):
    """The next fit begins with another loss than that at which the curve ended."""
    with watching(tmp_path) as session:
        model = _model()
        for _ in range(2):
            worst = keras.callbacks.EarlyStopping("loss", mode="max", patience=1, restore_best_weights=True)
            model.fit(X, Y, epochs=4, verbose=0, callbacks=[worst])
    assert [(fit.calls, fit.stopped_early) for fit in session.program.fits] == [(1, True), (1, True)]


class _Pieces(keras.utils.PyDataset):
    def __len__(self):
        return 5

    def __getitem__(self, index):
        return X[index * 8 : (index + 1) * 8], Y[index * 8 : (index + 1) * 8]


def test_a_stream_goes_on_where_it_is_the_same(tmp_path, no_steps):
    """Of another one it is not known what it holds."""
    stream = _Pieces()
    with watching(tmp_path) as session:
        model = _model()
        for data in (stream, stream, _Pieces()):
            model.fit(data, epochs=1, verbose=0)
    assert [fit.calls for fit in session.program.fits] == [2, 1]
    assert [fit.number for fit in session.program.fits] == [0, 2]


def _fitted(epochs, rate=0.05, **options):
    model = _model()
    model.optimizer.learning_rate = rate
    model.fit(X, Y, epochs=epochs, verbose=0, **options)


def test_of_models_for_one_task_the_best_validation_is_judged(tmp_path, no_steps):
    """The others were tried and thrown away."""
    with watching(tmp_path) as session:
        for rate in (1e-7, 0.3, 1e-6):
            _fitted(4, rate, batch_size=4, validation_data=(X, Y))
    assert session.program.main_fit == 1
    assert len(Run(tmp_path).signals["val_loss"].values) == 4


def test_of_models_without_validation_the_last_is_judged(tmp_path, no_steps):
    """What comes before is a preparation; a few steps at the end are none that count."""
    with watching(tmp_path) as session:
        for epochs in (20, 4, 1):
            _fitted(epochs, batch_size=8)
    assert session.program.main_fit == 1


def test_a_validated_model_is_judged_before_others(tmp_path, no_steps):
    """Its training shows more."""
    with watching(tmp_path) as session:
        _fitted(2, validation_data=(X, Y))
        _fitted(2)
    assert session.program.main_fit == 0


def test_many_fits_are_written_now_and_then(tmp_path, monkeypatch, no_steps):
    """Each would cost more than a short fit itself; the first ones are on disk at once, all at the end."""
    written, write = [], RunWriter.signal

    def counting(self, name, series):
        written.append(name)
        write(self, name, series)

    monkeypatch.setattr(RunWriter, "signal", counting)
    monkeypatch.setattr("vandap.watch.session.FLUSH_SECONDS", float("inf"))
    with watching(tmp_path):
        model = _model()
        for _ in range(10):
            model.fit(X, Y, verbose=0)
    assert written.count("loss") == 5  # after 1, 2, 4, 8 fits, and at the end
    assert len(Run(tmp_path).signals["loss"].values) == 10


def test_of_very_many_fits_the_first_and_the_judged_one_are_described(tmp_path, monkeypatch, no_steps):
    """How many there were is told."""
    monkeypatch.setattr("vandap.watch.calls.MOST_KEPT", 2)
    with watching(tmp_path) as session:
        for _ in range(5):
            _fitted(1)
    assert session.program == Run(tmp_path).evidence["program"]
    assert [fit.number for fit in session.program.fits] == [0, 1, 4]
    assert (session.program.main_fit, session.program.main_call, session.program.calls) == (2, 4, 5)


def test_a_model_that_nobody_changed_is_described_once(tmp_path, monkeypatch, no_steps):
    """Other data are another training; the layers are the same, and the learning rate is read anew."""
    described = []
    monkeypatch.setattr(
        "vandap.watch.callback.describe", lambda *args: described.append(describe(*args)) or described[-1]
    )
    with watching(tmp_path) as session:
        model = _model()
        model.fit(X, Y, verbose=0)
        model.optimizer.learning_rate = 0.5
        model.fit(X, 1 - Y, verbose=0)
        assert len(described) == 1
        model.compile("adam", model.loss)
        model.fit(X, Y, verbose=0)
    assert (described[0].compile.settings["learning_rate"], len(described)) == (0.01, 2)
    assert len(session.program.fits) == 3
