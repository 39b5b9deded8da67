"""What every network fit keeps, on whichever back end this process runs."""

import dataclasses

import numpy as np
import pytest
from made_dataset import made_dataset

from vandap.core.task import Task
from vandap.train.learner import Job
from vandap.train.learners.image_cnn import ImageCnn
from vandap.train.learners.table_mlp import TableMlp
from vandap.train.preprocess import fit_preprocess

pytestmark = pytest.mark.backend
CASES = [
    pytest.param(TableMlp(), "array", Task.MULTICLASS, id="table-mlp"),
    pytest.param(TableMlp(), "array", Task.REGRESSION, id="table-mlp-regression"),
    pytest.param(ImageCnn(), "images", Task.MULTICLASS, id="image-cnn"),
]
SETTINGS = {"learning_rate": 0.005, "epochs": 20, "chunk": 6, "width": 16, "patience": 0}


def _fit(learner, kind, task, folder, **settings):
    folder.mkdir(exist_ok=True)
    dataset = made_dataset(kind, task)
    rows = dataset.split.train
    job = Job(
        dataset, rows, dataset.split.validation, fit_preprocess(dataset, rows, 0), 3, 60.0, 2, folder,
        settings=settings or SETTINGS,
    )  # fmt: skip
    return learner.fit(job), dataset


def _weights(fitted):
    return np.concatenate([np.asarray(weight).ravel() for weight in fitted.model.get_weights()])


@pytest.mark.parametrize(("learner", "kind", "task"), CASES)
def test_a_network_learns_a_separable_task(learner, kind, task, tmp_path):
    """Held-out predictions beat the dummy by far, and the training loss falls."""
    fitted, dataset = _fit(learner, kind, task, tmp_path)
    test = dataset.split.test
    prediction = fitted.predict(dataset.examples.take(test), ())
    if task is Task.REGRESSION:
        assert np.mean((prediction - dataset.target[test]) ** 2) < 0.5 * dataset.target[test].var()
    else:
        assert np.mean(prediction.argmax(1) == dataset.target[test]) > 0.7
    loss = fitted.signals["loss"].values
    assert loss[-1] < loss[0]


@pytest.mark.parametrize(("learner", "kind", "task"), CASES)
def test_the_frozen_plan_gives_the_same_weights(learner, kind, task, tmp_path):
    """A second training from the recorded plan, in a new folder, ends with equal weights bit for bit."""
    first, _ = _fit(learner, kind, task, tmp_path / "a")
    second, _ = _fit(learner, kind, task, tmp_path / "b", plan=dict(first.hyper_parameters))
    assert np.array_equal(_weights(first), _weights(second))


@pytest.mark.parametrize(("learner", "kind", "task"), CASES)
def test_a_training_cut_in_the_middle_continues_exactly(learner, kind, task, tmp_path, monkeypatch):
    """Cut after some looks and started again, a training ends where the uncut one ends (its plan is replayed)."""
    from vandap.train.network import looks

    monkeypatch.setattr(looks, "CHECKPOINT_SECONDS", 0.0)
    whole, _ = _fit(learner, kind, task, tmp_path / "whole")
    plan = dict(whole.hyper_parameters)
    original = looks.Looks.on_epoch_begin

    def cut(self, epoch, logs=None):
        if epoch == 4:
            raise KeyboardInterrupt
        original(self, epoch, logs)

    with monkeypatch.context() as patch:
        patch.setattr(looks.Looks, "on_epoch_begin", cut)
        with pytest.raises(KeyboardInterrupt):
            _fit(learner, kind, task, tmp_path / "cut", plan=plan)
    assert (tmp_path / "cut" / "checkpoint.npz").is_file()
    again, _ = _fit(learner, kind, task, tmp_path / "cut", plan=plan)
    assert np.array_equal(_weights(whole), _weights(again))
    assert np.array_equal(whole.signals["loss"].values, again.signals["loss"].values)


def test_a_rate_far_too_large_ends_with_a_reason_and_finite_predictions(tmp_path):
    """A training whose loss is no longer finite stops, says so, and hands over the last finite state."""
    fitted, dataset = _fit(TableMlp(), "array", Task.MULTICLASS, tmp_path, **{**SETTINGS, "learning_rate": 1e30})
    assert "finite" in fitted.reason
    assert np.isfinite(fitted.predict(dataset.examples.take(dataset.split.test), ())).all()
    assert not np.isfinite(fitted.signals["loss"].values[-1])


def test_the_users_random_streams_are_left_alone(tmp_path):
    """Training does not move the global NumPy and Python streams."""
    import random

    random.seed(5)
    np.random.seed(5)
    expected = (random.random(), np.random.rand())
    random.seed(5)
    np.random.seed(5)
    _fit(TableMlp(), "array", Task.MULTICLASS, tmp_path)
    assert (random.random(), np.random.rand()) == expected


def test_the_program_counts_what_was_run(tmp_path):
    """Iterations, epochs and parameters of program.json agree with the model and with each other."""
    fitted, dataset = _fit(ImageCnn(), "images", Task.MULTICLASS, tmp_path)
    program = fitted.program
    assert program["parameters"]["total"] == fitted.model.count_params()
    assert sum(layer["parameters"] for layer in program["layers"]) == fitted.model.count_params()
    cost, batch = program["cost"], program["fit"]["batch_size"]
    assert cost["epochs_run"] == pytest.approx(cost["iterations_run"] * batch / len(dataset.split.train))
    names = {layer["name"] for layer in program["layers"]}
    assert all(set(layer["inputs"]) <= names for layer in program["layers"])


def test_plans_are_plain_data(tmp_path):
    """The recorded hyper-parameters survive JSON."""
    import json

    from vandap.core.records import from_json, to_json
    from vandap.train.network.plan import Plan

    fitted, _ = _fit(TableMlp(), "array", Task.MULTICLASS, tmp_path)
    plan = from_json(Plan, json.loads(json.dumps(to_json(fitted.hyper_parameters))))
    assert dataclasses.asdict(plan) == dict(fitted.hyper_parameters)
