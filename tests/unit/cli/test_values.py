"""Values of options, from text."""

from __future__ import annotations

import pytest

from vandap.cli import values
from vandap.core.duration import seconds
from vandap.errors import UsageError


@pytest.mark.parametrize(
    ("text", "expected"),
    [("90", 90.0), ("90s", 90.0), ("10m", 600.0), ("1.5h", 5400.0), (" 2 MIN ", 120.0), (7, 7.0), (0.5, 0.5)],
)
def test_durations(text: str | float, expected: float) -> None:
    """Seconds, minutes and hours; a bare number is seconds."""
    assert seconds(text) == expected


@pytest.mark.parametrize(
    "text", ["", "ten", "-5s", "0", "5d", "1e3", "10m5s", "inf", float("nan"), float("inf"), 0, True]
)
def test_no_durations(text: str | float) -> None:
    """Everything else is refused with all four parts."""
    with pytest.raises(UsageError) as caught:
        seconds(text)
    assert all(caught.value.to_json()["error"].values())


def test_sizes() -> None:
    """Height, then width."""
    assert values.size("64x48") == (64, 48)


@pytest.mark.parametrize("text", ["64", "x", "64x", "0x5", "-1x5", "axb", "1x2x3", ""])
def test_no_sizes(text: str) -> None:
    """Everything else is refused."""
    with pytest.raises(UsageError, match="--image-size"):
        values.size(text)


def test_assignments_divide_at_the_last_sign() -> None:
    """A column name may hold an equals sign; a kind never does."""
    assert values.assignments("--type", ["a=b=number", "zip=category"], "x=y") == {"a=b": "number", "zip": "category"}


@pytest.mark.parametrize("text", ["a", "=b", "a="])
def test_no_assignments(text: str) -> None:
    """A side that is missing is said."""
    with pytest.raises(UsageError, match="--type"):
        values.assignments("--type", [text], "zip=category")


def test_settings_are_typed() -> None:
    """Numbers, truth values and lists come out as such; the rest is text."""
    given = values.settings(["learning_rate=1e-3", "epochs=5", "augment=shift,flip", "monitor=loss", "x=true"])
    expected = {"learning_rate": 1e-3, "epochs": 5, "augment": ["shift", "flip"], "monitor": "loss", "x": True}
    assert given == expected


def test_costs() -> None:
    """False positive first."""
    assert values.costs("1,10") == (1.0, 10.0)


@pytest.mark.parametrize("text", ["1", "1,2,3", "a,b", "-1,1", "0,0", "nan,1", "inf,1"])
def test_no_costs(text: str) -> None:
    """Everything else is refused."""
    with pytest.raises(UsageError, match="--cost"):
        values.costs(text)
