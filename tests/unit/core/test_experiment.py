"""Records of experiments."""

from __future__ import annotations

from pathlib import Path

import pytest

from vandap.core.estimate import Decision
from vandap.core.experiment import (
    Arm,
    Components,
    Effect,
    Experiment,
    Look,
    Needed,
    Outcome,
    Pairing,
    Trial,
    read_experiment,
    write_experiment,
)
from vandap.core.recipe import Change
from vandap.core.records import to_json
from vandap.errors import RunError

EFFECT = Effect(
    0.01, -0.01, 0.03, -0.005, 0.025, error=0.008, freedom=4, seeds=5, count=400, components=Components(1e-4, 0.2, 0.3)
)
OUTCOME = Outcome(
    "accuracy",
    Decision.CANNOT_TELL,
    EFFECT,
    0.01,
    Pairing.PARTIAL,
    (5, 8),
    (Look(5, EFFECT, Decision.CANNOT_TELL),),
    {"reference": 0, "changed": 1},
    Needed(seeds=14, seconds=280.0),
    ("A note.",),
)
EXPERIMENT = Experiment(
    "E01-learning-rate",
    "Is a learning rate of a tenth better?",
    "confirm",
    Arm("as it is", trials=(Trial(1, score=0.8, seconds=3.0, folder="trials/T01"),)),
    Arm(
        "learning rate x0.1",
        (Change("learning-rate", {"factor": 0.1}),),
        (Trial(1, "not finite", 0.1, reason="The loss became NaN."),),
    ),
    "done",
    2,
    OUTCOME,
)


def test_an_experiment_is_written_and_read(tmp_path: Path) -> None:
    """`experiment.json` holds all of it."""
    write_experiment(tmp_path / EXPERIMENT.name, EXPERIMENT)
    assert read_experiment(tmp_path / EXPERIMENT.name) == EXPERIMENT


def test_a_running_experiment_has_no_outcome(tmp_path: Path) -> None:
    """It can be stored before the first trial ended."""
    started = Experiment("E02-dropout", "?", "confirm", Arm("as it is"), Arm("dropout 0.5"))
    write_experiment(tmp_path, started)
    assert read_experiment(tmp_path) == started


def test_a_missing_experiment_is_an_error_of_the_run(tmp_path: Path) -> None:
    """It says which file is missing."""
    with pytest.raises(RunError, match=r"experiment\.json"):
        read_experiment(tmp_path)


def test_broken_trials_are_counted() -> None:
    """Runs that score as the dummy."""
    assert (EXPERIMENT.reference.broken, EXPERIMENT.changed.broken) == (0, 1)


def test_the_document_is_what_faces_print() -> None:
    """The keys that the command line's JSON promises, and how much stands behind the verdict."""
    document = to_json(OUTCOME.document())
    assert document["metric"] == "accuracy"
    assert (document["difference"], document["interval"]) == (0.01, [-0.01, 0.03])
    assert (document["verdict"], document["pairs"], document["looks"]) == ("cannot tell", 5, [5])
    assert document["needed"] == {"seeds": 14, "examples": None, "seconds": 280.0}


def test_components_predict_other_sizes() -> None:
    """The variance of a mean over other numbers of seeds and examples."""
    assert Components(1.0, 10.0, 100.0).variance(4, 100) == pytest.approx(0.25 + 0.1 + 0.25)
    assert not Pairing.NONE.paired
    assert Pairing.PARTIAL.paired
