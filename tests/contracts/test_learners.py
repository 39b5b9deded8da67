"""What every learner of the ladder must do: a new file in `learners/` is tested by existing."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from made_datasets import MAKERS, MadeArray, MadeTable, as_dataset, made_array, made_table

from vandap.core.dataset import ARRAY, TABLE
from vandap.core.schema import Column, ColumnKind, Role
from vandap.core.task import Task
from vandap.train.catalogue import is_installed, learners
from vandap.train.learner import Job
from vandap.train.preprocess import fit_preprocess

BUDGET = 0.3
TINY_NETWORK = {"width": 16, "depth": 1, "steps": 12, "chunk": 4, "batch_size": 32, "learning_rate": 1e-3}


LEARNERS = tuple(learner for learner in learners() if not learner.needs_weights)
"""Learners that start from pretrained weights have their own test: weights are not at hand here."""


def _case(learner, *rest):
    marks = [] if learner.simple else [pytest.mark.backend]
    if not learner.simple and rest and rest[-1] != Task.BINARY.value:
        marks.append(pytest.mark.slow)
    return pytest.param(learner, *rest, marks=marks, id="-".join([learner.slug, *rest]))


EVERY = [
    _case(learner, kind, task.value)
    for learner in LEARNERS
    for kind in MAKERS
    for task in Task
    if learner.fits(kind, task)
]
CLASSIFIERS = [_case(learner) for learner in LEARNERS if learner.fits(TABLE, Task.MULTICLASS)]
TABULAR = [_case(learner, task.value) for learner in LEARNERS for task in Task if learner.fits(TABLE, task)]


def fit(learner, dataset, folder, rows=None, repeated=None):
    """Fit on the training part, or on `rows` of it; with the settings of an earlier fit, if given."""
    rows = dataset.split.train if rows is None else rows
    preprocess = fit_preprocess(dataset, rows, 0)
    settings = dict(repeated or ({} if learner.simple else TINY_NETWORK))
    if repeated and not learner.simple:
        settings = {"plan": settings}
    own = Path(tempfile.mkdtemp(dir=folder))
    job = Job(dataset, rows, np.zeros(0, np.int64), preprocess, 0, BUDGET, 1, own, settings=settings)
    return learner.fit(job), preprocess


@cache
def fitted_on(learner, kind, task, folder):
    """One fit that several tests look at."""
    dataset = MAKERS[kind](Task(task))
    return dataset, *fit(learner, dataset, folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where learners may write while they fit."""
    return tmp_path_factory.mktemp("fits")


def held_out(dataset, fitted):
    """Predictions for the test part."""
    return fitted.predict(dataset.examples.take(dataset.split.test), dataset.columns)


def check_form(dataset, predicted, count):
    """Predictions have the form that the task fixes."""
    assert np.isfinite(predicted).all()
    if not dataset.task.is_classification:
        assert predicted.shape == (count,)
        return
    assert predicted.shape == (count, len(dataset.classes))
    assert (predicted >= 0).all()
    assert (predicted <= 1).all()
    np.testing.assert_allclose(predicted.sum(axis=1), 1.0, atol=1e-6)


@pytest.mark.parametrize(("learner", "kind", "task"), EVERY)
def test_predictions_have_the_form_that_the_task_fixes(learner, kind, task, folder):
    """Finite numbers, or probabilities that sum to 1 with a column for every class; also for one row alone."""
    dataset, fitted, _ = fitted_on(learner, kind, task, folder)
    check_form(dataset, held_out(dataset, fitted), len(dataset.split.test))
    one = fitted.predict(dataset.examples.take(dataset.split.test[:1]), dataset.columns)
    check_form(dataset, one, 1)
    assert fitted.rows <= len(dataset.split.train)
    assert fitted.parameters is None or fitted.parameters > 0


@pytest.mark.parametrize(("learner", "kind", "task"), EVERY)
def test_save_and_load_give_equal_predictions(learner, kind, task, folder, tmp_path):
    """A model read back from its folder predicts what the fitted one does, bit for bit, and knows its facts."""
    dataset, fitted, preprocess = fitted_on(learner, kind, task, folder)
    fitted.save(tmp_path)
    loaded = learner.load(tmp_path, preprocess, dataset.task, dataset.classes)
    np.testing.assert_array_equal(held_out(dataset, fitted), held_out(dataset, loaded))
    assert loaded.parameters == fitted.parameters


@pytest.mark.parametrize(("learner", "kind", "task"), EVERY)
def test_repeating_a_fit_with_its_settings_gives_the_same_model(learner, kind, task, folder):
    """Seed and chosen settings decide everything: that is what a recipe's plan relies on."""
    dataset, fitted, _ = fitted_on(learner, kind, task, folder)
    again, _ = fit(learner, dataset, folder, repeated=fitted.hyper_parameters)
    np.testing.assert_array_equal(held_out(dataset, fitted), held_out(dataset, again))
    if learner.simple:
        assert dict(again.hyper_parameters) == dict(fitted.hyper_parameters)


