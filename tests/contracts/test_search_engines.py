"""What every search engine must do."""

from __future__ import annotations

import tempfile
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from made_vectors import identities, row_file

from vandap.search.engines._engine import Allowed, Engine, Job, Structure
from vandap.search.families import engines
from vandap.search.nearest import exact
from vandap.search.recall import REPEATS, shares
from vandap.search.rows import Rows

COUNT, COLUMNS, K = 3000, 32, 10
every = pytest.mark.parametrize("engine", engines(), ids=lambda engine: engine.slug)


@cache
def rows() -> Rows:
    """The vectors that all engines are given."""
    return row_file(Path(tempfile.mkdtemp(prefix="vandap-test-")), identities(COUNT, COLUMNS))


def queries(count: int = 40) -> np.ndarray:
    """Other vectors of the same people."""
    return identities(COUNT + count, COLUMNS)[COUNT:]


def job(engine: Engine) -> Job:
    """All rows as the sample."""
    return Job(rows(), np.random.default_rng(0).permutation(COUNT), engine.settings(COUNT, COLUMNS))


@cache
def structure(slug: str) -> Structure:
    """The engine, built on all rows."""
    engine = next(item for item in engines() if item.slug == slug)
    if not engine.installed:
        pytest.skip(f"{engine.package} is not installed")
    made = engine.start(job(engine))
    for _, block in rows().blocks(700):
        made.add(block)
    made.finish()
    return made


def recall(found: np.ndarray) -> float:
    """Share of the true neighbours among what was found for `queries()`."""
    scores = np.stack([rows().scores(query, np.maximum(near, 0)) for query, near in zip(queries(), found, strict=True)])
    scores[found < 0] = -np.inf
    return float(shares(scores, exact(rows(), queries(), K + REPEATS).scores, K).mean())


@every
def test_it_says_what_it_is(engine: Engine) -> None:
    """Slug, title and documentation are given, and the slug is the file's name."""
    assert type(engine).__module__.rsplit(".", 1)[-1] == engine.slug
    assert engine.title and type(engine).__doc__


@every
def test_with_all_its_effort_it_finds_nearly_all(engine: Engine) -> None:
    """The last effort and a deep rerank leave next to nothing out."""
    made = structure(engine.slug)
    assert recall(made.search(queries(), 200, made.efforts()[-1])) > 0.98


@every
def test_more_effort_finds_no_less(engine: Engine) -> None:
    """Efforts ascend, and so does what they find."""
    made = structure(engine.slug)
    efforts = made.efforts()
    assert list(efforts) == sorted(set(efforts))
    found = [recall(made.search(queries(), 10 * K, effort)) for effort in (efforts[0], efforts[-1])]
    assert found[1] >= found[0] - 0.02


@every
def test_candidates_are_rows_without_repeats(engine: Engine) -> None:
    """Row numbers or -1 at the end, as many as were asked for, none twice."""
    made = structure(engine.slug)
    found = made.search(queries(), 50, made.efforts()[0])
    assert found.shape == (40, 50) and found.dtype == np.int64
    assert found.min() >= -1 and found.max() < COUNT
    for near in found:
        kept = near[near >= 0]
        assert len(set(kept.tolist())) == len(kept)


@every
def test_rows_are_numbered_in_the_order_in_which_they_came(engine: Engine) -> None:
    """A stored row finds itself."""
    made = structure(engine.slug)
    numbers = np.array([0, 699, 700, COUNT - 1])
    found = made.search(rows().wide(numbers), 20, made.efforts()[-1])
    assert all(number in near for number, near in zip(numbers, found, strict=True))


@every
def test_a_saved_structure_answers_the_same(engine: Engine, tmp_path: Path) -> None:
    """Saved and loaded, the count and the answers are the same."""
    made = structure(engine.slug)
    made.save(tmp_path / "engine")
    loaded = engine.load(tmp_path / "engine", job(engine))
    assert loaded.count == made.count == COUNT
    effort = made.efforts()[-1]
    assert np.array_equal(loaded.search(queries(), K, effort), made.search(queries(), K, effort))


@every
def test_what_was_learnt_can_be_saved_before_a_row_comes(engine: Engine, tmp_path: Path) -> None:
    """A build that is cut after learning goes on from there."""
    if not engine.installed:
        pytest.skip(f"{engine.package} is not installed")
    empty = engine.start(job(engine))
    if not empty.learns:
        pytest.skip("learns next to nothing")
    empty.save(tmp_path / "engine")
    loaded = engine.load(tmp_path / "engine", job(engine))
    assert loaded.count == 0
    for _, block in rows().blocks(700):
        loaded.add(block)
    loaded.finish()
    assert recall(loaded.search(queries(), 200, loaded.efforts()[-1])) > 0.98


@every
def test_what_can_grow_grows_after_loading(engine: Engine, tmp_path: Path) -> None:
    """A loaded structure takes in further rows and finds them, where it is promised."""
    made = structure(engine.slug)
    if not made.grows:
        pytest.skip("cannot grow")
    made.save(tmp_path / "engine")
    loaded = engine.load(tmp_path / "engine", job(engine))
    if engine.slug != "exact":  # whose rows are in the index's file, not in its own
        late = identities(20, COLUMNS, seed=5)
        loaded.add(late)
        assert loaded.count == COUNT + 20
        assert (loaded.search(late, 5, loaded.efforts()[-1]) >= COUNT).any(axis=1).all()


@every
def test_a_selection_is_kept(engine: Engine) -> None:
    """Only allowed rows are proposed by an engine that says so."""
    made = structure(engine.slug)
    if not made.selects:
        pytest.skip("leaves the selection to the index")
    allowed = Allowed(np.arange(COUNT) % 3 == 0)
    found = made.search(queries(), K, made.efforts()[-1], allowed)
    assert (found[found >= 0] % 3 == 0).all() and (found >= 0).any()


@every
def test_the_forecast_grows_with_the_rows(engine: Engine) -> None:
    """Memory is above zero and does not shrink with more rows; the exponents lie between constant and quadratic."""
    small, large = (engine.forecast(n, 512, engine.settings(n, 512)) for n in (10_000, 10_000_000))
    assert 0 < small.resident <= large.resident
    assert 0 <= small.search_power <= 1 and 0 <= small.build_power <= 2
    for groups in (0.0, 500_000.0, 10.0**9):
        known = engine.forecast(10_000_000, 512, engine.settings(10_000_000, 512), groups)
        assert known.resident == large.resident
        assert 0 <= known.learning <= large.learning and 0 <= known.building <= large.building
