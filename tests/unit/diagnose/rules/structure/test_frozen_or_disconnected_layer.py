"""B14: layers that are never trained."""

from __future__ import annotations

from dataclasses import replace

import pytest
from program_zoo import classifier, dense, layer
from watched_zoo import comparison, healthy, plain, stuck, table, with_loss

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(program, **signals):  # noqa: D103
    return diagnose({"program": program, **signals}, [rule("B14")])[0]


FACTS = ("relative", "start_deviation", "start_mean", "start_size", "trained")
FROZEN = {"trainable": False}
GLOROT = (2 / (8 + 32)) ** 0.5


def start(deviation, bias=0.0, size=256):  # noqa: D103
    rows = {"dense_0/kernel": (0, deviation, 0, size, 0), "dense_0/bias": (0, bias, 0, 32, 0)}
    return table("weight_change", rows, FACTS)


def test_nothing_trained_is_an_issue() -> None:
    """The whole model was frozen."""
    sick = classifier(dense(32, "relu", **FROZEN), head=dense(3, "softmax", **FROZEN))
    assert judge(sick).finding.severity is Severity.ISSUE


def test_a_frozen_random_layer_is_judged_by_the_course() -> None:
    """An issue where little is learnt, a tip where most is."""
    sick = classifier(dense(32, "relu", **FROZEN), dense(16, "relu"))
    assert judge(**{**stuck(sick), "weight_change": start(GLOROT)}).finding.severity is Severity.ISSUE
    assert judge(**{**healthy(sick), "weight_change": start(GLOROT)}).finding.severity is Severity.TIP


def test_where_much_was_learnt_training_them_must_help() -> None:
    """The same network with its random layers trained learns surely and clearly better, or they stay unblamed."""
    sick = classifier(dense(32, "relu", **FROZEN), dense(16, "relu"))
    signals = {**with_loss(1.1, 0.17, 0.93, sick), "weight_change": start(GLOROT)}
    assert judge(**signals).tests == ("unfrozen",)
    helped = comparison("unfrozen", real=(0.2, 0.22), unfrozen=(0.05, 0.1))
    assert judge(**signals, test_unfrozen=helped).finding.severity is Severity.ISSUE
    little = comparison("unfrozen", real=(0.2, 0.22), unfrozen=(0.16, 0.19))
    assert judge(**signals, test_unfrozen=little).finding.severity is Severity.TIP
    alike = comparison("unfrozen", real=(0.2, 0.22), unfrozen=(0.19, 0.22))
    assert judge(**signals, test_unfrozen=alike).status is Status.CLEAR


def test_a_short_training_tells_where_random_layers_are_most_of_the_network() -> None:
    """An issue if it learnt little; a small random layer, or a training that learns, is a tip."""
    large = classifier(dense(32, "relu", **FROZEN), fit={"steps": 48})
    small = classifier(dense(32, "relu", **FROZEN), dense(64, "relu"), fit={"steps": 48})

    def after_48_steps(course, program):
        signals = {name: item for name, item in course(program).items() if name not in ("step_number", "probe_step")}
        signals["step_loss"] = plain("step_loss", signals["step_loss"].values[-48:])
        return judge(**{**signals, "weight_change": start(GLOROT)}).finding.severity

    assert after_48_steps(stuck, large) is Severity.ISSUE
    assert after_48_steps(stuck, small) is Severity.TIP
    assert after_48_steps(healthy, large) is Severity.TIP


@pytest.mark.parametrize("learnt", [start(1.6 * GLOROT), start(GLOROT, bias=0.05), None])
def test_a_frozen_layer_that_has_learnt_is_no_fault(learnt) -> None:
    """A pretrained backbone has other weights than its initialiser draws; and what was not seen is not blamed."""
    made = classifier(dense(32, "relu", **FROZEN), dense(16, "relu"))
    signals = {**stuck(made), "weight_change": learnt}
    if learnt is None:
        del signals["weight_change"]
    assert judge(**signals).status is Status.CLEAR


def backbone(random, moments=(0.0, 1.0), kernels=6):
    """A frozen model of layers without biases, of which the first `random` spread as their initialiser would."""
    layers = [dense(8, "relu", parent="backbone", **FROZEN) for _ in range(kernels)]
    made = classifier(*layers, layer("BatchNormalization", parent="backbone", **FROZEN), dense(16, "relu"))
    deviation = (2 / (8 + 8)) ** 0.5
    rows = {
        f"{item.path}/kernel": (0, deviation * (1 if place < random else 1.7), 0, 64, 0)
        for place, item in enumerate(made.layers[:kernels])
    }
    norm = made.layers[kernels].path
    rows |= {f"{norm}/moving_mean": (0, 0, moments[0], 8, 0), f"{norm}/moving_variance": (0, 0, moments[1], 8, 0)}
    return {**stuck(made), "weight_change": table("weight_change", rows, FACTS)}


