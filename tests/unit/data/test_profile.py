"""What the data look like."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from made_contents import contents, dataset, images

from vandap.core.schema import Column, ColumnKind, Role
from vandap.data.examples import ArrayExamples, TableExamples
from vandap.data.profile import profile

ROWS = 50
COLUMNS = (
    Column("size", ColumnKind.NUMBER, Role.FEATURE),
    Column("colour", ColumnKind.CATEGORY, Role.FEATURE, "few words", ("red", "blue")),
    Column("day", ColumnKind.DATE, Role.FEATURE),
    Column("note", ColumnKind.TEXT, Role.IGNORED, "free text"),
    Column("kind", ColumnKind.CATEGORY, Role.TARGET),
)


def described(size: np.ndarray) -> dict[str, dict]:
    """Column facts by name of a table of 50 rows, all but the test part of 10."""
    columns = {
        "size": size,
        "colour": np.where(np.arange(ROWS) < 5, -1, np.arange(ROWS) % 2).astype(np.int32),
        "day": np.arange(ROWS) * 86_400.0,
    }
    made = contents(
        TableExamples(columns, ROWS),
        (np.arange(ROWS) % 2).astype(np.int32),
        parts=np.repeat(np.array(["train", "test"]), [40, 10]),
    )
    data = replace(dataset(made), columns=COLUMNS)
    return {column["name"]: column for column in profile(data, {})["columns"]}


def test_numbers() -> None:
    """Moments are over finite values; the histogram counts each of them once; the test part is left out."""
    size = np.arange(ROWS, dtype=float)
    size[:4] = np.nan
    size[4] = np.inf
    facts = described(size)["size"]
    assert (facts["missing"], facts["distinct"], facts["min"], facts["max"]) == (0.1, 35, 5, 39)
    assert facts["mean"] == 22
    assert sum(facts["histogram"]["counts"]) == 35
    assert len(facts["histogram"]["edges"]) == 21


def test_categories_dates_and_columns_left_out() -> None:
    """Categories show names and counts, dates their bounds, and unused columns only what they are."""
    columns = described(np.ones(ROWS))
    assert columns["colour"]["top"] == [["blue", 18], ["red", 17]]
    assert columns["colour"]["missing"] == 0.125
    assert (columns["day"]["min"], columns["day"]["max"]) == ("1970-01-01", "1970-02-09")
    assert columns["note"] == {"name": "note", "kind": "text", "role": "ignored", "reason": "free text"}
    assert columns["kind"]["top"] == [["class 0", 20], ["class 1", 20]]
    assert columns["size"]["histogram"]["counts"] == [40.0]


def test_extreme_numbers() -> None:
    """Values at the ends of the float range give a histogram all the same."""
    size = np.linspace(-1, 1, ROWS) * 1.7e308
    counts = described(size)["size"]["histogram"]["counts"]
    assert sum(counts) == 40


def test_all_missing() -> None:
    """A column without values has no moments."""
    assert described(np.full(ROWS, np.nan))["size"]["distinct"] == 0


def test_images_and_arrays() -> None:
    """Images show channel moments and the reader's own facts, arrays their shape."""
    made = contents(images(20), (np.arange(20) % 2).astype(np.int32))
    facts = profile(dataset(made), {"modes": {"RGBA": 20}})
    assert facts["sizes"] == [[32, 32, 20]]
    assert facts["modes"] == {"RGBA": 20}
    assert 0 < facts["channel_mean"][0] < 255
    array = np.random.default_rng(0).normal(size=(20, 3, 2)).astype(np.float32)
    made = contents(ArrayExamples(array, "array"), (np.arange(20) % 2).astype(np.int32))
    assert profile(dataset(made), {})["shape"] == [3, 2]
