"""Work ahead in one background thread, so that reading and computing overlap."""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterable
from typing import TypeVar

T = TypeVar("T")


def prefetch(items: Iterable[T], ahead: int = 2) -> Generator[T, None, None]:
    """Yield `items`, computed in a background thread at most `ahead` items early.

    An exception in `items` is raised in the consumer. Closing the generator stops the thread.

    Args:
        items: What to iterate over; consumed in the background thread only.
        ahead: Items that may wait. Memory is bounded by `ahead + 2` items.
    """
    waiting: queue.Queue[tuple[T | None, BaseException | None, bool]] = queue.Queue(maxsize=ahead)
    stopped = threading.Event()

    def put(entry: tuple[T | None, BaseException | None, bool]) -> None:
        while not stopped.is_set():
            try:
                waiting.put(entry, timeout=0.05)
                return
            except queue.Full:
                continue

    def work() -> None:
        try:
            for item in items:
                put((item, None, False))
                if stopped.is_set():
                    return
            put((None, None, True))
        except BaseException as error:  # handed to the consumer, which raises it
            put((None, error, True))

    worker = threading.Thread(target=work, name="vandap-prefetch", daemon=True)
    worker.start()
    try:
        while True:
            item, error, last = waiting.get()
            if error is not None:
                raise error
            if last:
                return
            yield item  # type: ignore[misc]
    finally:
        stopped.set()
        worker.join(timeout=5.0)
