"""How numbers are written: one place for the page, the terminal, the model card and the comparison of runs."""

from __future__ import annotations

import datetime
import math
from collections.abc import Mapping, Sequence

from vandap.core.estimate import Estimate

ABSENT = "–"
"""What stands where nothing was measured."""

_UNITS = ("B", "kB", "MB", "GB", "TB")
_SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_MINUS = "−"
_UNBROKEN = "\u00a0"  # between a number and its unit no line may break


def is_number(value: object) -> bool:
    """Whether `value` is a finite number (and no truth value)."""
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def decimals_for(half_width: float) -> int:
    """Decimals at which the first uncertain digit of an interval is the last one shown.

    Args:
        half_width: Half the interval's width, positive.
    """
    return min(8, max(0, -math.floor(math.log10(half_width))))


def fixed(value: float | None, decimals: int) -> str:
    """Write with this many decimals, thousands separated: `1,234.50`."""
    if value is None or not math.isfinite(value):
        return ABSENT
    text = f"{value:,.{decimals}f}"
    negative_zero = text.startswith("-") and not text.strip("-0.,")
    return text.lstrip("-") if negative_zero else text.replace("-", _MINUS)


def number(value: float | None, digits: int = 3) -> str:
    """Write with this many significant digits; very large and very small numbers as powers of ten."""
    if value is None or not math.isfinite(value):
        return ABSENT
    if value == 0:
        return "0"
    exponent = math.floor(math.log10(abs(value)))
    if exponent < -4 or exponent > 8:
        mantissa, power = f"{value:.{digits - 1}e}".split("e")
        mantissa = mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa
        return f"{mantissa} × 10{power_of(int(power))}".replace("-", _MINUS)
    decimals = max(0, digits - 1 - exponent)
    text = fixed(value, decimals)
    return text.rstrip("0").rstrip(".") if "." in text else text


def power_of(exponent: int) -> str:
    """Write an exponent in superscript digits."""
    return str(exponent).translate(_SUPERSCRIPT)


def _decimals(estimate: Estimate) -> int | None:
    """Digits down to the first uncertain one, but two at least, and hundredths at least for scores up to 1."""
    half = (estimate.high - estimate.low) / 2 if estimate.has_interval else math.nan
    if not math.isfinite(half) or half <= 0:
        return None
    largest = max(abs(estimate.low), abs(estimate.high))
    least = 2 if largest <= 1 else max(0, 1 - math.floor(math.log10(largest)))
    return max(decimals_for(half), least)


def point(estimate: Estimate | None) -> str:
    """Write the value of an estimate, with as many digits as its interval supports."""
    if estimate is None or not math.isfinite(estimate.value):
        return ABSENT
    decimals = _decimals(estimate)
    return number(estimate.value) if decimals is None else fixed(estimate.value, decimals)


def interval(estimate: Estimate | None) -> str:
    """Write the interval of an estimate alone: `[0.82, 0.86]`, or nothing when there is none."""
    if estimate is None or not estimate.has_interval:
        return ""
    decimals = _decimals(estimate)
    if decimals is None:
        return f"[{number(estimate.low)}, {number(estimate.high)}]"
    return f"[{fixed(estimate.low, decimals)}, {fixed(estimate.high, decimals)}]"


def measured(estimate: Estimate | None) -> str:
    """Write an estimate with its interval: `0.84 [0.82, 0.86]`."""
    return " ".join(part for part in (point(estimate), interval(estimate)) if part)


def difference(value: float, low: float, high: float) -> str:
    """Write a difference with its sign and interval: `+0.23 [0.20, 0.26]`."""
    text = measured(Estimate("difference", value, low, high))
    return f"+{text}" if value > 0 else text


def count(value: float | None) -> str:
    """Write a whole number, thousands separated: `12,345`."""
    return fixed(value, 0)


def plural(value: float, one: str, many: str | None = None) -> str:
    """Write a count with its noun: `1 issue`, `2 issues`."""
    return f"{count(value)} {one if value == 1 else many or one + 's'}"


def share(value: float | None) -> str:
    """Write a share in [0, 1] as a percentage: `12 %`, `0.4 %`, `< 0.1 %`."""
    if value is None or not math.isfinite(value):
        return ABSENT
    percent = 100 * value
    if 0 < percent < 0.1:
        return f"< 0.1{_UNBROKEN}%"
    decimals = 1 if 0 < percent < 10 or 99 < percent < 100 else 0
    text = f"{percent:.{decimals}f}"
    return f"{text.removesuffix('.0')}{_UNBROKEN}%"


def seconds(value: float | None) -> str:
    """Write a duration: `3.1 ms`, `12 s`, `3 min 20 s`, `1 h 5 min`."""
    if value is None or not math.isfinite(value):
        return ABSENT
    if value < 1e-3:
        return f"{number(value * 1e6, 2)} µs"
    if value < 1:
        return f"{number(value * 1e3, 2)} ms"
    if value < 99.5:
        return f"{number(value, 2)} s"
    minutes, rest = divmod(round(value), 60)
    if minutes < 60:
        return f"{minutes} min {rest} s" if rest else f"{minutes} min"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if minutes else f"{hours} h"


def size(value: float | None) -> str:
    """Write a number of bytes: `512 B`, `1.2 MB`."""
    if value is None or not math.isfinite(value):
        return ABSENT
    scaled, unit = float(value), 0
    while scaled >= 999.5 and unit < len(_UNITS) - 1:
        scaled, unit = scaled / 1000, unit + 1
    return f"{number(scaled, 3 if unit else 4)} {_UNITS[unit]}"


def shape(value: Sequence[int | None] | None) -> str:
    """Write an array's shape without its batch axis: `28 × 28 × 1`."""
    if not value:
        return ABSENT
    axes = value[1:] if value[0] is None else value
    return " × ".join("any" if axis is None else str(axis) for axis in axes) or "1"


def when(timestamp: float | None) -> str:
    """Write seconds since 1970 as `2026-03-01 14:05 UTC`."""
    if timestamp is None or not math.isfinite(timestamp):
        return ABSENT
    return datetime.datetime.fromtimestamp(timestamp, datetime.UTC).strftime("%Y-%m-%d %H:%M UTC")


def words(slug: str) -> str:
    """Write a slug as words: `class-imbalance` becomes `class imbalance`."""
    return slug.replace("-", " ").replace("_", " ")


def sentence(text: str) -> str:
    """Return the text with a capital first letter, the rest as it is."""
    return text[:1].upper() + text[1:]


def value(item: object) -> str:
    """Write any value of a record: numbers by their own rule, lists and mappings in a row, everything else as text."""
    if item is None or (isinstance(item, float) and not math.isfinite(item)):
        return ABSENT
    if isinstance(item, bool):
        return "yes" if item else "no"
    if isinstance(item, int):
        return count(item)
    if isinstance(item, float):
        return number(item, 4)
    if isinstance(item, Mapping):
        return ", ".join(f"{words(str(key))} {value(entry)}" for key, entry in item.items()) or "none"
    if isinstance(item, list | tuple):
        return ", ".join(map(value, item)) or "none"
    return str(item)
