"""B16, B17, B18: learning rate, batch size and optimiser as priors and as faults."""

from __future__ import annotations

from dataclasses import replace

import pytest
from program_zoo import classifier, dense, program, row
from watched_zoo import comparison, healthy, plain, poor, stuck, with_loss

from vandap.core.finding import Severity, Status
from vandap.core.program import Site
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose

MSE = "MeanSquaredError"


def judge(program, **signals):  # noqa: D103
    return diagnose({"program": program, **signals}, [rule("B18")])[0]


def ask(code, program):  # noqa: D103
    return diagnose({"program": program}, [rule(code)])[0]


@pytest.mark.parametrize(("optimizer", "rate"), [("Adam", 0.5), ("Adam", 1e-8), ("SGD", 30.0), ("Adadelta", 0.001)])
def test_an_unusual_rate_is_a_tip(optimizer, rate) -> None:
    """What is usual depends on the optimiser."""
    assert (
        ask("B16", classifier(optimizer=optimizer, settings={"learning_rate": rate})).finding.severity is Severity.TIP
    )


def test_an_unusual_rate_stands_where_the_optimiser_is_made() -> None:
    """Its line is named, not that of `compile`, which is where it is only where nothing else is known."""
    program = classifier(settings={"learning_rate": 0.5})
    made = replace(program.compile, optimizer_site=Site("train.py", 25, "optimizer = Adam(0.5)"))
    assert ask("B16", replace(program, compile=made)).finding.where.line == 25
    assert ask("B16", program).finding.where.line == program.compile.site.line


def test_a_rate_that_warms_up_from_zero_is_its_highest() -> None:
    """Keras' own example of a warm-up starts at zero, and steps of a schedule are rates, too."""
    warm = {"initial_learning_rate": 0.0, "warmup_target": 1e-3, "decay_steps": 100, "warmup_steps": 10}
    cosine = classifier(settings={"learning_rate": {"class_name": "CosineDecay", "config": warm}})
    assert judge(cosine).status is Status.CLEAR
    assert ask("B16", cosine).status is Status.CLEAR
    steps = {"class_name": "PiecewiseConstantDecay", "config": {"boundaries": [50], "values": [0.5, 0.1]}}
    assert ask("B16", classifier(settings={"learning_rate": steps})).finding.evidence["learning_rate"] == 0.5


def test_a_rate_of_zero_under_which_a_network_learns_is_set_elsewhere() -> None:
    """By a callback of the user's own."""
    still = classifier(settings={"learning_rate": 0.0})
    assert judge(**healthy(still)).status is Status.CLEAR
    stays = {**stuck(still), "learning_rate": plain("learning_rate", [0.0, 0.0, 0.0])}
    assert judge(**stays).finding.severity is Severity.ISSUE


def test_ftrl_is_for_linear_models() -> None:
    """Hidden layers lose their random start by it; a model without is what it is made for."""
    hidden, linear = classifier(optimizer="Ftrl"), program(row((None, 8), dense(1)), MSE, optimizer="Ftrl")
    assert judge(**stuck(hidden)).finding.severity is Severity.ISSUE
    assert judge(**healthy(hidden)).status is Status.CLEAR
    assert judge(**stuck(linear)).status is Status.CLEAR


@pytest.mark.parametrize("code", ["C9", "C10"])
def test_a_rate_that_is_proved_wrong_stands_there_too(code) -> None:
    """Where a test has shown that another rate does far better."""
    program = classifier()
    made = replace(program.compile, optimizer_site=Site("train.py", 25, "optimizer = Adam(0.5)"))
    test = comparison("learning_rate", x1=(1.1, 1.1), x0_1=(0.2, 0.25), x10=(0.2, 0.25))
    signals = {**stuck(replace(program, compile=made)), "test_learning_rate": test}
    assert diagnose(signals, [rule(code)])[0].finding.where.line == 25


