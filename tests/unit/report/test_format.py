"""How numbers are written."""

from __future__ import annotations

import math

import pytest

from vandap.core.estimate import Estimate
from vandap.report import format as written


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (0.8437, "0.844"),
        (1234.6, "1,235"),
        (-0.5, "−0.5"),
        (1e-7, "1 × 10⁻⁷"),
        (math.nan, "–"),
        (math.inf, "–"),
        (None, "–"),
    ],
)
def test_number(value: float | None, text: str) -> None:
    """Three significant digits, thousands separated, a dash for what is no number."""
    assert written.number(value) == text


@pytest.mark.parametrize(
    ("estimate", "text"),
    [
        (Estimate("m", 0.8437, 0.8211, 0.8630), "0.84 [0.82, 0.86]"),
        (Estimate("m", 0.91234, 0.9092, 0.9154), "0.912 [0.909, 0.915]"),
        (Estimate("m", 20072.3, 18858.1, 21286.4), "20,072 [18,858, 21,286]"),
        (Estimate("m", -0.0004, -0.02, 0.02), "0.00 [−0.02, 0.02]"),
        (Estimate("m", -0.28, -0.4, -0.17), "−0.28 [−0.40, −0.17]"),
        (Estimate("m", 3.24, 1.1, 5.3), "3.2 [1.1, 5.3]"),
        (Estimate("m", 0.8437), "0.844"),
        (Estimate("m", 1.0, 1.0, 1.0), "1 [1, 1]"),
        (Estimate("m", math.nan), "–"),
    ],
)
def test_measured(estimate: Estimate, text: str) -> None:
    """The digits of a value are those that its interval supports, hundredths at least for scores."""
    assert written.measured(estimate) == text


def test_difference_shows_its_sign() -> None:
    """A gain carries a plus, a loss a minus."""
    assert written.difference(0.23, 0.20, 0.26) == "+0.23 [0.20, 0.26]"
    assert written.difference(-0.02, -0.05, 0.01).startswith("−0.02")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (5e-6, "5 µs"),
        (0.0031, "3.1 ms"),
        (12.0, "12 s"),
        (200.0, "3 min 20 s"),
        (180.0, "3 min"),
        (3900.0, "1 h 5 min"),
        (None, "–"),
    ],
)
def test_seconds(value: float | None, text: str) -> None:
    """A duration is written in the unit that a person would use."""
    assert written.seconds(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0 %"), (0.0004, "< 0.1 %"), (0.034, "3.4 %"), (0.5, "50 %"), (1.0, "100 %"), (0.996, "99.6 %")],
)
def test_share(value: float, text: str) -> None:
    """A share never rounds to nothing or to everything."""
    assert written.share(value).replace("\u00a0", " ") == text


@pytest.mark.parametrize(("value", "text"), [(999, "999 B"), (1200, "1.2 kB"), (999_999, "1 MB"), (3.4e9, "3.4 GB")])
def test_size(value: float, text: str) -> None:
    """Bytes go by thousands, and 999,999 is not called 1,000 kB."""
    assert written.size(value) == text
