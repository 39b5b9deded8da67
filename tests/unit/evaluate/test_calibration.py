"""Calibration error and its distribution under perfect calibration."""

from __future__ import annotations

import numpy as np
import pytest

from vandap.core.signals import SIGNALS
from vandap.evaluate import calibration
from vandap.evaluate.bins import bins, calibration_error
from vandap.evaluate.calibration import calibration_signal, null_quantile, reliability_curve


def two(probability: np.ndarray) -> np.ndarray:
    """Return probabilities of both classes."""
    return np.stack([1 - probability, probability], axis=1)


def test_a_calibrated_model_stays_below_the_null_mostly() -> None:
    """Of 200 calibrated data sets about 5 % exceed their own null95."""
    generator = np.random.default_rng(0)
    above = 0
    for seed in range(200):
        stated = generator.uniform(size=300)
        signal = calibration_signal((generator.random(300) < stated).astype(int), two(stated), seed)
        above += signal.at(fact="ece") > signal.at(fact="null95")
    assert 2 <= above <= 20


def test_an_over_confident_model_exceeds_it() -> None:
    """Probabilities pushed to the ends are found out with 1,000 examples."""
    generator = np.random.default_rng(0)
    true = generator.uniform(0.2, 0.8, size=1000)
    target = (generator.random(1000) < true).astype(int)
    signal = calibration_signal(target, two(np.where(true > 0.5, 0.95, 0.05)), 0)
    assert signal.at(fact="ece") > 2 * signal.at(fact="null95")
    assert signal.values.ndim == len(SIGNALS["calibration"].dimensions)
    assert signal.at(fact="count") == 1000


def test_equal_probabilities_share_a_bin() -> None:
    """The order of equal predictions makes no calibration error: sorted labels with one half stated are calibrated."""
    stated, hit = np.full(400, 0.5), np.repeat([0.0, 1.0], 200)
    assert calibration_error(stated, hit) == 0.0


def test_bins_have_equal_mass_and_shrink_with_the_data() -> None:
    """1,500 examples fill 15 bins of 100; 60 fill three; 5 fill one."""
    values = np.random.default_rng(0).uniform(size=1500)
    assert np.bincount(bins(values)).tolist() == [100] * 15
    assert np.bincount(bins(values[:60])).tolist() == [20] * 3
    assert bins(values[:5]).max() == 0


def test_the_normal_limit_agrees_with_the_exact_null(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shortcut for large data gives the same quantile."""
    stated = np.random.default_rng(0).uniform(size=3000)
    exact = null_quantile(stated, np.random.default_rng(1))
    monkeypatch.setattr(calibration, "EXACT_ROWS", 0)
    assert null_quantile(stated, np.random.default_rng(2)) == pytest.approx(exact, rel=0.08)


def test_the_reliability_curve_counts_its_bins() -> None:
    """Weights sum to the examples, and the weighted mean of frequencies is the share of hits."""
    generator = np.random.default_rng(0)
    stated = generator.uniform(size=500)
    target = (generator.random(500) < stated).astype(int)
    curve = reliability_curve(target, two(stated))
    assert curve.weight.sum() == 500
    assert np.average(curve.y, weights=curve.weight) == pytest.approx(target.mean())


def test_labels_that_go_together_are_no_lack_of_calibration() -> None:
    """25 patients of 80 rows with one label each, as probable as stated: about 5 % exceed the null of patients."""
    generator = np.random.default_rng(0)
    patient = np.repeat(np.arange(25), 80)
    above, alone = 0, 0
    for seed in range(100):
        stated = generator.uniform(0.05, 0.95, size=25)
        target = (generator.random(25) < stated).astype(int)[patient]
        probability = two(np.clip(stated[patient] + generator.normal(0, 0.01, size=2000), 0.01, 0.99))
        signal = calibration_signal(target, probability, seed, patient)
        above += signal.at(fact="ece") > signal.at(fact="null95")
        alone += signal.at(fact="ece") > calibration_signal(target, probability, seed).at(fact="null95")
    assert above <= 10
    assert alone == 100


def test_over_confidence_is_found_over_groups() -> None:
    """200 patients whose probabilities are pushed to the ends exceed the null of whole patients, too."""
    generator = np.random.default_rng(1)
    patient = np.repeat(np.arange(200), 10)
    true = generator.uniform(0.2, 0.8, size=200)
    target = (generator.random(200) < true).astype(int)[patient]
    signal = calibration_signal(target, two(np.where(true > 0.5, 0.95, 0.05)[patient]), 0, patient)
    assert signal.at(fact="ece") > 1.5 * signal.at(fact="null95")
    single = calibration_signal(target, two(np.where(true > 0.5, 0.95, 0.05)[patient]), 0, np.arange(2000))
    assert single.at(fact="null95") < signal.at(fact="null95")