@pytest.mark.parametrize(("optimizer", "rate"), [("Adam", 1e-5), ("SGD", 0.5), ("Adadelta", 1.0), ("RMSprop", 1e-3)])
def test_a_usual_rate_is_clear(optimizer, rate) -> None:
    """Fine-tuning included."""
    assert ask("B16", classifier(optimizer=optimizer, settings={"learning_rate": rate})).status is Status.CLEAR


def test_a_schedule_is_judged_by_its_first_rate() -> None:
    """A cosine decay from a usual rate."""
    schedule = {"class_name": "CosineDecay", "config": {"initial_learning_rate": 1e-3, "decay_steps": 100}}
    assert ask("B16", classifier(settings={"learning_rate": schedule})).status is Status.CLEAR
    assert ask("B18", classifier(settings={"learning_rate": schedule})).status is Status.CLEAR


@pytest.mark.parametrize("fit", [{"batch_size": 1}, {"batch_size": 960, "epochs": 5}])
def test_an_unusual_batch_is_a_tip(fit) -> None:
    """One example, or so many that few steps are made."""
    assert ask("B17", classifier(fit=fit)).finding.severity is Severity.TIP
    assert ask("B17", classifier()).status is Status.CLEAR
    assert ask("B17", classifier(fit={"batch_size": 960, "epochs": 500})).status is Status.CLEAR
    assert ask("B17", classifier(fit={"batch_size": 960, "epochs": 5, "steps_before": 200})).status is Status.CLEAR


@pytest.mark.parametrize(
    "settings", [{"learning_rate": 0.0}, {"learning_rate": -1e-3}, {"momentum": 1.0}, {"beta_2": 1.0}]
)
def test_settings_that_cannot_work(settings) -> None:
    """An issue at the call of compile, before any training."""
    verdict = judge(classifier(settings=settings))
    assert verdict.finding.severity is Severity.ISSUE
    assert verdict.finding.where.line == 30


def test_a_rate_of_zero_that_a_callback_raises_is_a_warm_up() -> None:
    """`compile` was given 0; little is learnt, but for another reason."""
    rises = {"learning_rate": plain("learning_rate", [0.002, 0.01, 0.01])}
    assert judge(**{**poor(classifier(settings={"learning_rate": 0.0})), **rises}).status is Status.CLEAR


@pytest.mark.parametrize(
    "slow",
    [
        classifier(settings={"epsilon": 1.0}),
        classifier(optimizer="SGD", settings={"learning_rate": 0.01, "momentum": 0.999}),
        classifier(optimizer="Adadelta", settings={"learning_rate": 1e-3}),
        classifier(optimizer="Adagrad", settings={"learning_rate": 1e-3}),
    ],
)
def test_settings_that_slow_down_are_judged_by_the_course(slow) -> None:
    """A tip before the training, an issue where nothing is learnt, clear where most is."""
    assert judge(slow).finding.severity is Severity.TIP
    assert judge(**stuck(slow)).finding.severity is Severity.ISSUE
    assert judge(**healthy(slow)).status is Status.CLEAR
    half_way = with_loss(1.1, 0.5, 0.7, slow)
    assert judge(**half_way).tests == ("learning_rate",)
    faster = comparison("learning_rate", x1=(0.6, 0.6), x100=(0.1, 0.15))
    assert judge(**half_way, test_learning_rate=faster).finding.severity is Severity.ISSUE
    no_faster = comparison("learning_rate", x1=(0.6, 0.6), x100=(0.55, 0.58))
    assert judge(**half_way, test_learning_rate=no_faster).status is Status.CLEAR


def test_usual_settings_are_clear() -> None:
    """Adam as it comes, SGD with momentum."""
    assert judge(classifier()).status is Status.CLEAR
    assert judge(classifier(optimizer="SGD", settings={"momentum": 0.99, "learning_rate": 0.1})).status is Status.CLEAR
