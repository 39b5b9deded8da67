"""Questions that are asked of an index."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from made_vectors import built, identities

from vandap.ask.indexed import answer, is_index
from vandap.core.records import to_json
from vandap.errors import UsageError
from vandap.search import race


def test_the_fastest_search_is_answered_from_the_race(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Recall with its bound, times, each engine raced with its reason, and what is a forecast is called one."""
    monkeypatch.setattr(race, "SAMPLE", 1200)
    index = built(tmp_path / "index", identities(2700, 16), "auto")
    given = answer("I3", tmp_path / "index")
    assert is_index(str(tmp_path / "index")) and not is_index(str(tmp_path))
    assert f"{index.generation.manifest.recall.lower95:.4f}" in given.text and "forecast" in given.text
    (table,) = given.tables
    assert {row[0] for row in table.rows} == {runner["engine"] for runner in index.generation.manifest.build["race"]}
    assert given.document["met"] is True and given.document["count"] == 2700
    json.dumps(to_json(given.document), allow_nan=False)


def test_few_vectors_and_one_engine_have_an_answer(tmp_path: Path) -> None:
    """Without a race or a measurement nothing is made up."""
    built(tmp_path / "index", identities(5, 16))
    given = answer("I3", tmp_path / "index")
    assert "too few" in given.text and given.tables == () and given.document["ten_million"] is None


def test_other_questions_are_for_runs(tmp_path: Path) -> None:
    """The error names what an index answers."""
    built(tmp_path / "index", identities(5, 16))
    with pytest.raises(UsageError, match="index") as caught:
        answer("I4", tmp_path / "index")
    assert "I3" in caught.value.expected
