"""Requests and answers: JSON or plain bytes."""

from __future__ import annotations

import json
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import numpy as np

from vandap.errors import DataError, UsageError
from vandap.search.found import Found

JSON, BINARY = "application/json", "application/octet-stream"
_FLOAT = np.dtype("<f4")
_DIGITS = 18
"""Of a k: more than any index holds, and Python refuses to read thousands."""
_LARGE = 256 * 2**10
"""Bytes of JSON from which on others must get a turn while they are read."""


@dataclass(frozen=True)
class Asked:
    """A search request.

    Args:
        queries: float32, shape (queries, columns).
        k: Neighbours; None for the index's own.
        where: A filter, or None.
    """

    queries: np.ndarray
    k: int | None
    where: str | None


def from_json(body: bytes) -> Asked:
    """Read `{"vector": [...]}` or `{"vectors": [[...]]}` with `k` and `where`.

    Raises:
        DataError: Another form.
    """
    given, begun = _document(body), _beginning(body)
    unknown = sorted(set(given) - {"vector", "vectors", "k", "where"})
    if unknown:
        raise _unreadable("It holds fields that mean nothing here.", json.dumps(unknown)[1:-1][:60])
    if ("vector" in given) == ("vectors" in given):
        raise _unreadable('It needs either "vector" or "vectors".', begun)
    name = "vector" if "vector" in given else "vectors"
    try:
        vectors = _matrix([given["vector"]] if name == "vector" else given["vectors"])
    except (ValueError, TypeError, OverflowError):
        vectors = np.zeros(0, np.float32)
    if vectors.ndim != 2:
        form = "a list of numbers" if name == "vector" else "a list of lists of numbers, all of one length"
        raise _unreadable(f'"{name}" is not {form}.', begun)
    k, where = given.get("k"), given.get("where")
    if not _whole(k):
        raise _unreadable('"k" is no whole number.', f"k of type {type(k).__name__}")
    if not _is_text(where):
        raise _unreadable('"where" is no text.', f"where of type {type(where).__name__}")
    return Asked(vectors, k, where)


def _document(body: bytes) -> dict[str, Any]:
    """The object that a body holds.

    Raises:
        DataError: It holds none.
    """
    try:
        given = json.loads(body, **_NUMBERS) if len(body) > _LARGE else json.loads(body)
    except (ValueError, RecursionError) as error:
        why = "It is empty." if not body else f"It is no JSON: {error}".rstrip(".") + "."
        raise _unreadable(why, _beginning(body)) from None
    if not isinstance(given, dict):
        raise _unreadable("It is no JSON object.", _beginning(body))
    return given


def _beginning(body: bytes) -> str:
    return body[:60].decode("utf-8", "replace") or "an empty body"


def _unreadable(why: str, received: str) -> DataError:
    return DataError(
        f"The request cannot be read. {why}",
        received=received,
        expected='{"vector": [numbers], "k": 10, "where": "filter"}, or "vectors": [[numbers], ...]',
        hint="GET /openapi.json describes every request.",
    )


def _matrix(given: Any) -> np.ndarray:
    """A matrix of float32; what is beyond them is infinite.

    Raises:
        TypeError: Texts, truth values or nothing, all of which numpy would make numbers of.
    """
    values = np.array(given)
    if values.dtype.kind not in "fiu":
        raise TypeError(values.dtype)
    with np.errstate(over="ignore"):
        return values.astype(np.float32)


def _float(text: str) -> float:
    return float(text)


def _int(text: str) -> int:
    return int(text)


_NUMBERS: dict[str, Any] = {"parse_float": _float, "parse_int": _int}
"""Numbers read by functions of Python, between which other threads run. Without them json lets none run until it is
done, whatever thread it is in: with 16 MiB the server stood still for half a second, in place of 0.04."""


def _is_text(where: Any) -> bool:
    """Whether it is nothing or a text; half a surrogate pair is no text."""
    if not isinstance(where, str):
        return where is None
    with suppress(UnicodeEncodeError):
        where.encode()
        return True
    return False


def _whole(k: Any) -> bool:
    return k is None or (isinstance(k, int) and not isinstance(k, bool))


def from_bytes(body: bytes, columns: int, k: str | None, where: str | None) -> Asked:
    """Read little-endian float32 numbers, one vector after another; k and filter come with the address.

    Raises:
        DataError: No whole number of vectors.
        UsageError: k is no number.
    """
    if not body or len(body) % (columns * 4):
        raise DataError(
            "The request holds no whole number of vectors.",
            received=f"{len(body)} bytes",
            expected=f"a multiple of {columns * 4} bytes: little-endian float32, {columns} numbers a vector",
            hint="In Python: vectors.astype('<f4').tobytes()",
        )
    if k is not None and not (k.isdecimal() and len(k) <= _DIGITS):
        raise UsageError(
            "The number of neighbours is not usable.", received=f"k={k[:60]}", expected="a whole number", hint="?k=10"
        )
    return Asked(np.frombuffer(body, _FLOAT).reshape(-1, columns), None if k is None else int(k), where)


def to_json(found: Found) -> bytes:
    """The answer as the command line gives it; written a query at a time, so that others get a turn."""
    results = ",".join(
        _written({"hits": [{"id": identity, "score": score} for identity, score in zip(ids, scores, strict=True)]})
        for ids, scores in zip(found.ids, found.scores, strict=True)
    )
    return f'{{"results":[{results}],"ms":{_written(dict(found.milliseconds))}}}'.encode()


def _written(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def to_bytes(found: Found, k: int) -> bytes:
    """All ids as little-endian int64, k a query, then all scores as float32; -1 and -inf where there are fewer.

    Raises:
        UsageError: The ids are texts.
    """
    ids = np.full((len(found.ids), k), -1, "<i8")
    scores = np.full((len(found.ids), k), -np.inf, _FLOAT)
    for place, (some, values) in enumerate(zip(found.ids, found.scores, strict=True)):
        if some and isinstance(some[0], str):
            raise UsageError(
                "Ids that are texts have no binary form.",
                received=f"Accept: {BINARY}",
                expected=f"Accept: {JSON}",
                hint="Ask for JSON, or build the index with whole numbers as ids.",
            )
        ids[place, : len(some)], scores[place, : len(values)] = some, values
    return ids.tobytes() + scores.tobytes()
