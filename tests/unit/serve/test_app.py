from __future__ import annotations

import asyncio
import errno
import http.client
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

import numpy as np
import pyarrow as pa
import pytest
import uvicorn
from made_vectors import built, identities

from vandap.errors import UsageError
from vandap.search import sampling
from vandap.search.index import Index
from vandap.serve import app as app_module
from vandap.serve import bodies, shared
from vandap.serve.app import make_app
from vandap.serve.options import Options
from vandap.serve.punctual import punctual

VECTORS = identities(300, 16)
BINARY = "application/octet-stream"


@pytest.fixture
def index(tmp_path: Path) -> Index:
    """An index with payload."""
    return built(tmp_path / "index", VECTORS, payload=pa.table({"year": np.arange(300) % 50}))


async def _ask(
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
    status, answer, told = asyncio.run(_ask(app, method, path, body, named))
    return status, json.loads(answer) if told["content-type"].startswith("application/json") else answer


def _json(**fields: object) -> bytes:
    return json.dumps(fields).encode()


def test_json_and_bytes_give_what_the_index_gives(index: Index) -> None:
    """One query and several, with k and filter, in both forms."""
    app = make_app(index, Options())
    found = index.search(VECTORS[:3], 5, "year < 20")
    status, answer = ask(app, "POST", "/search", _json(vectors=VECTORS[:3].tolist(), k=5, where="year < 20"))
    assert status == 200
    assert [[hit["id"] for hit in result["hits"]] for result in answer["results"]] == [list(ids) for ids in found.ids]
    assert answer["ms"]["total"] > 0
    body = VECTORS[:3].astype("<f4").tobytes()
    status, plain = ask(
        app, "POST", "/search?k=5&where=year%20%3C%2020", body, content_type=BINARY, accept=BINARY
    )  # fmt: skip
    assert status == 200 and len(plain) == 3 * 5 * 12
    assert np.frombuffer(plain[: 3 * 5 * 8], "<i8").reshape(3, 5).tolist() == [list(ids) for ids in found.ids]
    assert np.frombuffer(plain[3 * 5 * 8 :], "<f4").ravel() == pytest.approx(np.ravel(found.scores))
    assert len(ask(app, "POST", "/search", _json(vector=VECTORS[0].tolist()))[1]["results"][0]["hits"]) == 10


def test_fewer_matches_than_k_are_padded_in_bytes(index: Index) -> None:
    """With -1 and minus infinity."""
    body = VECTORS[:1].astype("<f4").tobytes()
    _, plain = ask(
        make_app(index, Options()), "POST", "/search?k=9&where=year=3", body, content_type=BINARY, accept=BINARY
    )
    assert np.frombuffer(plain[:72], "<i8").tolist().count(-1) == 3


def test_a_search_without_k_takes_what_there_is(index: Index) -> None:
    """Nobody asked for ten of four, in JSON or in bytes; who asks for ten is told, and who asks an empty index."""
    app, one = make_app(index, Options()), VECTORS[4].tolist()
    index.remove(list(range(4, 300)))
    status, answer = ask(app, "POST", "/search", _json(vector=one))
    assert status == 200 and sorted(hit["id"] for hit in answer["results"][0]["hits"]) == [0, 1, 2, 3]
    body = VECTORS[:1].astype("<f4").tobytes()
    status, plain = ask(app, "POST", "/search", body, content_type=BINARY, accept=BINARY)
    assert status == 200 and np.frombuffer(plain[:80], "<i8").tolist()[4:] == [-1] * 6
    assert ask(app, "POST", "/search", _json(vector=one, k=10))[0] == 400
    index.remove([0, 1, 2, 3])
    status, answer = ask(app, "POST", "/search", _json(vector=one))
    assert status == 400 and "removed" in answer["error"]["hint"]


@pytest.mark.parametrize(
    ("body", "headers", "status"),
    [
        (b"", {}, 400),
        (b"{", {}, 400),
        (b"[1]", {}, 400),
        (b'{"vector": "x"}', {}, 400),
        (b'{"vector": [1, 2]}', {}, 400),
        (b'{"vectors": [[1], [1, 2]]}', {}, 400),
        (_json(vector=[1.0] * 16, k="3"), {}, 400),
        (_json(vector=[1.0] * 16, k=0), {}, 400),
        (_json(vector=[1.0] * 16, k=999), {}, 400),
        (_json(vector=[1.0] * 16, where="none = 3"), {}, 400),
        (_json(vector=[0.0] * 16), {}, 400),
        (_json(vector=["1"] * 16), {}, 400),
        (_json(vector=[1.0, *["2"] * 15]), {}, 400),
        (_json(vector=[True] * 16), {}, 400),
        (_json(vector=[None, *[1.0] * 15]), {}, 400),
        (_json(vector=[1e39] * 16), {}, 400),
        (_json(vector=[1.0] * 16, vectors=[]), {}, 400),
        (_json(vector=[1.0] * 16, what=1), {}, 400),
        (b"[" * 100_000, {}, 400),
        (_json(vector=[1.0] * 16, k=10**400), {}, 400),
        (b'{"vector": [%s]}' % (b"9" * 400), {}, 400),
        (b'{"vector": [1], "k": %s}' % (b"9" * 5000), {}, 400),
        (_json(vector=[1.0] * 16, where=" or ".join(["year = 3"] * 1200)), {}, 400),
        (_json(vector=[1.0] * 16, where="year = \ud800"), {}, 400),
        (_json(vector=[1.0] * 16, where='"\ud800" = 3'), {}, 400),
        (b"123", {"content_type": BINARY}, 400),
        (b"\xff" * 64, {"content_type": BINARY}, 400),
        (b"<a/>", {"content_type": "text/xml"}, 415),
        (_json(vector=[1.0] * 16), {"content_type": None}, 415),
        (_json(vector=[1.0] * 16, where="year in (" + "1," * 10_000 + "1)"), {}, 400),
        (_json(vector=[1.0] * 16, where="year = 1" + " " * 2**20), {}, 400),
        (b" " * 3 * 2**20, {}, 413),
    ],
)
def test_bad_requests_get_an_answer_with_four_parts(
    index: Index, body: bytes, headers: dict[str, str | None], status: int
) -> None:
    """Never a traceback, never a broken connection."""
    given, answer = ask(make_app(index, Options(body=2**21)), "POST", "/search", body, **headers)
    assert given == status and all(answer["error"].values())


@pytest.mark.parametrize("k", ["9" * 5000, "x", "-1", "0", "1e3", "\u0663\u0663\u0663\u0663\u0663"])
def test_a_bad_k_beside_a_binary_body_is_an_answer(index: Index, k: str) -> None:
    """However long it is."""
    body = VECTORS[:1].astype("<f4").tobytes()
    status, answer = ask(make_app(index, Options()), "POST", f"/search?k={quote(k)}", body, content_type=BINARY)
    assert status == 400 and all(answer["error"].values())


def test_no_request_asks_for_more_neighbours_than_are_allowed(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither for a query nor over all of them: refused before a search. The index's own k may always be asked for."""
    app = make_app(index, Options(k=20, hits=60))
    assert ask(app, "POST", "/search", _json(vectors=VECTORS[:3].tolist(), k=20))[0] == 200
    narrow = make_app(index, Options(k=1))
    assert ask(narrow, "POST", "/search", _json(vector=VECTORS[0].tolist(), k=10))[0] == 200
    assert ask(app, "GET", "/openapi.json")[1]["paths"]["/search"]["post"]["parameters"][0]["schema"]["maximum"] == 20
    monkeypatch.setattr(Index, "search", None)
    for count, k, limit in ((1, 21, "20"), (4, 20, "60"), (7, None, "60")):
        asked = {"vectors": VECTORS[:count].tolist(), **({"k": k} if k else {})}
        status, answer = ask(app, "POST", "/search", _json(**asked))
        assert status == 400 and limit in answer["error"]["expected"]


def test_a_long_filter_is_no_error(index: Index) -> None:
    """As many conditions as a thousand are evaluated one after another, not within each other."""
    where = " or ".join(f"year = {n}" for n in range(1000))
    assert ask(make_app(index, Options()), "POST", "/search", _json(vector=VECTORS[0].tolist(), where=where))[0] == 200


def test_a_token_is_asked_for_everywhere(index: Index) -> None:
    """Without it, or with another, nothing is told."""
    app = make_app(index, Options(token="sesame"))
    for path in ("/health", "/metrics", "/openapi.json"):
        assert ask(app, "GET", path)[0] == ask(app, "GET", path, authorization="Bearer other")[0] == 401
        assert ask(app, "GET", path, authorization="Bearer sesame")[0] == 200
    assert ask(app, "POST", "/search", _json(vector=VECTORS[0].tolist()))[0] == 401


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


def test_only_this_machine_is_served_without_a_token() -> None:
    """Another address needs one."""
    for host in ("127.0.0.1", "::1", "localhost"):
        Options(host=host)
    for host in ("0.0.0.0", "192.0.2.1", "example.org"):
        with pytest.raises(UsageError, match="token"):
            Options(host=host)
        Options(host=host, token="sesame")


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"host": "127.0.0.1:8700"}, 200),
        ({"host": "[::1]:8700"}, 200),
        ({"host": "LOCALHOST", "origin": "http://LOCALHOST"}, 200),
        ({"host": "evil.example:8700"}, 403),
        ({"host": "127.0.0.1.evil.example"}, 403),
        ({"host": "localhost:8700", "origin": "https://evil.example"}, 403),
        ({"host": "localhost:8700", "origin": "null"}, 403),
    ],
)
def test_pages_of_other_sites_get_nothing_without_a_token(index: Index, headers: dict[str, str], status: int) -> None:
    """Whose names lead here, or which ask from a browser on this machine; a token is asked for instead, if there is."""
    body = _json(vector=VECTORS[0].tolist())
    for method, path in (("POST", "/search"), ("GET", "/health")):
        given, answer = ask(make_app(index, Options()), method, path, body, **headers)
        assert given == status and (status == 200 or all(answer["error"].values()))
        guarded = make_app(index, Options(token="sesame"))
        assert ask(guarded, method, path, body, authorization="Bearer sesame", **headers)[0] == 200
        assert ask(guarded, method, path, body, **headers)[0] == 401