def test_a_pretrained_backbone_is_judged_as_a_whole() -> None:
    """Of many learnt kernels some spread as random ones do; moments of a normalisation are learnt for sure."""
    assert judge(**backbone(2)).status is Status.CLEAR
    assert judge(**backbone(6)).finding.severity is Severity.ISSUE
    assert judge(**backbone(6, moments=(0.3, 1.0))).status is Status.CLEAR
    assert judge(**backbone(6, moments=(0.0, 2.0))).status is Status.CLEAR


def test_of_a_loss_without_a_scale_the_fall_tells() -> None:
    """What the best constant answer has is not known: a random layer in a training whose loss fell far is a tip."""
    sick = classifier(dense(32, "relu", **FROZEN), dense(16, "relu"), fit={"sample_weight": True})
    assert judge(**{**healthy(sick), "weight_change": start(GLOROT)}).finding.severity is Severity.TIP
    assert judge(**{**stuck(sick), "weight_change": start(GLOROT)}).finding.severity is Severity.ISSUE


def test_a_cut_in_the_way_of_the_gradient() -> None:
    """Layers before `argmax` are never trained, unless another way leads around it."""
    cut = layer("Argmax", module="keras.src.ops.numpy", settings={"arguments": []})
    verdict = judge(classifier(dense(32, "relu"), cut, dense(16, "relu")))
    assert verdict.finding.severity is Severity.ISSUE
    assert verdict.finding.where.layer == "dense_0"
    around = classifier(dense(32, "relu"), cut, dense(16, "relu"))
    last = around.layers[-1]
    way = replace(around, layers=(*around.layers[:-1], replace(last, inputs=(*last.inputs, "dense_0"))))
    assert judge(way).status is Status.CLEAR


def test_a_layer_that_is_never_called_is_a_tip() -> None:
    """It was made, and has no weights yet."""
    made = classifier()
    unused = replace(dense(8, name="spare"), calls=0, path="spare")
    assert judge(replace(made, layers=(*made.layers, unused))).finding.severity is Severity.TIP


def drawn(initialiser, **config):  # noqa: D103
    return {"kernel_initializer": {"class_name": initialiser, "config": config}, **FROZEN}


@pytest.mark.parametrize(
    ("initialiser", "deviation"),
    [
        (drawn("TruncatedNormal", mean=0.0, stddev=0.05), 0.044),
        (drawn("VarianceScaling", scale=2.0, mode="fan_in", distribution="untruncated_normal"), 0.5),
    ],
)
def test_what_other_initialisers_draw(initialiser, deviation) -> None:
    """Those of transformers among them."""
    sick = classifier(dense(32, "relu", **initialiser), dense(16, "relu"))
    assert judge(**{**stuck(sick), "weight_change": start(deviation)}).finding.severity is Severity.ISSUE
    assert judge(**{**stuck(sick), "weight_change": start(2 * deviation)}).status is Status.CLEAR


@pytest.mark.parametrize(("kind", "gates", "bias"), [("LSTM", 4, (0.433, 0.25)), ("GRU", 3, (0.0, 0.0))])
def test_a_frozen_random_recurrent_layer(kind, gates, bias) -> None:
    """Its weights are its cell's, several gates in one matrix; an LSTM's bias starts with ones."""
    units, features = 32, 8
    random = {"class_name": "GlorotUniform", "config": {}}
    sick = classifier(layer(kind, "tanh", units=units, kernel_initializer=random, **FROZEN), shape=(None, 12, features))
    path = f"{sick.layers[0].path}/{kind.lower()}_cell"
    deviation = (2 / (features + gates * units)) ** 0.5

    def started(spread, *moments):
        rows = {
            f"{path}/kernel": (0, spread, 0, features * gates * units, 0),
            f"{path}/bias": (0, *moments, gates * units, 0),
        }
        return table("weight_change", rows, FACTS)

    assert judge(**{**stuck(sick), "weight_change": started(deviation, *bias)}).finding.severity is Severity.ISSUE
    assert judge(**{**stuck(sick), "weight_change": started(1.6 * deviation, *bias)}).status is Status.CLEAR
    assert judge(**{**stuck(sick), "weight_change": started(deviation, 0.3, 0.2)}).status is Status.CLEAR


def test_a_custom_layer_that_stops_the_gradient() -> None:
    """Before it, weights end as they began; behind it, they move. Dead units would explain that, too."""
    made = classifier(dense(32, "tanh"), layer("Centre", module="mine"), dense(16, "tanh"))
    rows = {
        f"{item.path}/kernel": (0.0 if place == 0 else 0.4, 0.2, 0.0, 256.0, 1.0)
        for place, item in enumerate(made.layers)
        if item.kind == "Dense"
    }
    signals = {**stuck(made), "weight_change": table("weight_change", rows, FACTS)}
    verdict = judge(**signals)
    assert verdict.finding.severity is Severity.ISSUE and verdict.finding.where.layer == made.layers[1].name
    dead = table("dead_units", {made.layers[2].path: (1.0, 1.0, 512, 16)}, ("dead", "constant", "examples", "units"))
    assert judge(**{**signals, "dead_units": dead}).finding is None
    assert judge(**stuck(made)).finding is None
