"""The page, the text and the document of a repair."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest
import report_fixed

from vandap.core.examined import read_examined
from vandap.core.experiment import Effect, Needed
from vandap.core.records import to_json
from vandap.core.store import Run
from vandap.repair.record import NOTHING_TO_TRY, Hint, read_fixed, write_fixed
from vandap.report.exam import write_exam
from vandap.report.experiment import gain
from vandap.report.fixed import FOLDED, fixed_document, fixed_text, needed
from vandap.report.html import page
from vandap.report.material import Material, gather
from vandap.report.opening import opening
from vandap.report.views.repair import Repair, RepairView
from vandap.report.views.whatif import WhatIfView
from vandap.report.whatif import whatif_text


@pytest.fixture(scope="module")
def materials(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Material]:
    """Every kind of repair."""
    folder = tmp_path_factory.mktemp("runs")
    return {name: gather(make(folder / name)) for name, make in report_fixed.MAKERS.items()}


def _view(material: Material) -> Repair:
    found = RepairView().build(material)
    assert found is not None
    return found


def test_page_opens_with_what_was_proved(materials: dict[str, Material]) -> None:
    """Proved, not proved and nothing to do are told apart by the first sentence and the tiles."""
    proved = opening(materials["fix-proved"])
    assert proved.sentence == "Better, and proved: learning rate 0.001."
    assert {tile.label: tile.number for tile in proved.tiles} == {
        "Accuracy as it is": "0.5", "Accuracy changed": "0.9", "Gain": "+0.40", "Found": proved.tiles[3].number,
        "Trainings": "14",
    }  # fmt: skip
    assert next(tile for tile in proved.tiles if tile.label == "Gain").kind == "good"
    undecided = opening(materials["fix-not-proved"])
    assert undecided.sentence == "Not proved."
    assert next(tile for tile in undecided.tiles if tile.label == "Gain").kind == ""
    assert [tile.label for tile in opening(materials["fix-nothing"]).tiles] == ["Found"]


def test_every_look_is_shown(materials: dict[str, Material]) -> None:
    """Looks that were not needed, and those that the budget did not reach, are told apart."""
    assert [look.verdict for look in _view(materials["fix-proved"]).looks] == ["better", "not needed"]
    undecided = _view(materials["fix-not-proved"])
    assert [look.verdict for look in undecided.looks] == ["cannot tell", "cannot tell", "not reached"]
    assert undecided.needed.startswith("40 seeds of each arm would probably tell, about 10 minutes")
    assert [look.seeds for look in _view(materials["fix-folded"]).looks] == ["8"]


def test_an_interval_that_touches_nothing_is_seen() -> None:
    """An end that would be rounded to 0 keeps its sign: the verdict depends on it."""
    assert gain(Effect(0.0192, -0.0035, 0.0419)) == "+0.019 [−0.004, 0.042]"
    assert gain(Effect(0.0, 0.0, 0.0)).startswith("0")
    assert gain(Effect(0.1, float("nan"), float("nan"))) == "+0.1"


def test_trainings_that_broke_are_named(materials: dict[str, Material]) -> None:
    """A crash or a NaN is a result that the reader sees."""
    assert "changed, seed 1007: not finite. NaN." in _view(materials["fix-not-proved"]).notes


def test_changes_and_lines_left_to_the_user_are_shown(materials: dict[str, Material]) -> None:
    """What is kept, what was left out and why, and what a person must edit."""
    view = _view(materials["fix-proved"])
    assert [row.words for row in view.kept] == ["learning rate 0.001"]
    assert [row.why for row in view.dropped] == ["screened; no better"]
    assert [(row.place, row.reason) for row in view.by_hand] == [("train.py:12", "The optimiser is no plain call.")]
    assert [kind for kind, _ in view.diff] == ["name", "name", "place", "", "removed", "added"]


def test_what_ifs_are_told_one_by_one(materials: dict[str, Material]) -> None:
    """Each with its verdict, theory, mechanism and edit; one without a look says so."""
    view = WhatIfView().build(materials["asked"])
    assert view is not None
    first, second = view.items
    assert first.verdict == "better" and first.effect.startswith("Gain in Accuracy +0.40 [0.30, 0.50]")
    assert first.seen[1] == ("dead units", "0", "–") and first.sources == ("Cohen 2021",)
    assert second.verdict == "not decided" and "before the first look" in second.effect
    assert len(first.charts) == 2 and len(second.charts) == 1


@pytest.mark.parametrize("name", report_fixed.MAKERS)
def test_page_needs_no_network(name: str, materials: dict[str, Material]) -> None:
    """No address, no script; what the user wrote is escaped."""
    text = page(materials[name])
    assert not re.search(r"""(?:src|href)=["'](?!#|data:)|https?://|<script|@import|url\(""", text)
    assert "<mse>" not in text and "<high>" not in text and "<grow>" not in text


