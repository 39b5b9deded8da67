"""What a served index answers."""

from __future__ import annotations

import asyncio
import errno
import json
from urllib.parse import quote

import numpy as np
import pytest
from made_vectors import identities
from served_index import BINARY, VECTORS, as_json, ask, send

from vandap.errors import UsageError
from vandap.search import sampling
from vandap.search.index import Index
from vandap.serve import shared
from vandap.serve.app import make_app
from vandap.serve.options import Options


def test_json_and_bytes_give_what_the_index_gives(index: Index) -> None:
    """One query and several, with k and filter, in both forms."""
    app = make_app(index, Options())
    found = index.search(VECTORS[:3], 5, "year < 20")
    status, answer = ask(app, "POST", "/search", as_json(vectors=VECTORS[:3].tolist(), k=5, where="year < 20"))
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
    assert len(ask(app, "POST", "/search", as_json(vector=VECTORS[0].tolist()))[1]["results"][0]["hits"]) == 10


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
    status, answer = ask(app, "POST", "/search", as_json(vector=one))
    assert status == 200 and sorted(hit["id"] for hit in answer["results"][0]["hits"]) == [0, 1, 2, 3]
    body = VECTORS[:1].astype("<f4").tobytes()
    status, plain = ask(app, "POST", "/search", body, content_type=BINARY, accept=BINARY)
    assert status == 200 and np.frombuffer(plain[:80], "<i8").tolist()[4:] == [-1] * 6
    assert ask(app, "POST", "/search", as_json(vector=one, k=10))[0] == 400
    index.remove([0, 1, 2, 3])
    status, answer = ask(app, "POST", "/search", as_json(vector=one))
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
        (as_json(vector=[1.0] * 16, k="3"), {}, 400),
        (as_json(vector=[1.0] * 16, k=0), {}, 400),
        (as_json(vector=[1.0] * 16, k=999), {}, 400),
        (as_json(vector=[1.0] * 16, where="none = 3"), {}, 400),
        (as_json(vector=[0.0] * 16), {}, 400),
        (as_json(vector=["1"] * 16), {}, 400),
        (as_json(vector=[1.0, *["2"] * 15]), {}, 400),
        (as_json(vector=[True] * 16), {}, 400),
        (as_json(vector=[None, *[1.0] * 15]), {}, 400),
        (as_json(vector=[1e39] * 16), {}, 400),
        (as_json(vector=[1.0] * 16, vectors=[]), {}, 400),
        (as_json(vector=[1.0] * 16, what=1), {}, 400),
        (b"[" * 100_000, {}, 400),
        (as_json(vector=[1.0] * 16, k=10**400), {}, 400),
        (b'{"vector": [%s]}' % (b"9" * 400), {}, 400),
        (b'{"vector": [1], "k": %s}' % (b"9" * 5000), {}, 400),
        (as_json(vector=[1.0] * 16, where=" or ".join(["year = 3"] * 1200)), {}, 400),
        (as_json(vector=[1.0] * 16, where="year = \ud800"), {}, 400),
        (as_json(vector=[1.0] * 16, where='"\ud800" = 3'), {}, 400),
        (b"123", {"content_type": BINARY}, 400),
        (b"\xff" * 64, {"content_type": BINARY}, 400),
        (b"<a/>", {"content_type": "text/xml"}, 415),
        (as_json(vector=[1.0] * 16), {"content_type": None}, 415),
        (as_json(vector=[1.0] * 16, where="year in (" + "1," * 10_000 + "1)"), {}, 400),
        (as_json(vector=[1.0] * 16, where="year = 1" + " " * 2**20), {}, 400),
        (b" " * 3 * 2**20, {}, 413),
    ],
)
def test_bad_requests_get_an_answer_with_four_parts(
    index: Index, body: bytes, headers: dict[str, str | None], status: int
) -> None:
    """Never a traceback, never a broken connection."""
    given, answer = ask(make_app(index, Options(body=2**21)), "POST", "/search", body, **headers)
    assert given == status and all(answer["error"].values())


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "It is empty."),
        (b'{"vector": [1,]}', "It is no JSON: "),
        (b"[1]", "It is no JSON object."),
        (as_json(vector=[1.0] * 16, limit=3), "fields that mean nothing"),
        (as_json(k=3), 'It needs either "vector" or "vectors".'),
        (as_json(vector=[1.0] * 16, vectors=[]), 'It needs either "vector" or "vectors".'),
        (as_json(vector="x"), '"vector" is not a list of numbers.'),
        (b'{"vectors": [[1], [1, 2]]}', "all of one length"),
        (as_json(vectors=[1.0] * 16), '"vectors" is not a list of lists'),
        (as_json(vector=[1.0] * 16, k="3"), '"k" is no whole number.'),
        (as_json(vector=[1.0] * 16, k=True), '"k" is no whole number.'),
        (as_json(vector=[1.0] * 16, where=int("9" * 4000)), '"where" is no text.'),
        (as_json(vector=[1.0] * 16, where="\ud800"), '"where" is no text.'),
    ],
)
def test_what_is_wrong_with_a_body_is_named(index: Index, body: bytes, said: str) -> None:
    """One thing, the first one; not the whole grammar of requests for each."""
    status, answer = ask(make_app(index, Options()), "POST", "/search", body)
    assert status == 400 and said in answer["error"]["message"]


