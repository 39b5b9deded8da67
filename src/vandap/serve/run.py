"""Run the server until it is told to stop."""

from __future__ import annotations

import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from vandap.errors import DataError, MissingExtraError, UsageError
from vandap.search.index import Index
from vandap.serve.options import Options


def read_token(path: Path) -> str:
    """The token in a file.

    Raises:
        DataError: The file cannot be read, or holds nothing.
    """
    try:
        token = path.read_text("utf-8-sig").strip()
    except (OSError, UnicodeDecodeError):
        token = ""
    if not token:
        raise DataError(
            "There is no token in the file.",
            received=str(path),
            expected="a file with one line of text",
            hint="Write a long random text into it.",
        )
    return token


def serve(
    path: str | Path, options: Options, threads: int = 1, begun: Callable[[int], None] = lambda port: None
) -> None:
    """Serve an index until interrupted, which is how a server ends.

    Args:
        path: The index's folder.
        options: Limits and access.
        threads: Threads of one search; requests run side by side.
        begun: Told the port when the server listens.

    Raises:
        MissingExtraError: The server's packages are not installed.
        IndexFolderError: No index, or a damaged one.
        UsageError: Less than one thread, or the port is taken.
    """
    try:
        import uvicorn

        from vandap.serve.app import make_app
        from vandap.serve.punctual import punctual
    except ImportError as error:
        raise MissingExtraError(error.name or "uvicorn", "serve", "`vandap serve`") from None
    # An index of millions takes long to load: what can be wrong before is said before.
    with bound(options.host, options.port) as door, suppress(KeyboardInterrupt):
        index = Index(path, threads)
        index.ready(rows=True)
        config = uvicorn.Config(make_app(index, options), http=punctual(options.wait), log_level="warning")
        listen(door, options.host)
        begun(door.getsockname()[1])
        uvicorn.Server(config).run(sockets=[door])


def bound(host: str, port: int) -> socket.socket:
    """A socket that has an address and refuses connections until it is told to `listen`.

    Raises:
        UsageError: The address cannot be had, or another program listens there.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, proto=socket.IPPROTO_TCP)[0]
        # The protocol must be named: asyncio switches Nagle's delay of 40 ms off only on sockets that say TCP.
        door = socket.socket(family, kind, protocol)
    except OSError as error:
        raise _cannot_listen(host, port, error) from None
    try:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        door.bind(address)
    except OSError as error:
        door.close()
        raise _cannot_listen(host, port, error) from None
    return door


def listen(door: socket.socket, host: str) -> None:
    """Take connections from now on.

    Raises:
        UsageError: Another program has begun to listen there meanwhile.
    """
    try:
        door.listen()
    except OSError as error:
        raise _cannot_listen(host, door.getsockname()[1], error) from None


def _cannot_listen(host: str, port: int, error: OSError) -> UsageError:
    return UsageError(
        "The server cannot listen there.",
        received=f"{host} port {port}: {error}",
        expected="an address of this machine and a free port",
        hint="Give another one with --port.",
    )
