"""The recipe that options make, and the run seen from Python."""

from __future__ import annotations

from pathlib import Path

import pytest
import report_run

from vandap.api import TrainedRun, make_recipe
from vandap.core.recipe import DataSpec, Recipe
from vandap.errors import UsageError


def test_options_reach_their_fields() -> None:
    """Options of the data and of the training land in the recipe, the budget in seconds."""
    recipe = make_recipe("a.csv", {"target": "y", "budget": "2m", "learners": ("linear",), "cost": (1.0, 5.0)})
    assert recipe == Recipe(DataSpec("a.csv", target="y"), budget=120.0, learners=("linear",), cost=(1.0, 5.0))


@pytest.mark.parametrize(
    "options", [{"targt": "y"}, {"budget": "soon"}, {"seed": -1}, {"seed": True}, {"backend": "theano"}]
)
def test_wrong_options_are_refused(options: dict[str, object]) -> None:
    """An unknown name or an impossible value is one error that says what would be right."""
    with pytest.raises(UsageError) as caught:
        make_recipe("a.csv", options)
    assert caught.value.expected and caught.value.hint


def test_a_frozen_plan_is_kept_only_when_nothing_changes() -> None:
    """Repeating a recipe keeps its measured plan; changing it measures anew."""
    base = Recipe(DataSpec("a.csv"), plan={"backend": "jax"})
    assert make_recipe("a.csv", {}, base).plan == {"backend": "jax"}
    assert make_recipe("a.csv", {"seed": 1}, base).plan == {}
    assert make_recipe("b.csv", {}, base).plan == {}


def test_a_run_shows_itself(tmp_path: Path) -> None:
    """A stored run opens by its path, gives its score and findings, and shows itself in a notebook and as a path."""
    report_run.images(tmp_path / "run")
    run = TrainedRun(tmp_path / "run")
    assert run.recommended == "image_cnn" and run.score is not None and run.findings[0].code == "A8"
    assert Path(run) == tmp_path / "run"
    assert run.ask("I9").strip()
    assert "F1" in run._repr_html_() and "<script>alert" not in run._repr_html_()
