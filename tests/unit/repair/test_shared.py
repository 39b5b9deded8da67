"""Changes that several remedies make."""

import numpy as np
import pytest

from vandap.core.finding import Finding, Severity, Where
from vandap.core.program import Compile, Layer, Loss, Program
from vandap.core.signals import Series
from vandap.repair.changes.data import ScaleTarget, StandardiseInputs
from vandap.repair.changes.output import OutputActivation, SetLoss
from vandap.repair.changes.structure import ExampleShape, FirstLayer, Initialiser, InputShape, LayerSetting, Remove
from vandap.repair.remedies.add_activation import AddActivation
from vandap.repair.remedies.fix_shape import FixShape
from vandap.repair.remedies.loss_from_logits import LossFromLogits
from vandap.repair.remedies.match_output_to_loss import MatchOutputToLoss
from vandap.repair.remedies.remove_augmentation import RemoveAugmentation
from vandap.repair.remedies.standardise_inputs import StandardiseTheInputs
from vandap.repair.remedies.weaken_augmentation import WeakenAugmentation
from vandap.repair.remedies.widen_layer import WidenLayer
from vandap.repair.remedy import Case
from vandap.repair.shared import default_initialisers, loss_of_labels, scaled_target

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


@pytest.mark.parametrize(
    ("one_hot", "mean", "width", "expected"),
    [
        (0.15, 0.5, 3, ((SetLoss("binary_crossentropy"), OutputActivation("out", "sigmoid")),)),
        (0.0, 0.7, 3, ((SetLoss("binary_crossentropy"), OutputActivation("out", "sigmoid")),)),
        (1.0, 1 / 3, 3, ()),
        (0.95, 0.95 / 3, 3, ()),  # some rows without a label
        (0.6, 0.2, 3, ()),  # the same
    ],
)
def test_several_labels_are_judged_each_alone(one_hot, mean, width, expected):
    """Zeros and ones of which an example has several belong to a sigmoid; those that exclude each other do not."""
    layer = Layer(0, "out", "out", "Dense", activation="softmax", parameters=1, output_shape=(None, 3))
    program = Program(layers=(layer,), compile=Compile((Loss("out", "CategoricalCrossentropy"),)), outputs=("out",))
    known = {"whole": 1.0, "distinct": 2.0, "minimum": 0.0, "maximum": 1.0, "one_hot": one_hot, "mean": mean}
    known |= {"width": float(width)}
    facts = Series(np.array([list(known.values())]), {"output": ("out",), "statistic": tuple(known)})
    assert MatchOutputToLoss().proposals(Case(FINDING, program, {"label_statistics": facts})) == expected


def test_one_output_gets_no_softmax():
    """It would answer 1 whatever comes in: the loss of the labels is proposed instead."""
    layer = Layer(0, "out", "out", "Dense", activation="sigmoid", parameters=1, output_shape=(None, 1))
    program = Program(layers=(layer,), compile=Compile((Loss("out", "CategoricalCrossentropy"),)), outputs=("out",))
    two = {"whole": 1.0, "distinct": 2.0, "minimum": 0.0, "maximum": 1.0}
    facts = Series(np.array([list(two.values())]), {"output": ("out",), "statistic": tuple(two)})
    found = MatchOutputToLoss().proposals(Case(FINDING, program, {"label_statistics": facts}))
    assert found == ((SetLoss("binary_crossentropy"),),)


def test_labels_of_minus_one_and_one_get_the_hinge_loss():
    """A binary cross-entropy takes them for probabilities: PyTorch crashes, JAX and TensorFlow learn nothing useful."""
    layer = Layer(0, "out", "out", "Dense", activation="sigmoid", parameters=1, output_shape=(None, 1))
    program = Program(layers=(layer,), compile=Compile((Loss("out", "BinaryCrossentropy"),)), outputs=("out",))
    signs = {"whole": 1.0, "distinct": 2.0, "minimum": -1.0, "maximum": 1.0}
    facts = Series(np.array([list(signs.values())]), {"output": ("out",), "statistic": tuple(signs)})
    expected = ((SetLoss("hinge"), OutputActivation("out", "tanh")),)
    assert loss_of_labels(Case(FINDING, program, {"label_statistics": facts})) == expected


