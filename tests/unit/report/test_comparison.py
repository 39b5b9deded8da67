"""Runs side by side."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import report_run

from vandap.core.estimate import Decision
from vandap.core.store import Run, read_json, write_json, writing
from vandap.report.comparison import compare_document, compare_runs, compare_text


def test_a_run_against_itself_makes_no_difference(runs: Mapping[str, Run]) -> None:
    """On the same examples with the same predictions the paired difference is nothing."""
    found = compare_runs([runs["images"], runs["images"]])
    assert found.comparable
    assert found.recipes == {}
    (pair,) = found.pairs
    assert pair
    assert pair.difference == 0
    assert pair.decision is Decision.NO_DIFFERENCE


def test_groups_are_the_units_of_the_difference(tmp_path: Path) -> None:
    """Rows of one group are not independent: with groups stored beside the predictions, fewer units decide."""
    runs = [report_run.images(tmp_path / name) for name in "ab"]
    learner = read_json(runs[0].path / "evaluation.test.json")["learner"]
    stored = runs[1].predictions(learner, "test")
    (alone,) = compare_runs(runs).pairs
    groups = np.arange(len(stored["rows"])) // 5
    with writing(runs[1].path) as writer:
        writer.predictions(learner, "test", stored["rows"], stored["target"], stored["prediction"][::-1], groups)
    (grouped,) = compare_runs(runs).pairs
    assert alone and grouped
    assert (alone.count, grouped.count) == (len(groups), groups.max() + 1)


def test_each_look_at_the_test_part_is_counted(tmp_path: Path) -> None:
    """Another pair is another look with half the error; the same pair again, in whichever order, is the same look."""
    runs = [report_run.images(tmp_path / name) for name in "abc"]
    learner = read_json(runs[0].path / "evaluation.test.json")["learner"]
    for number, run in enumerate(runs):
        stored = run.predictions(learner, "test")
        with writing(run.path) as writer:
            answers = np.roll(stored["prediction"], number, axis=0)
            writer.predictions(learner, "test", stored["rows"], stored["target"], answers)
    before = len(runs[0].data.get("ledger") or ())
    first = compare_runs(runs[:2])
    again, turned = compare_runs(runs[:2]), compare_runs(runs[1::-1])
    assert len(read_json(runs[0].path / "data.json")["ledger"]) == before + 1
    assert first.pairs == again.pairs and first.looks == turned.looks
    (other,) = compare_runs([runs[0], runs[2]]).pairs
    assert first.pairs[0] and other
    assert other.alpha == first.pairs[0].alpha / 2 == 0.05 / 2 ** (before + 1)
    assert f"Look {before + 2}" in compare_text([runs[0], runs[2]])
    assert "Look" in str(compare_document([runs[0], runs[2]])["comparisons"][0]["note"])


def test_other_test_examples_are_not_directly_comparable(tmp_path: Path) -> None:
    """Another fingerprint of the test part: the numbers stand side by side, without a paired verdict."""
    runs = [report_run.images(tmp_path / name, seed=seed) for seed, name in enumerate("ab")]
    data = read_json(runs[1].path / "data.json")
    data["split"]["fingerprints"]["test"] = "dd44"
    write_json(runs[1].path / "data.json", data)
    found = compare_runs(runs)
    assert not found.comparable
    assert "different test examples" in found.why
    assert found.pairs == (None,)
    assert all(len(row) == 2 for row in found.metrics.values())


def test_only_differing_settings_are_listed(tmp_path: Path) -> None:
    """Of two recipes only what differs is shown, by its full name."""
    runs = [report_run.images(tmp_path / name) for name in "ab"]
    recipe = read_json(runs[1].path / "recipe.json")
    recipe["plan"]["learning_rate"] = 0.01
    write_json(runs[1].path / "recipe.json", recipe)
    assert compare_runs(runs).recipes == {"plan.learning_rate": (0.003, 0.01)}


def test_document_is_plain_json(runs: Mapping[str, Run]) -> None:
    """Also with a run that measured nothing."""
    content = compare_document([runs["images"], runs["failed"]])
    assert json.loads(json.dumps(content, allow_nan=False)) == content
    assert content["comparable"] is False
    assert content["comparisons"] == [None]


def test_text_names_the_runs_and_the_headline(runs: Mapping[str, Run]) -> None:
    """The table has one column a run, the headline metric first."""
    lines = compare_text([runs["images"], runs["many"]]).splitlines()
    assert lines[2].split() == ["images", "many"]
    assert lines[3].startswith("Macro F1")
