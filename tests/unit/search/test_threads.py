"""One number of threads, wherever it is asked for."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from made_vectors import built, identities

from vandap.cli.main import main
from vandap.core.machine import cores
from vandap.embed.build import build_from_photos
from vandap.errors import UsageError
from vandap.search import threads
from vandap.search.api import build_index
from vandap.search.compact import compact
from vandap.search.engines._faiss import FaissStructure
from vandap.search.index import Index
from vandap.search.searching import Searcher
from vandap.serve.options import Options
from vandap.serve.run import serve

VECTORS = identities(400, 16)


def test_all_cores_where_nothing_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that this process may use."""
    assert threads.threads_of(None) == cores() >= 1 and threads.threads_of(3) == 3
    monkeypatch.setattr(threads, "cores", lambda: 7)
    assert threads.threads_of(None) == 7


@pytest.mark.parametrize("number", [0, -2])
@pytest.mark.parametrize(
    "ask",
    [
        lambda folder, many: Index(folder / "index", many),
        lambda folder, many: compact(folder / "index", many),
        lambda folder, many: build_index(VECTORS, folder / "new", threads=many),
        lambda folder, many: build_from_photos(folder, folder / "m.keras", folder / "new", threads=many),
        lambda folder, many: serve(folder / "index", Options(), many),
    ],
)
def test_less_than_one_is_refused(ask: Callable[[Path, int], object], number: int, tmp_path: Path) -> None:
    """Nought is no word for all of them."""
    built(tmp_path / "index", VECTORS)
    with pytest.raises(UsageError, match="number of threads"):
        ask(tmp_path, number)
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize(("words", "many"), [((), 5), (("--threads", "3"), 3)])
def test_a_search_uses_the_threads_it_is_told(
    words: tuple[str, ...], many: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The engine and the rerank."""
    built(tmp_path / "index", VECTORS, "ivf")
    np.save(tmp_path / "q.npy", VECTORS[:3])
    monkeypatch.setattr(threads, "cores", lambda: 5)
    seen, plain = list[int](), Searcher.search

    def noted(self: Searcher, *given: object) -> object:
        assert isinstance(self._structure, FaissStructure)
        seen.extend((self._threads, self._structure.threads))
        return plain(self, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(Searcher, "search", noted)
    assert main(["search", str(tmp_path / "index"), str(tmp_path / "q.npy"), *words, "--quiet"]) == 0
    assert seen == [many, many]


def test_a_command_that_is_told_no_threads_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One message each."""
    np.save(tmp_path / "q.npy", VECTORS[:3])
    index = str(built(tmp_path / "index", VECTORS).path)
    for words in (
        ["search", index, str(tmp_path / "q.npy")],
        ["serve", index, "--port", "0"],
        ["index", "compact", index],
    ):
        assert main([*words, "--threads", "0"]) == 2
        assert "threads = 0" in capsys.readouterr().err
