"""What findings suggest, and which of them a change is said to answer."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace
from typing import Any, cast

import numpy as np

from vandap.core.finding import Finding, Severity
from vandap.core.program import Compile, FitCall, Layer, Loss, Program
from vandap.core.signals import Series
from vandap.repair.changes.data import ScaleTrainingInputs
from vandap.repair.changes.optimisation import NoCallback
from vandap.repair.changes.rows import ShuffleSplit
from vandap.repair.outcome import _dropped, _hints, _step
from vandap.repair.proposals import Bundle, Proposal, advice, can_judge, proposals
from vandap.repair.record import NOT_PROVED, OUT_OF_BUDGET, PROVED
from vandap.repair.remedy import Safety
from vandap.repair.searches import Tried

PROGRAM = Program(
    layers=(Layer(0, "dense", "dense", "Dense", activation="linear", parameters=1),),
    compile=Compile((Loss("output", "MeanSquaredError"),), (), "Adam", {"learning_rate": 0.5}),
    fits=(FitCall("arrays", 100, 10, 5),),
    outputs=("dense",),
)
CAUSE = Finding("C9", "learning-rate-too-high", "x", Severity.ISSUE, "", remedies=("warm-up", "lower-learning-rate"))
SYMPTOM = Finding(
    "C8", "diverging-loss", "x", Severity.TIP, "", remedies=("lower-learning-rate",), explained_by=CAUSE.name
)  # fmt: skip
SIGNALS: dict[str, Series] = {"loss": Series(np.zeros(1), np.arange(1))}


def suggested() -> tuple[Proposal, ...]:
    """A symptom whose first answer is another answer to the cause."""
    return proposals((CAUSE, SYMPTOM), PROGRAM, SIGNALS)


class Source:
    """A source in which every change shows."""

    def refused(self, changes: Bundle) -> tuple[()]:
        """None."""
        return ()

    def diff(self, changes: Bundle) -> str:
        """Something."""
        return "+"


def test_a_change_answers_the_cause() -> None:
    """Where cause and symptom ask for the same, the cause is named, in whichever order it was suggested."""
    rates = [item for item in suggested() if item.remedy == "lower-learning-rate"]
    assert rates and {item.finding for item in rates} == {CAUSE.name}
    assert _step(rates[0].changes[0], (*suggested(),), "").finding == CAUSE.name


def test_what_only_a_symptom_asks_for_names_its_cause() -> None:
    """The reader sees that it is a sign of something else."""
    alone = proposals((SYMPTOM,), PROGRAM, SIGNALS)
    assert alone and all(item.finding == f"{SYMPTOM.name}, a sign of {CAUSE.name}" for item in alone)


def test_a_bundle_that_waits_was_not_put_to_the_proof() -> None:
    """Out of budget, not proved and proved say three different things of the bundle."""
    bundle = suggested()[0].changes
    why = {
        status: [step.why for step in _dropped(suggested(), (), bundle, status, Source())]
        for status in (OUT_OF_BUDGET, NOT_PROVED, PROVED)
    }
    assert why[OUT_OF_BUDGET] == ["waits for its proof: the time was up"]
    assert why[NOT_PROVED] == ["put to the proof, and not proved"] and not why[PROVED]


def test_what_no_change_makes_is_left_to_a_person() -> None:
    """A remedy whose change does not suit this training is told in words; one whose change is tried is not."""
    slugs = ("drop-duplicates", "correct-labels", "shuffle-examples")  # the last one has nothing left to do
    finding = Finding("A10", "x", "x", Severity.ISSUE, "", remedies=slugs)
    tried = proposals((finding,), PROGRAM, SIGNALS)
    assert [item.remedy for item in tried] == ["drop-duplicates"]
    assert [item.remedy for item in advice((finding,), tried)] == ["correct-labels"]


def test_the_first_answer_is_one_that_can_be_made() -> None:
    """An issue whose likeliest change the source cannot be given still has an answer that is due."""
    first = suggested()[0]
    found = proposals((CAUSE,), PROGRAM, SIGNALS, lambda changes: changes != first.changes)
    due = [item for item in found if item.is_due]
    assert [item.changes == first.changes for item in due] == [True, False]


def test_what_was_not_tried_is_not_called_useless() -> None:
    """What did no good, what another value of it did better, and what there was no time for."""
    rates = [item for item in suggested() if item.remedy == "lower-learning-rate"]
    bundle = rates[0].changes
    tried = [Tried(bundle, (0.9,)), Tried(rates[1].changes, (0.5,))]
    why = {step.words: step.why for step in _dropped(suggested(), tried, bundle, PROVED, Source())}
    assert "another value" in why[rates[1].changes[0].words]
    assert "not tried" in why[rates[2].changes[0].words]


def test_what_was_cured_asks_for_nothing_by_hand() -> None:
    """Advice for a finding that a kept change answers, and what could not be edited for it, are stale."""
    finding = Finding("A10", "x", "x", Severity.ISSUE, "", remedies=("lower-learning-rate", "correct-labels"))
    tried = proposals((finding,), PROGRAM, SIGNALS)
    examined = cast(Any, SimpleNamespace(findings=(finding,)))
    assert [hint.words for hint in _hints(examined, Source(), tried)]
    assert not [*_hints(examined, Source(), tried, tried[0].changes)]


def test_a_split_of_a_sorted_file_is_shuffled() -> None:
    """Where a class is missing on one side of Keras' own split; shares that drift may be those of time."""
    found = Finding("A13", "split-shift", "x", Severity.ISSUE, "", {"rows": 60.0}, remedies=("shuffle-and-stratify",))
    split = replace(PROGRAM, fits=(FitCall("arrays", 100, 10, 5, validation="split"),))
    assert [item.changes for item in proposals((found,), split, SIGNALS)] == [(ShuffleSplit(),)]
    drifts = replace(found, evidence={"moved_share": 0.3})
    assert not proposals((drifts,), split, SIGNALS) and not proposals((found,), PROGRAM, SIGNALS)
    assert [item.remedy for item in advice((drifts,), ())] == ["shuffle-and-stratify"]


