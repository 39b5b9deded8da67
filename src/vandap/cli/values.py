"""The values that options take, from text: each raises an error that says what would have been right."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from vandap.errors import UsageError

MARGIN = "difference of the metric that would not matter (default: 0.01, or 0.02 of skill for errors without an end)"
"""Help of `--margin`."""


def assignments(option: str, texts: Iterable[str], example: str) -> dict[str, str]:
    """Read `NAME=VALUE` texts. The last `=` divides, because column names may hold one.

    Raises:
        UsageError: A text without both sides.
    """
    pairs = {}
    for text in texts:
        name, sign, value = text.rpartition("=")
        if not (name and sign and value):
            raise UsageError(
                f"{option} needs a name and a value.",
                received=f"{option} {text}",
                expected=f"{option} NAME=VALUE",
                hint=f"For example: {option} {example}",
            )
        pairs[name] = value
    return pairs


def settings(texts: Iterable[str]) -> dict[str, Any]:
    """Read `--set NAME=VALUE` texts; a value that is JSON is taken as such, `a,b` is a list, all else is text."""
    return {name: _value(text) for name, text in assignments("--set", texts, "learning_rate=0.001").items()}


def _value(text: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        return text.split(",") if "," in text else text


def size(text: str) -> tuple[int, int]:
    """Read `HEIGHTxWIDTH` in pixels.

    Raises:
        UsageError: Another form, or a side of zero.
    """
    height, sign, width = text.lower().partition("x")
    if not (sign and height.isdecimal() and width.isdecimal() and int(height) and int(width)):
        raise UsageError(
            "This is not an image size.",
            received=f"--image-size {text}",
            expected="--image-size HEIGHTxWIDTH in pixels",
            hint="For example: --image-size 64x64",
        )
    return int(height), int(width)


def positive(option: str, number: float | None) -> float | None:
    """A number above zero, or None where none was given.

    Raises:
        UsageError: Another number.
    """
    if number is not None and not 0 < number < float("inf"):
        raise UsageError(
            "This number must be above zero.",
            received=f"{option} {number:g}",
            expected="a number above zero",
            hint=f"Leave {option} out where nothing is asked for.",
        )
    return number


def costs(text: str) -> tuple[float, float]:
    """Read the costs of a false positive and of a false negative.

    Raises:
        UsageError: Not two numbers, or a negative one.
    """
    try:
        positive, negative = (float(part) for part in text.split(","))
    except ValueError:
        positive = negative = -1.0
    if not (0 <= positive < float("inf") and 0 <= negative < float("inf") and positive + negative > 0):
        raise UsageError(
            "These are not two costs.",
            received=f"--cost {text}",
            expected="--cost FALSE_POSITIVE,FALSE_NEGATIVE, both zero or more and not both zero",
            hint="If a missed positive is ten times as bad as a false alarm: --cost 1,10",
        )
    return positive, negative
