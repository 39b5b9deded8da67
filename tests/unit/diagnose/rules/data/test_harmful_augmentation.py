"""A15: augmentation that leaves nothing of the examples."""

from __future__ import annotations

import pytest
from program_zoo import classifier, conv, layer
from watched_zoo import comparison, healthy, stuck, table, with_loss

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


def without(loss):  # noqa: D103
    return comparison("without_augmentation", real=(1.1, 1.1), without=(loss, loss))


@pytest.mark.parametrize(
    "extreme",
    [
        augmented("RandomTranslation", height_factor=0.9, width_factor=0.1),
        augmented("RandomBrightness", factor=[-0.9, 0.9]),
        augmented("GaussianNoise", stddev=0.9),
    ],
)
def test_extreme_augmentation_is_judged_by_a_training_without_it(extreme) -> None:
    """Clear where the network learns all the same."""
    assert judge(extreme, input_statistics=PIXELS).tests == ("without_augmentation",)
    signals = {**stuck(extreme), "input_statistics": PIXELS}
    assert judge(**signals, test_without_augmentation=without(0.3)).finding.severity is Severity.ISSUE
    assert judge(**signals, test_without_augmentation=without(0.95)).status is Status.CLEAR
    assert judge(**{**healthy(extreme), "input_statistics": PIXELS}).status is Status.CLEAR


@pytest.mark.parametrize(
    "mild",
    [
        augmented("RandomRotation", factor=0.1),
        augmented("RandomZoom", height_factor=[-0.2, 0.2], width_factor=None),
        augmented("GaussianNoise", stddev=0.1),
        classifier(),
    ],
)
def test_usual_augmentation_is_clear(mild) -> None:
    """Also where nothing is learnt."""
    assert judge(**{**stuck(mild), "input_statistics": PIXELS}).status is Status.CLEAR


def test_noise_is_measured_where_it_enters() -> None:
    """Behind a layer that scales, what was loud among pixels is not, and the other way round."""
    raw = table("input_statistics", {"input": (0, 255, 80, 70, 0, 0, 1, 4, 960)}, FACTS)

    def noisy(*before):
        return classifier(*before, layer("GaussianNoise", stddev=2.0), conv(8), layer("Flatten"), shape=IMAGES)

    assert judge(noisy(), input_statistics=raw).status is Status.CLEAR
    for scaling in (layer("Rescaling", scale=1 / 255, offset=0.0), layer("Normalization")):
        assert judge(noisy(scaling), input_statistics=raw).tests == ("without_augmentation",)


def test_mirrors_are_judged_where_less_than_most_is_learnt() -> None:
    """By a training without them: two classes of three are one, so that nearly half of what there is is missing."""
    mirrored = augmented("RandomFlip", mode="horizontal")
    assert judge(**{**healthy(mirrored), "input_statistics": PIXELS}).status is Status.CLEAR
    signals = {**with_loss(1.1, 0.45, 0.67, mirrored), "input_statistics": PIXELS}
    assert judge(**signals).tests == ("without_augmentation",) and judge(**signals).told is None
    found = comparison("without_augmentation", real=(0.45, 0.46), without=(0.05, 0.06))
    verdict = judge(**signals, test_without_augmentation=found)
    assert verdict.finding.severity is Severity.ISSUE and "mirrors the examples" in verdict.reason
    hardly = comparison("without_augmentation", real=(0.45, 0.46), without=(0.35, 0.36))
    assert judge(**signals, test_without_augmentation=hardly).status is Status.CLEAR
    assert judge(mirrored, input_statistics=PIXELS).status is Status.CLEAR  # nothing is known of the training
