"""A5: which axis holds the channels."""

from __future__ import annotations

import pytest
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