@pytest.mark.parametrize("learner", CLASSIFIERS)
def test_a_class_absent_from_the_training_rows_keeps_its_column(learner, folder):
    """With folds, a rare class may be missing from the rows of one fit."""
    dataset = made_table(Task.MULTICLASS)
    rows = dataset.split.train[dataset.target[dataset.split.train] != 1]
    fitted, _ = fit(learner, dataset, folder, rows=rows)
    check_form(dataset, held_out(dataset, fitted), len(dataset.split.test))


@pytest.mark.parametrize("learner", CLASSIFIERS)
def test_one_training_row_of_each_class_is_enough(learner, folder):
    """No fit needs two rows of a class."""
    dataset = made_array(Task.MULTICLASS)
    rows = np.sort([np.flatnonzero(dataset.target == code)[0] for code in range(3)])
    fitted, _ = fit(learner, dataset, folder, rows=rows)
    check_form(dataset, held_out(dataset, fitted), len(dataset.split.test))


@pytest.mark.parametrize("learner", CLASSIFIERS)
def test_a_single_class_is_predicted_with_certainty_or_nearly(learner, folder):
    """Where the rows show one class, that class is predicted."""
    dataset = made_array(Task.BINARY)
    rows = dataset.split.train[dataset.target[dataset.split.train] == 1]
    fitted, _ = fit(learner, dataset, folder, rows=rows)
    predicted = held_out(dataset, fitted)
    check_form(dataset, predicted, len(dataset.split.test))
    if learner.simple:
        assert (predicted.argmax(axis=1) == 1).all()


@pytest.mark.parametrize(("learner", "task"), TABULAR)
def test_features_without_information_do_no_harm(learner, task, folder):
    """Constant and empty columns alone: predictions are still of the right form."""
    rows = 60
    columns = {"constant": np.ones(rows, np.float32), "empty": np.full(rows, np.nan, np.float32)}
    schema = tuple(Column(name, ColumnKind.NUMBER, Role.FEATURE) for name in columns)
    target = made_array(Task(task), rows).target
    dataset = as_dataset(MadeTable(columns), target, Task(task), schema)
    fitted, _ = fit(learner, dataset, folder)
    check_form(dataset, held_out(dataset, fitted), len(dataset.split.test))


@pytest.mark.parametrize(("learner", "task"), TABULAR)
def test_gaps_infinities_and_new_categories_at_prediction_time(learner, task, folder):
    """Rows that no training row resembles are answered, not refused."""
    dataset, fitted, _ = fitted_on(learner, TABLE, task, folder)
    raw = dataset.examples.take(dataset.split.test[:4])
    raw["size"] = np.array([np.nan, np.inf, -np.inf, 1e30], np.float32)
    raw["when"] = np.array([np.nan, 0.0, 1e12, -1e12])
    raw["colour"] = np.full(4, -1, np.int32)
    check_form(dataset, fitted.predict(raw, dataset.columns), 4)


@pytest.mark.parametrize(("learner", "task"), TABULAR)
def test_one_feature_and_two_thousand_rows(learner, task, folder):
    """A single column is a data set; simple rungs that read it beat the dummy on it."""
    values = np.random.default_rng(0).normal(size=(2_000, 1)).astype(np.float32)
    task = Task(task)
    threshold = {Task.BINARY: 2, Task.MULTICLASS: 3}.get(task, 0)
    score = values[:, 0]
    target = np.digitize(score, [-0.5, 0.5][: threshold - 1]).astype(np.int32) if threshold else score.astype(float)
    dataset = as_dataset(MadeArray(values, ARRAY), target, task)
    if not learner.fits(ARRAY, task):
        pytest.skip("reads no arrays")
    fitted, _ = fit(learner, dataset, folder)
    predicted, truth = held_out(dataset, fitted), dataset.target[dataset.split.test]
    check_form(dataset, predicted, len(truth))
    if learner.simple and learner.slug != "dummy":
        wrong = np.mean((predicted - truth) ** 2) if not threshold else np.mean(predicted.argmax(axis=1) != truth)
        assert wrong < 0.2


def test_the_family_is_in_order():
    """Slugs are unique; the ladder begins with the dummy and ends with the networks."""
    family = learners()
    assert len({learner.slug for learner in family}) == len(family)
    assert family[0].slug == "dummy"
    assert [learner.simple for learner in family] == sorted((learner.simple for learner in family), reverse=True)
    assert all(is_installed(learner) for learner in family)
