"""Batches that are read ahead."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from vandap.core.dataset import Examples
from vandap.data.stream import batches


class Counted(Examples):
    """Numbers that count how often they are read and can fail at one row."""

    kind = "array"

    def __init__(self, rows: int, fails_at: int = -1) -> None:
        self.rows = rows
        self.fails_at = fails_at
        self.reads = 0

    def __len__(self) -> int:
        return self.rows

    def take(self, rows: np.ndarray) -> np.ndarray:
        """The row numbers themselves."""
        self.reads += 1
        if self.fails_at in rows:
            raise OSError("the disk is gone")
        return rows.astype(np.float32)


def streaming() -> list[str]:
    """Names of the stream threads that are alive."""
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("vandap-ahead")]


@pytest.mark.parametrize(("threads", "ahead"), [(0, 2), (1, 1), (1, 3), (3, 2), (2, 0)])
def test_order_and_sizes(threads: int, ahead: int) -> None:
    """Rows come in the order asked for, the last batch being the rest, and no thread is left."""
    rows = np.random.default_rng(0).permutation(50)
    parts = list(batches(Counted(50), rows, 8, threads=threads, ahead=ahead))
    assert [len(part) for part in parts] == [8] * 6 + [2]
    np.testing.assert_array_equal(np.concatenate(parts), rows)
    assert not streaming()


def test_no_more_is_read_than_ahead() -> None:
    """Batches in memory are bounded by `ahead` and the one in use."""
    examples = Counted(1000)
    stream = batches(examples, np.arange(1000), 10, threads=2, ahead=3)
    next(stream)
    next(stream)
    stream.close()
    assert examples.reads <= 5


def test_an_error_reaches_the_consumer_in_its_place() -> None:
    """Batches before the failing one are yielded, then its error is raised, and no thread is left."""
    stream = batches(Counted(50, fails_at=25), np.arange(50), 10, threads=2)
    assert [len(next(stream)) for _ in range(2)] == [10, 10]
    with pytest.raises(OSError, match="the disk is gone"):
        next(stream)
    assert not streaming()


def test_closing_leaves_no_thread() -> None:
    """A consumer may stop early."""
    stream = batches(Counted(1000), np.arange(1000), 10, threads=2)
    next(stream)
    assert streaming()
    stream.close()
    assert not streaming()


def test_no_rows_give_no_batch() -> None:
    """An empty part is no error."""
    assert list(batches(Counted(5), np.zeros(0, int), 4, threads=1)) == []


@pytest.mark.parametrize("wrong", [{"batch_size": 0}, {"threads": -1}, {"ahead": -1}])
def test_wrong_counts_are_refused(wrong: dict[str, int]) -> None:
    """Counts that make no sense are refused at once."""
    with pytest.raises(ValueError, match="positive batch size"):
        batches(Counted(5), np.arange(5), **({"batch_size": 2, "threads": 1, "ahead": 2} | wrong))
