"""The verdict inside a notebook."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from vandap.core.store import Run
from vandap.report.notebook import repr_html


@pytest.mark.parametrize("name", ["images", "regression", "failed", "bare"])
def test_is_one_fragment_without_script(name: str, runs: Mapping[str, Run]) -> None:
    """The card is one element that runs nothing and styles nothing outside itself."""
    fragment = repr_html(runs[name]).strip()
    assert fragment.startswith("<div")
    assert fragment.endswith("</div>")
    assert "<script" not in fragment
    assert "<style" not in fragment


def test_shows_the_verdict_and_the_findings(runs: Mapping[str, Run]) -> None:
    """The sentence and each finding, escaped."""
    fragment = repr_html(runs["images"])
    assert "unseen test examples" in fragment
    assert "A8 Class imbalance" in fragment
    assert "&lt;bird&gt;" in fragment
