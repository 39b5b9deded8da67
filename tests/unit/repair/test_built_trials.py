"""Trials of a built network that no recipe would keep: other rows, and watched ones."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
import report_run

from vandap.errors import UsageError
from vandap.repair.built.network import BuiltNetwork
from vandap.repair.built.request import read_built_request
from vandap.repair.built.settings import described, repeatable, with_changes
from vandap.repair.built.trials import BuiltTrials
from vandap.repair.changes.data import DataShare
from vandap.repair.changes.optimisation import LearningRate
from vandap.repair.changes.rows import Rows
from vandap.repair.changes.structure import Remove
from vandap.repair.runner import Job
from vandap.repair.written.rows import bootstrapped
from vandap.train.network.plan import Plan

ROWS = 640
PLAN = asdict(Plan(batch_size=32, steps=400, chunk=10, learning_rate=0.002, augment=("nudge", "flip")))


@pytest.fixture
def trials(tmp_path: Path) -> BuiltTrials:
    """Trials that are never run."""
    return BuiltTrials(tmp_path, "image-cnn", repeatable(PLAN), ROWS, tmp_path, workers=cast(Any, None))


def test_drawn_rows_can_be_tried_and_not_kept(trials: BuiltTrials) -> None:
    """A recipe has no word for rows drawn with replacement; a trial has."""
    drawn = (Rows("bootstrapped"),)
    assert trials.can_train(drawn) and not trials.can_make(drawn)
    assert not trials.can_train((Rows("interpolated"),))


def test_what_the_plan_has_no_setting_for_shows_nowhere(trials: BuiltTrials) -> None:
    """A repair lists what it left out, also what it could not have made."""
    rate = LearningRate(0.01)
    assert trials.refused((Rows("bootstrapped"), rate)) and trials.diff((Rows("bootstrapped"),)) == ""
    assert trials.diff((rate, Rows("bootstrapped"))) == trials.diff((rate,)) != ""


def test_trials_of_other_rows_have_other_names(trials: BuiltTrials) -> None:
    """So that none is taken for another."""
    jobs = [Job(changes, 0, watch=watch) for changes in ((), (DataShare(0.5),), (Rows("bootstrapped"),))
            for watch in (False, True)]  # fmt: skip
    assert len({trials.identity(job) for job in jobs}) == len(jobs)


def test_a_request_says_what_is_drawn(trials: BuiltTrials, tmp_path: Path) -> None:
    """Rows and watching travel with it; half the rows are half the steps, so that epochs stay."""
    folder = tmp_path / "trial"
    folder.mkdir()
    job = Job((DataShare(0.5), Rows("bootstrapped")), 3, watch=True)
    request = read_built_request(str(trials.prepared(job, folder)))
    assert (request.share, request.remade, request.watch, request.seed) == (0.5, ("bootstrapped",), True, 3)
    assert request.plan["steps"] == repeatable(PLAN)["steps"] / 2


def test_augmentations_are_layers_that_can_be_taken_out() -> None:
    """Each by its name; what is not there cannot."""
    program = described(PLAN, ROWS, 10, of_images=True)
    kinds = {layer.path: layer.kind for layer in program.layers}
    assert kinds["nudge"] == "RandomTranslation" and kinds["flip"] == "RandomFlip"
    found = with_changes(PLAN, (Remove(("nudge",), "RandomTranslation"),), ROWS)
    assert tuple(found["augment"]) == ("flip",)
    assert with_changes(PLAN, (Remove(("dropout",), "Dropout"),), ROWS)["dropout"] == 0.0


def test_rows_are_drawn_with_replacement() -> None:
    """As many as there are, about 63 % of them different, each with its target."""
    np.random.seed(0)
    x, y = bootstrapped(np.arange(1000), np.arange(1000) * 2)
    assert len(x) == 1000 and np.array_equal(y, 2 * x) and len(set(x.tolist())) == pytest.approx(632, abs=40)


def test_a_run_without_a_network_is_refused(tmp_path: Path) -> None:
    """It says what it is asked for."""
    with pytest.raises(UsageError, match=r"network|training"):
        BuiltNetwork.of(report_run.bare(tmp_path / "run"))
