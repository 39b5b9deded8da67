"""Which requests are under way: from the first byte until the client has taken the answer."""

from __future__ import annotations

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from vandap.serve.metrics import Metrics


class UnderWay:
    """An application whose requests are counted until the client has the answer: so long they hold memory.

    A server takes the only part of an answer and is done; it takes the end of one when what came before has been read.
    So the end is sent alone.

    Args:
        app: The application.
        metrics: Where they are counted.
    """

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app, self._metrics = app, metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """See ASGI."""

        async def in_two(message: Message) -> None:
            if message["type"] == "http.response.body" and not message.get("more_body"):
                await send({**message, "more_body": True})
                message = {"type": "http.response.body"}
            await send(message)

        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        self._metrics.under_way += 1
        try:
            return await self._app(scope, receive, in_two)
        finally:
            self._metrics.under_way -= 1
