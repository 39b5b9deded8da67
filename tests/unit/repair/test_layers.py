"""Activations that are layers of their own."""

from __future__ import annotations

import pytest

from vandap.ask.whatif.form import NoMeaningError, Subject
from vandap.ask.whatif.language import FORMS
from vandap.core.finding import Finding, Severity, Where
from vandap.core.program import Layer, Program
from vandap.repair.changes.structure import HiddenActivation, Insert, LayerSetting, Units
from vandap.repair.remedies.enlarge_embedding import EnlargeEmbedding
from vandap.repair.remedies.use_relu import UseRelu
from vandap.repair.remedy import Case


def network(*kinds: str) -> Program:
    """A chain of layers; Dense ones have weights and no activation, `Activation` ones a sigmoid."""
    bends = {"Activation": "sigmoid", "ReLU": "relu", "Softmax": "softmax", "Dense": "linear"}
    layers = tuple(
        Layer(
            place,
            str(place),
            str(place),
            kind,
            inputs=(str(place - 1),) if place else (),
            activation=bends.get(kind),
            parameters=9 if kind in ("Dense", "BatchNormalization") else 0,
            settings={"units": 8} if kind == "Dense" else {},
        )
        for place, kind in enumerate(kinds)
    )
    return Program(layers=layers, outputs=(layers[-1].path,))


def asked(text: str, program: Program) -> tuple[object, ...]:
    """Give what a what-if changes."""
    form, caught = next((form, caught) for form in FORMS if (caught := form.match(text)) is not None)
    return form.changes(caught, Subject(program))


BLOCKS = network("Dense", "BatchNormalization", "Activation", "Dense", "Dropout", "Activation", "Dense", "Softmax")


def test_what_leads_to_an_answer_without_weights_answers_too() -> None:
    """`Dense(10)` before `Activation("softmax")` has a unit for each class: it is neither widened nor dropped out."""
    case = Case(Finding("X1", "x", "x", Severity.ISSUE, ""), BLOCKS)
    assert [layer.path for layer in case.answering] == ["7", "6"]
    assert [layer.path for layer in case.hidden("Dense")] == ["0", "3"]
    assert asked("width*2", BLOCKS) == (Units(2.0, ("0", "3"), (16, 16)),)
    (change,) = UseRelu().proposals(case)
    assert change == (HiddenActivation("relu", ("2", "5")),)


def test_a_block_bends_once() -> None:
    """The activation behind the normalisation is the block's; the Dense layer gets none beside it."""
    assert asked("activation=tanh", BLOCKS) == (HiddenActivation("tanh", ("2", "5")),)
    assert asked("+dropout=0.5", BLOCKS) == (Insert("Dropout", ("2", "5"), 0.5),)
    alone = network("Dense", "Dense", "Activation", "Dense")
    assert asked("activation=tanh", alone) == (HiddenActivation("tanh", ("0", "2")),)


def test_a_layer_that_is_its_activation_is_named() -> None:
    """ReLU() can be no tanh, and a tanh before it would be another network than was asked for."""
    with pytest.raises(NoMeaningError, match="1 is always a ReLU"):
        asked("activation=tanh", network("Dense", "ReLU", "Dense"))


@pytest.mark.parametrize(("highest", "rows"), [(0.98, ()), (49.0, ()), (50.0, (51,)), (2e9, ())])
def test_an_embedding_grows_where_its_numbers_need_it(highest: float, rows: tuple[int, ...]) -> None:
    """Tokens scaled to [0, 1] need no table of one row."""
    program = Program(layers=(Layer(0, "table", "table", "Embedding"),), outputs=("table",))
    finding = Finding(
        "A4", "x", "x", Severity.ISSUE, "", evidence={"maximum": highest, "rows": 50.0}, where=Where(layer="table")
    )
    found = EnlargeEmbedding().proposals(Case(finding, program))
    assert tuple(found) == tuple((LayerSetting("input_dim", value, ("table",)),) for value in rows)
