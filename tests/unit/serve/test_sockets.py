"""A served index behind a real socket."""

from __future__ import annotations

import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
import uvicorn
from served_index import BINARY, VECTORS

from vandap.errors import UsageError
from vandap.search.index import Index
from vandap.serve.app import make_app
from vandap.serve.options import Options
from vandap.serve.punctual import punctual


@contextmanager
def _served(index: Index, options: Options) -> Iterator[int]:
    """The real server on a port of its own, which is given."""
    config = uvicorn.Config(make_app(index, options), http=punctual(options.wait), port=0, log_level="error")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until = time.monotonic() + 30
        while not server.started and time.monotonic() < until:
            time.sleep(0.01)
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


def test_a_served_index_answers_over_a_socket(index: Index) -> None:
    """One connection serves several requests."""
    with _served(index, Options()) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for _ in range(2):
            connection.request("GET", "/health")
            assert json.load(connection.getresponse())["status"] == "ok"
        connection.close()


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        pytest.param(b"", b"", id="nothing"),
        pytest.param(b"POST /search HTTP/1.1\r\nHost:", b"", id="half of the headers"),
        pytest.param(
            b"POST /search HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{",
            b"HTTP/1.1 408 ",
            id="half of the body",
        ),
    ],
)
def test_who_does_not_send_the_whole_request_is_hung_up_on(index: Index, sent: bytes, answer: bytes) -> None:
    """A client that drips would hold its connection for ever."""
    with (
        _served(index, Options(wait=0.5)) as port,
        socket.create_connection(("127.0.0.1", port), timeout=30) as slow,
    ):
        slow.sendall(sent)
        said = b"".join(iter(lambda: slow.recv(4096), b""))  # to the end, which the server makes
    assert said.startswith(answer) and bool(said) is bool(answer)


def test_who_does_not_read_the_answer_is_hung_up_on(index: Index) -> None:
    """Such a request is under way, since its answer holds memory, until the server gives up on it."""
    body = np.tile(VECTORS, (8, 1)).tobytes()
    head = f"POST /search?k=300 HTTP/1.1\r\nHost: localhost\r\nContent-Type: {BINARY}\r\nAccept: {BINARY}\r\n"
    with _served(index, Options(hits=10**6, wait=0.5)) as port, socket.socket() as deaf:
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.settimeout(30)
        deaf.connect(("127.0.0.1", port))
        deaf.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
        _wait_for(port, 'requests_total{path="/search",status="200"} 1', "under_way 1")
        said = b"".join(iter(lambda: _received(deaf), b""))
    assert len(said) < 2400 * 300 * 12


def _wait_for(port: int, *lines: str) -> None:
    """Until `/metrics` says all of it."""
    until, told = time.monotonic() + 60, ""
    while time.monotonic() < until:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/metrics")
        told = connection.getresponse().read().decode()
        connection.close()
        if all(line in told for line in lines):
            return
        time.sleep(0.01)
    raise AssertionError(told)


def _received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(2**16)
    except ConnectionResetError:
        return b""


def test_a_token_may_be_of_any_letters_but_spaces(index: Index) -> None:
    """A client sends its bytes; what no header can hold is refused before anybody is."""
    with _served(index, Options(token="mật-khẩu")) as port:
        for token, status in (("mật-khẩu", 200), ("mat-khau", 401)):
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", "/health", headers={"Authorization": f"Bearer {token}".encode()})
            assert connection.getresponse().status == status
            connection.close()
    for token in ("two words", "two\nlines", "bell\a", "no\N{NO-BREAK SPACE}break"):
        with pytest.raises(UsageError, match="token"):
            Options(token=token)
