"""The bench of search: made faces are what they say, and kills lose nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[3]))

from bench.search.generator import BLOCK, TIGHTNESS, Faces
from bench.search.promise import KINDS, kth_scores, offset
from bench.search.run import Contender, figures
from bench.search.stages import Stages, summary
from vandap.search.rows import normalised

ROOT = Path(__file__).resolve().parents[3]


def test_made_faces_have_the_cosines_that_they_are_said_to_have() -> None:
    """Within an identity 0.5 to 0.7, between identities none; twenty each; new pictures belong to the same people."""
    faces = Faces(2000, 256)
    vectors = np.concatenate(list(faces.blocks()))
    owners = faces.owners()
    assert np.bincount(owners).tolist() == [20] * 100
    cosines = vectors @ vectors.T
    same = owners[:, None] == owners[None]
    within = np.array([cosines[owners == one][:, owners == one][np.triu_indices(20, 1)].mean() for one in range(100)])
    assert within.min() > TIGHTNESS[0] - 0.03 and within.max() < TIGHTNESS[1] + 0.03
    assert abs(cosines[~same].mean()) < 0.01 and cosines[~same].std() == pytest.approx(1 / 16, rel=0.1)
    best = (faces.queries(50) @ vectors.T).argsort(axis=1)[:, -10:]
    assert all(len(set(owners[near].tolist())) == 1 for near in best)


def test_made_faces_follow_from_the_seed(tmp_path: Path) -> None:
    """Written twice they are the same; another seed gives others; blocks join without a seam."""
    Faces(BLOCK + 50, 8).write(tmp_path / "a.npy")
    one = np.load(tmp_path / "a.npy")
    two = np.concatenate(list(Faces(BLOCK + 50, 8).blocks()))
    assert one.dtype == np.float16 and np.array_equal(one, two.astype(np.float16))
    assert not np.array_equal(two[:50], next(iter(Faces(BLOCK + 50, 8, seed=1).blocks()))[:50])


def test_slow_queries_count_among_those_of_a_second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nine of a millisecond and one of 91 are a hundred in a second, not a thousand."""
    monkeypatch.setattr(Contender, "recall", lambda *_: 1.0)
    contender = Contender("any", lambda query: query)
    contender.seconds = [0.001] * 9 + [0.091]
    assert figures(tmp_path, contender)["queries_a_second"] == pytest.approx(100)
    assert figures(tmp_path, contender)["p50_ms"] == pytest.approx(1)


def test_promises_are_judged_by_vectors_that_were_not_rounded() -> None:
    """Half precision changes the neighbours of vectors with an offset; the judge tells them apart."""
    assert offset in KINDS
    vectors, queries = (part[:500] for part in offset(64, 0))
    assert (vectors @ normalised(vectors.sum(axis=0, keepdims=True)).T).mean() == pytest.approx(0.995, abs=0.001)
    kth = kth_scores(vectors, queries, np.arange(len(vectors)), 10)
    assert ((queries @ vectors.T >= kth).sum(axis=1) == 10).all()
    assert ((queries @ vectors.astype(np.float16).astype(np.float32).T >= kth).sum(axis=1) != 10).any()


def test_stages_of_a_build_that_was_cut_are_added_up(tmp_path: Path) -> None:
    """What lies between a kill and the next start is nobody's; notes belong to the stage before them."""
    lines = [("start", 0.0), ("stage", 1.0), ("note", 4.0), ("start", 100.0), ("stage", 101.0), ("end", 106.0)]
    memory = {"anonymous": 5, "resident": 6, "highest": 7}
    with (tmp_path / "stages").open("w") as file:
        for event, at in lines:
            title = {"title": "reading"} if event == "stage" else {}
            file.write(json.dumps({"event": event, **title, "seconds": at, "processor": at / 2, **memory}) + "\n")
    found = summary(tmp_path / "stages")
    assert [(stage["stage"], stage["seconds"], stage["processor"]) for stage in found] == [
        ("beginning", 2.0, 1.0), ("reading", 8.0, 4.0),
    ]  # fmt: skip
    Stages(tmp_path / "own")("end", {})
    assert summary(tmp_path / "own")[0]["highest"] > 0


@pytest.mark.slow
def test_kills_lose_nothing() -> None:
    """A dozen kill -9 at random moments of building, adding, removing, replacing and compacting."""
    command = [sys.executable, "-m", "bench.search.crash", "--kills", "12", "--each", "6"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout
