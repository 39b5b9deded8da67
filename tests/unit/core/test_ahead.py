"""Work ahead in threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator

import pytest

from vandap.core.ahead import worked_ahead


def square(number: int) -> int:
    """The later the number, the sooner it is done."""
    time.sleep(0.002 * (10 - number))
    return number * number


@pytest.mark.parametrize(("threads", "ahead"), [(1, 0), (1, 1), (3, 2), (2, 20)])
def test_results_come_in_order(threads: int, ahead: int) -> None:
    """Whichever is done first."""
    assert list(worked_ahead(square, range(10), threads, ahead)) == [number * number for number in range(10)]


def test_no_more_is_begun_than_may_wait() -> None:
    """When the first result is taken, so many more have been begun."""
    begun = list[int]()
    results = worked_ahead(begun.append, range(100), 2, 3)
    next(results)
    results.close()
    assert len(begun) <= 4


def test_an_error_comes_after_the_results_before_it() -> None:
    """Of the work, and of what gives the items."""

    def items() -> Iterator[int]:
        yield from (1, 2)
        raise OSError("the disk is gone")

    seen = list[int]()
    with pytest.raises(OSError, match="the disk is gone"):
        for result in worked_ahead(square, items(), 2, 2):
            seen.append(result)
    with pytest.raises(ZeroDivisionError):
        for result in worked_ahead(lambda number: 6 // number, (3, 2, 0, 1), 2, 2):
            seen.append(result)
    assert seen == [1, 4, 2, 3]


def test_no_thread_is_left() -> None:
    """After it was closed early."""
    results = worked_ahead(square, range(100), 3, 3)
    next(results)
    results.close()
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("vandap-ahead")]
