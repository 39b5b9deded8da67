"""Connections on which the head of a request must come in time; its body is waited for where it is read."""

from __future__ import annotations

import asyncio

from uvicorn.protocols.http.auto import AutoHTTPProtocol


def punctual(wait: float) -> type[asyncio.Protocol]:
    """Uvicorn's connections, hung up where the line and the headers of a request do not come.

    Uvicorn alone waits for them for ever once the first byte is there, and each such connection holds memory.

    Args:
        wait: Seconds from the connection, or from the answer before, to the end of the headers.
    """

    class Punctual(AutoHTTPProtocol):  # type: ignore[misc,valid-type]  # one of two classes, by what is installed
        def connection_made(self, transport: asyncio.Transport) -> None:
            super().connection_made(transport)
            self._waits = self.loop.call_later(wait, self._hang_up)

        def connection_lost(self, exc: Exception | None) -> None:
            self._waits.cancel()
            super().connection_lost(exc)

        def on_response_complete(self) -> None:
            super().on_response_complete()
            self._waits.cancel()
            self._waits = self.loop.call_later(wait, self._hang_up)

        def _hang_up(self) -> None:
            if self.cycle is None or self.cycle.response_complete:
                self.transport.close()

    return Punctual
