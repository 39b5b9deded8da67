from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest

from vandap.core.schema import ColumnKind
from vandap.data.column_profile import ColumnProfile
from vandap.data.detect import Detected, detect
from vandap.errors import UsageError


def _detect(values: list[Any], name: str = "column", override: str | None = None, blocks: int = 2) -> Detected:
    profile = ColumnProfile(name)
    array = pa.array(values)
    size = -(-len(array) // blocks)
    for start in range(0, len(array), size):
        profile.feed(array.slice(start, size))
    return detect(profile, override)


@pytest.mark.parametrize(
    ("values", "name", "kind"),
    [
        (["1.5", "2.5", "3.25"] * 20, "size", ColumnKind.NUMBER),
        (["1", "2", "3", "4"] * 20, "rooms", ColumnKind.NUMBER),
        (["1", "2", "3", "4"] * 20, "zip_code", ColumnKind.CATEGORY),
        (["007", "013", "101"] * 20, "station", ColumnKind.CATEGORY),
        (["0", "1"] * 20, "open", ColumnKind.BOOLEAN),
        (["yes", "no"] * 20, "open", ColumnKind.BOOLEAN),
        ([True, False] * 20, "open", ColumnKind.BOOLEAN),
        (["yes", "no", "perhaps"] * 20, "open", ColumnKind.CATEGORY),
        (["2024-01-05", "2023-12-31"] * 20, "when", ColumnKind.DATE),
        (["05.01.2024", "31.12.2023"] * 20, "when", ColumnKind.DATE),
        (["20240105", "20231231", "20230101"] * 20, "date", ColumnKind.DATE),
        (["20240105", "20231231", "20230101"] * 20, "amount", ColumnKind.NUMBER),
        ([f"k{row}" for row in range(100)], "customer", ColumnKind.IDENTIFIER),
        ([str(row) for row in range(100)], "customerID", ColumnKind.IDENTIFIER),
        ([str(row) for row in range(100)], "temperature", ColumnKind.NUMBER),
        ([f"this is the long comment number {row}" for row in range(100)], "comment", ColumnKind.TEXT),
        (["x"] * 50, "always", ColumnKind.CONSTANT),
        ([None] * 50, "never", ColumnKind.CONSTANT),
        (["5.0"] * 50, "always", ColumnKind.CONSTANT),
        ([[1, 2]] * 50, "nested", ColumnKind.TEXT),
        ([str(row) for row in range(98)] + ["many", "few"], "mixed", ColumnKind.NUMBER),
        (["1", "2", "a", "b"] * 20, "mixed", ColumnKind.CATEGORY),
    ],
)
def test_kinds(values: list[Any], name: str, kind: ColumnKind) -> None:
    """Each column is taken for what it holds, and the reason is given."""
    found = _detect(values, name)
    assert found.kind is kind and found.reason


def test_the_order_of_day_and_month_follows_the_values() -> None:
    """A day above 12 settles which number is the month; without one, both readings are said."""
    assert _detect(["31/12/2023", "05/01/2024"] * 30).format == "%d/%m/%Y"
    assert _detect(["12/31/2023", "01/05/2024"] * 30).format == "%m/%d/%Y"
    assert "would fit as well" in _detect(["01/02/2023", "03/04/2024"] * 30).reason


def test_numbers_that_float32_would_blur_stay_wide() -> None:
    """Distinct values that float32 merges are kept as float64; others are not."""
    assert _detect([str(1_700_000_000 + row) for row in range(0, 300, 3)], "moment").format == "float64"
    assert _detect([str(row / 7) for row in range(300)], "ratio").format == ""


def test_the_user_overrides() -> None:
    """A stated kind wins over what the values say, and an unknown kind is refused."""
    assert _detect(["1", "2"] * 20, override="category").kind is ColumnKind.CATEGORY
    with pytest.raises(UsageError, match="nominal"):
        _detect(["1", "2"] * 20, override="nominal")
