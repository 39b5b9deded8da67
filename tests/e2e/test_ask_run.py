"""`vandap ask RUN`: what-ifs and questions that train the network of a run again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from vandap.cli.main import main


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small network, trained on digits."""
    folder = tmp_path_factory.mktemp("runs") / "digits"
    words = ["train", "bundled:digits", "--budget", "60s", "--learners", "image-cnn", "--set", "steps=40"]
    assert main([*words, "--out", str(folder), "--quiet"]) == 0
    return folder


def asked(run: Path, capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, dict[str, Any]]:
    """Exit code and document."""
    capsys.readouterr()
    code = main(["ask", str(run), *words, "--json"])
    return code, json.loads(capsys.readouterr().out)


@pytest.mark.slow
@pytest.mark.backend
def test_a_run_is_asked_a_what_if(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A rate that is far too low is harm, with theory, mechanism and the setting that was changed; I8 then knows it."""
    code, found = asked(run, capsys, "lr/1000", "--budget", "10m")
    assert code == 0, found
    assert found["effect"]["verdict"] == "harm" and found["effect"]["pairs"] >= 5
    assert found["mechanism"] and found["prediction"] and "learning_rate" in found["edit"]
    assert (run / "experiments" / "E01-lr-over-1000" / "answer.json").is_file()
    code, known = asked(run, capsys, "I8")
    assert known["what_ifs"][0]["what if"] == "lr/1000"


@pytest.mark.slow
@pytest.mark.backend
def test_what_a_run_cannot_be_given_is_refused(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A plan has no setting for an activation; options of scripts are told."""
    code, found = asked(run, capsys, "activation=tanh")
    assert code == 2 and "no setting" in found["error"]["hint"]
    code, found = asked(run, capsys, "lr*10", "--out", "elsewhere")
    assert code == 2 and "--out" in found["error"]["received"]
    data = run / "data.json"
    known = data.read_text()
    data.write_text(known.replace(json.loads(known)["fingerprint"], "0" * 32))
    code, found = asked(run, capsys, "lr*3")
    data.write_text(known)
    assert code == 3 and "have changed" in found["error"]["message"], found


@pytest.mark.slow
@pytest.mark.backend
def test_more_data_is_measured_once(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The words find the question; what was measured is read the second time."""
    code, found = asked(run, capsys, "how much would more data help?", "--budget", "30m")
    assert code == 0 and found["question"] == "N1", found
    assert [item["name"] for item in found["curve"]["points"]] == ["all", "0.5", "0.25", "0.125"]
    before = (run / "questions" / "N1.json").stat().st_mtime_ns
    assert asked(run, capsys, "N1")[1]["answer"] == found["answer"]
    assert (run / "questions" / "N1.json").stat().st_mtime_ns == before
