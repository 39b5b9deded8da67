"""D2: against the dummy and against the simple models."""

from __future__ import annotations

import numpy as np
from program_zoo import classifier
from signal_zoo import signals
from watched_zoo import curve, healthy, plain, stuck, with_loss

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(**values):  # noqa: D103
    return diagnose(signals(**values), [rule("D2")])[0]


def test_no_better_than_the_dummy_is_an_issue() -> None:
    """Not surely beyond the margin."""
    verdict = judge(dummy_gain=[0.01, -0.02, 0.04, 0.01])
    assert verdict.finding.severity is Severity.ISSUE
    assert verdict.finding.fault == "underfitting"
    assert judge(dummy_gain=[0, 0, 0, 0.01]).finding.severity is Severity.ISSUE


def test_few_rows_with_room_for_a_gain_are_a_tip() -> None:
    """Nothing is proved either way."""
    assert judge(dummy_gain=[0.12, -0.03, 0.27, 0.01]).finding.severity is Severity.TIP


def test_answers_without_association_are_an_issue() -> None:
    """Guessing beats the dummy in macro F1, but not in mean recall."""
    guess = np.random.default_rng(0).multinomial(60, np.ones(4) / 4, size=4)
    assert judge(dummy_gain=[0.14, 0.08, 0.2, 0.01], confusion=guess).finding.severity is Severity.ISSUE
    assert judge(dummy_gain=[0.14, 0.08, 0.2, 0.01], confusion=guess + 60 * np.eye(4)).status is Status.CLEAR


def test_a_good_ranking_with_cautious_answers_is_clear() -> None:
    """With nearly all answers alike, mean recall does not count; the gain was measured on the ranking."""
    assert judge(dummy_gain=[0.4, 0.3, 0.5, 0.01], confusion=[[940, 1], [60, 0]]).status is Status.CLEAR


def test_a_network_that_does_not_win_is_a_tip() -> None:
    """Said, not hidden: the simple model is recommended."""
    verdict = judge(dummy_gain=[0.4, 0.3, 0.5, 0.01], network_gain=[-0.02, -0.04, -0.01, 0.01])
    assert verdict.finding.severity is Severity.TIP
    assert verdict.finding.fault == "network-beaten-by-simple-model"


def test_a_network_that_may_be_ahead_is_not_called_beaten() -> None:
    """An interval around zero is a tip of another name."""
    verdict = judge(dummy_gain=[0.4, 0.3, 0.5, 0.01], network_gain=[0.014, -0.006, 0.033, 0.01])
    assert verdict.finding.severity is Severity.TIP
    assert verdict.finding.fault == "network-not-surely-better"


def test_a_network_that_loses_by_far_is_an_issue() -> None:
    """Surely beyond five margins."""
    verdict = judge(dummy_gain=[0.4, 0.3, 0.5, 0.01], network_gain=[-0.12, -0.16, -0.08, 0.01])
    assert verdict.finding.severity is Severity.ISSUE


def test_a_network_without_time_is_a_tip() -> None:
    """Its training was cut short: one look, or a loss that is still falling."""
    lost = [-0.5, -0.6, -0.4, 0.01]
    assert judge(network_gain=lost, loss=[1.5]).finding.severity is Severity.TIP
    assert "still falling" in judge(network_gain=lost, loss=np.linspace(2.3, 1.2, 12)).reason
    assert judge(network_gain=lost, loss=[2.3, 1.5, 1.3, 1.29, 1.28, 1.28, 1.28]).finding.severity is Severity.ISSUE


def test_a_winner_is_clear() -> None:
    """Better than the dummy and than the simple models."""
    assert judge(dummy_gain=[0.4, 0.3, 0.5, 0.01], network_gain=[0.05, 0.02, 0.08, 0.01]).status is Status.CLEAR


def test_unknown_intervals_cannot_tell() -> None:
    """Nothing was compared."""
    assert judge(dummy_gain=[np.nan] * 4).status is Status.CANNOT_TELL


def watched(course, **changes):  # noqa: D103
    return diagnose({**course, **changes}, [rule("D2")])[0]


def test_a_watched_loss_like_that_of_a_constant_answer_is_an_issue() -> None:
    """On training and on validation examples, after steps enough."""
    verdict = watched(stuck())
    assert verdict.finding.severity is Severity.ISSUE
    assert verdict.finding.where.line == 31
    assert watched(healthy()).status is Status.CLEAR
    assert watched(stuck(), val_loss=plain("val_loss", np.full(10, 0.5))).status is Status.CLEAR


def test_a_watched_loss_that_only_looks_so_is_clear() -> None:
    """Answers that are right but far too sure; a penalty in the validation loss."""
    assert watched(with_loss(1.1, 1.09, accuracy=0.9)).status is Status.CLEAR
    parts = plain("loss_parts", [1.1, 0.8, 0.12, 0.8])
    assert watched(stuck(), val_loss=plain("val_loss", np.full(10, 1.2)), loss_parts=parts).status is Status.FOUND
    learnt = {"step_loss": plain("step_loss", curve(1.9, 0.9, 120, 0.005)), "loss_parts": healthy()["loss_parts"]}
    assert watched(healthy(), **learnt).status is Status.CLEAR


def test_after_a_few_steps_nothing_is_said() -> None:
    """And a loss that still falls is a tip: it may be too early to tell."""
    few = {"step_number": plain("step_number", np.arange(60)), "step_loss": plain("step_loss", np.full(60, 1.1))}
    early = {name: item for name, item in stuck(classifier(fit={"steps": 60})).items() if name != "probe_step"}
    assert watched(early, **few).status is Status.CANNOT_TELL
    line = np.linspace(1.13, 1.07, 120)
    late = {"step_loss": plain("step_loss", line), "val_loss": plain("val_loss", [1.1, 1.08])}
    assert watched(stuck(), **late).finding.severity is Severity.TIP