def test_text_and_document_name_the_page(tmp_path: Path) -> None:
    """Terminal and `--json` say where the page is."""
    run = report_fixed.proved(tmp_path / "run")
    fixed, examined = read_fixed(run.path), read_examined(run.path, "train.py")
    assert fixed is not None
    report = write_exam(examined)
    assert report == run.path / "report.html" and "What the repair proved" in report.read_text()
    assert f"Report: {report}" in fixed_text(fixed, examined, report)
    told = fixed_text(replace(fixed, status=NOTHING_TO_TRY, experiment=None), examined)
    assert examined.findings and all(finding.message in told for finding in examined.findings)
    document = to_json(fixed_document(fixed, examined, (), report))
    assert document["report"] == str(report) and document["comparison"]["verdict"] == "better"


def test_a_cause_that_could_not_be_edited_is_said_first(tmp_path: Path) -> None:
    """What was kept may be of a symptom only; who reads the gain alone would take it for the cure."""
    run = report_fixed.proved(tmp_path / "run")
    fixed, examined = read_fixed(run.path), read_examined(run.path, "train.py")
    assert fixed is not None
    first = next(item for item in examined.findings if item.explained_by is None)
    refused = Hint("learning rate 0.01", first.name, "train.py", 3, "It is read from a file.")
    other = tuple(replace(step, finding="C99 other") for step in fixed.kept)
    told = fixed_text(replace(fixed, hints=(refused,), kept=other, dropped=()), examined)
    assert told.split("\n\n")[1].startswith(f"The likeliest cause, {first.name}, is one that vandap could not edit")
    write_fixed(run.path, replace(fixed, hints=(refused,), kept=other, dropped=()))
    assert _view(gather(Run(run.path))).notes[0].startswith(f"The likeliest cause, {first.name}, is one")
    answered = tuple(replace(step, finding=first.name) for step in fixed.kept)
    assert "The likeliest cause" not in fixed_text(replace(fixed, hints=(refused,), kept=answered), examined)
    assert "The likeliest cause" not in fixed_text(replace(fixed, hints=(), kept=other), examined)


@pytest.mark.parametrize("more", [Needed(examples=42_000), Needed(seeds=5000)])
def test_nobody_is_sent_for_more_than_can_be_had(more: Needed) -> None:
    """Tens of thousands of rows, where there are hundreds, are no advice."""
    outcome = report_fixed.undecided().outcome
    assert outcome is not None
    assert "too small for these data" in needed(replace(outcome, needed=more))


def test_text_of_a_what_if(tmp_path: Path) -> None:
    """Theory with its source, the edit, the effect, every seed as a mark, what was seen inside, where the page is."""
    text = whatif_text(report_fixed.answered(report_fixed.better()), tmp_path / "report.html")
    assert "Theory: Rates <grow>. Loss jumps. (Cohen 2021)" in text
    assert "Measured: Accuracy +0.4, 95 % interval [0.3, 0.5], 5 seeds" in text and "better" in text
    assert report_fixed.DIFF.strip() in text
    assert "as it is  |" in text and f"Report: {tmp_path}" in text
    assert max(map(len, text.replace(str(tmp_path), "").splitlines())) <= 100


def test_text_of_a_what_if_without_a_verdict() -> None:
    """What would tell is said; a budget without a look is said."""
    assert "40 seeds of each arm would probably tell" in whatif_text(report_fixed.answered(report_fixed.undecided()))
    cut = report_fixed.answered(replace(report_fixed.better(), outcome=None))
    assert "larger --budget" in whatif_text(cut)


def test_folds_are_no_held_out_rows(tmp_path: Path) -> None:
    """Small data: trainings on folds of all rows decided, not seeds on rows that were held out."""
    outcome = report_fixed.by_folds().outcome
    assert outcome is not None
    folded = replace(outcome, effect=replace(outcome.effect, method=FOLDED, seeds=10, count=260))
    answered = report_fixed.answered(replace(report_fixed.by_folds(), outcome=folded))
    material = replace(gather(report_fixed.nothing(tmp_path / "run")), answered=(answered,))
    view = WhatIfView().build(material)
    assert view is not None
    for text in (" ".join(whatif_text(answered).split()), view.items[0].effect):
        assert "10 trainings of each arm on repeated folds of 260 rows" in text and "held-out" not in text


def test_document_of_a_what_if() -> None:
    """The names of `--json` are those of the design."""
    document = to_json(report_fixed.answered(report_fixed.better()).document())
    assert {"question", "prediction", "effect", "mechanism", "plot"} <= set(document)
    assert {"metric", "difference", "interval", "verdict", "pairs"} <= set(document["effect"])
    assert len(document["plot"]["arms"]["lr*10"]) == 5


def test_other_runs_have_no_such_section(runs: dict[str, Run]) -> None:
    """A run of `vandap train` is no repair."""
    assert RepairView().build(gather(runs["table"])) is None
