from __future__ import annotations

import datetime

import numpy as np
import pyarrow as pa
import pytest

from vandap.errors import UsageError
from vandap.search import filters
from vandap.search.payload import plain
from vandap.search.where import evaluate, matching, parse

TABLE = plain(
    pa.table(
        {
            "age": pa.array([10, 20, 30, None, 50], pa.int16()),
            "score": [0.5, -1.0, 2.0, 3.5, None],
            "city": ["Huế", "Vinh", "O'Hare", None, "Vinh"],
            "vip": [True, False, None, True, False],
            "seen": [datetime.date(2026, 1, day) for day in range(1, 6)],
            "two words": [1, 2, 3, 4, 5],
            "large": [2**53 + 1, 2**53, 3, 4, 5],
        }
    )
)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("age >= 20", [1, 2, 4]),
        ("age = 20.0", [1]),
        ("age > 19.5 and age < 30.5", [1, 2]),
        ("age != 20", [0, 2, 4]),
        ("not age = 20", [0, 2, 4]),
        ("age <> 20 or city = 'Vinh'", [0, 1, 2, 4]),
        ("city == 'Huế'", [0]),
        ("city = 'O''Hare'", [2]),
        ("city in ('Vinh', 'Huế') and not vip", [1, 4]),
        ("city not in ('Vinh')", [0, 2]),
        ("age in (10, 50, 7)", [0, 4]),
        ("vip", [0, 3]),
        ("vip = false", [1, 4]),
        ("age is null", [3]),
        ("age is not null", [0, 1, 2, 4]),
        ("score < 0", [1]),
        ("score > -1e0", [0, 2, 3]),
        ("seen >= '2026-01-04'", [3, 4]),
        ("seen >= '2026-01-04T07:00:00+07:00'", [3, 4]),
        ("seen = '2026-01-03 23:00:00-01'", [3]),
        ("seen in ('2026-01-02', '2026-01-04T19:00:00.0-0500')", [1, 4]),
        ('"two words" <= 2', [0, 1]),
        ("age = 10 or age = 20 and city = 'none'", [0]),
        ("(age = 10 or age = 20) and city = 'none'", []),
        ("AGE_IS = 1 or age = 10", None),
        ("age > 99999999999", []),
        ("age != 99999999999", [0, 1, 2, 4]),
        ("age < 1e999", [0, 1, 2, 4]),
        ("age <= 19.5", [0]),
        ("age = 19.5 or age != 20.5", [0, 1, 2, 4]),
        ("age in (20, 20.5, 99999999999, 1e999)", [1]),
        ("score < 9" + 400 * "9", [0, 1, 2, 3]),
        ("age > -9" + 5000 * "9", [0, 1, 2, 4]),
        ("large > 9007199254740992.5", [0]),
        ("large = 9007199254740993 or large < -1e30", [0]),
        (" or ".join(["age = 10"] * 999 + ["vip"]), [0, 3]),
        ("(" + " and ".join(["age = 10"] * 500) + ")" + " and age = 10" * 500, [0]),
    ],
)
def test_a_filter_matches_what_it_says(text: str, rows: list[int] | None) -> None:
    """Precedence, quotes, types and missing values as in SQL."""
    if rows is None:
        with pytest.raises(UsageError, match="column"):
            matching(parse(text), TABLE)
    else:
        assert np.flatnonzero(matching(parse(text), TABLE)).tolist() == rows


@pytest.mark.parametrize(
    "text",
    ["", "age", "age >", "age = ", "= 3", "age = 3 and", "(age = 3", "age = 3)", "age in 3", "age in ()", "age is 3",
     "age like 'x'", "age = 'x'", "city = 3", "vip = 1", "seen > 5", "seen > 'soon'", "age = 3 age = 4", "age ? 3",
     "city = 'open", "not", "x" * 10, "(" * 200 + "vip" + ")" * 200, " or ".join(["vip"] * 1001), "city = '\ud800'"],
)  # fmt: skip
def test_a_wrong_filter_is_one_message(text: str) -> None:
    """Whatever is wrong, one error says what was received, what would have been right, and gives an example."""
    with pytest.raises(UsageError) as caught:
        matching(parse(text), TABLE)
    assert all((caught.value.received, caught.value.expected, caught.value.hint))
    assert len(caught.value.received) < 600


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("age in (1, 'x')", "'x'"),
        ("score in (1, true)", "True"),
        ("vip in (true, 1)", "1"),
        ("city in ('Vinh', 2.5)", "2.5"),
        ("seen in ('2026-01-01', 'soon', 'later')", "'soon'"),
        ("city in ('Vinh', '\ud800')", "ud800"),
    ],
)
def test_the_first_value_that_does_not_fit_is_told(text: str, wrong: str) -> None:
    """Of many, which are cast at once."""
    with pytest.raises(UsageError, match="another type") as caught:
        matching(parse(text), TABLE)
    assert caught.value.received.endswith(wrong) or wrong in caught.value.received


def test_many_values_are_cast_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of every type, and none of them on its own."""
    monkeypatch.setattr(evaluate, "_fitted", None)
    for text, rows in (
        ("city in ('Vinh', 'Huế', 'none')", [0, 1, 4]),
        ("seen in ('2026-01-02', '2026-01-05')", [1, 4]),
        ("score in (0.5, 2, -1.0)", [0, 1, 2]),
        ("age in (10, 20.0, 3.5)", [0, 1]),
        ("vip in (true)", [0, 3]),
    ):
        assert np.flatnonzero(matching(parse(text), TABLE)).tolist() == rows


def test_the_number_of_values_may_be_bounded() -> None:
    """Over the whole filter."""
    text = "age in (1, 2) or age = 3"
    assert parse(text, 3) == parse(text)
    with pytest.raises(UsageError, match="at most 2 values"):
        parse(text, 2)


def test_filters_are_kept_up_to_a_length(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all of them together; one that is longer is not kept, and drives none out."""
    monkeypatch.setattr(filters, "_CHARACTERS", 10)
    kept, made = filters.Filters(), list[str]()

    def ask(text: str) -> None:
        kept.of(text, lambda: made.append(text) or np.ones(3, bool))

    for text in ("aaaa", "bbbb", "aaaa", "c" * 11, "c" * 11, "bbbb", "dddd", "bbbb", "aaaa"):
        ask(text)
    assert made == ["aaaa", "bbbb", "c" * 11, "c" * 11, "dddd", "aaaa"]
