"""What every reader must do."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from reader_samples import SAMPLES

from vandap.core.recipe import DataSpec
from vandap.core.schema import ColumnKind, Role
from vandap.data.contents import PARTS, Contents
from vandap.data.examples import count
from vandap.data.load import choose_reader, load, readers
from vandap.errors import InputError

READERS = {reader.slug: reader for reader in readers()}
BAD = [(slug, what) for slug, sample in SAMPLES.items() for what in sample.bad]


def _read(slug: str, folder: Path) -> Contents:
    source, memory = SAMPLES[slug].good(folder)
    return READERS[slug].read(DataSpec(source), 0, memory)


def test_every_reader_has_a_sample() -> None:
    """A new reader is tested as soon as it exists."""
    assert set(READERS) == set(SAMPLES)


@pytest.mark.parametrize("slug", SAMPLES)
def test_recognises_its_own_sample(slug: str, tmp_path: Path) -> None:
    """A source without --kind reaches the reader that it was made for."""
    source, memory = SAMPLES[slug].good(tmp_path)
    assert READERS[slug].recognises(source)
    assert choose_reader(DataSpec(source), memory).slug == slug


@pytest.mark.parametrize("slug", SAMPLES)
def test_contents_are_consistent(slug: str, tmp_path: Path) -> None:
    """Every array has one entry a row, codes lie within the classes, and there is one target in the schema."""
    contents = _read(slug, tmp_path)
    rows = len(contents.examples)
    assert rows == len(contents.target) == len(contents.hashes) > 0
    assert contents.hashes.dtype == np.uint64
    assert sum(column.role is Role.TARGET for column in contents.columns) == 1
    if contents.task.is_classification:
        assert contents.target.dtype == np.int32
        assert set(np.unique(contents.target)) == set(range(len(contents.classes)))
    else:
        assert contents.target.dtype == np.float64 and contents.classes == ()
    assert contents.parts is None or set(contents.parts) <= set(PARTS)
    assert contents.name and "/" not in contents.name
    int(contents.fingerprint, 16)


@pytest.mark.parametrize("slug", SAMPLES)
def test_examples_answer_any_rows(slug: str, tmp_path: Path) -> None:
    """Rows come in the order asked for, repeats and none included, and stored columns have the types of the schema."""
    contents = _read(slug, tmp_path)
    examples = contents.examples
    last = len(examples) - 1
    both, first, nothing = (examples.take(np.array(rows, np.int64)) for rows in ([last, 0, 0], [0], []))
    assert (count(both), count(first), count(nothing)) == (3, 1, 0)
    if isinstance(both, np.ndarray):
        assert np.array_equal(both[1], first[0]) and np.array_equal(both[2], first[0])
        return
    features = {column.name: column for column in contents.columns if column.role is Role.FEATURE}
    assert set(both) == set(features)
    for name, values in both.items():
        assert values[1] == values[2] or np.isnan(values[1])
        wanted = {ColumnKind.CATEGORY: "i", ColumnKind.DATE: "f"}.get(features[name].kind, "f")
        assert values.dtype.kind == wanted


@pytest.mark.parametrize("slug", SAMPLES)
def test_reading_twice_gives_the_same(slug: str, tmp_path: Path) -> None:
    """Fingerprint, hashes and targets depend on the data alone."""
    source, memory = SAMPLES[slug].good(tmp_path)
    first, second = (READERS[slug].read(DataSpec(source), 0, memory) for _ in range(2))
    assert first.fingerprint == second.fingerprint
    assert np.array_equal(first.hashes, second.hashes) and np.array_equal(first.target, second.target)


@pytest.mark.parametrize("slug", SAMPLES)
def test_loads_with_disjoint_parts(slug: str, tmp_path: Path) -> None:
    """The sample goes through split and audit; no row is in two parts."""
    source, memory = SAMPLES[slug].good(tmp_path)
    dataset, signals = load(DataSpec(source), 0, memory_source=memory)
    rows = np.concatenate([dataset.split.train, dataset.split.validation, dataset.split.test])
    assert len(rows) == len(set(rows.tolist())) > 0
    assert "split_sizes" in signals


@pytest.mark.parametrize(("slug", "what"), BAD)
def test_bad_input_is_refused_with_a_full_message(slug: str, what: str, tmp_path: Path) -> None:
    """Unusable data give one InputError that says what happened, what came, what was expected and what to do."""
    source, memory = SAMPLES[slug].bad[what](tmp_path)
    with pytest.raises(InputError) as caught:
        READERS[slug].read(DataSpec(source), 0, memory)
    error = caught.value
    assert all((error.message, error.received, error.expected, error.hint))


@pytest.mark.parametrize("slug", [slug for slug in SAMPLES if slug not in ("bundled", "frame")])
def test_a_missing_path_is_refused(slug: str, tmp_path: Path) -> None:
    """A path that does not exist is an InputError, whatever the --kind."""
    with pytest.raises(InputError):
        READERS[slug].read(DataSpec(str(tmp_path / "missing")), 0)


@pytest.mark.parametrize("slug", SAMPLES)
def test_options_without_effect_are_refused(slug: str, tmp_path: Path) -> None:
    """No option is ignored in silence: what a reader cannot use, it refuses."""
    source, memory = SAMPLES[slug].good(tmp_path)
    option = {"channels": 3} if slug not in ("image-folder",) else {"delimiter": ";"}
    with pytest.raises(InputError):
        READERS[slug].read(DataSpec(source, **option), 0, memory)
