"""`vandap` as a person runs it: one training, and everything that can be asked of its run afterwards."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytestmark = pytest.mark.backend


def vandap(*words: object, cwd: Path, seconds: float = 240) -> subprocess.CompletedProcess[str]:
    """Run a command line in a process of its own."""
    command = [sys.executable, "-m", "vandap.cli.main", *map(str, words)]
    environment = dict(os.environ, OMP_NUM_THREADS="1", COLUMNS="100")
    return subprocess.run(
        command, cwd=cwd, env=environment, capture_output=True, text=True, timeout=seconds, check=False
    )


def document(*words: object, cwd: Path, code: int = 0) -> dict[str, Any]:
    """Run a command with --json; its standard output is one JSON document and nothing else."""
    done = vandap(*words, "--json", cwd=cwd)
    assert done.returncode == code, done.stderr + done.stdout
    return json.loads(done.stdout)


def write_flowers(path: Path, rows: int = 240) -> None:
    """A table with numbers, a category, a missing value and two classes that a line nearly separates."""
    generator = np.random.default_rng(7)
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["height", "width", "colour", "kind"])
        for row in range(rows):
            tall = row % 2
            height, width = generator.normal(3 + 2 * tall, 0.8), generator.normal(1, 0.3)
            colour = ("red", "blue", "white")[generator.integers(3)]
            shown = "" if row == 5 else f"{width:.3f}"
            writer.writerow([f"{height:.3f}", shown, colour, "rose" if tall else "daisy"])


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a table and a finished run of it."""
    folder = tmp_path_factory.mktemp("e2e")
    write_flowers(folder / "flowers.csv")
    words = ("--budget", "15s", "--learners", "dummy,linear,table-mlp", "--out", "run")
    (folder / "train.json").write_text(json.dumps(document("train", "flowers.csv", *words, cwd=folder)))
    return folder


def test_training_gives_a_document_and_a_run_folder(place: Path) -> None:
    """The document names task, metric with interval, recommendation and report, and the files are there."""
    told = json.loads((place / "train.json").read_text())
    assert told["status"] == "done" and told["task"] == "binary"
    low, high = told["metric"]["interval"]
    assert low <= told["metric"]["value"] <= high and told["metric"]["split"] == "test"
    assert told["recommended"] in {"linear", "table-mlp"}
    assert Path(place, told["report"]).is_file()
    wanted = {"run.json", "recipe.json", "data.json", "ladder.json", "findings.json", "program.json", "card.md"}
    assert wanted <= {path.name for path in (place / "run").iterdir()}


def test_the_report_needs_no_network(place: Path) -> None:
    """report.html loads nothing from outside; `vandap report` writes it anew and prints where."""
    (place / "run" / "report.html").unlink()
    done = vandap("report", "run", cwd=place)
    page = (place / done.stdout.strip()).read_text(encoding="utf-8")
    assert done.returncode == 0 and 'src="http' not in page and "@import" not in page and 'href="http' not in page


def test_the_exam_reads_the_run(place: Path) -> None:
    """Every rule has a verdict, and the exit code follows --fail-on."""
    told = document("exam", "run", "--fail-on", "never", cwd=place)
    assert {finding["code"] for finding in told["findings"]} <= set(told["verdicts"])
    assert len(told["verdicts"]) >= 15
    loud = 1 if any(finding["severity"] == "issue" for finding in told["findings"]) else 0
    assert vandap("exam", "run", cwd=place).returncode == loud


@pytest.mark.parametrize("number", ["I4", "I7", "I9", "I11", "K10", "K22", "K23", "K25"])
def test_answered_questions_are_answered(place: Path, number: str) -> None:
    """Each question that is claimed gets words, numbers and its short form from a real run."""
    told = document("ask", "run", number, cwd=place)
    assert told["question"] == number and told["status"] in {"answered", "partly"}
    assert any(character.isdigit() for character in told["answer"]) and told["short"]


def test_doubled_features_double_the_first_kernel(place: Path) -> None:
    """I9 on a table: only the layer that reads the features grows, by one weight a unit for each new feature."""
    told = document("ask", "run", "I9", cwd=place)
    assert told["unknown"] == []
    (name,) = told["layers_that_grow"]
    assert name == "enter" and told["parameters"]["then"] > told["parameters"]["now"]


def test_iterations_add_up(place: Path) -> None:
    """I11: iterations times batch size is epochs times examples."""
    told = document("ask", "run", "I11", cwd=place)
    assert told["iterations"] * told["batch_size"] == pytest.approx(told["epochs"] * told["examples"])


def test_the_model_predicts_from_raw_rows(place: Path) -> None:
    """The artifact reads the user's own rows, missing and unknown values included, without the training code."""
    import vandap as package

    predictor = package.load(place / "run")
    rows = [{"height": 6.0, "width": None, "colour": "red"}, {"height": 2.0, "width": 1.0, "colour": "never seen"}]
    assert list(predictor.predict(rows)) == ["rose", "daisy"]


def test_runs_are_compared(place: Path) -> None:
    """Two runs on the same split are compared in pairs."""
    words = ("--budget", "5s", "--learners", "dummy,linear", "--out", "second")
    assert vandap("train", "flowers.csv", *words, "--quiet", cwd=place).returncode == 0
    assert len(document("compare", "run", "second", cwd=place)["runs"]) == 2
    assert vandap("compare", "run", "second", cwd=place).returncode == 0


def test_a_run_without_a_network_says_so(place: Path) -> None:
    """Questions about the network are answered plainly on a run that has none, and bench refuses."""
    words = ("--budget", "5s", "--learners", "dummy,linear", "--out", "plain")
    assert vandap("train", "flowers.csv", *words, cwd=place).returncode == 0
    assert "trained no network" in document("ask", "plain", "I9", cwd=place)["answer"]
    assert document("bench", "plain", cwd=place, code=2)["error"]["hint"]


@pytest.mark.slow
def test_the_network_is_timed_on_each_back_end(place: Path) -> None:
    """`vandap bench` and K16 give a row for each installed back end, with one of them the fastest."""
    told = document("bench", "run", cwd=place)
    times = {row["backend"]: row["seconds_per_step"] for row in told["backends"] if row.get("seconds_per_step")}
    assert "jax" in times and min(times.values()) > 0
    assert document("ask", "run", "K16", cwd=place)["fastest"] in times