def test_an_issue_that_no_change_answers_is_left_with_advice() -> None:
    """Else the reader has a diagnosis and nothing to do."""
    mute = Finding("C15", "schedule-misuse", "x", Severity.ISSUE, "", remedies=("lengthen-schedule",))
    (told,) = advice((mute,), proposals((mute,), PROGRAM, SIGNALS))
    assert told.remedy == "lengthen-schedule" and told.finding == mute.name
    assert not advice((replace(mute, severity=Severity.TIP),), ())
    assert not [item for item in advice((CAUSE,), suggested()) if item.remedy == "warm-up"]


def test_a_callback_that_ends_the_training_early_is_left_out() -> None:
    """Where the optimiser's own rate follows no schedule, the callback of `fit` is what lowers it."""
    faded = Finding("C15", "schedule-misuse", "x", Severity.ISSUE, "", remedies=("lengthen-schedule",))
    falling = replace(PROGRAM, fits=(FitCall("arrays", 100, 10, 5, callbacks=("History", "ReduceLROnPlateau")),))
    (found,) = proposals((faded,), falling, SIGNALS)
    assert found.changes == (NoCallback("ReduceLROnPlateau"),)


def test_rows_that_were_scaled_otherwise_judge_nothing() -> None:
    """Whatever helps on them helps nobody, unless the training rows are brought to their scale."""
    apart = replace(CAUSE, code="A13", slug="split-shift", remedies=("prepare-alike",))
    assert can_judge([CAUSE, SYMPTOM], suggested()) and not can_judge([CAUSE, apart], suggested())
    mended = Proposal((ScaleTrainingInputs(),), "prepare-alike", apart.name, Safety.ASK)
    assert can_judge([apart, CAUSE], [*suggested(), mended])
    assert can_judge([replace(apart, severity=Severity.TIP)], ())
    assert can_judge([replace(apart, remedies=("shuffle-and-stratify", "prepare-alike"))], ())
