"""The two ways of taking statistics, inside of a step and on the host, agree with each other and with definitions."""

import keras
import numpy as np
import pytest

from vandap.watch import host, statistics

RANDOM = np.random.default_rng(5)
PLAIN = RANDOM.normal(2, 3, (16, 5, 7)).astype(np.float32)
CASES = {
    "plain": PLAIN,
    "sparse": np.maximum(PLAIN - 3, 0),
    "constant": np.full((4, 3), 0.7, np.float32),
    "zero": np.zeros((4, 3), np.float32),
    "vector": PLAIN[:, 0, 0],
    "large": PLAIN * np.float32(1e30),
    "tiny": PLAIN * np.float32(1e-25),
    "broken": np.where(PLAIN > 6, np.float32(np.inf), np.where(PLAIN < -3, np.float32(np.nan), PLAIN)),
    "lost": np.full((4, 3), np.nan, np.float32),
}


def _numpy(tensor):
    return np.array(keras.ops.convert_to_numpy(tensor))


@pytest.mark.parametrize("name", CASES)
def test_both_ways_agree(name):
    """Outputs, gradients and weights are described alike; deviations of constants up to rounding."""
    values = CASES[name]
    tensor = keras.ops.convert_to_tensor(values)
    for one, other in zip(
        statistics.activation_statistics(tensor, (-1.0, 1.0), -1),
        host.activation_statistics(values, (-1.0, 1.0), -1),
        strict=True,
    ):
        np.testing.assert_allclose(_numpy(one), other, rtol=2e-4, atol=1e-6)
    one, other = _numpy(statistics.gradient_statistics(tensor)), host.gradient_statistics(values)
    np.testing.assert_allclose(one, other, rtol=2e-4, atol=1e-30)
    after = values * np.float32(1.1)
    one = _numpy(statistics.weight_statistics(tensor, keras.ops.convert_to_tensor(after)))
    np.testing.assert_allclose(one, host.weight_statistics(values, after), rtol=2e-4, atol=1e-6)


def test_the_numbers_are_what_they_are_called():
    """Each statistic is the one its name says, non-finite entries counted and left out."""
    broken = CASES["broken"]
    finite = broken[np.isfinite(broken)].astype(np.float64)
    found, largest, smallest = host.activation_statistics(broken, (-1.0, 1.0), -1)
    assert found[0] == pytest.approx(finite.mean(), rel=1e-5)
    assert found[1] == pytest.approx(finite.std(), rel=1e-5)
    assert found[2] == pytest.approx(np.abs(finite).max())
    assert found[4] == np.count_nonzero(~np.isfinite(broken))
    assert largest.shape == smallest.shape == (7,)
    gradient = host.gradient_statistics(broken)
    assert gradient[0] == pytest.approx(np.linalg.norm(finite), rel=1e-5)
    assert gradient[1] == pytest.approx(np.abs(finite).mean(), rel=1e-5)
    weight = host.weight_statistics(PLAIN, PLAIN * 0.9)
    assert weight[[0, 5, 6]] == pytest.approx([np.linalg.norm(PLAIN), PLAIN.size, 0.1], rel=1e-4)


def test_units_lie_along_the_channels():
    """The axis of the units may be another than the last, and a unit that is never above zero is dead."""
    values = np.stack([np.full((4, 5), -1.0), np.ones((4, 5))], axis=1).astype(np.float32)
    found, largest, _ = host.activation_statistics(values, None, 1)
    assert largest.tolist() == [-1, 1]
    assert found[5] == 0.5
    assert np.isnan(found[6])
    inside = statistics.activation_statistics(keras.ops.convert_to_tensor(values), None, 1)
    assert _numpy(inside[1]).tolist() == [-1, 1]
