"""A training of an edited script: on a copy, seeded, with rows held out; the same rows in every trial."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from vandap.core.program import Compile, FitCall, Layer, Loss, Program, Site
from vandap.core.store import Run
from vandap.errors import TrainingError
from vandap.repair.changes.data import DataShare, NumberLabels
from vandap.repair.changes.optimisation import LearningRate
from vandap.repair.changes.rows import AfterFit, Rows
from vandap.repair.source.project import Project
from vandap.repair.trial.copy import Folder
from vandap.repair.trial.division import read_division
from vandap.repair.trial.request import OUTPUT, PREDICTIONS, RESULT, SEEN
from vandap.repair.trial.worker import Workers, environment
from vandap.repair.trials import DIVISION, Done, Job, Trials

SCRIPT = """\
import os
import numpy as np
import keras
import helper

keras.utils.set_random_seed(7)
x = np.random.normal(size=(ROWS, 4)).astype("float32")
y = (x[:, 0] > 0).astype(int)
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, activation="sigmoid")])
model.compile(keras.optimizers.SGD(0.1), "binary_crossentropy")
open("written.txt", "w").write("by the script")
model.fit(x, y, validation_split=0.1, epochs=1, verbose=0)
raise SystemExit("never reached")
"""

pytestmark = pytest.mark.backend


@pytest.fixture
def trials(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Trials]:
    """Trials of a script of 1,200 rows, in one warm process."""
    folder = tmp_path / "own"
    folder.mkdir()
    (folder / "train.py").write_text(SCRIPT.replace("ROWS", "1200"))
    (folder / "helper.py").write_text("")
    monkeypatch.chdir(folder)
    with Workers(1, environment(os.environ, "", 1, tmp_path / "compiled"), tmp_path / "log") as workers:
        yield made(folder, tmp_path / "trials", workers)


def made(folder: Path, out: Path, workers: Workers) -> Trials:
    """Trials of the script in a folder."""
    file = str(folder / "train.py")
    fit = FitCall("arrays", 1080, 32, 1, validation="split", validation_share=0.1, site=Site(file, 12))
    program = Program(compile=Compile(optimizer="SGD", site=Site(file, 10)), fits=(fit,))
    return Trials(Project(program, folder), Folder.of(Path(file)), (), out, workers, timeout=120.0)


def run(trials: Trials, *jobs: Job) -> list[Done]:
    """Run trials that all end."""
    return [done for done in trials.run(jobs) if done is not None]


def stored(done: Done) -> dict[str, np.ndarray]:
    """Predictions and targets of a trial."""
    with np.load(done.folder / PREDICTIONS) as file:
        return {name: file[name] for name in file.files}


def test_trials_share_rows_and_differ_by_seed(trials: Trials) -> None:
    """One seed gives the same weights, another gives others, whatever seed the script sets; the rows stay."""
    one, other, changed, half = run(
        trials, Job((), 0), Job((), 1), Job((LearningRate(0.5),), 0), Job((DataShare(0.5),), 0)
    )
    assert [done.result.reason for done in (one, other, changed, half)] == [""] * 4
    target = stored(one)["target"]
    assert all(np.array_equal(stored(done)["target"], target) for done in (other, changed, half))
    assert one.result.initial == changed.result.initial != other.result.initial
    assert not np.array_equal(stored(one)["prediction"], stored(changed)["prediction"])
    assert not np.array_equal(stored(one)["prediction"], stored(half)["prediction"])

    division = read_division(trials.folder / DIVISION)
    assert division is not None
    assert (division.rows, division.validation) == (1080, 120)
    assert len(target) == len(division.select) + len(division.confirm) >= 300
    assert not set(division.select) & set(division.confirm)

    assert not (Path.cwd() / "written.txt").exists()
    assert "0.1" in (Path.cwd() / "train.py").read_text()


def test_a_trial_is_not_repeated(trials: Trials) -> None:
    """What has ended is read: a command that was cut goes on where it was."""
    first = run(trials, Job((), 3))[0]
    at = (first.folder / PREDICTIONS).stat().st_mtime_ns
    assert run(trials, Job((), 3))[0].result == first.result
    assert (first.folder / PREDICTIONS).stat().st_mtime_ns == at


def test_a_watched_trial_trains_the_same(trials: Trials) -> None:
    """What is seen inside belongs to the very training that another trial of the seed makes."""
    plain, watched = run(trials, Job((), 4), Job((), 4, watch=True))
    assert np.array_equal(stored(plain)["prediction"], stored(watched)["prediction"])
    assert {"loss", "gradients", "update_ratio"} <= set(Run(watched.folder / SEEN).signals)
    assert not (plain.folder / SEEN).exists()


def test_a_trial_that_was_cut_has_no_result(trials: Trials) -> None:
    """It is not taken for one that failed: the next command trains it again."""
    (Path.cwd() / "helper.py").write_text("import time; time.sleep(300)")
    usual, trials.timeout = trials.timeout, 5.0  # a lost trial is tried once more, which this one outlasts, too
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(run, trials, Job((), 5))
        folder = trials.folder / "reference-s5"
        while not (folder / OUTPUT).exists():  # the trial's own process has begun
            time.sleep(0.05)
        trials.workers.stop()
        waiting.result()
    assert not (folder / RESULT).exists()
    trials.timeout = usual
    (Path.cwd() / "helper.py").write_text("")
    assert run(trials, Job((), 5))[0].result.status == "done"


def test_a_crash_is_a_result(trials: Trials) -> None:
    """The other trials go on; what went wrong is told with its line."""
    (Path.cwd() / "helper.py").write_text("raise ValueError('no helper')")
    done = run(trials, Job((), 0))[0]
    assert done.result.status == "failed"
    assert "ValueError: no helper (line 1)" in done.result.reason


def test_labels_that_are_numbered_are_the_same_labels(trials: Trials) -> None:
    """The script stops at text, and trains once it is numbered: on the rows that it stopped at."""
    script = Path.cwd() / "train.py"
    script.write_text(script.read_text().replace("(x[:, 0] > 0).astype(int)", 'np.where(x[:, 0] > 0, "yes", "no")'))
    ended = run(trials, Job((), 0), Job((NumberLabels(),), 0), Job((), 1))
    assert [done.result.status for done in ended] == ["failed", "done", "failed"], [done.result for done in ended]
    assert set(stored(ended[1])["target"].ravel()) == {0, 1}


def test_data_that_differ_from_run_to_run_are_told(trials: Trials) -> None:
    """Arms on different rows cannot be compared, and are not."""
    script = Path.cwd() / "train.py"
    script.write_text(script.read_text().replace("np.random.normal", "np.random.default_rng().normal"))
    run(trials, Job((), 0))
    with pytest.raises(TrainingError, match="cannot be replayed"):
        run(trials, Job((), 1))


def test_functions_of_the_diff_are_called_by_the_trial(trials: Trials) -> None:
    """Rows are made and the bias is moved once others are held out; these and their targets stay those of any trial."""
    before = trials.project.program
    file = before.compile.site.file
    dense = Layer(0, "dense", "dense", "Dense", site=Site(file, 9))
    compiled = replace(before.compile, losses=(Loss("dense", "BinaryCrossentropy"),))
    program = replace(before, layers=(dense,), outputs=("dense",), compile=compiled)
    trials.project = Project(program, trials.project.root)
    changes = (Rows("without_repeats"), AfterFit("moved_threshold"))
    plain, changed = run(trials, Job((), 0), Job(changes, 0))
    assert changed.result.status == "done", changed.result.reason
    assert np.array_equal(stored(plain)["target"], stored(changed)["target"])
    diff = trials.diff(changes)
    assert (
        "+fit_x, fit_y = without_repeats(x[:fit_rows], y[:fit_rows])\n" in diff and "+moved_threshold(model, " in diff
    )
    odds = [
        np.log(item / (1 - item)) for item in (stored(done)["prediction"].astype(float) for done in (plain, changed))
    ]
    assert np.ptp(odds[1] - odds[0]) < 1e-3  # nothing but the bias was moved


@pytest.mark.parametrize(
    ("last", "said"),
    [
        ("assert abs(float(model.optimizer.learning_rate) - 0.1) < 1e-3, 'another rate'", "another rate"),
        ("raise SystemExit(0)", ""),
        ("raise ValueError('always')", None),
    ],
)
def test_what_would_be_kept_is_run_to_its_end(trials: Trials, last: str, said: str | None) -> None:
    """It stops because of the change, not at all, or where it stops anyway; nothing is written here."""
    script = Path.cwd() / "train.py"
    script.write_text(script.read_text().replace('raise SystemExit("never reached")', last))
    broken = trials.broken((LearningRate(0.5),))
    assert broken == said or (said and broken and said in broken and "(line 13)" in broken)
    assert not (Path.cwd() / "written.txt").exists()
