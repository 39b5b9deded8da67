"""A13: parts that do not look alike."""

from __future__ import annotations

import numpy as np
import pytest
from program_zoo import classifier, layer
from signal_zoo import series, signals
from watched_zoo import healthy, plain, table

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose
from vandap.watch.observe import HELD_OUT


def judge(**values):  # noqa: D103
    return diagnose(signals(**values), [rule("A13")])[0]


def drift(value: float, low: float, high: float):  # noqa: D103
    return series("drift", [[value, low, high]], pair=["train-validation"])


def test_surely_different_inputs_are_an_issue() -> None:
    """The lower end of the AUC counts, not its value."""
    assert judge(drift=drift(0.9, 0.85, 0.95)).finding.severity is Severity.ISSUE
    assert judge(drift=drift(0.9, 0.6, 1.0)).status is Status.CLEAR


@pytest.mark.parametrize("method", [[0, 1, 0], [1, 0, 1]])
def test_time_and_groups_may_differ(method: list[int]) -> None:
    """A difference is then expected: a tip."""
    assert judge(drift=drift(0.9, 0.85, 0.95), split_method=method).finding.severity is Severity.TIP
    assert judge(class_counts=[[50, 0], [5, 0], [20, 10]], split_method=method).finding.severity is Severity.TIP


def test_a_class_without_training_rows_is_an_issue() -> None:
    """No model can know it."""
    assert judge(class_counts=[[50, 0], [20, 5], [20, 0]]).finding.severity is Severity.ISSUE


def test_a_class_missing_by_chance_is_clear() -> None:
    """Three expected rows may all be elsewhere; thirty may not."""
    assert judge(class_counts=[[900, 30], [0, 0], [100, 0]]).status is Status.CLEAR
    assert judge(class_counts=[[900, 300], [0, 0], [100, 0]]).finding.severity is Severity.ISSUE


def test_moved_shares_need_significance_and_size() -> None:
    """Few rows: chance. Many rows: significant but small. Both: an issue; a tip where nothing tells of the split."""
    assert judge(class_counts=[[50, 50], [0, 0], [3, 7]]).status is Status.CLEAR
    assert judge(class_counts=[[50_000, 50_000], [0, 0], [10_400, 9_600]]).status is Status.CLEAR
    moved = [[500, 500], [0, 0], [150, 50]]
    assert judge(class_counts=moved, split_method=[0, 0, 0]).finding.severity is Severity.ISSUE
    assert judge(class_counts=moved).finding.severity is Severity.TIP  # training rows may have been resampled


def test_classes_of_pixels_are_not_compared() -> None:
    """A few large objects more in the validation part are thousands of pixels, and no other population."""
    observed = table("label_statistics", {"output": (320,)}, ("examples",))
    counts = table("class_counts", {"train": (160_000, 24_320), "validation": (34_000, 12_080)}, ("0", "1"))
    assert diagnose({"class_counts": counts, "label_statistics": observed}, [rule("A13")])[0].finding is None


def test_random_splits_are_clear() -> None:
    """Of 500 plain random splits, none is called shifted."""
    generator = np.random.default_rng(0)
    for _ in range(500):
        shares = generator.dirichlet(np.ones(5))
        counts = np.stack([generator.multinomial(rows, shares) for rows in (600, 150, 200)])
        counts = counts[:, counts[0] > 0]
        assert judge(class_counts=counts).status is Status.CLEAR


def test_nothing_comparable_cannot_tell() -> None:
    """No training rows counted, no interval of the drift."""
    assert judge(drift=drift(np.nan, np.nan, np.nan)).status is Status.CANNOT_TELL


def test_in_a_program_the_call_of_fit_is_the_place() -> None:
    """There the split is made, or its parts are given."""
    counts = series("class_counts", [[50, 40, 3], [0, 0, 45]], split=["train", "validation"], **{"class": list("012")})
    verdict = diagnose({**healthy(), "class_counts": counts}, [rule("A13")])[0]
    assert verdict.finding.severity is Severity.ISSUE
    assert (verdict.finding.where.component, verdict.finding.where.line) == ("data", healthy()["program"].fit.site.line)


