"""What each column is, and what the task is: guesses, each with its reason."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

import pyarrow as pa

from vandap.core.schema import ColumnKind
from vandap.data.column_profile import UNIQUE_SHARE, ColumnProfile
from vandap.data.values import BOOLEAN_WORDS, COMPACT_DATE, ISO, WIDE, is_date
from vandap.errors import UsageError

NUMBER_SHARE = 0.95
DATE_SHARE = 0.98
_CODE_NAMES = {"zip", "zipcode", "postcode", "postal", "plz", "code", "category", "type", "district", "species"}
_ID_NAMES = {"id", "index", "idx", "rownum", "uuid", "guid", "no", "nr", "number", "key", "rowid", "unnamed"}
_FEW_CODES = 50
_UNIQUE_ROWS = 50
_TEXT_WORDS = 3.0
_TEXT_LETTERS = 60.0
_DATE_NAMES = {"date", "day", "datum", "dt"}


@dataclass(frozen=True)
class Detected:
    """What a column was taken for.

    Args:
        kind: What it holds.
        reason: Why, as a phrase.
        format: How its dates are written, `float64` for numbers that float32 would blur; empty otherwise.
    """

    kind: ColumnKind
    reason: str
    format: str = ""


def detect(profile: ColumnProfile, override: str | None = None) -> Detected:
    """Decide what a column is.

    Args:
        profile: What was gathered of it.
        override: The kind that the user states, or None.

    Raises:
        UsageError: The stated kind does not exist.
    """
    found = _detect(profile, override)
    wide = found.kind is ColumnKind.NUMBER and profile.merged
    return replace(found, format=WIDE) if wide else found


def _detect(profile: ColumnProfile, override: str | None) -> Detected:
    if override is not None:
        kind = _kind(profile.name, override)
        return Detected(kind, "stated by the user", _date_format(profile)[0] or ISO if kind is ColumnKind.DATE else "")
    if profile.nested:
        return Detected(ColumnKind.TEXT, f"its values are nested ({profile.type}), which no learner here reads")
    if profile.present == 0:
        return Detected(ColumnKind.CONSTANT, "every value is missing")
    if profile.distinct == 1 and not profile.many:
        missing = f" and {profile.missing} missing" if profile.missing else ""
        return Detected(ColumnKind.CONSTANT, f"one value only{missing}")
    if profile.type is not None and pa.types.is_boolean(profile.type):
        return Detected(ColumnKind.BOOLEAN, "stored as booleans")
    if profile.type is not None and is_date(profile.type):
        return Detected(ColumnKind.DATE, "stored as dates", ISO)
    if profile.numbers >= NUMBER_SHARE * profile.present:
        return _numeric(profile)
    return _textual(profile)


def _kind(name: str, word: str) -> ColumnKind:
    try:
        return ColumnKind(word)
    except ValueError:
        kinds = ", ".join(kind.value for kind in ColumnKind)
        raise UsageError(
            f"There is no column kind {word!r}.",
            received=f"--type {name}={word}",
            expected=f"one of {kinds}",
            hint=f"Give --type {name}=KIND with one of these kinds.",
        ) from None


def name_words(name: str) -> set[str]:
    """Split a column name into lower-case words: `customerID` gives customer and id."""
    return set(re.findall(r"[a-z]+", re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()))


def _numeric(profile: ColumnProfile) -> Detected:
    words = name_words(profile.name)
    distinct = profile.distinct
    if profile.words:
        reason = (
            f"{profile.numbers} of {profile.present} values are numbers; the {profile.words} others count as missing"
        )
        return Detected(ColumnKind.NUMBER, reason)
    if not profile.integral:
        return Detected(ColumnKind.NUMBER, "numbers")
    if profile.running and profile.missing == 0 and profile.rows > 2 and (words & _ID_NAMES or not words):
        return Detected(ColumnKind.IDENTIFIER, "a running number by its name and values")
    if (words & _DATE_NAMES) and profile.compact_dates and profile.low >= 19000101 and profile.high <= 21001231:
        return Detected(ColumnKind.DATE, "eight digits each, year first, and the name says date", COMPACT_DATE)
    if distinct == 2 and not profile.many and (profile.low, profile.high) == (0, 1):
        return Detected(ColumnKind.BOOLEAN, "only 0 and 1")
    if profile.coded and not profile.many:
        return Detected(ColumnKind.CATEGORY, "codes written with leading zeros")
    if words & _CODE_NAMES and not profile.many and distinct <= _FEW_CODES:
        return Detected(ColumnKind.CATEGORY, f"{distinct} distinct integers under a name that means a code")
    if distinct <= 10 and not profile.many:
        return Detected(
            ColumnKind.NUMBER, f"{distinct} distinct integers; kept as numbers, since their order may matter"
        )
    return Detected(ColumnKind.NUMBER, "integers")


def _textual(profile: ColumnProfile) -> Detected:
    words = {str(word).lower() for word in profile.samples}
    if profile.numbers == 0 and any(words == set(pair) for pair in BOOLEAN_WORDS):
        return Detected(ColumnKind.BOOLEAN, "two words that mean true and false")
    format, reason = _date_format(profile)
    if format:
        return Detected(ColumnKind.DATE, reason, format)
    distinct = profile.distinct
    unique = profile.text_values.unique or (not profile.many and distinct > UNIQUE_SHARE * profile.present)
    long = profile.texts and (
        profile.spaces / profile.texts > _TEXT_WORDS or profile.letters / profile.texts > _TEXT_LETTERS
    )
    if long and (profile.many or distinct > max(_UNIQUE_ROWS, 0.1 * profile.present)):
        return Detected(ColumnKind.TEXT, "free text, which no learner here reads")
    if unique and profile.present > _UNIQUE_ROWS:
        return Detected(ColumnKind.IDENTIFIER, "a different value in nearly every row")
    if profile.text_values.overflow or (profile.number_values.overflow and profile.numbers > 0.5 * profile.present):
        return Detected(ColumnKind.TEXT, "too many distinct values to be categories")
    mixed = f"; {profile.numbers} of {profile.present} values are numbers" if profile.numbers else ""
    return Detected(ColumnKind.CATEGORY, f"{distinct} distinct values{mixed}")


def _date_format(profile: ColumnProfile) -> tuple[str, str]:
    counts = profile.dates or {}
    if not counts or profile.words == 0:
        return "", ""
    best = max(counts, key=lambda format: counts[format])
    if counts[best] < DATE_SHARE * profile.present:
        return "", ""
    rivals = [format for format, count in counts.items() if count == counts[best] and format != best]
    if rivals:
        return best, f"dates, read as {best}; {' and '.join(rivals)} would fit as well"
    return best, f"dates written as {best if best != ISO else 'year-month-day'}"