@pytest.mark.parametrize(
    ("kinds", "told", "expected"),
    [
        (("Conv2D", "Dense"), "expected min_ndim=4, found ndim=3. Full shape received: (32, 8, 8)", "(8, 8, 1)"),
        (("LSTM", "Dense"), "expected ndim=3, found ndim=2. Full shape received: (None, 30)", "(30, 1)"),
        (("Conv2D", "Dense"), "expected min_ndim=4, found ndim=2. Full shape received: (32, 64)", None),
        (("Conv2D", "Dense"), "expected min_ndim=4, found ndim=3. Full shape received: (32, None, 8)", None),
    ],
)
def test_an_axis_that_is_missing_is_added_first(kinds, told, expected):
    """Where only one is missing, and the others are known."""
    layers = tuple(Layer(place, kind, kind, kind) for place, kind in enumerate(kinds))
    finding = Finding(
        "E5", "program-crashed", "x", Severity.ISSUE, f"ValueError: {told}.", where=Where("fit", kinds[0])
    )
    found = FixShape().proposals(Case(finding, Program(layers=layers)))
    assert found == (((FirstLayer("Reshape", expected),),) if expected else ())


@pytest.mark.parametrize(
    ("told", "where", "expected"),
    [
        ("expected axis -1 of input shape to have value 30, but received input with shape (32, 20)", "first", (20,)),
        ("expected axis -1 of input shape to have value 3, but received input with shape (8, 9, 9, 1)", "", (9, 9, 1)),
        ("expected shape=(None, 30), found shape=(32, 20)", "functional", (20,)),
        ("expected shape=(None, None, 3), found shape=(32, 5, 2)", "", (5, 2)),
        ("expected axis -1 of input shape to have value 30, but received input with shape (32, 20)", "second", None),
        ("expected shape=(None, 30), found shape=(32, None, 20)", "", None),
        ("expected shape=(None, 3), found shape=(32,)", "", None),
    ],
)
def test_the_network_reads_what_the_data_have(told, where, expected):
    """Where it begins with another shape; a layer in its midst that does not fit says something else."""
    layers = tuple(Layer(place, name, name, "Dense") for place, name in enumerate(("first", "second")))
    finding = Finding("E5", "program-crashed", "x", Severity.ISSUE, told, where=Where("fit", where))
    found = FixShape().proposals(Case(finding, Program(layers=layers)))
    assert found == (((InputShape(expected),), (ExampleShape(),)) if expected else ())


@pytest.mark.parametrize(
    "told",
    [
        "expected ndim=3, found ndim=4. Full shape received: (None, 900, 20, 16)",
        "received kernel of shape (5, 2, 16) and input of shape (None, 900, 24, 2)",
    ],
)
def test_a_layer_with_an_axis_too_many_was_given_the_shape_of_all_examples(told):
    """As `Input(x.shape)` says it; the source decides whether it does."""
    finding = Finding("E5", "program-crashed", "x", Severity.ISSUE, told, where=Where("model", "max_pooling1d"))
    assert FixShape().proposals(Case(finding, Program())) == ((ExampleShape(),),)


def test_a_recurrent_layer_gives_every_step_to_the_next():
    """The one before ends with its last step: it is told to give all."""
    layers = tuple(Layer(place, name, name, "LSTM") for place, name in enumerate(("first", "second")))
    told = "expected ndim=3, found ndim=2. Full shape received: (None, 12)"
    finding = Finding("E5", "program-crashed", "x", Severity.ISSUE, told, where=Where("fit", "second"))
    found = FixShape().proposals(Case(finding, Program(layers=layers)))
    assert found == ((LayerSetting("return_sequences", True, ("first",)),),)


@pytest.mark.parametrize(
    ("deviation", "mean", "is_scaled"), [(1.0, 0.0, False), (120.0, 310.0, True), (1.0, 9.0, True)]
)
def test_targets_of_about_one_are_not_scaled(deviation, mean, is_scaled):
    """There is nothing to bring to their scale."""
    layer = Layer(0, "out", "out", "Dense", activation="linear", parameters=1, output_shape=(None, 1))
    program = Program(layers=(layer,), compile=Compile((Loss("out", "MeanSquaredError"),)), outputs=("out",))
    facts = Series(np.array([[deviation, mean]]), {"output": ("out",), "statistic": ("deviation", "mean")})
    assert bool(scaled_target(Case(FINDING, program, {"label_statistics": facts}))) is is_scaled


