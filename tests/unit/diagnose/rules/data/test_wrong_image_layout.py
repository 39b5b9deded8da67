"""A5: which axis holds the channels."""

from __future__ import annotations

import pytest
from program_zoo import classifier, conv, layer
from signal_zoo import signals

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 32, 32), (4, 64, 48), (32, 3, 32)])
def test_swapped_axes_are_an_issue(shape: tuple[int, ...]) -> None:
    """Channels first, or in the middle."""
    (verdict,) = diagnose(signals(image_shape=shape), [rule("A5")])
    assert verdict.finding.severity is Severity.ISSUE


@pytest.mark.parametrize("shape", [(8, 8, 1), (32, 32, 3), (64, 48, 4), (1, 100, 1), (3, 3, 3)])
def test_usual_channels_are_clear(shape: tuple[int, ...]) -> None:
    """Grey, colour, colour with opacity, at any size."""
    assert diagnose(signals(image_shape=shape), [rule("A5")])[0].status is Status.CLEAR


def test_many_channels_may_be_a_camera() -> None:
    """A multispectral image is a tip: look at the axes."""
    (verdict,) = diagnose(signals(image_shape=(64, 64, 13)), [rule("A5")])
    assert verdict.finding.severity is Severity.TIP


@pytest.mark.parametrize(
    ("shape", "status"),
    [
        ((None, 3, 32, 32), Status.FOUND),
        ((None, 1, 28, 28), Status.FOUND),
        ((None, 32, 32, 3), Status.CLEAR),
        ((None, 4, 4, 16), Status.CLEAR),
        ((None, 64, 64, 13), Status.CLEAR),
        ((None, 1, 64, 12), Status.CLEAR),
    ],
)
def test_what_the_first_convolution_of_a_watched_model_reads(shape, status) -> None:
    """Boards and spectral images have many channels by right."""
    for first in ((), (layer("Rescaling"),), (layer("Rescaling"), layer("RandomFlip"), layer("RandomRotation"))):
        made = classifier(*first, conv(8), layer("Flatten"), shape=shape)
        assert diagnose({"program": made}, [rule("A5")])[0].status is status
