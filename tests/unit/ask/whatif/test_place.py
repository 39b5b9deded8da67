"""Where a what-if is decided: on where it was cut, anew where it could not tell and the budget is larger."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import report_fixed

from vandap.ask.whatif.place import place as placed
from vandap.core.experiment import write_experiment
from vandap.repair.bench import LOOKS_FILE
from vandap.repair.session import Session


def place(folder: Path, budget: float, text: str = "lr*10") -> tuple[str, int]:
    """The experiment's folder and number for a budget."""
    found, number = placed(Session(folder, "key"), text, budget)
    return found.name, number


def test_every_what_if_has_its_folder(tmp_path: Path) -> None:
    """They are counted in the order in which they were asked; the same one is found again."""
    assert place(tmp_path, 60.0) == ("E01-lr-times-10", 0)
    assert place(tmp_path, 60.0, "lr/10, batch=64") == ("E02-lr-over-10-and-batch-64", 0)
    assert place(tmp_path, 60.0, "seed only") == ("E03-seed-only", 0)
    assert place(tmp_path, 60.0) == ("E01-lr-times-10", 0)


def test_one_that_was_cut_before_its_first_look_goes_on(tmp_path: Path) -> None:
    """A larger budget plans more looks, as none was taken; a smaller one keeps the plan."""
    name, _ = place(tmp_path, 60.0)
    folder = tmp_path / "experiments" / name
    write_experiment(folder, replace(report_fixed.better(), outcome=None, status="interrupted"))
    (folder / LOOKS_FILE).write_text('{"seeds": 5}')
    assert place(tmp_path, 30.0) == (name, 0) and (folder / LOOKS_FILE).exists()
    assert place(tmp_path, 600.0) == (name, 0) and not (folder / LOOKS_FILE).exists()


@pytest.mark.parametrize(("budget", "expected"), [(60.0, 0), (30.0, 0), (600.0, 1)])
def test_one_that_could_not_tell_is_asked_again_with_more(budget: float, expected: int, tmp_path: Path) -> None:
    """With fresh seeds: to lengthen a plan after its looks were taken would break the error that it keeps."""
    name, _ = place(tmp_path, 60.0)
    write_experiment(tmp_path / "experiments" / name, report_fixed.undecided())
    assert place(tmp_path, budget)[1] == expected


def test_one_that_was_decided_stands(tmp_path: Path) -> None:
    """No budget asks until the answer is another one."""
    name, _ = place(tmp_path, 60.0)
    write_experiment(tmp_path / "experiments" / name, report_fixed.better())
    assert place(tmp_path, 6000.0) == (name, 0)
