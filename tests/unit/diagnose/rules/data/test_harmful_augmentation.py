"""A15: augmentation that leaves nothing of the examples."""

from __future__ import annotations

import pytest
from program_zoo import classifier, conv, layer
from watched_zoo import healthy, stuck, table

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(program, **signals):  # noqa: D103
    return diagnose({"program": program, **signals}, [rule("A15")])[0]


IMAGES = (None, 8, 8, 1)
FACTS = ("minimum", "maximum", "mean", "deviation", "nonfinite", "integer", "whole", "rank", "examples")
PIXELS = table("input_statistics", {"input": (0, 1, 0.3, 0.3, 0, 0, 0, 4, 960)}, FACTS)


def augmented(kind, **settings):  # noqa: D103
    return classifier(layer(kind, **settings), conv(8), layer("Flatten"), shape=IMAGES)


def by_heart(errors):  # noqa: D103
    return table("test_one_batch", {"model": (1.1, 0.5, 200, errors)}, ("first", "last", "steps", "errors"))


@pytest.mark.parametrize(
    "extreme",
    [
        augmented("RandomTranslation", height_factor=0.9, width_factor=0.1),
        augmented("RandomBrightness", factor=[-0.9, 0.9]),
        augmented("GaussianNoise", stddev=0.9),
    ],
)
def test_extreme_augmentation_is_judged_by_one_batch_without_it(extreme) -> None:
    """Clear where the network learns all the same."""
    assert judge(extreme, input_statistics=PIXELS).tests == ("one_batch",)
    signals = {**stuck(extreme), "input_statistics": PIXELS}
    assert judge(**signals, test_one_batch=by_heart(0.0)).finding.severity is Severity.ISSUE
    assert judge(**signals, test_one_batch=by_heart(0.6)).status is Status.CLEAR
    assert judge(**{**healthy(extreme), "input_statistics": PIXELS}).status is Status.CLEAR


@pytest.mark.parametrize(
    "mild",
    [
        augmented("RandomFlip", mode="horizontal"),
        augmented("RandomRotation", factor=0.1),
        augmented("RandomZoom", height_factor=[-0.2, 0.2], width_factor=None),
        augmented("GaussianNoise", stddev=0.1),
        classifier(),
    ],
)
def test_usual_augmentation_is_clear(mild) -> None:
    """Also where nothing is learnt."""
    assert judge(**{**stuck(mild), "input_statistics": PIXELS}).status is Status.CLEAR