@pytest.mark.parametrize(("size", "is_made_smaller"), [([8, 8], True), (4, True), ([2, 2], False)])
def test_a_pooling_layer_that_leaves_too_little_gets_a_smaller_window(size, is_made_smaller):
    """No units could be added to it."""
    pool = Layer(0, "pool", "pool", "MaxPooling2D", settings={"pool_size": size})
    dense = Layer(1, "dense", "dense", "Dense", settings={"units": 10}, activation="relu", parameters=1)
    where = Where("model", "pool")
    finding = Finding("B10", "capacity-mismatch", "x", Severity.ISSUE, "", where=where)
    found = WidenLayer().proposals(Case(finding, Program(layers=(pool, dense), outputs=("dense",))))
    assert found == (((LayerSetting("pool_size", 2, ("pool",)),),) if is_made_smaller else ())


def test_biases_that_start_far_off_are_left_to_the_default():
    """Those of hidden layers: an output's bias may be the classes' log-odds. Kernels are another change."""

    def dense(index: int, name: str, bias: object, kernel: str = "GlorotUniform") -> Layer:
        settings = {"kernel_initializer": {"class_name": kernel}, "bias_initializer": bias}
        return Layer(index, name, name, "Dense", parameters=9, settings=settings, output_shape=(None, 3))

    low, zero = {"class_name": "Constant", "config": {"value": -20.0}}, {"class_name": "Zeros"}
    layers = (dense(0, "a", low), dense(1, "b", zero), dense(2, "c", None, "Ones"), dense(3, "out", low))
    case = Case(FINDING, Program(layers=layers, outputs=("out",)), {})
    assert default_initialisers(case) == ((Initialiser("", ("c",)), Initialiser("", ("a",), "bias")),)
    assert len(frozenset().union(*(change.places for change in default_initialisers(case)[0]))) == 2


@pytest.mark.parametrize(
    ("kind", "activation", "expected"),
    [
        ("MeanSquaredError", "linear", ((SetLoss("mean_squared_error"), OutputActivation("out", "linear")),)),
        ("BinaryCrossentropy", "sigmoid", ((SetLoss("mean_squared_error"), OutputActivation("out", "linear")),)),
        ("SparseCategoricalCrossentropy", "softmax", ()),
    ],
)
def test_many_whole_numbers_of_one_output_are_amounts(kind, activation, expected):
    """Progress of a disease from 25 to 346 is no class, whatever loss and metric the program has for it."""
    layer = Layer(0, "out", "out", "Dense", activation=activation, parameters=1, output_shape=(None, 1))
    program = Program(layers=(layer,), compile=Compile((Loss("out", kind),)), outputs=("out",))
    amounts = {"whole": 1.0, "distinct": 214.0, "minimum": 25.0, "maximum": 346.0}
    facts = Series(np.array([list(amounts.values())]), {"output": ("out",), "statistic": tuple(amounts)})
    found = loss_of_labels(Case(FINDING, program, {"label_statistics": facts}))
    assert found == (expected if activation != "linear" else ())


@pytest.mark.parametrize(("activation", "is_freed"), [("sigmoid", True), ("relu", False), ("linear", False)])
def test_an_output_that_cannot_reach_its_targets_is_freed_and_scaled(activation, is_freed):
    """One without the other would be told from 300 by gradients of thousands."""
    layer = Layer(0, "out", "out", "Dense", activation=activation, parameters=1, output_shape=(None, 1))
    program = Program(layers=(layer,), compile=Compile((Loss("out", "MeanSquaredError"),)), outputs=("out",))
    prices = {"deviation": 50.0, "mean": 200.0, "minimum": 10.0, "maximum": 300.0}
    facts = Series(np.array([list(prices.values())]), {"output": ("out",), "statistic": tuple(prices)})
    found = scaled_target(Case(FINDING, program, {"label_statistics": facts}))
    scale = ScaleTarget(50.0, 200.0)
    usual = ((scale,),) if activation == "linear" else ()
    assert found == (((OutputActivation("out", "linear"), scale),) if is_freed else usual)


