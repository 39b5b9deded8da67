"""What a process does not do again that goes on after a cut."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from made_contents import contents, dataset, table

from vandap.core.evaluation import Ladder, Rung
from vandap.core.recipe import DataSpec
from vandap.core.store import Run, RunInfo, read_json, write_json, writing
from vandap.pipeline import finish
from vandap.pipeline.models import refit

DATA = dataset(contents(table(200), np.arange(200) % 2), DataSpec("memory", folds=0))
RUNGS = tuple(Rung(slug, slug, True, "done", fit_seconds=10.0) for slug in ("dummy", "linear", "decision-tree"))


def session(folder: Path, **more: Any) -> Any:
    """A session about a small table."""
    return SimpleNamespace(path=folder, work=folder / "work", dataset=DATA, **more)


def test_a_cut_between_two_predictions_is_one_look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test part is looked at once, however often the process was cut while the rungs predicted it."""
    write_json(tmp_path / "run.json", RunInfo("made", "running", "", (), 0.0))
    write_json(tmp_path / "data.json", {"ledger": []})
    ladder = Ladder(RUNGS, "linear", "linear", None)
    left = ["dummy"]

    def predicted(_: Any, slug: str, rows: np.ndarray) -> np.ndarray:
        if slug not in left:
            raise KeyboardInterrupt
        return np.full((len(rows), 2), 0.5)

    monkeypatch.setattr(finish, "_predicted", predicted)
    with writing(tmp_path) as writer:
        for slug in ("linear", "decision-tree"):
            with pytest.raises(KeyboardInterrupt):
                finish._predict_test(session(tmp_path, writer=writer), ladder)
            left.append(slug)
        finish._predict_test(session(tmp_path, writer=writer), ladder)
    assert len(read_json(tmp_path / "data.json")["ledger"]) == 1
    assert all(len(Run(tmp_path).predictions(rung.slug, "test")["rows"]) == len(DATA.split.test) for rung in RUNGS)


def test_a_refit_that_is_there_is_told_though_no_time_is_left(tmp_path: Path) -> None:
    """The model on disk has learnt from training and validation rows, whatever the clock says afterwards."""
    (tmp_path / "work" / "linear" / "refitted").mkdir(parents=True)
    late = session(tmp_path, recipe=SimpleNamespace(plan={}), left=lambda: 0.0)
    assert refit(late, RUNGS[1]).rows == len(DATA.split.train) + len(DATA.split.validation)
    assert refit(late, RUNGS[2]) == RUNGS[2]
