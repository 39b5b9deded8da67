"""The exam from Python: around one's own training, and on a stored run."""

from __future__ import annotations

import gc
import shutil
from pathlib import Path

import numpy as np
import pytest

import vandap
from vandap.errors import RunError, UsageError

pytestmark = pytest.mark.backend


def make() -> tuple[object, np.ndarray, np.ndarray]:
    """A small model with data."""
    import keras

    rng = np.random.default_rng(0)
    x = rng.normal(size=(64, 4)).astype("float32")
    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    return model, x, x.sum(axis=1)


def test_trainings_inside_the_block_are_examined(tmp_path: Path) -> None:
    """The exam can be asked after the block, as text, page and document, and again from the folder."""
    model, x, y = make()
    with vandap.watching(tmp_path / "run", mute=["B16"]) as exam:
        model.fit(x, y, epochs=2, verbose=0)  # type: ignore[attr-defined]
        with pytest.raises(UsageError, match="not over"):
            exam.verdicts  # noqa: B018
    assert exam.document()["verdicts"]["B16"] == "muted"
    assert "Checked: " in str(exam) and "vandap · " in exam._repr_html_()
    assert exam.document()["report"] is None
    assert exam.report().read_text().startswith("<!doctype html>")
    assert exam.document()["report"] == str(tmp_path / "run" / "report.html")
    again = vandap.examine(exam)
    assert {item.code: item.status for item in again.verdicts if item.code != "B16"} == (
        {item.code: item.status for item in exam.verdicts if item.code != "B16"}
    )
    gc.collect()


def test_a_crash_inside_the_block_is_the_users_and_is_explained(tmp_path: Path) -> None:
    """The exception passes unchanged; the exam tells what it means and where."""
    model, x, _ = make()
    with pytest.raises(ValueError), vandap.watching(tmp_path / "run") as exam:
        model.fit(x[:, :3], x[:, 0], verbose=0)  # type: ignore[attr-defined]
    (crash,) = (finding for finding in exam.findings if finding.code == "E5")
    assert crash.fault == "shape-misuse" and str(crash.where.file).endswith("test_examination.py")


def test_what_cannot_be_stored_does_not_end_the_users_program(tmp_path: Path) -> None:
    """The disk is full when the block ends: the next line runs, and the exam says why it has no answer."""
    with vandap.watching(tmp_path / "run") as exam:
        shutil.rmtree(tmp_path / "run")
        (tmp_path / "run").write_text("in the way")
    with pytest.raises(RunError, match="could not be made"):
        exam.findings  # noqa: B018


def test_a_folder_with_a_run_is_not_watched_into(tmp_path: Path) -> None:
    """Signals of whatever kind that lie there would go."""
    (tmp_path / "signals").mkdir()
    with pytest.raises(RunError, match="a run in this folder"), vandap.watch.watching(tmp_path):
        pytest.fail("must not be entered")


def test_bad_arguments_are_refused_before_anything_is_watched(tmp_path: Path) -> None:
    """A folder in use, a rule that is none, a duration that is none."""
    (tmp_path / "file").touch()
    with pytest.raises(RunError), vandap.watching(tmp_path):
        pytest.fail("must not be entered")
    with pytest.raises(UsageError), vandap.watching(tmp_path / "run", mute=["Z9"]):
        pytest.fail("must not be entered")
    with pytest.raises(UsageError), vandap.watching(tmp_path / "run", budget="soon"):
        pytest.fail("must not be entered")
    assert not (tmp_path / "run").exists()
    with pytest.raises(RunError):
        vandap.examine(tmp_path)
