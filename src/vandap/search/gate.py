"""Who may look at an index and who may change it, among the threads of one process."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager


class Gate:
    """Any number of threads look together; one at a time prepares a change beside them, and makes it alone.

    Who wants to be alone closes the door and waits for those inside to leave; those who come meanwhile wait at the
    door. So neither waits for ever.
    """

    def __init__(self) -> None:
        self._door, self._left, self._first = threading.Lock(), threading.Condition(), threading.RLock()
        self._inside = 0
        self._mine = threading.local()

    @contextmanager
    def together(self) -> Iterator[None]:
        """Look, beside others; who is inside already may come in again."""
        deep = self._depth
        if not deep:
            with self._door, self._left:
                self._inside += 1
        self._mine.depth = deep + 1
        try:
            yield
        finally:
            self._mine.depth = deep
            if not deep:
                with self._left:
                    self._inside -= 1
                    self._left.notify_all()

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Be the only one who changes something; others look meanwhile.

        Raises:
            RuntimeError: This thread is looking, and would wait for itself.
        """
        if self._depth:
            raise RuntimeError("a thread that holds an index steady cannot change or refresh it")
        with self._first:
            yield

    @contextmanager
    def spare(self) -> Iterator[bool]:
        """Be the only one who changes something if nobody else is; whether one is."""
        is_mine = self._first.acquire(blocking=False)
        try:
            yield is_mine
        finally:
            if is_mine:
                self._first.release()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Make the change while nobody looks; for the one who is `changing`."""
        with self._door:
            with self._left:
                self._left.wait_for(lambda: not self._inside)
            yield

    @property
    def inside(self) -> bool:
        """Whether this thread is looking."""
        return self._depth > 0

    @property
    def _depth(self) -> int:
        return getattr(self._mine, "depth", 0)