@pytest.mark.parametrize(
    ("outside", "rows", "held_out", "status"),
    [
        (0.6, 300, 0.9, Status.FOUND),
        (0.6, 300, 0.12, Status.CLEAR),
        (0.01, 300, 0.9, Status.CLEAR),
        (0.4, 12, 0.9, Status.CLEAR),
    ],
)
def test_targets_that_training_never_saw_are_an_issue_where_they_cost(outside, rows, held_out, status) -> None:
    """A series that grows; a network that follows it all the same is sound, and of a dozen rows nothing is sure."""
    facts = ("minimum", "maximum", "outside", "rows")
    beyond = series("beyond_training", [0.0, 10.0, outside, rows], fact=list(facts))
    signals = {**healthy(), "beyond_training": beyond, "val_loss": plain("val_loss", [held_out] * 6)}
    assert diagnose(signals, [rule("A13")])[0].status is status


@pytest.mark.parametrize(
    ("facts", "held_out", "status"),
    [
        ([0.02, 30, 170, 0.0, 4254.0, 0.03, -2.5, 11.8, 0.4], 0.9, Status.FOUND),
        ([0.02, 30, 170, 0.0, 4254.0, 0.03, -2.5, 11.8, 0.4], 0.12, Status.CLEAR),
        ([0.02, 30, 170, 0.0, 4254.0, 0.03, -2.5, 11.8, 1.0], 0.12, Status.FOUND),
        ([0.02, 30, 170, 0.0, 4254.0, 0.5, -2.5, 11.8, 1.0], 0.12, Status.CLEAR),
        ([0.2, 30, 170, 0.0, 4254.0, 0.03, -2.5, 11.8, 1.0], 0.9, Status.CLEAR),
        ([0.01, 1, 170, 0.0, 255.0, 0.0, 0.0, 1.0, 0.0], 0.12, Status.FOUND),
        ([0.01, 1, 170, 0.0, 1.0, 0.0, 0.0, 255.0, 0.0], 0.12, Status.CLEAR),
    ],
)
def test_inputs_that_lie_elsewhere_are_an_issue(facts, held_out, status) -> None:
    """Where they cost, and where only they are scaled; a network that takes others as well is sound all the same."""
    known = series("held_out_inputs", [facts], input=["x"], fact=list(HELD_OUT))
    signals = {**healthy(), "held_out_inputs": known, "val_loss": plain("val_loss", [held_out] * 6)}
    verdict = diagnose(signals, [rule("A13")])[0]
    assert verdict.status is status
    if verdict.finding is not None:
        said = f"run from 0 to {facts[4]:.4g} in all, those of validation from {facts[6]:.4g}"
        shared = "half of 30 columns share at most 2%" if facts[1] == 30 else "the ranges share 1%"
        assert verdict.finding.remedies == ("prepare-alike",) and said in verdict.finding.message
        assert shared in verdict.finding.message
        evidence = verdict.finding.evidence
        assert (evidence["deviation"], evidence["pixels"]) == (facts[8] == 1 and facts[5] < 0.2, facts[4] == 255)
        assert ("instead of" in verdict.finding.message) == (held_out > 0.5)


def test_numbers_that_are_looked_up_have_no_scale() -> None:
    """People of validation have other numbers where rows are split by person, whatever the loss on them."""
    program = classifier(layer("Embedding", input_dim=9000, output_dim=8), layer("Flatten"), shape=(None, 1))
    known = series("held_out_inputs", [[0.0, 1, 170, 0, 800, 0, 801, 1000, 0]], input=["x"], fact=list(HELD_OUT))
    for given, status in ((program, Status.CLEAR), (classifier(), Status.FOUND)):
        signals = {**healthy(given), "held_out_inputs": known, "val_loss": plain("val_loss", [0.9] * 6)}
        assert diagnose(signals, [rule("A13")])[0].status is status


