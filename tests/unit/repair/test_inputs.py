"""What remedies read of the watched inputs."""

from dataclasses import replace

import numpy as np
import pytest

from vandap.core.finding import Finding, Severity
from vandap.core.program import FitCall, Program
from vandap.core.signals import Series
from vandap.repair.changes.data import ALL, DEVIATION, EACH, PIXELS, ScaleTrainingInputs
from vandap.repair.remedies.prepare_alike import PrepareAlike
from vandap.repair.remedies.standardise_inputs import StandardiseTheInputs
from vandap.repair.remedies.weight_classes import WeightClasses
from vandap.repair.remedy import Case


def case(*ranges):
    """Features that begin at 0 and reach so far."""
    values = np.array([(0.0, reach) for reach in ranges])
    labels = {"feature": tuple(map(str, range(len(ranges)))), "statistic": ("minimum", "maximum")}
    signals = {"feature_statistics": Series(values, labels)} if ranges else {}
    return Case(Finding("A2", "unscaled-inputs", "unscaled-inputs", Severity.ISSUE, ""), Program(), signals)


@pytest.mark.parametrize(
    ("given", "first"),
    [
        (case(), ALL),  # images
        (case(16, 15, 8), ALL),
        (case(0, 0, 1, 16), ALL),  # pixels, those of the margin never lit
        (case(4, 28, 1400, 0.5), EACH),  # columns of a table
        (case(4, 28, 1400, 0.5, 0), EACH),  # one of them constant
        (case(1, 30), EACH),
    ],
)
def test_features_of_several_units_are_standardised_each(given, first):
    """The other way is tried as well."""
    found = [change.over for (change,) in StandardiseTheInputs().proposals(given)]
    assert found[0] == first and set(found) == {ALL, EACH}


def test_weights_that_are_upside_down_are_turned():
    """Weights that are there are left alone, unless the finding is that they are the wrong way round."""
    counts = Series(np.array([[90.0, 10.0]]), {"split": ("train",), "class": ("0", "1")})
    program = Program(fits=(FitCall("arrays", class_weight={"0": 0.9, "1": 0.1}),))
    plain = Finding("A8", "class-imbalance", "class-imbalance", Severity.ISSUE, "")
    wrong = replace(plain, evidence={"ratio": 9.0, "weight_ratio": 9.0})
    cure = WeightClasses()
    assert not list(cure.proposals(Case(plain, program, {"label_counts": counts})))
    (((change),),) = cure.proposals(Case(wrong, program, {"label_counts": counts}))
    assert change.weights[1] == pytest.approx(9 * change.weights[0], rel=0.01)


def test_training_inputs_are_scaled_where_only_the_others_are() -> None:
    """The finding says how; where it does not, training alone was scaled, and nobody knows by which numbers."""
    cure = PrepareAlike()
    program = Program(fits=(FitCall("arrays", 90, 32, 4, validation="data"),))
    finding = Finding("A13", "split-shift", "split-shift", Severity.ISSUE, "", {"deviation": 1.0, "pixels": 0.0})
    assert list(cure.proposals(Case(finding, program))) == [(ScaleTrainingInputs(DEVIATION),)]
    pixels = replace(finding, evidence={"deviation": 0.0, "pixels": 1.0})
    assert list(cure.proposals(Case(pixels, program))) == [(ScaleTrainingInputs(PIXELS),)]
    assert not list(cure.proposals(Case(replace(finding, evidence={"deviation": 0.0, "pixels": 0.0}), program)))
    stream = replace(program, fits=(FitCall("stream", 90, 32, 4, validation="data"),))
    assert not list(cure.proposals(Case(finding, stream)))
