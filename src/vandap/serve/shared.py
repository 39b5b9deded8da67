"""One index for many requests, which run side by side and see in time what other processes change."""

from __future__ import annotations

import asyncio
import time

from starlette.concurrency import run_in_threadpool

from vandap.search.index import Index

_FRESH = 1.0
"""Seconds that a search may lag behind the changes of other processes."""


class SharedIndex:
    """An index that is refreshed when it is asked for, once for all who ask at the same time.

    Args:
        index: Opened.

    Attributes:
        trouble: Why what others changed cannot be read at the moment; nothing where it can.
    """

    def __init__(self, index: Index) -> None:
        self._index, self._seen = index, time.monotonic()
        self.trouble = ""
        self._refreshing: asyncio.Task[None] | None = None

    async def fresh(self, patience: float | None = None) -> Index:
        """The index, with what others changed until a second ago, or as it was where that cannot be read for now.

        Args:
            patience: Seconds to wait for that; then it is given as it is. A refresh waits for the searches under way.
        """
        wanted = time.monotonic() - _FRESH
        while self._seen < wanted:
            if self._refreshing is None or self._refreshing.done():
                self._refreshing = asyncio.create_task(self._refresh())
            task = self._refreshing
            done, _ = await asyncio.wait({task}, timeout=patience)
            if not done:
                break
            task.result()
        return self._index

    async def _refresh(self) -> None:
        began = time.monotonic()
        try:
            await run_in_threadpool(self._index.refresh)
            self.trouble = ""
        except OSError as error:  # too many open files, a network drive that is gone: what is open still answers
            self.trouble = error.strerror or type(error).__name__
        self._seen = began
