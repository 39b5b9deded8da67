from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from vandap.core.recipe import DataSpec
from vandap.core.schema import Role
from vandap.core.task import Task
from vandap.data.contents import Contents
from vandap.data.table import read_table
from vandap.data.table_source import ArrowSource
from vandap.errors import DataError, InputError, UsageError

COUNT = 60


def _columns(**more: Any) -> dict[str, Any]:
    columns: dict[str, Any] = {
        "size": [row * 0.5 for row in range(COUNT)],
        "colour": ["red", "blue", None] * (COUNT // 3),
        "label": ["yes", "no"] * (COUNT // 2),
    }
    return columns | more


def _read(columns: dict[str, Any], **stated: Any) -> Contents:
    source = ArrowSource(pa.table(columns), "a table")
    return read_table(source, None, DataSpec("a table", **stated), "table", "00")


def test_columns_are_stored_as_their_kind_says() -> None:
    """Numbers are float32, categories sorted codes with -1 for missing; the target is no feature."""
    contents = _read(_columns())
    raw = contents.examples.take(np.arange(3))
    assert set(raw) == {"size", "colour"}
    assert raw["size"].dtype == np.float32 and raw["size"].tolist() == [0, 0.5, 1]
    assert raw["colour"].dtype == np.int32 and raw["colour"].tolist() == [1, 0, -1]
    assert contents.classes == ("no", "yes") and contents.target[:2].tolist() == [1, 0]


def test_roles_take_columns_out_of_the_features() -> None:
    """Group, time and split columns are used for the split alone."""
    parts = ["train"] * 40 + ["val"] * 10 + ["test"] * 10
    contents = _read(
        _columns(person=[row // 2 for row in range(COUNT)], part=parts), group="person", split_column="part"
    )
    assert {column.name for column in contents.columns if column.role is Role.FEATURE} == {"size", "colour"}
    assert contents.groups is not None and len(np.unique(contents.groups)) == COUNT // 2
    assert contents.parts is not None and contents.parts[45] == "validation"


def test_rows_without_a_group_are_groups_of_their_own() -> None:
    """A missing group unites nobody."""
    contents = _read(_columns(person=["a", "a", None, None] + ["b"] * (COUNT - 4)), group="person")
    assert contents.groups is not None
    assert contents.groups[0] == contents.groups[1]
    assert len(set(contents.groups[:5].tolist())) == 4


def test_time_is_read_as_seconds_and_missing_times_are_left_out() -> None:
    """A row without a time is neither past nor future."""
    days = [f"2024-01-{1 + row % 28:02d}" for row in range(COUNT)]
    days[3] = ""
    contents = _read(_columns(day=days), time="day")
    assert contents.time is not None and len(contents.time) == COUNT - 1
    assert contents.time[1] - contents.time[0] == 86_400
    assert any("time 'day' is missing" in note for note in contents.notes)
    with pytest.raises(DataError, match="no points in time"):
        _read(_columns(), time="colour")


def test_rows_that_are_left_out_keep_the_names_of_the_others() -> None:
    """Messages call a row by its place in the user's file."""
    labels = ["yes", "no"] * (COUNT // 2)
    labels[1] = ""
    contents = _read(_columns(label=labels))
    assert contents.target_missing == 1 and len(contents.examples) == COUNT - 1
    assert contents.examples.name(0) == "row 1" and contents.examples.name(1) == "row 3"
    assert contents.examples.take(np.array([1]))["size"].tolist() == [1.0]


def test_equal_inputs_hash_equal_whatever_their_target() -> None:
    """The hash of a row is that of its features, missing values included."""
    contents = _read(
        _columns(
            size=[1.0] * 2 + [float("nan")] * 2 + [float(row) for row in range(COUNT - 4)],
            colour=["red"] * COUNT,
            other=[1, 1, 2, 2, *range(10, COUNT + 6)],
        )
    )
    assert contents.hashes[0] == contents.hashes[1] and contents.hashes[2] == contents.hashes[3]
    assert contents.hashes[0] != contents.hashes[2]


def test_identifiers_constants_and_text_are_left_out_with_a_note() -> None:
    """What no learner can use is not stored, and the reason is said."""
    contents = _read(_columns(key=[f"k{row}" for row in range(COUNT)], same=["x"] * COUNT), types={"size": "number"})
    assert set(contents.examples.take(np.arange(1))) == {"size", "colour"}
    assert sum("was left out" in note for note in contents.notes) == 2


def test_numbers_are_regression() -> None:
    """A number column as target gives float64 targets and no classes."""
    contents = _read(_columns(), target="size")
    assert contents.task is Task.REGRESSION and contents.target.dtype == np.float64


@pytest.mark.parametrize(
    "stated",
    [
        {"target": "lable"},
        {"group": "nobody"},
        {"time": "never"},
        {"split_column": "parts"},
        {"ignore": ("nothing",)},
        {"types": {"nothing": "number"}},
        {"types": {"size": "quantity"}},
        {"target": "label", "ignore": ("label",)},
        {"split_column": "colour"},
        {"task": "ranking"},
        {"ignore": ("size", "colour")},
    ],
)
def test_options_that_make_no_sense_are_refused(stated: dict[str, Any]) -> None:
    """Each gives one error that names what was received and what was expected."""
    with pytest.raises(InputError) as caught:
        _read(_columns(), **stated)
    assert caught.value.received and caught.value.expected and caught.value.hint


def test_unknown_part_names_are_refused() -> None:
    """A word that names no part is not guessed at."""
    with pytest.raises(DataError, match="names no part"):
        _read(_columns(part=["train"] * 30 + ["later"] * 30), split_column="part")


def test_a_test_table_beside_a_split_column_is_refused() -> None:
    """The test part cannot be given twice."""
    with pytest.raises(UsageError, match="twice"):
        _read(_columns(part=["train"] * COUNT), split_column="part", test="other.csv")


def test_a_time_column_of_nanoseconds_is_read() -> None:
    """Points in time that no datetime could hold make a date like others, as a feature and as the time of a split."""
    when = pa.array([row * 86_400 * 10**9 + 123_456_789 for row in range(COUNT)], pa.timestamp("ns"))
    contents = _read(_columns(when=when, seen=when), time="seen")
    raw = contents.examples.take(np.arange(2))
    assert raw["when"][1] == pytest.approx(86_400.123456789)
    assert contents.time is not None and contents.time[1] == raw["when"][1]
