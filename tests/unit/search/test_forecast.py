"""What a build will need is said before its vectors are read."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from made_vectors import built, identities, row_file

from vandap.search import race
from vandap.search.build import build
from vandap.search.describe import text
from vandap.search.engines.ivf import Ivf
from vandap.search.families import row_code
from vandap.search.folder import write_manifest
from vandap.search.footprint import held
from vandap.search.forecast import Forecaster, groups_among, groups_in
from vandap.search.index import Index
from vandap.search.nearest import exact
from vandap.search.plan import Contents, Plan
from vandap.search.rows import normalised
from vandap.search.sources.parquet import ParquetColumn
from vandap.search.target import Target
from vandap.search.vectors import Array, open_vectors

MIB = 2**20


class KilledError(Exception):
    """Stands for kill -9."""


def _said(folder: Path, plan: Plan, vectors: np.ndarray) -> tuple[list[str], dict[str, Any]]:
    """What a build says, in order, and what it keeps of it."""
    said: list[str] = []

    def say(event: str, facts: Mapping[str, Any]) -> None:
        said.append(str(facts.get("title", facts.get("text"))))

    manifest = build(Contents(Array(vectors)), folder, plan, say=say)
    return said, dict(manifest.build)


@pytest.mark.parametrize("engine", ["auto", "ivf", "hnsw", "exact"])
def test_memory_and_time_are_said_before_the_vectors_are_read(
    engine: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a race and for an engine by name; what was asked for and is exceeded is said, and the build goes on."""
    monkeypatch.setattr(race, "SAMPLE", 1500)
    vectors = identities(2600, 16)
    said, facts = _said(tmp_path / "index", Plan(engine=engine), vectors)
    told = next(place for place, line in enumerate(said) if line.startswith("forecast for"))
    assert told < said.index("reading 2,600 vectors")
    assert "MiB of memory" in said[told] and "to read" in said[told] and "to build" in said[told]
    assert facts["predicted"]["peak_bytes"] > 0 and facts["predicted"]["seconds"] > 0
    assert (facts["race"] == []) == (engine != "auto")
    plan = Plan(Target(memory=1e6, seconds=1e-9), engine)
    said, _ = _said(tmp_path / "small", plan, vectors)
    before = said[: said.index("reading 2,600 vectors")]
    assert any(line.startswith("the build will hold") and "more than the 1 MiB asked for" in line for line in before)
    assert any(line.startswith("the build will take") for line in before) == (engine != "auto")  # where none was tried
    assert not any("more than" in line for line in _said(tmp_path / "large", Plan(engine=engine), vectors)[0])


def test_the_forecast_of_time_stands_beside_what_it_took(tmp_path: Path) -> None:
    """Of an index that was built by a version without one, and in a moment, nothing is said."""
    index = built(tmp_path, identities(300, 16))
    manifest = index.generation.manifest
    for predicted, told in (({"seconds": 81.0}, "s (81 by forecast"), ({"seconds": 0.2}, "s, at"), ({}, "s, at")):
        facts = {**manifest.build, "predicted": {"peak_bytes": 1.0, **predicted}}
        write_manifest(index.path, replace(manifest, build=facts))
        assert told in text(Index(index.path))


def test_what_was_foreseen_is_not_tried_again(tmp_path: Path) -> None:
    """A build that goes on says the forecast as it was."""
    said: list[list[str]] = [[], []]
    for stage, lines in zip(("building", "never"), said, strict=True):

        def say(event: str, facts: Mapping[str, Any], stage: str = stage, lines: list[str] = lines) -> None:
            lines.append(str(facts.get("title", facts.get("text"))))
            if lines[-1].startswith(stage):
                raise KilledError

        try:
            build(Contents(Array(identities(2600, 16))), tmp_path, Plan(engine="ivf"), say=say)
        except KilledError:
            assert stage == "building"
    told = [[line for line in lines if line.startswith("forecast for")] for lines in said]
    assert len(told[0]) == 1 and told[0] == told[1]
    assert ["forecasting memory and time" in lines for lines in said] == [True, False]


