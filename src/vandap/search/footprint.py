"""How much memory this process holds, without the page cache."""

from __future__ import annotations

import re
import threading
from pathlib import Path
from types import TracebackType

_STATUS = Path("/proc/self/status")
_ANONYMOUS = re.compile(rb"^RssAnon:\s+(\d+) kB", re.MULTILINE)
_EVERY = 0.05


def held() -> int:
    """Bytes of memory that belong to this process alone; 0 where the system does not say.

    Mapped files are left out: their pages are the page cache's, which gives them up when others need the room.
    """
    try:
        match = _ANONYMOUS.search(_STATUS.read_bytes())
    except OSError:
        return 0
    return int(match[1]) * 1024 if match else 0


class Footprint:
    """The largest amount held while it was open.

    Example:
        >>> with Footprint() as footprint:
        ...     block = bytearray(1 << 20)
        >>> footprint.peak >= 0
        True
    """

    def __init__(self) -> None:
        self.peak = held()
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Footprint:
        self._thread.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._done.set()
        self._thread.join()
        self.peak = max(self.peak, held())

    def _watch(self) -> None:
        while not self._done.wait(_EVERY):
            self.peak = max(self.peak, held())
