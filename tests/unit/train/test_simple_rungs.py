"""What the simple rungs share: bounds, settings, samples."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_datasets import made_array, made_table

from vandap.core.task import Task
from vandap.errors import MissingExtraError, UsageError
from vandap.train import _problem, catalogue
from vandap.train._boosting import _shared_classes
from vandap.train._design import Design
from vandap.train._hold import hold_loss, macro_f1
from vandap.train._problem import read_problem
from vandap.train.catalogue import learner, learners
from vandap.train.learner import Job
from vandap.train.preprocess import fit_preprocess


def job_of(dataset, folder, **changes):
    """A job on the training part."""
    rows = dataset.split.train
    job = Job(dataset, rows, np.zeros(0, np.int64), fit_preprocess(dataset, rows, 0), 0, 5.0, 1, folder)
    return replace(job, **changes)


def test_every_prefix_is_stratified_and_begins_with_every_class(tmp_path):
    """A sub-sample is a prefix: it keeps the shares of the classes and shows each of them."""
    dataset = made_array(Task.BINARY, rows=5_000)
    target = (np.arange(5_000) % 50 == 0).astype(np.int32)
    job = job_of(replace(dataset, target=target), tmp_path)
    problem = read_problem(job, Design(job.preprocess), 10**6)
    assert set(problem.y[:2]) == {0, 1}
    for size in (500, 1_000, 2_000):
        assert problem.y[:size].mean() == pytest.approx(0.02, abs=0.004)


def test_rows_and_bytes_bound_what_is_read(tmp_path, monkeypatch):
    """The matrix never holds more than asked for, nor more than its bytes allow; rare classes stay in."""
    dataset = made_array(Task.BINARY, rows=2_000)
    target = np.zeros(2_000, np.int32)
    target[:3] = 1
    job = job_of(replace(dataset, target=target), tmp_path)
    assert len(read_problem(job, Design(job.preprocess), 100)) == 100
    monkeypatch.setattr(_problem, "MATRIX_BYTES", 4 * 6 * 50)
    problem = read_problem(job, Design(job.preprocess), 10**6)
    assert len(problem) == 50
    assert problem.y.sum() >= 1


@pytest.mark.parametrize("name", ["groups", "units"])
def test_groups_stay_in_one_fold(tmp_path, name):
    """Internal hold-outs keep groups or copies together, as the outer split does, and spread both classes."""
    dataset = made_array(Task.BINARY)
    groups = np.arange(120) // 6
    dataset = replace(dataset, split=replace(dataset.split, **{name: groups}))
    job = job_of(dataset, tmp_path)
    problem = read_problem(job, Design(job.preprocess), 10**6)
    for group in np.unique(problem.groups):
        assert len(np.unique(problem.folds[problem.groups == group])) == 1
    assert all(len(np.unique(problem.y[problem.folds == fold])) == 2 for fold in range(_problem.FOLDS))


def test_fewer_rows_are_said(tmp_path):
    """A fit on a sample says so, and its settings carry the number of rows."""
    dataset = made_table(Task.BINARY)
    fitted = learner("linear").fit(job_of(dataset, tmp_path, settings={"rows": 40, "penalty": 1.0}))
    assert fitted.rows == 40
    assert fitted.hyper_parameters == {"penalty": 1.0, "rows": 40}
    assert "40 of 96 rows" in fitted.reason


def test_unknown_settings_are_refused(tmp_path):
    """A setting that does nothing is an error, with the names of those that exist."""
    with pytest.raises(UsageError) as caught:
        learner("linear").fit(job_of(made_table(Task.BINARY), tmp_path, settings={"depth": 3}))
    assert "penalty" in caught.value.expected


def test_unknown_learner():
    """The error lists the family."""
    with pytest.raises(UsageError) as caught:
        learner("linaer")
    assert "linear" in caught.value.expected


def test_missing_extras_are_left_out_unless_named(tmp_path, monkeypatch):
    """A ladder of its own has installed learners only; a learner named by the user tells how to install it."""
    monkeypatch.setitem(__import__("sys").modules, "lightgbm", None)
    monkeypatch.setattr(catalogue, "is_installed", lambda item: item.extra is None)
    learners.cache_clear()
    try:
        assert all(item.extra is None for item in learners())
        with pytest.raises(MissingExtraError, match="lightgbm"):
            learner("lightgbm").fit(job_of(made_table(Task.BINARY), tmp_path))
    finally:
        learners.cache_clear()


def test_macro_f1_and_loss():
    """The mean over classes that occur, as scikit-learn computes it; certainty and truth cost nothing."""
    from sklearn.metrics import f1_score

    generator = np.random.default_rng(0)
    truth, decided = generator.integers(0, 4, 100), generator.integers(0, 3, 100)
    assert macro_f1(decided, truth) == pytest.approx(f1_score(truth, decided, average="macro"))
    assert hold_loss(np.eye(4)[truth], truth) == 0.0
    assert hold_loss(np.array([1.0, 2.0]), np.array([1.0, 4.0])) == 2.0


def test_held_out_rows_of_unseen_classes_do_not_stop_boosting(tmp_path):
    """Codes are dense, and held-out rows whose class no fitted row has are left out."""
    job = job_of(made_array(Task.MULTICLASS), tmp_path)
    problem = read_problem(job, Design(job.preprocess), 10**6)
    y = np.array([0, 2, 2])
    _, codes, (held, truth) = _shared_classes(problem, problem.x[:3], y, (problem.x[:3], np.array([1, 2, 0])))
    assert codes.tolist() == [0, 1, 1]
    assert truth.tolist() == [1, 0]
    assert len(held) == 2


@pytest.mark.parametrize("slug", [item.slug for item in learners() if item.simple])
def test_one_class_on_many_rows(slug, tmp_path):
    """The path for many rows also meets training rows of a single class."""
    dataset = made_array(Task.BINARY, rows=6_000, shape=(1,))
    dataset = replace(dataset, target=np.ones(6_000, np.int32))
    fitted = learner(slug).fit(job_of(dataset, tmp_path, budget=0.2))
    np.testing.assert_array_equal(fitted.predict(dataset.examples.take(np.arange(3)), ()), [[0.0, 1.0]] * 3)


def test_the_memory_of_a_support_vector_machine_does_not_grow_with_the_pairs_of_classes(monkeypatch):
    """Decision values are taken in blocks of rows, and are the same."""
    from vandap.train import preprocess
    from vandap.train.learners import svm

    generator = np.random.default_rng(0)
    codes = np.repeat(np.arange(6), 10)
    x = generator.normal(size=(60, 3)) + codes[:, None]
    machine = svm._machine({"cost": 1.0}).fit(x, codes)
    whole = svm._columns(machine, x, 7)
    monkeypatch.setattr(preprocess, "BLOCK_VALUES", 100)
    assert whole.shape == (60, 7) and np.array_equal(svm._columns(machine, x, 7), whole)
