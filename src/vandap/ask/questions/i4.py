"""I4: accuracy against the dummy, per class, ranked, calibrated, and at a rare prevalence."""

from __future__ import annotations

import math

import numpy as np

from vandap.ask.question import Answer, Question, Table
from vandap.core.evaluation import Evaluation
from vandap.core.store import Run
from vandap.evaluate.operating import precision_at_prevalence, upper_rate

PREVALENCE = 1e-5
"""One attack in 100,000 events: the prevalence of the question's source."""
_OTHERS = ("balanced_accuracy", "macro_precision", "macro_recall", "macro_f1", "roc_auc", "pr_auc", "log_loss", "ece")


class AccuracyReliable(Question):
    """Is accuracy reliable, and which measures are?"""

    id = "I4"
    question = "Is accuracy reliable? Which measures are?"
    how = (
        "Accuracy against the most common class, each class's recall and precision, AUC, calibration, rare prevalence."
    )

    def answer(self, run: Run) -> Answer:
        """Answer from the stored evaluation."""
        evaluation = run.evaluation("test") or run.evaluation("validation")
        if evaluation is None:
            return Answer("Nothing was evaluated in this run yet; let its training finish, and ask again.")
        if evaluation.confusion is None or "accuracy" not in evaluation.metrics:
            return _regression(evaluation)
        return _classification(evaluation, evaluation.confusion)


def _regression(evaluation: Evaluation) -> Answer:
    shown = ", ".join(f"{name} {estimate}" for name, estimate in evaluation.metrics.items())
    return Answer(
        f"The target is a number, so there is no accuracy here. On the {evaluation.part} part: {shown}.",
        "Accuracy counts exact hits, which a number has none of. Report the error in the target's unit with an "
        "interval, beside the error of predicting the mean.",
        document={"part": evaluation.part, "metrics": dict(evaluation.metrics)},
    )


def _classification(evaluation: Evaluation, confusion: np.ndarray) -> Answer:
    accuracy, support = evaluation.metrics["accuracy"], confusion.sum(axis=1)
    common = float(support.max() / support.sum())
    name = evaluation.classes[int(support.argmax())].name
    recalls = {report.name: report.recall.value for report in evaluation.classes if math.isfinite(report.recall.value)}
    worst = min(recalls, key=lambda key: recalls[key])
    ratio = float(support.max() / max(support.min(), 1))
    fair = ratio < 1.5 and accuracy.value - recalls[worst] < 0.1
    rare = rare_precision(confusion, PREVALENCE)
    verdict = "a fair summary here" if fair else "not reliable alone here"
    text = (
        f"Accuracy on the {evaluation.part} part is {accuracy}; always answering {name!r} would reach {common:.3g}. "
        f"The classes differ {ratio:.3g}-fold in size, and the worst one, {worst!r}, has a recall of "
        f"{recalls[worst]:.3g}: accuracy is {verdict}. The headline is {evaluation.headline} = {evaluation.score}, "
        f"because {_lower(evaluation.why)} {_rare_sentence(evaluation, rare)}"
    )
    measures = tuple(
        (slug, estimate.value, estimate.low, estimate.high)
        for slug, estimate in evaluation.metrics.items()
        if slug == "accuracy" or slug in _OTHERS or slug == evaluation.headline
    )
    rows = tuple(
        (report.name, report.support, report.recall.value, report.precision.value, point, least)
        for report, (point, least) in zip(evaluation.classes, rare, strict=True)
    )
    tables = (
        Table("Measures with 95 % intervals", ("measure", "value", "low", "high"), measures),
        Table(
            "Each class, and how often its alarm would be right if one example in 100,000 belonged to it",
            ("class", "examples", "recall", "precision here", "precision at 1:100,000", "at least"),
            rows,
        ),
        Table(
            "Confusion matrix (rows: true)",
            ("true", *(c.name for c in evaluation.classes)),
            _rows(evaluation, confusion),
        ),
    )
    document = {
        "part": evaluation.part,
        "accuracy": accuracy,
        "most_common_class": {"name": name, "accuracy": common},
        "imbalance": ratio,
        "reliable_alone": fair,
        "headline": {"name": evaluation.headline, "value": evaluation.score},
        "precision_at_1_in_100000": {
            report.name: point for report, (point, _) in zip(evaluation.classes, rare, strict=True)
        },
    }
    short = (
        f"Accuracy alone hides the classes: here it is {accuracy.value:.3g} against {common:.3g} for always saying the "
        "most common one. Read the confusion matrix, recall and precision of each class, AUC and calibration, and the "
        "precision at the prevalence that the model will meet."
    )
    return Answer(text, short, tables, document)


def rare_precision(confusion: np.ndarray, prevalence: float) -> list[tuple[float, float]]:
    """Each class against the rest: the share of its alarms that would be right at a prevalence.

    Args:
        confusion: Rows are true classes, shape `(classes, classes)`.
        prevalence: Share of examples that belong to the class.

    Returns:
        For each class the estimate, and a lower one at the upper 95 % limit of the false-positive rate (which matters
        where no false alarm was seen: none among n examples does not mean never).
    """
    result = []
    for index in range(len(confusion)):
        hits, support = float(confusion[index, index]), float(confusion[index].sum())
        false, negatives = float(confusion[:, index].sum()) - hits, float(confusion.sum()) - support
        if not support or not negatives:
            result.append((math.nan, math.nan))
            continue
        recall, rate = hits / support, false / negatives
        rates = (rate, upper_rate(false, negatives))
        point, least = (precision_at_prevalence(recall, of, prevalence) for of in rates)
        result.append((point, least))
    return result


def _rare_sentence(evaluation: Evaluation, rare: list[tuple[float, float]]) -> str:
    """What the least trustworthy alarm would be worth where its class is rare."""
    known = [
        (least, report.name) for report, (_, least) in zip(evaluation.classes, rare, strict=True) if least == least
    ]
    if not known:
        return ""
    least, name = min(known)
    return (
        f"Were only one example in 100,000 a {name!r}, as few as {100 * least:.2g} % of such answers might be right: "
        f"so many false alarms are consistent with these examples."
    )


def _rows(evaluation: Evaluation, confusion: np.ndarray) -> tuple[tuple[object, ...], ...]:
    pairs = zip(evaluation.classes, confusion, strict=True)
    return tuple((report.name, *(int(count) for count in row)) for report, row in pairs)


def _lower(why: str) -> str:
    return why[:1].lower() + why[1:] + ("" if why.endswith(".") else ".")
