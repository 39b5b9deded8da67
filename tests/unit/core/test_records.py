"""Records to JSON and back."""

import json
import math
from dataclasses import dataclass, field

import numpy as np
import pytest

from vandap.core.estimate import Estimate
from vandap.core.evaluation import Evaluation
from vandap.core.finding import Finding, Severity, Status, Verdict, Where
from vandap.core.preprocess import Preprocess, Scaling
from vandap.core.recipe import Change, DataSpec, Recipe
from vandap.core.records import from_json, to_json
from vandap.core.task import Task


def _again(record):
    return from_json(type(record), json.loads(json.dumps(to_json(record), allow_nan=False)))


@dataclass(frozen=True)
class Small:
    """A record with most kinds of fields."""

    number: float
    names: tuple[str, ...] = ()
    pair: tuple[int, int] | None = None
    array: np.ndarray = field(default_factory=lambda: np.zeros(0))


FINDING = Finding("A8", "class-imbalance", "class-imbalance", Severity.TIP, "message", {"n": 1.0}, Where("fit"))


@pytest.mark.parametrize(
    "record",
    [
        Recipe(DataSpec("x.csv", types={"zip": "category"}, image_size=(8, 9)), (Change("leak-target", {"a": 1}),)),
        Estimate("accuracy", 0.5, 0.4, 0.6, 10, "wilson"),
        Verdict("A8", "class-imbalance", Status.FOUND, "why", FINDING),
        Preprocess("images", shape=(8, 8, 1), channel_mean=(1.5,), channel_deviation=(2.0,), pixels="float"),
    ],
)  # fmt: skip
def test_a_record_survives_json(record):
    """Reading what was written gives an equal record."""
    assert _again(record) == record


def test_numbers_that_json_lacks_become_null_and_nan():
    """NaN and infinity are written as null; null in a float field is NaN."""
    assert to_json(Small(math.inf)) == {"number": None, "names": [], "pair": None, "array": []}
    assert math.isnan(_again(Small(math.nan)).number)


def test_arrays_and_nested_records_survive():
    """Arrays come back as arrays, nested records as records."""
    scaling = Scaling(np.array([1.0, 2.0]), np.array([0.5, 0.25]))
    again = _again(Preprocess("table", numbers=("a", "b"), scaling=scaling))
    assert np.array_equal(again.scaling.center, scaling.center)
    evaluation = Evaluation(
        "test", "svm", Task.BINARY, "accuracy", "", {"accuracy": Estimate("accuracy", 0.5)}, confusion=np.eye(2)
    )
    assert np.array_equal(_again(evaluation).confusion, np.eye(2))


def test_unknown_keys_are_ignored():
    """A file of a newer version stays readable."""
    assert from_json(Small, {"number": 1, "invented": 2}).number == 1.0


def test_what_has_no_json_form_is_refused():
    """An object that is no record gives a TypeError that names its type."""
    with pytest.raises(TypeError, match="object"):
        to_json(object())
