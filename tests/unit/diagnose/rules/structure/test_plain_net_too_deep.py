"""B15: a deep chain without a way around."""

from __future__ import annotations

import pytest
from program_zoo import classifier, dense, layer
from watched_zoo import healthy, probed, stuck, table

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(program, **signals):  # noqa: D103
    return diagnose({"program": program, **signals}, [rule("B15")])[0]


def chain(count, activation, between=()):  # noqa: D103
    return classifier(*[item for _ in range(count) for item in (dense(16, activation), *between)])


@pytest.mark.parametrize(("count", "activation"), [(6, "sigmoid"), (12, "tanh"), (25, "relu")])
def test_deep_plain_chains_are_judged_by_the_course(count, activation) -> None:
    """Suspected before the training, an issue where nothing is learnt, clear where it is."""
    deep = chain(count, activation)
    assert judge(deep).tests == ("one_batch",)
    assert judge(**stuck(deep)).finding.severity is Severity.ISSUE
    assert judge(**healthy(deep)).status is Status.CLEAR
    learnt = table("test_one_batch", {"model": (1.1, 0.01, 200, 0.0)}, ("first", "last", "steps", "errors"))
    assert judge(deep, test_one_batch=learnt).status is Status.CLEAR


@pytest.mark.parametrize(
    "sound",
    [
        classifier(),
        chain(3, "sigmoid"),
        chain(10, "relu"),
        chain(20, "relu", (layer("BatchNormalization"),)),
        chain(30, "selu"),
    ],
)
def test_short_or_normalised_chains_are_clear(sound) -> None:
    """SELU normalises itself."""
    assert judge(sound).status is Status.CLEAR


def test_where_the_models_own_code_may_lead_values_around_gradients_tell() -> None:
    """Hardly anything comes through to the first layer of a chain that the program cannot show to be plain."""
    deep = classifier(*[dense(16, "sigmoid") for _ in range(6)], model="Mine")
    signals = stuck(deep)
    kernels = [f"{item.path}/kernel" for item in deep.layers]
    facts = ("norm", "mean_absolute", "deviation", "absolute_maximum", "nonfinite")
    rows = {name: (0.3, 0.01 * 50.0 ** (place - 6), 0.05, 0.1, 0.0) for place, name in enumerate(kernels)}
    assert judge(**signals).status is Status.CANNOT_TELL
    faded = judge(**{**signals, "gradients": probed("gradients", rows, facts)})
    assert faded.finding.severity is Severity.ISSUE and faded.finding.where.layer == deep.layers[0].name
