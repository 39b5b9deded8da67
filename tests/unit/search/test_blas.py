"""Linear algebra in one thread while builds overlap."""

from __future__ import annotations

import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from vandap.search.blas import one_thread_a_product


def threads() -> set[int]:
    """Threads of each linear-algebra library that is loaded."""
    return {int(pool["num_threads"]) for pool in threadpool_info() if pool["user_api"] == "blas"}


def test_builds_that_overlap_give_back_what_the_first_found() -> None:
    """Whichever of them ends last."""
    with threadpool_limits(2, "blas"):
        first, second = one_thread_a_product(), one_thread_a_product()
        first.__enter__()
        second.__enter__()
        first.__exit__(None, None, None)
        assert threads() == {1}
        second.__exit__(None, None, None)
        assert threads() == {2}


def test_a_build_that_fails_gives_it_back() -> None:
    """The next one finds what was there before."""
    with threadpool_limits(2, "blas"):
        with pytest.raises(OSError), one_thread_a_product():
            raise OSError
        assert threads() == {2}
