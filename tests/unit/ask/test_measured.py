"""Questions that train: what was measured is read from the run, and what follows from it is said."""

from __future__ import annotations

import math
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import report_fixed

from vandap.ask import measured
from vandap.ask.arms import FEW_ROWS, Point
from vandap.ask.curve import Curve
from vandap.ask.decomposition import Decomposition, Part
from vandap.ask.opened import Repeatable
from vandap.ask.questions.i2 import BiasVariance
from vandap.ask.questions.i10 import Compared, Imbalance, is_balanced, is_by_chance
from vandap.ask.questions.n1 import MoreData
from vandap.ask.registry import find, is_question
from vandap.core.records import to_json
from vandap.core.store import Run
from vandap.repair.bench import Plan
from vandap.repair.session import Session

FLAT = Curve("accuracy", 0.01, 900, (Point("all", 5, 0.9, 0.0, 0.0, 0.0), Point("0.5", 5, 0.9, 0.0, -0.002, 0.002)))
NO_CURVE = Curve("accuracy", 0.01, 900, FLAT.points[:1])
STEEP = Curve("accuracy", 0.01, 900, (*FLAT.points[:1], Point("0.5", 5, 0.8, -0.1, -0.12, -0.08)))


def point(name: str, gain: float, width: float = 0.01) -> Point:
    """A gain with its interval."""
    return Point(name, 5, 0.9 + gain, gain, gain - width, gain + width)


NEITHER = [point("width*4", 0.0, 0.005), point("width/2", 0.0, 0.005)]


def part(value: float) -> Part:
    """A part of the error."""
    return Part(value, 0.9 * value, 1.1 * value)


def told(bias: float, variance: float, curve: Curve, *widths: Point) -> str:
    """The answer to I2."""
    parts = Decomposition(part(bias + variance), part(bias), part(variance), variance / 2, 10, 300)
    facts = {"parts": parts, "curve": curve, "widths": widths, "score": FLAT.points[0], "loss": "squared error"}
    given = BiasVariance().told_of(to_json(facts))
    assert all({len(row) for row in table.rows} <= {len(table.head)} for table in given.tables)
    return given.text


@pytest.mark.parametrize(
    ("bias", "variance", "curve", "widths", "verdict"),
    [
        (0.2, 0.02, FLAT, [point("width*2", 0.05)], "Verdict: bias"),
        (0.02, 0.2, STEEP, [point("width/2", 0.05)], "Verdict: variance; the network is too large"),
        (0.1, 0.1, STEEP, NEITHER, "more rows surely help. No other width surely does."),
        (0.1, 0.1, STEEP, [], "more rows surely help. Whether another width would help was not measured."),
        (0.2, 0.02, FLAT, NEITHER, "what is left is noise"),
        (0.2, 0.02, FLAT, [], "noise, not variance. Whether another width would help was not measured."),
        (0.02, 0.2, FLAT, [], "averaging"),
        (0.2, 0.02, FLAT, [point("width*2", 0.02, 0.03)], "not variance. Whether width*2 would help cannot be told"),
        (0.1, 0.1, FLAT, NEITHER, "Verdict: balanced. Neither"),
        (0.1, 0.1, FLAT, NEITHER[:1], "Verdict: balanced. Whether a narrower network would help was not measured."),
        (0.1, 0.1, NO_CURVE, NEITHER, "Verdict: balanced. Whether more data would help was not measured."),
    ],
)
def test_experiments_come_before_the_parts(
    bias: float, variance: float, curve: Curve, widths: list[Point], verdict: str
) -> None:
    """What surely helped decides; the parts of the error speak where nothing did, and none of what was not tried."""
    text = told(bias, variance, curve, *widths)
    assert verdict in text and "50% of that variance" in text


def test_a_budget_that_ended_early_is_said() -> None:
    """Nothing is made up for what was not measured."""
    facts = {"parts": None, "curve": Curve("accuracy", 0.01, 0, ()), "widths": (), "score": None, "loss": ""}
    text = BiasVariance().told_of(to_json(facts)).text
    assert "not decomposed" in text and "cannot tell yet" in text


def imbalance(**facts: Any) -> str:
    """The answer to I10."""
    usual = {"metric": "macro_f1", "why": "classes are imbalanced.", "counts": [270, 30], "left_out": [], "rarest": 1}
    return Imbalance().told_of(to_json({**usual, "found": (), **facts})).text


