"""Vectors of an index that is served, and requests that go straight into its application."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from made_vectors import identities

VECTORS = identities(300, 16)
BINARY = "application/octet-stream"


async def send(
    app: Any, method: str, path: str, body: bytes, headers: dict[str, Any], rest: asyncio.Event | None = None
) -> tuple[int, bytes, dict]:
    """One request, straight into the application; with `rest`, the end of its body comes when that is set."""
    address, _, query = path.partition("?")
    headers = {"content-type": "application/json", **{name.lower(): value for name, value in headers.items()}}
    scope = {
        "type": "http", "http_version": "1.1", "method": method, "path": address, "raw_path": address.encode(),
        "query_string": query.encode(), "scheme": "http", "server": ("test", 80), "client": ("test", 1),
        "headers": [(name.encode(), value.encode()) for name, value in headers.items() if value],
    }  # fmt: skip
    sent: list[dict] = []
    parts = [{"type": "http.request", "body": body, "more_body": rest is not None}]
    parts += [] if rest is None else [{"type": "http.request", "body": b"", "more_body": False}]

    async def receive() -> dict:
        if rest is not None and len(parts) == 1:
            await rest.wait()
        return parts.pop(0) if parts else {"type": "http.disconnect"}

    async def send(message: dict) -> None:
        sent.append(message)

    await app(scope, receive, send)
    told = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:]), told


def ask(app: Any, method: str, path: str, body: bytes = b"", **headers: str | None) -> tuple[int, Any]:
    """One request; JSON answers are read."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    status, answer, told = asyncio.run(send(app, method, path, body, named))
    return status, json.loads(answer) if told["content-type"].startswith("application/json") else answer


def as_json(**fields: object) -> bytes:
    """The body of a request."""
    return json.dumps(fields).encode()
