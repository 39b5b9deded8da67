"""A2: inputs that the network learns badly from."""

from __future__ import annotations

from dataclasses import replace

import pytest
from program_zoo import classifier, conv, dense, layer
from watched_zoo import comparison, healthy, stuck, table, with_loss

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(program, **signals):  # noqa: D103
    return diagnose({"program": program, **signals}, [rule("A2")])[0]


FACTS = ("minimum", "maximum", "mean", "deviation", "nonfinite", "integer", "whole", "rank", "examples")
PIXELS = table("input_statistics", {"input": (0, 255, 80, 70, 0, 0, 1, 4, 960)}, FACTS)

NO_RATE = comparison("learning_rate", x1=(2.5, 2.5), x100=(2.4, 2.5))
NO_SCALED_RATE = comparison("scaled_rates", x1=(0.9, 1.12), x100=(0.9, 1.11), x10000=(9.0, 9.0))
NO_USE = {"test_learning_rate": NO_RATE, "test_scaled_rates": NO_SCALED_RATE}


def test_large_inputs_are_suspected_until_the_test_decides() -> None:
    """Many a network learns from raw pixels; an issue only where standardising clearly helps."""
    signals = {**stuck(), "input_statistics": PIXELS}
    assert judge(**signals).tests == ("standardised_input",)
    helps = comparison("standardised_input", real=(1.1, 1.1), standardised=(0.2, 0.25))
    verdict = judge(**signals, test_standardised_input=helps)
    assert verdict.finding.severity is Severity.ISSUE
    assert verdict.finding.where.line == 10
    assert "The input runs from 0 to 255" in verdict.reason
    assert "95 % interval of the difference: " in verdict.reason
    same = comparison("standardised_input", real=(1.1, 1.1), standardised=(1.09, 1.1))
    assert judge(**signals, test_standardised_input=same).tests == ("scaled_rates", "learning_rate")
    assert judge(**signals, test_standardised_input=same, **NO_USE).status is Status.CLEAR


def test_a_network_that_learns_from_them_all_the_same_is_sound() -> None:
    """The short test may favour standardised inputs and the whole training reach as far."""
    helps = comparison("standardised_input", real=(1.0, 1.0), standardised=(0.3, 0.3))
    signals = {**healthy(), "input_statistics": PIXELS}
    assert judge(**signals, test_standardised_input=helps).status is Status.CLEAR


@pytest.mark.parametrize(
    "sound",
    [
        classifier(layer("Rescaling", scale=1 / 255), dense(32, "relu")),
        classifier(layer("Flatten"), layer("Normalization"), dense(32, "relu"), shape=(None, 8, 8, 1)),
        classifier(dense(32), layer("BatchNormalization"), layer("ReLU", "relu")),
        classifier(layer("RandomFlip"), layer("Rescaling"), conv(8), layer("Flatten"), shape=(None, 8, 8, 1)),
        classifier(layer("Embedding", input_dim=300, output_dim=8), layer("Flatten"), shape=(None, 12)),
        classifier(layer("TrueDivide", module="keras.src.ops.numpy", settings={"arguments": [255]}), dense(32, "relu")),
    ],
)
def test_networks_that_scale_by_themselves(sound) -> None:
    """The tempting cases: large inputs, and a layer that takes them."""
    assert judge(sound, input_statistics=PIXELS).status is Status.CLEAR


def test_scaled_inputs_are_clear() -> None:
    """Zero mean and unit deviation, or [0, 1]."""
    assert judge(**healthy()).status is Status.CLEAR


def test_a_training_that_only_does_harm_is_blamed_on_its_inputs() -> None:
    """Standardised, the network comes down to the constant answer, far below where it stood: that is an issue."""
    signals = {**with_loss(1.1, 9.0, 0.3), "input_statistics": PIXELS}
    better = comparison("standardised_input", real=(9.0, 9.5), standardised=(0.1, 1.12))
    assert judge(**signals, test_standardised_input=better).finding.severity is Severity.ISSUE


ON_ITS_WAY = comparison("standardised_input", real=(2.5, 2.5), standardised=(0.9, 1.12))


def test_inputs_do_not_take_the_blame_of_another_fault() -> None:
    """Standardised, the network does better, but no better than the best constant answer at any rate: a tip."""
    signals = {**stuck(), "input_statistics": PIXELS, "test_standardised_input": ON_ITS_WAY}
    assert judge(**signals).tests == ("scaled_rates", "learning_rate")
    verdict = judge(**signals, **NO_USE)
    assert verdict.finding.severity is Severity.TIP
    assert "something else" in verdict.reason


