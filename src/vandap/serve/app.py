"""The HTTP interface of an index."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from vandap.errors import IndexFolderError, InputError, UsageError
from vandap.search.describe import proved_recall
from vandap.search.index import Index
from vandap.search.sampling import Sampler, write_sampled
from vandap.search.where import parse
from vandap.serve.bodies import BINARY, JSON, Asked, from_bytes, from_json, to_bytes, to_json
from vandap.serve.metrics import Metrics
from vandap.serve.openapi import description
from vandap.serve.options import Options
from vandap.serve.shared import SharedIndex
from vandap.serve.under_way import UnderWay

_LOG = logging.getLogger("vandap.serve")
_FILTER, _VALUES = 2**20, 10_000
"""Characters and values of a filter: values take some 10 us each, and whoever sends millions holds up the others."""
_PATIENCE = 0.5
"""Seconds that a monitor's question waits for what is new in the index, since long searches may be in its way."""


class _RefusedError(InputError):
    """A request that is refused with a status of its own."""

    def __init__(self, status: int, message: str, **parts: str) -> None:
        super().__init__(message, **parts)
        self.status = status


Handler = Callable[[Request], Awaitable[Response]]


def make_app(index: Index, options: Options) -> Starlette:
    """The application.

    Args:
        index: What is searched.
        options: Limits and access.
    """
    server = _Server(index, options)
    routes = [
        Route("/search", server.guarded(server.search), methods=["POST"]),
        Route("/health", server.guarded(server.health), methods=["GET"]),
        Route("/metrics", server.guarded(server.metrics), methods=["GET"]),
        Route("/openapi.json", server.guarded(server.openapi), methods=["GET"]),
    ]
    return Starlette(
        routes=routes,
        middleware=[Middleware(UnderWay, metrics=server.counted)],
        exception_handlers={HTTPException: server.unknown},
    )