@pytest.mark.parametrize(
    ("matrix", "status"),
    [
        ([[20, 0, 1], [0, 1, 17], [0, 19, 0]], Status.FOUND),
        ([[1, 18, 0], [0, 1, 17], [19, 0, 0]], Status.FOUND),
        ([[2, 40], [38, 3]], Status.FOUND),
        ([[20, 0, 1], [0, 12, 9], [0, 10, 10]], Status.CLEAR),
        ([[0, 90], [0, 10]], Status.CLEAR),
        ([[0, 3], [3, 0]], Status.CLEAR),
        ([[0, 0, 90], [0, 0, 90], [0, 0, 90]], Status.CLEAR),
    ],
)
def test_classes_that_are_answered_as_each_other_were_numbered_anew(matrix, status) -> None:
    """In a circle of two or three; a class that takes all answers, chance, and few rows are something else."""
    names = [str(place) for place in range(len(matrix))]
    answers = series("held_out_answers", matrix, **{"class": names, "answer": names})
    inputs = series("held_out_inputs", [[0.9] * len(HELD_OUT)], input=["x"], fact=list(HELD_OUT))
    verdict = diagnose({**healthy(), "held_out_answers": answers, "held_out_inputs": inputs}, [rule("A13")])[0]
    assert verdict.status is status
    if verdict.finding is not None:
        assert verdict.finding.remedies == ("number-labels-alike",)
        place = int(np.argmax(np.array(matrix) * (1 - np.eye(len(matrix))).astype(int)) // len(matrix))
        assert f"rows of class {place}" in verdict.finding.message


def test_answers_that_know_nothing_of_the_class_make_no_circle() -> None:
    """Whatever the classes and however few the rows: of 1,000, none is told."""
    generator, told = np.random.default_rng(0), 0
    for _ in range(1000):
        size = int(generator.integers(2, 8))
        rows = generator.multinomial(int(generator.integers(10, 300)), generator.dirichlet(np.ones(size)))
        shares = generator.dirichlet(np.ones(size))
        matrix = np.stack([generator.multinomial(count, shares) for count in rows])
        names = list("01234567"[:size])
        answers = series("held_out_answers", matrix, **{"class": names, "answer": names})
        told += diagnose({**healthy(), "held_out_answers": answers}, [rule("A13")])[0].finding is not None
    assert not told


def compared(validation: str, **signals):
    """A training whose fit has validation or none, and what `evaluate` was given after it."""
    known = healthy(classifier(fit={"validation": validation}))
    if validation == "none":
        del known["val_loss"]
    return diagnose({**known, **signals}, [rule("A13")])[0]


def test_rows_of_the_programs_own_test_are_compared_as_well() -> None:
    """By their own loss where the fit had none; classes that training lacks are told, and missing ones are not."""
    facts = (0.0, 8, 300, -3.0, 3.1, 1.0, 20.0, 900.0, 0.0)
    elsewhere = table("held_out_inputs", {"input": facts}, HELD_OUT)
    verdict = compared("none", held_out_inputs=elsewhere, test_loss=plain("test_loss", 3.0))
    assert verdict.finding.severity is Severity.ISSUE and verdict.reason.startswith("Test inputs lie elsewhere")
    near = elsewhere.values.copy()
    near[0, HELD_OUT.index("standard")] = 0.0  # nobody was scaled alone, and the test does as well
    alike = table("held_out_inputs", {"input": near[0]}, HELD_OUT)
    assert compared("none", held_out_inputs=alike, test_loss=plain("test_loss", 0.13)).status is Status.CLEAR

    def counted(*rows):
        return table("class_counts", dict(zip(("train", "test"), rows, strict=True)), ("a", "b"))

    unseen = compared("none", class_counts=counted((400, 0), (50, 50)))
    assert unseen.finding.severity is Severity.ISSUE and "in the test part" in unseen.reason
    for own in ((100, 0), (10, 90)):
        assert compared("none", class_counts=counted((200, 200), own)).status is Status.CLEAR
