"""A served index under load, and while its files change."""

from __future__ import annotations

import asyncio
import json
import threading
from typing import Any

import pytest
from served_index import VECTORS, as_json, ask, send

from vandap.search.index import Index
from vandap.serve import app as app_module
from vandap.serve import bodies, shared
from vandap.serve.app import make_app
from vandap.serve.options import Options


def test_too_many_requests_are_told_to_come_back(index: Index) -> None:
    """More than the limit under way: 503 with Retry-After, and all is well afterwards."""
    app, body = make_app(index, Options(concurrency=1)), as_json(vector=VECTORS[0].tolist())

    async def two() -> None:
        rest = asyncio.Event()
        first = asyncio.create_task(send(app, "POST", "/search", body, {}, rest))
        while b"vandap_requests_under_way 2" not in (await send(app, "GET", "/metrics", b"", {}))[1]:
            await asyncio.sleep(0)
        status, answer, told = await send(app, "POST", "/search", body, {})
        assert status == 503 and all(json.loads(answer)["error"].values()) and told["retry-after"] == "1"
        assert (await send(app, "GET", "/health", b"", {}))[0] == 200
        rest.set()
        assert (await first)[0] == 200

    asyncio.run(two())
    assert ask(app, "POST", "/search", body)[0] == 200


def test_a_body_that_does_not_come_gives_its_place_back(index: Index) -> None:
    """408 after the time that it may take, and the connection is closed; the next request is served."""
    app, body = make_app(index, Options(concurrency=1, wait=0.01)), as_json(vector=VECTORS[0].tolist())

    async def never() -> tuple[int, bytes, dict]:
        return await send(app, "POST", "/search", body[:20], {}, asyncio.Event())

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
        search = asyncio.create_task(send(app, "POST", "/search", as_json(vector=VECTORS[0].tolist()), {}))
        while not begun.is_set():
            await asyncio.sleep(0.001)
        assert (await send(app, "GET", "/health", b"", {}))[0] == 200
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
            before = json.loads((await send(app, "GET", "/health", b"", {}))[1])["count"]
        await send(app, "POST", "/search", as_json(vector=VECTORS[0].tolist()), {})
        return before, json.loads((await send(app, "GET", "/health", b"", {}))[1])["count"]

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
        return [answer[0] for answer in await asyncio.gather(*[send(app, "GET", "/health", b"", {}) for _ in range(3)])]

    assert asyncio.run(several()) == [500, 500, 500]
    manifest.write_bytes(content)
    assert asyncio.run(several()) == [200, 200, 200]


def test_a_large_request_reads_the_same(index: Index, monkeypatch: pytest.MonkeyPatch) -> None:
    """And lets others run between its numbers, which json itself does not."""
    app, read = make_app(index, Options()), list[str]()
    body = as_json(vectors=[[1, *row[1:]] for row in VECTORS[:3].tolist()], k=5)
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
        body = as_json(vector=VECTORS[0].tolist(), k=1)
        asked = [send(app, "POST", "/search", body, {}) for _ in range(20)]
        other.remove([0])
        return await asyncio.gather(*asked)

    answers = asyncio.run(many())
    assert {status for status, _, _ in answers} == {200}
    assert all(json.loads(body)["results"][0]["hits"][0]["id"] != 0 for _, body, _ in answers)
