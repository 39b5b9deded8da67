"""Changes that several remedies make."""

import numpy as np
import pytest

from vandap.core.finding import Finding, Severity
from vandap.core.program import Compile, Layer, Loss, Program
from vandap.core.signals import Series
from vandap.repair.changes.output import OutputActivation, SetLoss
from vandap.repair.remedies.match_output_to_loss import MatchOutputToLoss
from vandap.repair.remedy import Case
from vandap.repair.shared import loss_of_labels

CLASSES = {"whole": 1.0, "distinct": 3.0, "minimum": 0.0, "maximum": 2.0}
"""Class numbers of three classes."""
FINDING = Finding("D4", "wrong-initial-loss", "x", Severity.ISSUE, "")


@pytest.mark.parametrize(
    ("kind", "from_logits", "activation", "expected"),
    [
        ("SparseCategoricalCrossentropy", False, "softmax", ()),  # has it
        ("SparseCategoricalCrossentropy", True, "linear", ()),  # has it, with logits
        ("SparseCategoricalCrossentropy", True, "softmax", ((SetLoss("sparse_categorical_crossentropy"),),)),
        (
            "SparseCategoricalCrossentropy",
            False,
            "linear",
            ((SetLoss("sparse_categorical_crossentropy"), OutputActivation("out", "softmax")),),
        ),
        ("MeanSquaredError", False, "softmax", ((SetLoss("sparse_categorical_crossentropy"),),)),
    ],
)
def test_a_loss_that_is_there_is_not_proposed(kind, from_logits, activation, expected):
    """What changes nothing would cost trainings and could prove nothing."""
    layer = Layer(0, "out", "out", "Dense", activation=activation, parameters=1, output_shape=(None, 3))
    loss = Loss("out", kind, settings={"from_logits": from_logits})
    program = Program(layers=(layer,), compile=Compile((loss,)), outputs=("out",))
    facts = Series(np.array([list(CLASSES.values())]), {"output": ("out",), "statistic": tuple(CLASSES)})
    assert loss_of_labels(Case(FINDING, program, {"label_statistics": facts})) == expected


def test_one_output_gets_no_softmax():
    """It would answer 1 whatever comes in: the loss of the labels is proposed instead."""
    layer = Layer(0, "out", "out", "Dense", activation="sigmoid", parameters=1, output_shape=(None, 1))
    program = Program(layers=(layer,), compile=Compile((Loss("out", "CategoricalCrossentropy"),)), outputs=("out",))
    two = {"whole": 1.0, "distinct": 2.0, "minimum": 0.0, "maximum": 1.0}
    facts = Series(np.array([list(two.values())]), {"output": ("out",), "statistic": tuple(two)})
    found = MatchOutputToLoss().proposals(Case(FINDING, program, {"label_statistics": facts}))
    assert found == ((SetLoss("binary_crossentropy"),),)
