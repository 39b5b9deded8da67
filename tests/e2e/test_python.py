"""`vandap.train` and `vandap.load` on data in memory, as a notebook uses them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas
import pytest

import vandap
from vandap.errors import InputError

OPTIONS = {"budget": "20s", "learners": ("dummy", "linear")}


def flowers(rows: int = 200) -> pandas.DataFrame:
    """Two classes that one column separates."""
    generator = np.random.default_rng(3)
    tall = np.arange(rows) % 2
    colour = np.array(["red", "blue", "white"])[generator.integers(0, 3, rows)]
    kind = np.where(tall, "rose", "daisy")
    return pandas.DataFrame({"height": generator.normal(3 + 3 * tall, 0.7), "colour": colour, "kind": kind})


def test_a_data_frame(tmp_path: Path) -> None:
    """A DataFrame trains, the run shows its score and report, and its model reads a DataFrame again."""
    run = vandap.train(flowers(), target="kind", out=tmp_path / "run", **OPTIONS)
    assert run.score is not None and run.score.value > 0.9
    assert run.report() == tmp_path / "run" / "report.html"
    assert run.document()["status"] == "done"
    new = pandas.DataFrame({"height": [7.0, 1.0], "colour": ["red", None]})
    assert list(vandap.load(run).predict(new)) == ["rose", "daisy"] == list(run.predict(new))


def test_a_pair_of_arrays(tmp_path: Path) -> None:
    """Inputs and targets as arrays train a regression."""
    generator = np.random.default_rng(4)
    x = generator.normal(size=(300, 4))
    run = vandap.train((x, x @ [1.0, 2.0, 0.0, -1.0]), out=tmp_path / "run", **OPTIONS)
    assert run.recommended == "linear"
    # the scaling bends large inputs a little, so the line is not met exactly
    assert run.predict(np.eye(4)) == pytest.approx([1.0, 2.0, 0.0, -1.0], abs=0.3)


def test_what_is_no_data_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An object that holds no table or arrays is one error with four parts, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(InputError) as caught:
        vandap.train(object(), **OPTIONS)
    assert all(caught.value.to_json()["error"].values())
    assert list(tmp_path.iterdir()) == []
