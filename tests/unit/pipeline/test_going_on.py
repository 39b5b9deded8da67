"""What a process does not do again that goes on after a cut."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from made_contents import contents, dataset, table

from vandap import pipeline
from vandap.core.evaluation import Ladder, Rung
from vandap.core.recipe import DataSpec, Recipe
from vandap.core.store import Run, RunInfo, read_json, write_json, writing
from vandap.errors import TrainingError, UsageError
from vandap.pipeline import finish, models
from vandap.pipeline.models import refit
from vandap.pipeline.rung import RungFit
from vandap.pipeline.session import _choose_folder
from vandap.train.catalogue import learner

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


def test_without_time_there_is_no_refit(tmp_path: Path) -> None:
    """The one that is not there is not made either."""
    late = session(tmp_path, recipe=SimpleNamespace(plan={}), left=lambda: 0.0)
    assert refit(late, RUNGS[2]) == RUNGS[2]


def test_a_refit_tells_what_it_was_fitted_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The model that is there says so itself: it may have learnt from a sample."""
    (tmp_path / "work" / "svm" / "refitted").mkdir(parents=True)
    kept = SimpleNamespace(rows=50, reason="Fitted on a sample.")
    monkeypatch.setattr(models, "load_model", lambda session, slug: (kept, None))
    rung = Rung("svm", "svm", True, "done", reason="Fitted on 40.", rows=40, fit_seconds=10.0)
    late = session(tmp_path, recipe=SimpleNamespace(plan={}), left=lambda: 0.0)
    assert refit(late, rung) == replace(rung, rows=50, reason="Fitted on a sample.")


@pytest.mark.parametrize("content", ['{"wandb_version": 1}', '{"name": ', "[]"])
def test_folders_of_other_programs_are_passed_over(
    content: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`runs/` is the usual folder of many tools."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "runs" / "exp3").mkdir(parents=True)
    (tmp_path / "runs" / "exp3" / "run.json").write_text(content)
    assert _choose_folder(None, "iris", "key") == (Path("runs/iris-01"), False)


@pytest.mark.parametrize("read", [0.0, 26.0, 55.0])
def test_reading_takes_nothing_from_the_simple_rungs(read: float, tmp_path: Path) -> None:
    """Their share is one of what is left when the ladder begins; the dummy and one more are fitted in any case."""
    chosen = [learner(slug) for slug in ("dummy", "linear", "decision-tree", "table-mlp")]
    clock, share = {"spent": read}, 0.4
    late = session(
        tmp_path, recipe=Recipe(DataSpec("memory"), budget=60.0), spent=lambda: clock["spent"],
        left=lambda: 60.0 - clock["spent"],
    )  # fmt: skip
    first = RungFit(late, chosen, 0, read)
    assert first._budget == pytest.approx(min(share * (60 - read), 60 - read - 4) / 3)
    clock["spent"] = read + share * (60 - read)
    assert [RungFit(late, chosen, index, read)._must for index in range(4)] == [True, True, False, True]
    assert RungFit(late, chosen, 2, read)._budget <= 0


def test_a_run_that_another_back_end_stopped_can_be_gone_on_with(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was fitted stands; only a ladder without a single rung has failed."""
    ended = []
    for error in (UsageError("x"), ValueError("x"), KeyboardInterrupt(), TrainingError("x")):
        monkeypatch.setattr(pipeline, "_work", raising(error))
        out = tmp_path / str(len(ended))
        with pytest.raises(type(error)):
            pipeline.train(Recipe(DataSpec("bundled:iris"), budget=9.0), out=out)
        ended.append(Run(out).info.status)
    assert ended == ["interrupted", "interrupted", "interrupted", "failed"]


def raising(error: BaseException) -> Any:
    """A function that raises this, whatever it is given."""

    def function(*given: Any) -> None:
        raise error

    return function
