"""Numbered questions that read the what-ifs of a run."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import report_fixed
import report_run
import watched_run
from program_zoo import classifier

from vandap.ask.asked import asked
from vandap.ask.questions.i1 import BatchNormalisation
from vandap.ask.questions.k18 import Augmentation
from vandap.ask.questions.k19 import Corners
from vandap.ask.questions.k21 import FeatureWork
from vandap.ask.whatif.record import write_answered
from vandap.core.program import Layer
from vandap.core.store import Run, RunWriter, write_json


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """An exam of a network with an augmenting layer and a convolution."""
    made = report_fixed.nothing(tmp_path / "run")
    layers = (
        Layer(0, "flip", "flip", "RandomFlip", input_shape=(None, 8, 8, 1), output_shape=(None, 8, 8, 1)),
        Layer(
            1, "conv", "conv", "Conv2D", settings={"kernel_size": [3, 3], "padding": "valid"},
            input_shape=(None, 8, 8, 1), output_shape=(None, 6, 6, 4),
        ),
    )  # fmt: skip
    writer = RunWriter(made.path)
    writer.json("program", {"backend": "jax", "structure": replace(classifier(), layers=layers)})
    writer.close()
    return Run(made.path)


def ask(run: Run, words: str) -> None:
    """Store the answer to a what-if."""
    folder = run.path / "experiments" / "E01-asked"
    folder.mkdir(parents=True)
    write_answered(folder, replace(report_fixed.answered(report_fixed.better()), question=words))


def test_an_experiment_is_named_before_it_was_made(run: Run) -> None:
    """Who has not asked is told how."""
    assert '"no augmentation"' in Augmentation().answer(run).text
    assert '"padding=same"' in Corners().answer(run).text
    assert asked(run, "lr*10").tables == ()


def test_augmentation_is_decided_by_its_what_if(run: Run) -> None:
    """The paired runs with and without are the answer."""
    ask(run, "no augmentation")
    found = Augmentation().answer(run)
    assert "flip (RandomFlip)" in found.text and "What if" not in found.text and "Better." in found.text
    assert found.tables[0].rows == (("no augmentation", "accuracy", 0.4, 0.3, 0.5, 5, "better"),)


def test_corners_are_counted_and_tried(run: Run) -> None:
    """A kernel of 3 reads the corner once for nine readings of the centre; zeros make it four."""
    ask(run, "padding=same, lr*2")
    found = Corners().answer(run)
    shares = {row[0]: row[1] for row in found.tables[0].rows}
    assert shares["as it is"] == shares["valid"] == pytest.approx(1 / 9)
    assert shares["same"] == pytest.approx(4 / 9)
    assert found.tables[1].rows[0][0] == "padding=same, lr*2"


def test_what_normalisation_brings_is_named_before_it_was_tried(tmp_path: Path) -> None:
    """With layers of it they are left out, without they are put in; what was tried is told instead."""
    normalised = watched_run.normalised(tmp_path / "with")
    named = BatchNormalisation().answer(normalised).text
    assert '"no batchnorm"' in named and '"no batchnorm, lr*10"' in named and '"no batchnorm, no dropout"' in named
    plain = BatchNormalisation().answer(watched_run.healthy(tmp_path / "without")).text
    assert '"+batchnorm"' in plain and "no dropout" not in plain
    ask(normalised, "no batchnorm, lr*10")
    found = BatchNormalisation().answer(normalised)
    assert "what if no batchnorm, lr*10? Better." in found.text and "Joined" not in found.text
    assert found.document["what_ifs"][0]["verdict"] == "better"


def test_standardised_inputs_are_tried(tmp_path: Path) -> None:
    """The what-if is named, then told; of a run from a table, a second run is the way to features of one's own."""
    watched = watched_run.healthy(tmp_path / "run")
    assert '"inputs standardised"' in FeatureWork().answer(watched).text
    ask(watched, "inputs standardised")
    found = FeatureWork().answer(watched)
    assert "what if inputs standardised? Better." in found.text
    assert [row[0] for table in found.tables for row in table.rows if "What-ifs" in table.title] == [
        "inputs standardised"
    ]
    table = report_run.table(tmp_path / "table")
    (table.path / "artifact").mkdir(exist_ok=True)
    write_json(table.path / "artifact" / "preprocess.json", {})
    assert f"vandap compare {table.path} OTHER" in FeatureWork().answer(table).text


def test_a_network_without_images_says_so(tmp_path: Path) -> None:
    """Nothing is counted that is not there."""
    table = report_run.table(tmp_path / "run")
    assert "no chain of convolutions" in Corners().answer(table).text
    assert "Nothing in this training augments" in Augmentation().answer(table).text


def test_a_built_network_tells_what_its_plan_augments(tmp_path: Path) -> None:
    """Its layers do not augment, its batches are augmented; and its stem is a chain of convolutions."""
    images = report_run.images(tmp_path / "run")
    given = Augmentation().answer(images)
    assert given.text.startswith("flip, shift by 4 pixels change the examples")
    assert Corners().answer(images).tables[0].rows[0][0] == "as it is"
