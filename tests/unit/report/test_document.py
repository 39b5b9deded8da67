"""The document that `--json` prints."""

from __future__ import annotations

import json
from collections.abc import Mapping

import pytest

from vandap.core.store import Run
from vandap.report.document import document

KEYS = [
    "run",
    "task",
    "status",
    "metric",
    "baseline",
    "comparison",
    "recommended",
    "findings",
    "experiments",
    "report",
    "validation",
    "ladder",
    "cost",
]


@pytest.mark.parametrize("name", ["images", "table", "regression", "failed", "bare"])
def test_is_plain_json_with_stable_keys(name: str, runs: Mapping[str, Run]) -> None:
    """The keys are always the same, and no number is NaN."""
    content = document(runs[name])
    assert list(content) == KEYS
    assert json.loads(json.dumps(content, allow_nan=False)) == content


def test_holds_the_numbers_of_the_verdict(runs: Mapping[str, Run]) -> None:
    """Metric, baseline and comparison are those of the test part."""
    content = document(runs["images"])
    stored = runs["images"].evaluation("test")
    assert stored
    assert content["metric"]["value"] == stored.score.value
    assert content["metric"]["interval"] == [stored.score.low, stored.score.high]
    assert content["metric"]["split"] == content["baseline"]["split"] == content["comparison"]["split"] == "test"
    assert content["baseline"]["name"] == "random_forest"
    difference = content["metric"]["value"] - content["baseline"]["value"]
    assert content["comparison"]["difference"] == pytest.approx(difference)
    assert content["comparison"]["verdict"] == "better"
    assert [finding["code"] for finding in content["findings"]] == ["A8", "D2"]


def test_what_was_not_measured_is_null(runs: Mapping[str, Run]) -> None:
    """A run without evaluation has no metric, no baseline and no comparison."""
    content = document(runs["bare"])
    assert content["status"] == "running"
    assert content["metric"] is content["baseline"] is content["comparison"] is content["recommended"] is None
    assert content["ladder"] == content["findings"] == content["experiments"] == []