def test_few_rows_are_not_few_trainings() -> None:
    """Neither bias nor imbalance is told by trainings where rows are missing."""
    few = [replace(Point(name, 5, 0.9, 0.05), why=FEW_ROWS) for name in ("width*2", "width/2")]
    text = told(0.1, 0.1, FLAT, *few)
    assert "Whether width*2 or width/2 would help cannot be told: too few rows decide." in text
    found = tuple(Compared(item, 0.8, 0.5, 0.9) for item in few)
    assert "None of 2 answers was surely better than the training as it is: too few rows decide." in imbalance(
        found=found
    )


def test_answers_to_imbalance_are_compared() -> None:
    """What surely helped is named, best first, and what was not compared."""
    found = (
        Compared(Point("as it is", 5, 0.7), 0.4, 0.8, 0.93),
        Compared(point("class weights", 0.05), 0.8, 0.5, 0.9),
        Compared(point("undersampling", -0.05), 0.9, None, 0.7),
        Compared(point("oversampling", 0.08), 0.8, 0.6, 0.91),
    )
    text = imbalance(found=found, left_out=["SMOTE"])
    assert "Surely better than the training as it is: oversampling +0.08 [0.07, 0.09], class weights" in text
    assert (
        "classes are imbalanced. Surely" in text
        and "Surely worse: undersampling." in text
        and "no time: SMOTE." in text
    )


def test_balanced_classes_need_nothing() -> None:
    """Nothing is trained where no class is rare."""
    assert "nothing to do" in imbalance(counts=[100, 90])
    assert "nothing to do" in imbalance(counts=[30, 12], of="Held-out", is_balanced=True)


def test_chance_is_no_imbalance() -> None:
    """Of ten classes one is rare among 180 rows by chance; that is told from shares that differ."""
    rng = np.random.default_rng(0)
    drawn = [rng.multinomial(180, np.full(10, 0.1)) for _ in range(200)]
    assert np.mean([not is_balanced(counts) for counts in drawn]) > 0.9
    assert np.mean([not is_by_chance(counts) for counts in drawn]) < 0.04
    assert not is_by_chance(np.array([170, 10]))


@dataclass
class Subject(Repeatable):
    """A run whose trainings are counted instead of run."""

    folder: Path
    plan: Plan = field(default_factory=Plan)
    opens: int = 0

    def watched(self, told: str) -> Session:
        """The run folder."""
        return Session(self.folder, "")

    @contextmanager
    def opened(self, told: str) -> Any:
        """Nothing is read."""
        self.opens += 1
        yield None


def test_what_was_measured_is_not_measured_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only with a larger budget, which has time for more seeds."""
    run = report_fixed.nothing(tmp_path / "run")
    monkeypatch.setattr(MoreData, "measure", lambda self, opened: {"curve": STEEP})
    subject = Subject(run.path, Plan(60.0))
    assert "It was not measured" in MoreData().answer(run).text
    for budget, opens in ((60.0, 1), (60.0, 1), (600.0, 2)):
        subject.plan = Plan(budget)
        folder, given = measured.answer("N1", subject)
        assert folder == run.path and "+0.1" in given.text and subject.opens == opens
    assert "more data surely help" in MoreData().answer(Run(run.path)).text
    assert math.isnan(STEEP.next)


def test_another_metric_or_margin_is_another_question(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was measured by one is no answer by another, and neither replaces the other."""
    run = report_fixed.nothing(tmp_path / "run")
    curves = iter((STEEP, FLAT, FLAT))
    monkeypatch.setattr(MoreData, "measure", lambda self, opened: {"curve": next(curves)})
    subject = Subject(run.path)
    plans = (Plan(), Plan(metric="macro_f1"), Plan(metric="macro_f1", margin=0.2), Plan(), Plan(metric="macro_f1"))
    answers = []
    for subject.plan in plans:
        answers.append(measured.answer("N1", subject)[1].text)
    assert subject.opens == 3
    assert answers[0] == answers[3] == MoreData().answer(Run(run.path)).text != answers[1] == answers[4]
    assert {path.name for path in (run.path / "questions").iterdir()} == {
        "N1.json",
        "N1-by-macro_f1.json",
        "N1-by-macro_f1-margin-0.2.json",
    }


def test_words_find_their_question() -> None:
    """A number, or the words of a question; other words are what-ifs."""
    assert find("How much would more data help?").id == "N1" and find("i2").id == "I2"
    assert is_question("more data") and is_question("K99") and not is_question("lr*10")