def test_as_many_values_as_are_allowed_are_no_error(index: Index) -> None:
    """Ten thousand."""
    where = "year in (" + ",".join(["1"] * 10_000) + ")"
    assert ask(make_app(index, Options()), "POST", "/search", _json(vector=[1.0] * 16, where=where))[0] == 200


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "/secret", 404), ("GET", "/search", 405)])
def test_what_is_not_there_is_told_as_other_errors_are(index: Index, method: str, path: str, status: int) -> None:
    """And counted, under one name for all paths."""
    app = make_app(index, Options())
    given, answer = ask(app, method, path)
    assert given == status and all(answer["error"].values())
    assert f'requests_total{{path="other",status="{status}"}} 1' in ask(app, "GET", "/metrics")[1].decode()


def test_an_error_of_the_server_is_an_answer(
    index: Index, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """With its traceback in the log, and counted; the client is not told what is inside."""
    app = make_app(index, Options())
    with monkeypatch.context() as patched:
        patched.setattr(Index, "search", lambda *given: 1 / 0)
        status, answer = ask(app, "POST", "/search", _json(vector=VECTORS[0].tolist()))
    assert status == 500 and all(answer["error"].values()) and "division" not in json.dumps(answer)
    assert "ZeroDivisionError" in caplog.text
    assert 'requests_total{path="/search",status="500"} 1' in ask(app, "GET", "/metrics")[1].decode()
    document = ask(app, "GET", "/openapi.json")[1]["paths"]
    assert all("500" in told["responses"] for path in document.values() for told in path.values())


def test_an_index_that_cannot_be_read_for_now_still_answers(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is open does; /health tells, and what changed is seen as soon as it can be read."""
    monkeypatch.setattr(shared, "_FRESH", 0.0)
    app, body = make_app(index, Options()), _json(vector=VECTORS[0].tolist())
    Index(index.path).remove([0])

    def unreadable(self: Index) -> None:
        raise OSError(errno.EMFILE, "Too many open files")

    with monkeypatch.context() as patched:
        patched.setattr(Index, "refresh", unreadable)
        assert ask(app, "POST", "/search", body)[0] == 200
        status, told = ask(app, "GET", "/health")
        assert (status, told["status"], told["why"], told["count"]) == (200, "stale", "Too many open files", 300)
    status, told = ask(app, "GET", "/health")
    assert (told["status"], told["count"]) == ("ok", 299) and "why" not in told


def test_too_many_requests_are_told_to_come_back(index: Index) -> None:
    """More than the limit under way: 503 with Retry-After, and all is well afterwards."""
    app, body = make_app(index, Options(concurrency=1)), _json(vector=VECTORS[0].tolist())

    async def two() -> None:
        rest = asyncio.Event()
        first = asyncio.create_task(_ask(app, "POST", "/search", body, {}, rest))
        while b"vandap_requests_under_way 2" not in (await _ask(app, "GET", "/metrics", b"", {}))[1]:
            await asyncio.sleep(0)
        status, answer, told = await _ask(app, "POST", "/search", body, {})
        assert status == 503 and all(json.loads(answer)["error"].values()) and told["retry-after"] == "1"
        assert (await _ask(app, "GET", "/health", b"", {}))[0] == 200
        rest.set()
        assert (await first)[0] == 200

    asyncio.run(two())
    assert ask(app, "POST", "/search", body)[0] == 200


def test_a_body_that_does_not_come_gives_its_place_back(index: Index) -> None:
    """408 after the time that it may take, and the connection is closed; the next request is served."""
    app, body = make_app(index, Options(concurrency=1, wait=0.01)), _json(vector=VECTORS[0].tolist())

    async def never() -> tuple[int, bytes, dict]:
        return await _ask(app, "POST", "/search", body[:20], {}, asyncio.Event())

    status, answer, told = asyncio.run(never())
    assert status == 408 and all(json.loads(answer)["error"].values()) and told["connection"] == "close"
    assert "20 bytes" in json.loads(answer)["error"]["received"]
    assert ask(app, "POST", "/search", body)[0] == 200


@pytest.mark.parametrize("slow", ["from_json", "to_json"])
def test_others_are_answered_while_a_batch_is_read_or_written(
    slow: str, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading a large request, and writing a large answer, go on until another request has been answered."""
    app, plain, answered = make_app(index, Options()), getattr(app_module, slow), threading.Event()
    begun = threading.Event()

    def waits(given: Any) -> Any:
        begun.set()
        assert answered.wait(30), "nobody was answered meanwhile"
        return plain(given)

    monkeypatch.setattr(app_module, slow, waits)

    async def both() -> int:
        search = asyncio.create_task(_ask(app, "POST", "/search", _json(vector=VECTORS[0].tolist()), {}))
        while not begun.is_set():
            await asyncio.sleep(0.001)
        assert (await _ask(app, "GET", "/health", b"", {}))[0] == 200
        answered.set()
        return (await search)[0]

    assert asyncio.run(both()) == 200


def test_health_is_told_while_a_refresh_waits_for_a_long_search(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """As it was; and as it is when the search is done."""
    monkeypatch.setattr(shared, "_FRESH", 0.0)
    monkeypatch.setattr(app_module, "_PATIENCE", 0.01)
    app = make_app(index, Options())
    Index(index.path).remove([0])

    async def told() -> tuple[int, int]:
        with index.steady():
            before = json.loads((await _ask(app, "GET", "/health", b"", {}))[1])["count"]
        await _ask(app, "POST", "/search", _json(vector=VECTORS[0].tolist()), {})
        return before, json.loads((await _ask(app, "GET", "/health", b"", {}))[1])["count"]

    assert asyncio.run(told()) == (300, 299)


def test_an_index_that_is_damaged_meanwhile_is_told(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """By every question until it is mended, also to those who wait together."""
    monkeypatch.setattr(shared, "_FRESH", 0.0)
    app = make_app(index, Options())
    manifest = index.path / "manifest.json"
    content = manifest.read_bytes()
    manifest.unlink()
    manifest.write_bytes(content[:-20])

    async def several() -> list[int]:
        return [answer[0] for answer in await asyncio.gather(*[_ask(app, "GET", "/health", b"", {}) for _ in range(3)])]

    assert asyncio.run(several()) == [500, 500, 500]
    manifest.write_bytes(content)
    assert asyncio.run(several()) == [200, 200, 200]


def test_a_large_request_reads_the_same(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """And lets others run between its numbers, which json itself does not."""
    app, read = make_app(index, Options()), list[str]()
    body = _json(vectors=[[1, *row[1:]] for row in VECTORS[:3].tolist()], k=5)
    small = ask(app, "POST", "/search", body)[1]["results"]
    monkeypatch.setattr(bodies, "_LARGE", 100)
    for name, kind in (("parse_float", float), ("parse_int", int)):
        plain = bodies._NUMBERS[name]
        assert not isinstance(plain, type) and plain("7") == 7  # a function of Python
        monkeypatch.setitem(bodies._NUMBERS, name, lambda text, kind=kind: read.append(text) or kind(text))
    assert ask(app, "POST", "/search", body)[1]["results"] == small
    assert len(read) == 3 * 16 + 1


def test_changes_of_others_are_seen_in_time(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """A vector that another process removes is not found any more; searches meanwhile do not fail."""
    monkeypatch.setattr(shared, "_FRESH", 0.0)
    app = make_app(index, Options())
    other = Index(index.path)

    async def many() -> list[Any]:
        body = _json(vector=VECTORS[0].tolist(), k=1)
        asked = [_ask(app, "POST", "/search", body, {}) for _ in range(20)]
        other.remove([0])
        return await asyncio.gather(*asked)

    answers = asyncio.run(many())
    assert {status for status, _, _ in answers} == {200}
    assert all(json.loads(body)["results"][0]["hits"][0]["id"] != 0 for _, body, _ in answers)


def test_health_metrics_and_description(index: Index) -> None:
    """What monitors and clients need; the description covers every path."""
    app = make_app(index, Options())
    ask(app, "POST", "/search", _json(vectors=VECTORS[:7].tolist()))
    assert ask(app, "GET", "/health")[1]["count"] == 300
    metrics = ask(app, "GET", "/metrics")[1].decode()
    assert "vandap_queries_total 7" in metrics and 'path="/search",status="200"} 1' in metrics
    assert 'vandap_search_seconds_bucket{le="+Inf"} 1' in metrics
    document = ask(app, "GET", "/openapi.json")[1]
    assert set(document["paths"]) == {route.path for route in app.routes}
    assert document["openapi"].startswith("3.")


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


def test_the_recall_of_live_queries_is_measured(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some queries are compared with exact search beside the requests; /metrics tells the recall and the alarm."""
    monkeypatch.setattr(sampling, "_TOGETHER", 20)
    app = make_app(index, Options(sample=1.0))
    body = _json(vectors=identities(340, 16)[300:].tolist())

    async def served() -> bytes:
        headers = {"content-type": "application/json"}
        for _ in range(40):
            status, _, _ = await _ask(app, "POST", "/search", body, headers)
            assert status == 200
            _, told, _ = await _ask(app, "GET", "/metrics", b"", {})
            if b"vandap_recall_broken" in told:
                return told
            await asyncio.sleep(0.1)
        return b""

    told = asyncio.run(served()).decode()
    assert "vandap_recall_broken 0" in told and "vandap_recall_target 0.95" in told
    assert (index.path / sampling.FILE).is_file()