def test_a_source_without_numbers_is_read_once_beforehand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Held-out vectors and the sample come in one pass, a block is tried, and then all are read."""
    vectors, passes, blocks = identities(2600, 16), [], ParquetColumn.blocks
    pq.write_table(pa.table({"face": pa.array(list(vectors))}), tmp_path / "v.parquet")
    monkeypatch.setattr(ParquetColumn, "blocks", lambda *given: (passes.append(given[1:]), blocks(*given))[1])
    build(Contents(open_vectors(tmp_path / "v.parquet")), tmp_path / "index", Plan(engine="ivf"))
    assert len(passes) == 3


def test_ten_million_as_they_were_measured() -> None:
    """2,279 MiB were held, and 519,272 groups found; fewer or more groups take less or more, unknown ones the most."""
    columns, count, engine = 512, 10_000_000, Ivf()
    settings = engine.settings(count, columns)
    peaks = [
        Forecaster(count, columns, 1500, 58 * MIB, row_code("half"), 2, 120, 2, groups=groups).peak(engine, settings)
        for groups in (519_272, 0, 300_000, 700_000, None)
    ]
    assert peaks[0] / MIB == pytest.approx(2279, rel=0.1)
    assert peaks[1] < peaks[2] < peaks[0] < peaks[3] < peaks[4]


@pytest.mark.parametrize("each", [10, 40, 80])
def test_groups_are_counted_from_a_sample_and_from_the_nearest(each: int, tmp_path: Path) -> None:
    """About as many as there are; none where nothing is near, and no answer from next to nothing."""
    vectors = identities(4000, 512, each)
    (tmp_path / "all").mkdir()
    rows = row_file(tmp_path / "all", vectors)
    scores = exact(rows, vectors[:300], 111).scores[:, 1:]
    assert groups_among(scores, 4000) == pytest.approx(4000 / each, rel=0.15)
    sample = row_file(tmp_path, vectors[:1200])
    assert groups_in(sample, 4000, 0) == pytest.approx(4000 / each, rel=0.25)
    assert groups_in(sample, 10**6, 0) is None


def test_vectors_that_have_nothing_in_common_are_in_no_groups(tmp_path: Path) -> None:
    """Neither are those that are all the same in more than one."""
    noise = normalised(np.random.default_rng(0).standard_normal((1000, 64)).astype(np.float32))
    rows = row_file(tmp_path, noise)
    assert groups_in(rows, 5000, 0) == 0.0
    assert groups_among(exact(rows, noise[:200], 111).scores[:, 1:], 1000) == 0.0
    assert groups_in(row_file(tmp_path, np.tile(noise[:1], (500, 1))), 5000, 0) == 0.0


_MEASURED = """
import json, sys
import numpy as np
from pathlib import Path
from vandap.search.build import build
from vandap.search.footprint import held
from vandap.search.plan import Contents, Plan
from vandap.search.vectors import open_vectors
folder, engine, threads = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
base = held()
plan = Plan(engine=engine, threads=threads)
facts = build(Contents(open_vectors(folder / "v.npy")), folder / f"{engine}-{threads}", plan).build
print(json.dumps([facts["peak_bytes"] - base, facts["predicted"]["peak_bytes"] - base]))
"""


@pytest.mark.skipif(not held(), reason="the system does not say what a process holds")
@pytest.mark.parametrize(("engine", "threads"), [("ivf", 1), ("ivf", 2), ("exact", 1)])
def test_memory_is_about_what_was_said(engine: str, threads: int, tmp_path: Path) -> None:
    """Of a process of its own; within a tenth when measured by hand, within a quarter on any machine."""
    np.save(tmp_path / "v.npy", identities(20_000, 256).astype(np.float16))
    words = [sys.executable, "-c", _MEASURED, str(tmp_path), engine, str(threads)]
    done = subprocess.run(words, capture_output=True, check=True)
    held_, said = json.loads(done.stdout)
    assert said == pytest.approx(held_, rel=0.25)
