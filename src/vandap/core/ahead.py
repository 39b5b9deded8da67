"""Work ahead in several threads, with results in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

S = TypeVar("S")
T = TypeVar("T")


def worked_ahead(work: Callable[[S], T], items: Iterable[S], threads: int, ahead: int) -> Generator[T, None, None]:
    """Yield what `work` makes of each item, in order, while threads work on the next ones.

    At most `ahead` results wait, so memory is bounded by `ahead + 1` items whatever their number. An error, of `work`
    or of the items, is raised where the result would have been yielded. Closing the generator drops what was not begun
    and waits for the rest, so that no thread outlives it.

    Args:
        work: Called in other threads, several at a time.
        items: Iterated over in the caller's thread.
        threads: Items worked on at the same time.
        ahead: Items begun before they are asked for.
    """
    pool = ThreadPoolExecutor(threads, thread_name_prefix="vandap-ahead")
    waiting, left, problem = deque[Future[T]](), iter(items), None
    try:
        while True:
            while problem is None and len(waiting) <= ahead:
                try:
                    waiting.append(pool.submit(work, next(left)))
                except Exception as error:  # the end of the items, or what they raised: it waits for those before it
                    problem = error
            if not waiting:
                break
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    if problem is not None and not isinstance(problem, StopIteration):
        raise problem
