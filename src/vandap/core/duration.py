"""Durations as people type them."""

from __future__ import annotations

import math
import re

from vandap.errors import UsageError

_SECONDS = {"": 1.0, "s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0}
_FORM = re.compile(r"(\d+(?:\.\d+)?)\s*(s|m|min|h)?")


def seconds(duration: str | float) -> float:
    """Return a duration in seconds.

    Args:
        duration: Seconds as a number, or text such as `90`, `90s`, `10m`, `1.5h`.

    Raises:
        UsageError: No duration, or none above zero.

    Example:
        >>> seconds("1.5h")
        5400.0
    """
    match = _FORM.fullmatch(duration.strip().lower()) if isinstance(duration, str) else None
    if isinstance(duration, int | float) and not isinstance(duration, bool):
        value = float(duration)
    else:
        value = float(match[1]) * _SECONDS[match[2] or ""] if match else math.nan
    if not math.isfinite(value) or value <= 0:
        raise UsageError(
            "This is not a duration.",
            received=str(duration) or "nothing",
            expected="a number above zero with a unit: 90s, 10m or 1h (without a unit: seconds)",
            hint="For a ten-minute training write --budget 10m.",
        )
    return value
