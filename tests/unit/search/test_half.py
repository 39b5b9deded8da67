from __future__ import annotations

import numpy as np
import pytest

from vandap.search.half import cosines, widened
from vandap.search.rows import normalised


def test_every_finite_number_is_widened_exactly() -> None:
    """All 63,488 finite float16 numbers, signs, zeros and subnormal ones included."""
    every = np.arange(65_536, dtype=np.uint32).astype(np.uint16).view(np.float16)
    finite = every[np.isfinite(every)].reshape(-1, 1)
    assert np.array_equal(widened(finite), finite.astype(np.float32))


@pytest.mark.parametrize("rows", [0, 1, 7, 5000])
def test_cosines_are_those_of_the_rows_directions(rows: int) -> None:
    """In one block or several, to float32 rounding; that rounding changed their lengths changes nothing."""
    generator = np.random.default_rng(rows)
    stored = normalised(generator.standard_normal((rows, 48))).astype(np.float16)
    queries = normalised(generator.standard_normal((3, 48)))
    wide = stored.astype(np.float64)
    expected = queries.astype(np.float64) @ (wide / np.linalg.norm(wide, axis=1, keepdims=True)).T
    assert cosines(stored, queries) == pytest.approx(expected, abs=1e-6)


def test_a_row_is_as_near_to_itself_as_can_be() -> None:
    """Entries that are all rounded up make a row longer, and no nearer to anything."""
    row = np.full((1, 48), np.float16(0.1), np.float16)
    assert cosines(row, normalised(row)) == pytest.approx(1, abs=1e-6)


@pytest.mark.parametrize("scale", [1e-300, 1e-30, 1.0, 1e30, 1e300])
def test_unit_length_at_any_scale(scale: float) -> None:
    """Neither overflow nor vanishing squares; zero stays zero."""
    vectors = np.array([[3.0, 4.0], [0.0, 0.0]]) * scale
    assert normalised(vectors) == pytest.approx(np.array([[0.6, 0.8], [0, 0]]))
