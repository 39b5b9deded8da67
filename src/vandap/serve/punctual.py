"""Connections on which a request's head must come, and its answer go, in time; its body is waited for elsewhere."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.auto import AutoHTTPProtocol


def punctual(wait: float) -> type[asyncio.Protocol]:
    """Uvicorn's connections, hung up where the headers of a request do not come, or nobody reads the answer.

    Uvicorn alone waits for both for ever, and each such connection holds memory.

    Args:
        wait: Seconds from the connection, or from the answer before, to the end of the headers; and from an answer to
            when the client has taken it.
    """

    class Punctual(AutoHTTPProtocol):  # type: ignore[misc,valid-type]  # one of two classes, by what is installed
        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            self._waits = self.loop.call_later(wait, self._hang_up)
            self._unread: asyncio.TimerHandle | None = None

        def connection_lost(self, exc: Exception | None) -> None:
            self._waits.cancel()
            self._stop_waiting_for_a_reader()
            super().connection_lost(exc)

        def on_response_complete(self) -> None:
            super().on_response_complete()
            self._waits.cancel()
            self._waits = self.loop.call_later(wait, self._hang_up)

        def pause_writing(self) -> None:
            super().pause_writing()
            self._unread = self.loop.call_later(wait, self.transport.abort)

        def resume_writing(self) -> None:
            super().resume_writing()
            self._stop_waiting_for_a_reader()

        def _stop_waiting_for_a_reader(self) -> None:
            if self._unread is not None:
                self._unread.cancel()

        def _hang_up(self) -> None:
            if self.cycle is None or self.cycle.response_complete:
                self.transport.abort()  # close() would wait until the rest of an answer is read

    return Punctual
