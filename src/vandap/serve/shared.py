"""One index for many requests: searches run side by side, a refresh only when none is running."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.concurrency import run_in_threadpool

from vandap.search.index import Index

_FRESH = 1.0
"""Seconds that a search may lag behind the changes of other processes."""


class SharedIndex:
    """An index that requests take turns with.

    Args:
        index: Opened.
    """

    def __init__(self, index: Index) -> None:
        self._index = index
        self._turn = asyncio.Condition()
        self._readers = 0
        self._refreshing = False
        self._seen = time.monotonic()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[Index]:
        """The index, which does not change meanwhile."""
        await self._enter()
        try:
            yield self._index
        finally:
            async with self._turn:
                self._readers -= 1
                self._turn.notify_all()

    async def _enter(self) -> None:
        async with self._turn:
            await self._turn.wait_for(lambda: not self._refreshing)
            if time.monotonic() - self._seen > _FRESH:
                await self._refresh()
            self._readers += 1

    async def _refresh(self) -> None:
        """See what changed, when the searches under way are done; those that come meanwhile wait."""
        self._refreshing = True
        try:
            await self._turn.wait_for(lambda: not self._readers)
            await run_in_threadpool(self._index.refresh)
        finally:
            self._refreshing, self._seen = False, time.monotonic()
            self._turn.notify_all()
