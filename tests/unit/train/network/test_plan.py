"""Plans, rates and the range test."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest

from vandap.core.progress import silent
from vandap.core.task import Task
from vandap.errors import UsageError
from vandap.train.learners.image_cnn import ImageCnn
from vandap.train.network.learner import usual_augmentations
from vandap.train.network.plan import Plan, override
from vandap.train.network.range_test import choose_rate, smoothed

PLAN = Plan(batch_size=32, steps=1000, chunk=25, learning_rate=0.01)


def test_the_rate_rises_then_falls():
    """The peak is reached at the end of the warm-up and a hundredth of it at the end."""
    rates = [PLAN.rate(progress) for progress in np.linspace(0, 1, 101)]
    assert np.argmax(rates) == 10
    assert max(rates) == pytest.approx(0.01)
    assert rates[-1] == pytest.approx(0.0001)
    assert np.all(np.diff(rates[10:]) <= 0)


def test_epochs_become_steps():
    """Two epochs of 320 rows are 20 steps of 32."""
    assert override(PLAN, {"epochs": 2}, rows=320).steps == 20


def test_an_unknown_setting_is_refused():
    """The error names the setting and lists those that exist."""
    with pytest.raises(UsageError, match="learning_rate"):
        override(PLAN, {"lr": 0.1}, rows=100)


def test_the_usual_rate_is_kept_where_the_range_test_allows_it():
    """A loss that falls until 0.08, rises slowly after it and is high from 0.5 on allows 0.01 to about 0.06."""
    rates = np.geomspace(1e-5, 1, 400)
    losses = np.abs(np.log10(rates) - np.log10(0.08)) + 1
    losses[rates > 0.08] = np.where(rates[rates > 0.08] < 0.5, 1.1, 5)
    assert choose_rate(rates, losses, 0.001) == pytest.approx(0.01, rel=0.25)
    assert choose_rate(rates, losses, 0.015) == 0.015
    losses[rates > 0.08] = 5
    assert choose_rate(rates, losses, 0.015) == pytest.approx(0.01, rel=0.25)


def test_smoothing_survives_losses_that_are_not_finite():
    """NaN and infinity count as the largest finite loss."""
    assert np.isfinite(smoothed(np.array([1.0, np.nan, np.inf, 2.0]))).all()
    assert np.isfinite(smoothed(np.array([np.nan]))).all()


def test_more_time_buys_a_wider_network():
    """The proposed width never falls when the budget grows, and the steps fit the budget."""
    widths = [ImageCnn().propose(replace(PLAN, width=16), 0.05, budget, 10_000) for budget in (30, 300, 3_000, 30_000)]
    assert [plan.width for plan in widths] == sorted(plan.width for plan in widths)
    assert widths[-1].width > widths[0].width


def test_the_temperature_undoes_overconfidence():
    """Logits that are three times too large get a temperature near 3; few rows get none."""
    from vandap.train.network.fitted import fit_temperature

    generator = np.random.default_rng(0)
    logits = generator.normal(size=(4_000, 3)) * 1.5
    probability = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    codes = (probability.cumsum(axis=1) < generator.random((4_000, 1))).sum(axis=1)
    target = np.eye(3)[codes]
    assert fit_temperature(3 * logits, target) == pytest.approx(3, rel=0.15)
    assert fit_temperature(3 * logits[:50], target[:50]) == 1.0


@pytest.mark.parametrize(("settings", "steps"), [({"epochs": 3}, 68), ({"steps": 120}, 120), ({"epochs": 0.01}, 1)])
def test_asked_for_steps_are_run_in_many_looks(settings, steps):
    """Of looks that were made for another number of steps, one may be longer than the whole training."""
    plan = override(replace(PLAN, chunk=113), settings, rows=720)
    looks = -(-plan.steps // plan.chunk)
    assert plan.steps == steps and looks * plan.chunk - steps < plan.chunk <= max(1, steps / 30)
    assert override(PLAN, {**settings, "chunk": 6}, rows=720).chunk == min(6, steps)


@pytest.mark.parametrize(("task", "channels", "expected"), [
    (Task.MULTICLASS, 3, ("shift", "flip")), (Task.MULTICLASS, 1, ("nudge",)), (Task.REGRESSION, 3, ()),
])  # fmt: skip
def test_images_are_changed_only_where_the_answer_stays(task, channels, expected):
    """A place that is learnt from an image is another one in its mirror image."""
    job = SimpleNamespace(dataset=SimpleNamespace(task=task), preprocess=SimpleNamespace(shape=(8, 8, channels)))
    assert usual_augmentations(job) == expected


def test_of_equal_scores_the_one_with_the_least_loss_is_kept(tmp_path):
    """A tenth of the rows has few different scores, and the end of the schedule is where the loss is least."""
    from vandap.train.network.looks import Looks

    seen = [(0.9, 0.5), (0.4, 0.9), (0.3, 0.9), (0.35, 0.9), (0.2, 0.8)]
    looks = Looks(replace(PLAN, monitor="score"), lambda model: (0.0, 0.0), tmp_path, 9.0, 1.0, silent)
    looks.set_model(SimpleNamespace(optimizer=SimpleNamespace(variables=[]), variables=[], weights=[]))
    for epoch, (loss, score) in enumerate(seen):
        looks.history.val_loss.append(loss)
        looks._remember_best(epoch, 1.0, loss, score)
    assert looks._best_look == 2
