"""Amounts of memory and short times, as people type them."""

from __future__ import annotations

import math
import re

from vandap.errors import UsageError

_DECIMAL = {f"{letter}{end}": 10 ** (3 * power) for power, letter in enumerate("kmgt", 1) for end in ("", "b")}
_BINARY = {f"{letter}ib": 2 ** (10 * power) for power, letter in enumerate("kmgt", 1)}
_BYTES = {"": 1, "b": 1, **_DECIMAL, **_BINARY}
_SECONDS = {"us": 1e-6, "ms": 1e-3, "s": 1.0}
_FORM = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*)")


def memory(text: str) -> float:
    """Bytes.

    Raises:
        UsageError: No amount of memory.

    Example:
        >>> memory("1.5GiB")
        1610612736.0
    """
    value = _amount(text, _BYTES)
    if value is None:
        raise UsageError(
            "This is no amount of memory.",
            received=text or "nothing",
            expected="a number above zero with a unit: 500MB, 8GiB",
            hint="For eight gibibytes write --memory 8GiB.",
        )
    return value


def moment(text: str) -> float:
    """Seconds.

    Raises:
        UsageError: No time, or one without a unit.

    Example:
        >>> moment("2ms")
        0.002
    """
    value = _amount(text, _SECONDS)
    if value is None:
        raise UsageError(
            "This is no time of a query.",
            received=text or "nothing",
            expected="a number above zero with a unit: 500us, 2ms, 1s",
            hint="For two milliseconds write --latency 2ms.",
        )
    return value


def _amount(text: str, units: dict[str, float] | dict[str, int]) -> float | None:
    match = _FORM.fullmatch(text.strip().lower())
    value = 0.0 if match is None else float(match[1]) * units.get(match[2], 0)
    return value if 0 < value < math.inf else None