def test_inputs_that_do_harm_are_an_issue_beside_another_fault() -> None:
    """A loss of four, of one standardised: nothing is learnt either way, but that is the scale's doing."""
    signals = {**with_loss(4.2, 4.0, 0.3), "input_statistics": PIXELS, **NO_USE}
    down = comparison("standardised_input", real=(4.0, 4.1), standardised=(1.1, 1.12))
    verdict = judge(**signals, test_standardised_input=down)
    assert verdict.finding.severity is Severity.ISSUE and "far worse" in verdict.reason


def test_inputs_and_learning_rate_are_named_where_each_hides_the_other() -> None:
    """Either alone leaves the network where it was; a rate that suffices on raw inputs settles it without them."""
    signals = {**stuck(), "input_statistics": PIXELS, "test_standardised_input": ON_ITS_WAY}
    both = comparison("scaled_rates", x1=(0.9, 1.12), x100=(0.2, 0.3), x10000=(9.0, 9.0))
    verdict = judge(**signals, test_learning_rate=NO_RATE, test_scaled_rates=both)
    assert verdict.finding.severity is Severity.ISSUE
    assert "At x100 the learning rate" in verdict.reason and "both have to be changed" in verdict.reason
    assert verdict.finding.remedies == ("standardise-inputs", "rescale-images", "compare-learning-rates")
    alone = comparison("learning_rate", x1=(2.5, 2.5), x100=(0.2, 0.3))
    assert judge(**signals, test_learning_rate=alone, test_scaled_rates=both).finding.severity is Severity.TIP


def test_steps_far_too_long_do_not_hide_unscaled_inputs() -> None:
    """Both arms break at the watched rate; at a ten-thousandth, standardised inputs learn and raw ones do not."""
    signals = {**with_loss(1.1, 9.0, 0.3), "input_statistics": PIXELS}
    broken = comparison("standardised_input", real=(9.0, 9.0), standardised=(8.9, 9.1))
    assert judge(**signals, test_standardised_input=broken).tests == ("scaled_rates", "learning_rate")
    lower = {"x0.0001": (0.2, 0.3)}
    tested = {"test_learning_rate": NO_RATE, "test_scaled_rates": comparison("scaled_rates", x1=(8.9, 9.1), **lower)}
    verdict = judge(**signals, test_standardised_input=broken, **tested)
    assert verdict.finding.severity is Severity.ISSUE
    assert "At x0.0001 the learning rate" in verdict.reason


def two_inputs():  # noqa: D103
    numbers = layer("InputLayer", name="numbers", output_shape=(None, 5))
    words = layer("InputLayer", name="words", output_shape=(None, 1))
    looked_up = layer("Embedding", name="table", input_dim=9000, output_dim=4)
    both = classifier(numbers, words, looked_up, dense(8, "relu", name="reads"), layer("Concatenate", name="both"))
    feeding = {"numbers": (), "words": (), "table": ("words",), "reads": ("numbers",), "both": ("table", "reads")}
    layers = tuple(replace(item, inputs=feeding.get(item.name, item.inputs)) for item in both.layers)
    return replace(both, layers=layers, model="Functional")


def of_two(largest):  # noqa: D103
    rows = {
        "words": (0, 8999, 4000, 2500, 0, 1, 1, 2, 960),
        "numbers": (0, largest, largest / 2, largest / 3, 0, 0, 0, 2, 960),
    }
    return table("input_statistics", rows, FACTS)


def test_each_of_several_inputs_is_judged_by_the_layer_that_takes_it() -> None:
    """Numbers of rows have no scale, however large; the amounts beside them have one."""
    assert judge(two_inputs(), input_statistics=of_two(1)).status is Status.CLEAR
    verdict = judge(two_inputs(), input_statistics=of_two(900))
    assert verdict.finding.remedies == ("standardise-inputs",)
    assert verdict.tests == ("standardised_input",)
    assert "numbers runs from 0 to 900" in verdict.reason


def test_tokens_of_an_own_block_are_no_amounts() -> None:
    """What happens between a user's own layers is not seen; whole numbers beside a table are rows of it. Not images."""
    block = classifier(layer("Embedding", input_dim=9000, output_dim=8), layer("GlobalAveragePooling1D"))
    first, second, last = block.layers
    hidden = replace(block, layers=(first, replace(second, inputs=()), last))
    words = table("input_statistics", {"input": (0, 8999, 4000, 2500, 0, 1, 1, 2, 960)}, FACTS)
    assert judge(hidden, input_statistics=words).status is Status.CLEAR
    assert judge(hidden, input_statistics=PIXELS).tests == ("standardised_input",)


def test_a_small_set_learnt_by_heart_once_standardised_is_blamed_on_its_inputs() -> None:
    """Unscaled, not even the training examples are learnt; that held-out ones gain little has another reason."""
    signals = {**stuck(), "input_statistics": PIXELS}
    by_heart = comparison("standardised_input", real=(2.5, 2.5), standardised=(0.1, 1.12))
    assert judge(**signals, test_standardised_input=by_heart).finding.severity is Severity.ISSUE