class _Server:
    def __init__(self, index: Index, options: Options) -> None:
        self._shared, self._options, self.counted = SharedIndex(index), options, Metrics()
        self._sampler = Sampler(options.sample)
        self._sampling: asyncio.Task[None] | None = None

    def guarded(self, handler: Handler) -> Handler:
        """A handler behind the token and the limit on requests under way, whose errors are answers."""

        async def guarded(request: Request) -> Response:
            try:
                self._admit(request)
                response = await handler(request)
            except InputError as error:
                response = _told(error)
            except ClientDisconnect:
                response = Response(status_code=499)
            except Exception:
                _LOG.exception("%s %s failed", request.method, request.url.path)
                response = _told(_failed(request))
            self.counted.answered(request.url.path, response.status_code)
            return response

        return guarded

    async def unknown(self, request: Request, error: Exception) -> Response:
        """The answer to a path or a method that there is none for."""
        assert isinstance(error, HTTPException)
        refused = _RefusedError(
            error.status_code,
            "There is nothing here." if error.status_code == 404 else "This cannot be asked in this way.",
            received=f"{request.method} {request.url.path}",
            expected="POST /search, or GET /health, /metrics or /openapi.json",
            hint="GET /openapi.json describes every request.",
        )
        self.counted.answered("other", error.status_code)  # not the path: there is no end of those
        response = _told(refused)
        response.headers.update(error.headers or {})
        return response

    def _admit(self, request: Request) -> None:
        self._refuse_other_sites(request)
        if not self._options.admits(request.headers.get("authorization", "")):
            raise _RefusedError(
                401,
                "This server wants a token.",
                received="no Authorization header, or another token",
                expected="Authorization: Bearer TOKEN",
                hint="Ask whoever runs the server.",
            )
        if self.counted.under_way > self._options.concurrency and request.url.path == "/search":
            raise _RefusedError(
                503,
                "Too many requests are under way.",
                received=f"request {self.counted.under_way}",
                expected=f"at most {self._options.concurrency} at a time",
                hint="Try again in a second, or send several queries in one request.",
            )

    def _refuse_other_sites(self, request: Request) -> None:
        """Without a token, what a browser sends for a page of another site."""
        host, origin = request.headers.get("host", ""), request.headers.get("origin")
        own = (None, f"http://{host}", f"https://{host}")
        if not self._options.expects(host) or (origin not in own and not self._options.token):
            raise _RefusedError(
                403,
                "This server answers pages of no other site.",
                received=f"Host: {host}" + (f", Origin: {origin}" if origin else ""),
                expected=f"Host: {self._options.host}, localhost or a loopback address, and no other Origin",
                hint="Ask under that name; a server that is reached by others needs --token-file.",
            )

    async def search(self, request: Request) -> Response:
        """`POST /search`."""
        kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
        body = await self._body(request)
        started = time.perf_counter()
        index = await self._shared.fresh()
        asked, response = await run_in_threadpool(self._answered, index, kind, body, request)
        self.counted.searched(len(asked.queries), time.perf_counter() - started)
        if asked.where is None:
            self._sampler.offer(asked.queries)
            self._sample()
        return response

    def _answered(self, index: Index, kind: str, body: bytes, request: Request) -> tuple[Asked, Response]:
        """From the body to the answer, which is no work for the thread that listens: others wait for it there."""
        asked = self._asked(kind, body, index.columns, request)
        k = self._usable_k(asked, index.generation.manifest.target.k)
        found = index.search(asked.queries, asked.k, asked.where)  # of an index that has become small: all there are
        if BINARY in request.headers.get("accept", ""):
            return asked, Response(to_bytes(found, k), media_type=BINARY)
        return asked, Response(to_json(found), media_type=JSON)

    def _sample(self) -> None:
        """Measure the recall of some of the latest queries, beside the requests and one pass at a time."""
        if self._sampler.due and (self._sampling is None or self._sampling.done()):
            self._sampling = asyncio.create_task(self._compare())

    async def _compare(self) -> None:
        index = await self._shared.fresh()
        sample = await run_in_threadpool(self._sampler.take, index)
        sampled = None if sample is None else await run_in_threadpool(self._sampler.compare, sample)
        if sampled is not None:
            self.counted.sampled = sampled
            with suppress(OSError):  # a folder that may only be read
                await run_in_threadpool(write_sampled, index.path, sampled)

    async def _body(self, request: Request) -> bytes:
        """The body, read no further and waited for no longer than is allowed."""
        parts, size = [], 0
        try:
            async with asyncio.timeout(self._options.wait):
                async for part in request.stream():
                    size += len(part)
                    if size > self._options.body:
                        raise self._too_large()
                    parts.append(part)
        except TimeoutError:
            raise _RefusedError(
                408,
                "The request came too slowly.",
                received=f"{size:,} bytes in {self._options.wait:g} seconds, and not the end",
                expected=f"all of it within {self._options.wait:g} seconds",
                hint="Send fewer queries in one request; whoever runs the server can raise --max-wait.",
            ) from None
        return b"".join(parts)

    def _too_large(self) -> _RefusedError:
        return _RefusedError(
            413,
            "The request is too large.",
            received=f"more than {self._options.body:,} bytes",
            expected=f"at most {self._options.body:,} bytes",
            hint="Send fewer queries in one request, or send them as bytes.",
        )

    def _asked(self, kind: str, body: bytes, columns: int, request: Request) -> Asked:
        known = {"k", "where"} if kind == BINARY else set()
        if unknown := sorted(set(request.query_params) - known):
            raise UsageError(
                "The address holds a parameter that is not read here.",
                received=", ".join(unknown),
                expected="k and where" if known else "k and where in the body, beside the vector",
                hint="GET /openapi.json describes every request.",
            )
        if kind == BINARY:
            asked = from_bytes(body, columns, request.query_params.get("k"), request.query_params.get("where"))
        elif kind == JSON:
            asked = from_json(body)
        else:
            raise _RefusedError(
                415,
                "The body is of a type that cannot be read.",
                received=f"Content-Type: {kind}" if kind else "no Content-Type",
                expected=f"{JSON} or {BINARY}",
                hint="GET /openapi.json describes every request.",
            )
        if len(asked.queries) > self._options.queries:
            raise UsageError(
                "The request holds too many vectors.",
                received=f"{len(asked.queries):,}",
                expected=f"at most {self._options.queries:,}",
                hint="Send them in several requests.",
            )
        _check_filter(asked.where or "")
        return asked

    def _usable_k(self, asked: Asked, own: int) -> int:
        """Neighbours to make room for with each query, within the limits: memory and time go with their number.

        Args:
            asked: The request.
            own: The k that the index was tuned for.
        """
        k, limits = own if asked.k is None else asked.k, self._options
        most = max(own, limits.k)
        if k > most:
            raise UsageError(
                "The request asks for too many neighbours.",
                received=f"k = {k}",
                expected=f"at most {most:,}",
                hint="Ask for fewer; whoever runs the server can raise --max-k.",
            )
        if len(asked.queries) * k > limits.hits:
            raise UsageError(
                "The request asks for too many neighbours in all.",
                received=f"{len(asked.queries):,} vectors x k = {k:,}",
                expected=f"at most {limits.hits:,}",
                hint="Send the vectors in several requests; whoever runs the server can raise --max-hits.",
            )
        return k

    async def health(self, request: Request) -> Response:
        """`GET /health`."""
        index = await self._shared.fresh(_PATIENCE)
        manifest = index.generation.manifest
        trouble = self._shared.trouble
        status = {"status": "stale", "why": trouble} if trouble else {"status": "ok"}
        facts = {**status, "count": len(index), "dim": manifest.columns, "generation": manifest.generation}
        return JSONResponse({**facts, "recall": proved_recall(index), "met": manifest.met})

    async def metrics(self, request: Request) -> Response:
        """`GET /metrics`."""
        index = await self._shared.fresh(_PATIENCE)
        return PlainTextResponse(self.counted.text(len(index), index.generation.manifest.generation))

    async def openapi(self, request: Request) -> Response:
        """`GET /openapi.json`."""
        manifest = (await self._shared.fresh(_PATIENCE)).generation.manifest
        most = max(self._options.k, manifest.target.k)
        return JSONResponse(description(manifest.columns, most, token=bool(self._options.token)))


def _check_filter(where: str) -> None:
    if len(where) > _FILTER:
        raise UsageError(
            "The filter is too long.",
            received=f"{len(where):,} characters",
            expected=f"at most {_FILTER:,}",
            hint="Put what it selects into a column of the payload.",
        )
    if where.count(",") >= _VALUES:  # or there are fewer values
        parse(where, _VALUES)


def _failed(request: Request) -> _RefusedError:
    return _RefusedError(
        500,
        "The server failed to answer.",
        received=f"{request.method} {request.url.path}",
        expected="no error inside the server",
        hint="Try again; whoever runs the server finds the reason in its log.",
    )


def _told(error: InputError) -> Response:
    status = getattr(error, "status", 500 if isinstance(error, IndexFolderError) else 400)
    headers = {
        503: {"Retry-After": "1"},
        401: {"WWW-Authenticate": "Bearer"},
        408: {"Connection": "close"},  # or the server would go on reading it
    }.get(status)
    document = error.to_json()
    document["error"]["type"] = document["error"]["type"].lstrip("_")
    return JSONResponse(document, status_code=status, headers=headers)
