"""Which queries tune and which verify."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from made_vectors import identities, row_file

from vandap.search import promise as module
from vandap.search.engines.exact import Exact, ExactPass
from vandap.search.nearest import exact
from vandap.search.promise import promise
from vandap.search.target import Target
from vandap.search.tune import KNOWN, Exam, exam_of

COUNT, QUERIES = 600, 240


def test_an_ordered_source_is_tuned_for_all_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Held-out vectors stand as the file has them, which may be easy shards first: both halves are drawn by chance."""
    rows = row_file(tmp_path, identities(COUNT, 16))
    queries = identities(COUNT + QUERIES, 16)[COUNT:]
    exam = exam_of(rows, queries, exact(rows, queries, 10 + KNOWN), 10)
    seen: dict[str, Exam] = {}

    def noting(name: str) -> Any:
        original = getattr(module, name)

        def noted(structure: Any, part: Exam, *others: Any, **options: Any) -> Any:
            seen[name] = part
            return original(structure, part, *others, **options)

        return noted

    for name in ("tune", "verify"):
        monkeypatch.setattr(module, name, noting(name))
    promise(Exact(), ExactPass(rows, COUNT), exam, rows, Target(0.9), 0.0, seed=3)
    places = {
        name: [int(np.flatnonzero((exam.queries == query).all(axis=1))[0]) for query in part.queries]
        for name, part in seen.items()
    }
    assert sorted(places["tune"] + places["verify"]) == list(range(len(exam.queries)))
    third = len(exam.queries) / 3
    for chosen in places.values():
        assert 0.2 < np.mean(np.array(chosen) < third) < 0.47