def test_a_layer_that_bends_later_gets_no_second_activation():
    """Dense, BatchNormalization, ReLU: only the Dense that nothing bends is given one."""
    layers = (
        Layer(0, "a", "a", "Dense", activation="linear", parameters=9),
        Layer(1, "norm", "norm", "BatchNormalization", inputs=("a",), parameters=4),
        Layer(2, "bend", "bend", "ReLU", activation="relu", inputs=("norm",)),
        Layer(3, "b", "b", "Dense", activation="linear", inputs=("bend",), parameters=9),
        Layer(4, "out", "out", "Dense", activation="softmax", inputs=("b",), parameters=9),
    )
    ((change,),) = AddActivation().proposals(Case(FINDING, Program(layers=layers, outputs=("out",))))
    assert change.layers == ("b",)


def test_inputs_are_standardised_in_place_of_what_scales_them():
    """Behind pixels that are divided twice, a standardisation would be undone."""
    inputs = Layer(0, "pixels", "pixels", "InputLayer", output_shape=(None, 8, 8, 1))
    scaling = Layer(1, "rescaling", "rescaling", "Rescaling", inputs=("pixels",))
    for found in StandardiseTheInputs().proposals(Case(FINDING, Program(layers=(inputs, scaling)))):
        assert isinstance(found[0], StandardiseInputs) and found[1] == Remove(("rescaling",), "Rescaling")


@pytest.mark.parametrize("inputs", [(), ("words",)])
def test_numbers_of_words_are_not_standardised(inputs):
    """A token of 17 is not larger than one of 3."""
    words = Layer(0, "words", "words", "InputLayer", output_shape=(None, 20))
    looked_up = Layer(1, "embedding", "embedding", "Embedding", inputs=inputs, parameters=100)
    assert StandardiseTheInputs().proposals(Case(FINDING, Program(layers=(words, looked_up)))) == ()
    dense = Layer(1, "dense", "dense", "Dense", inputs=inputs, parameters=100)
    assert StandardiseTheInputs().proposals(Case(FINDING, Program(layers=(words, dense))))


def test_augmentation_is_taken_out_as_a_whole():
    """Each kind by itself leaves the others to destroy the images; where a list would be empty, they are set to 0."""
    layers = (
        Layer(0, "flip", "flip", "RandomFlip"),
        Layer(1, "turn", "turn", "RandomRotation", settings={"factor": [-0.5, 0.5]}),
        Layer(2, "move", "move", "RandomTranslation", settings={"height_factor": 0.4, "width_factor": 0.2}),
    )
    case = Case(FINDING, Program(layers=layers))
    whole, still, *singly = RemoveAugmentation().proposals(case)
    assert [change.kind for change in whole] == ["RandomFlip", "RandomRotation", "RandomTranslation"]
    noise = Layer(3, "noise", "noise", "GaussianNoise", settings={"stddev": 1.0})
    louder, quiet = RemoveAugmentation().proposals(Case(FINDING, Program(layers=(noise,))))
    assert louder[0].kind == "GaussianNoise" and quiet[0].value == 0.0
    words = ["without flip", "factor 0.0 in turn", "height_factor 0.0 in move", "width_factor 0.0 in move"]
    assert [change.words for change in still] == words and singly == [(change,) for change in whole]
    weaker, *_ = WeakenAugmentation().proposals(case)
    assert [change.value for change in weaker] == [0.125, 0.1, 0.05]


@pytest.mark.parametrize(("kind", "count"), [("MeanSquaredError", 0), ("BinaryCrossentropy", 1)])
def test_only_a_cross_entropy_can_take_logits(kind, count):
    """Others have no such argument."""
    layer = Layer(0, "out", "out", "Dense", activation="linear", parameters=1, output_shape=(None, 1))
    program = Program(layers=(layer,), compile=Compile((Loss("out", kind),)), outputs=("out",))
    assert len(LossFromLogits().proposals(Case(FINDING, program))) == count