@pytest.mark.parametrize("k", ["9" * 5000, "x", "-1", "0", "1e3", "\u0663\u0663\u0663\u0663\u0663"])
def test_a_bad_k_beside_a_binary_body_is_an_answer(index: Index, k: str) -> None:
    """However long it is."""
    body = VECTORS[:1].astype("<f4").tobytes()
    status, answer = ask(make_app(index, Options()), "POST", f"/search?k={quote(k)}", body, content_type=BINARY)
    assert status == 400 and all(answer["error"].values())


def test_no_request_asks_for_more_neighbours_than_are_allowed(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither for a query nor over all of them: refused before a search. The index's own k may always be asked for."""
    app = make_app(index, Options(k=20, hits=60))
    assert ask(app, "POST", "/search", as_json(vectors=VECTORS[:3].tolist(), k=20))[0] == 200
    narrow = make_app(index, Options(k=1))
    assert ask(narrow, "POST", "/search", as_json(vector=VECTORS[0].tolist(), k=10))[0] == 200
    assert ask(app, "GET", "/openapi.json")[1]["paths"]["/search"]["post"]["parameters"][0]["schema"]["maximum"] == 20
    monkeypatch.setattr(Index, "search", None)
    for count, k, limit in ((1, 21, "20"), (4, 20, "60"), (7, None, "60")):
        asked = {"vectors": VECTORS[:count].tolist(), **({"k": k} if k else {})}
        status, answer = ask(app, "POST", "/search", as_json(**asked))
        assert status == 400 and limit in answer["error"]["expected"]


@pytest.mark.parametrize(
    ("kind", "address"),
    [("application/json", "/search?where=year=1"), ("application/json", "/search?k=1"), (BINARY, "/search?kk=1")],
)
def test_a_parameter_that_is_not_read_is_refused(index: Index, kind: str, address: str) -> None:
    """A filter in the wrong place would be no filter."""
    body = as_json(vector=VECTORS[0].tolist()) if kind != BINARY else VECTORS[:1].astype("<f4").tobytes()
    status, told = ask(make_app(index, Options()), "POST", address, body, **{"content-type": kind})
    assert status == 400 and "parameter" in told["error"]["message"]


def test_exact_search_is_told_as_certain(index: Index) -> None:
    """An alarm on what few queries could prove would ring for every small index."""
    assert ask(make_app(index, Options()), "GET", "/health")[1]["recall"] == 1.0


def test_a_long_filter_is_no_error(index: Index) -> None:
    """As many conditions as a thousand are evaluated one after another, not within each other."""
    where = " or ".join(f"year = {n}" for n in range(1000))
    assert (
        ask(make_app(index, Options()), "POST", "/search", as_json(vector=VECTORS[0].tolist(), where=where))[0] == 200
    )


def test_a_token_is_asked_for_everywhere(index: Index) -> None:
    """Without it, or with another, nothing is told."""
    app = make_app(index, Options(token="sesame"))
    for path in ("/health", "/metrics", "/openapi.json"):
        assert ask(app, "GET", path)[0] == ask(app, "GET", path, authorization="Bearer other")[0] == 401
        assert ask(app, "GET", path, authorization="Bearer sesame")[0] == 200
    assert ask(app, "POST", "/search", as_json(vector=VECTORS[0].tolist()))[0] == 401


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
    body = as_json(vector=VECTORS[0].tolist())
    for method, path in (("POST", "/search"), ("GET", "/health")):
        given, answer = ask(make_app(index, Options()), method, path, body, **headers)
        assert given == status and (status == 200 or all(answer["error"].values()))
        guarded = make_app(index, Options(token="sesame"))
        assert ask(guarded, method, path, body, authorization="Bearer sesame", **headers)[0] == 200
        assert ask(guarded, method, path, body, **headers)[0] == 401


def test_as_many_values_as_are_allowed_are_no_error(index: Index) -> None:
    """Ten thousand."""
    where = "year in (" + ",".join(["1"] * 10_000) + ")"
    assert ask(make_app(index, Options()), "POST", "/search", as_json(vector=[1.0] * 16, where=where))[0] == 200


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
        status, answer = ask(app, "POST", "/search", as_json(vector=VECTORS[0].tolist()))
    assert status == 500 and all(answer["error"].values()) and "division" not in json.dumps(answer)
    assert "ZeroDivisionError" in caplog.text
    assert 'requests_total{path="/search",status="500"} 1' in ask(app, "GET", "/metrics")[1].decode()
    document = ask(app, "GET", "/openapi.json")[1]["paths"]
    assert all("500" in told["responses"] for path in document.values() for told in path.values())


def test_an_index_that_cannot_be_read_for_now_still_answers(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is open does; /health tells, and what changed is seen as soon as it can be read."""
    monkeypatch.setattr(shared, "_FRESH", 0.0)
    app, body = make_app(index, Options()), as_json(vector=VECTORS[0].tolist())
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


def test_health_metrics_and_description(index: Index) -> None:
    """What monitors and clients need; the description covers every path."""
    app = make_app(index, Options())
    ask(app, "POST", "/search", as_json(vectors=VECTORS[:7].tolist()))
    assert ask(app, "GET", "/health")[1]["count"] == 300
    metrics = ask(app, "GET", "/metrics")[1].decode()
    assert "vandap_queries_total 7" in metrics and 'path="/search",status="200"} 1' in metrics
    assert 'vandap_search_seconds_bucket{le="+Inf"} 1' in metrics
    document = ask(app, "GET", "/openapi.json")[1]
    assert set(document["paths"]) == {route.path for route in app.routes}
    assert document["openapi"].startswith("3.")


def test_the_recall_of_live_queries_is_measured(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """Some queries are compared with exact search beside the requests; /metrics tells the recall and the alarm."""
    monkeypatch.setattr(sampling, "_TOGETHER", 20)
    app = make_app(index, Options(sample=1.0))
    body = as_json(vectors=identities(340, 16)[300:].tolist())

    async def served() -> bytes:
        headers = {"content-type": "application/json"}
        for _ in range(40):
            status, _, _ = await send(app, "POST", "/search", body, headers)
            assert status == 200
            _, told, _ = await send(app, "GET", "/metrics", b"", {})
            if b"vandap_recall_broken" in told:
                return told
            await asyncio.sleep(0.1)
        return b""

    told = asyncio.run(served()).decode()
    assert "vandap_recall_broken 0" in told and "vandap_recall_target 0.95" in told
    assert (index.path / sampling.FILE).is_file()
