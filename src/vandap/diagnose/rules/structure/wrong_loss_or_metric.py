"""A loss or a metric that measures something else than the task asks for."""

from __future__ import annotations

import math
from typing import NamedTuple

from vandap.core.finding import Severity, Threshold
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.decisive import arm, multiples
from vandap.diagnose.network import Graph, Head
from vandap.diagnose.observed import REGRESSION, Target, takes_classes_for_numbers, target
from vandap.diagnose.progress import Progress
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule, Suspected
from vandap.diagnose.symptoms import MISJUDGED, NOT_USEFUL, RATES
from vandap.diagnose.watched import at_compile

_ANY = ("accuracy", "acc", "binary_accuracy", "categorical_accuracy", "sparse_categorical_accuracy")


class _Problem(NamedTuple):
    says: str
    confidence: float
    severity: Severity = Severity.ISSUE


class WrongLossOrMetric(Rule):
    """The loss or the metric does not measure what the task asks for.

    ## What it finds
    An accuracy of targets that are numbers and no classes; a regression loss on class numbers that an accuracy is to
    judge, or that a softmax is to tell apart; an accuracy of the wrong kind (categorical for one unit, binary for
    one-hot classes, sparse for one-hot targets); an error in percent of targets that lie about zero, or a logarithmic
    one of negative targets; loss weights that are all zero; a loss of the program's own that falls
    without bound, the further the longer the steps are. A regression loss on a softmax or sigmoid is a tip as long as
    the training makes its way, and an issue when it does not.

    ## Why it matters
    A wrong metric reads 1.0, 0.0 or 0.9 whatever the model does, and every decision that follows it is a guess. A
    regression on class numbers says that class 9 is nine times class 1, and that 4 and 5 are nearly the same. A
    squared error behind a sigmoid has almost no gradient where the answer is surely wrong. A percentage of nearly
    nothing is huge, so that an answer of zero, which is never wrong by more than 100 %, is the safest.

    ## What to do
    Classes: a cross-entropy and accuracy (let Keras choose the kind: `metrics=["accuracy"]`). Numbers: squared or
    absolute error, and the same as metric.

    ## References
    - TheDeepChecker: Ben Braiek and Khomh (2022), representative loss
    - AutoTrainer: Zhang et al. (2021), table of tasks and losses
    - Keras documentation, metrics: how "accuracy" is resolved
    """

    code = "B3"
    status = "stable"
    remedies = ("match-loss-to-task", "match-metric-to-task")
    explains = (*RATES, *NOT_USEFUL, *MISJUDGED, "stuck-loss", "wrong-epochs", "search-edge")
    unbounded = Threshold(100, "times the first loss below zero, which a hundred times the rate reaches in a test")
    few = Threshold(20, "whole numbers with at most this many values may be classes; above they are counts or amounts")

    def check(
        self,
        program: Program,
        label_statistics: Series | None = None,
        progress: Progress | None = None,
        test_learning_rate: Series | None = None,
    ) -> Outcome:
        """Compare loss and metrics with the output and with the targets."""
        losses = program.compile.losses
        if not losses:
            return CannotTell("It was not seen what the model was compiled with.")
        heads = Graph(program).heads
        problem = self._of_weights(program)
        if len(losses) == 1 and heads:
            known = target(label_statistics, losses[0].output)
            problem = problem or self._of_classes(heads[0], known) or self._of_metric(heads[0], known, program)
            problem = problem or self._of_loss(heads[0], known, progress)
        if problem:
            shape = heads[0].units if heads else math.nan
            return self.found(
                problem.says,
                {"units": shape, "few": self.few.value},
                confidence=problem.confidence,
                severity=problem.severity,
                where=at_compile(program),
            )
        if progress is not None and _sinks(program, progress):
            return self._bottomless(program, progress, test_learning_rate)
        metrics = f" and {', '.join(program.compile.metrics)}" if program.compile.metrics else ""
        return Clear(f"{', '.join(loss.kind for loss in losses)}{metrics} suit the output and the targets.")

    def _bottomless(self, program: Program, progress: Progress, test: Series | None) -> Outcome:
        """A loss far below zero: a distance has a lowest value, and longer steps do not take it ever further down."""
        says = f"{program.compile.losses[0].kind} fell below zero: {progress.phrase}"
        found = [item for name in multiples(test, above=True) if (item := arm(test, name)).is_known]
        if test is None:
            doubt = self.found(f"{says}.", progress.evidence, confidence=0.4, where=at_compile(program))
            return Suspected(doubt, ("learning_rate",))
        lowest = min(found, key=lambda item: item.held_out, default=None)
        if lowest is None or lowest.held_out > -self.unbounded.value * abs(progress.start):
            return Clear(f"{says}, but longer steps do not take it without bound.")
        return self.found(
            f"{says}, and {lowest.name} the rate takes it to {lowest.held_out:.3g} (threshold {self.unbounded.value:g} "
            "times the first loss): it has no lowest value, and so measures no distance to the targets.",
            {**progress.evidence, "lowest": lowest.held_out},
            confidence=0.85,
            where=at_compile(program),
        )

    @staticmethod
    def _of_weights(program: Program) -> _Problem | None:
        if all(loss.weight == 0 for loss in program.compile.losses):
            return _Problem("Every loss has the weight 0, so nothing is learnt.", 0.99)
        return None

    @staticmethod
    def _of_classes(head: Head, known: Target) -> _Problem | None:
        if not takes_classes_for_numbers(head, known):
            return None
        return _Problem(
            f"The targets are class numbers (from {known.minimum:g} to {known.maximum:g}), and {head.loss.kind} takes "
            f"them for amounts that each of {head.units:.0f} softmax outputs is to equal; "
            "SparseCategoricalCrossentropy reads class numbers.",
            0.97,
        )

    def _of_metric(self, head: Head, known: Target, program: Program) -> _Problem | None:
        metrics = set(program.compile.metrics)
        if metrics & set(_ANY) and head.loss.kind in REGRESSION:
            return self._accuracy_of_numbers(head, known)
        if head.units == 1 and (wrong := metrics & {"categorical_accuracy", "sparse_categorical_accuracy"}):
            return _Problem(f"{min(wrong)} compares the places of the largest output, and there is one output.", 0.97)
        if (
            head.units > 1
            and known.width == 1
            and known.rank < len(head.shape) + 1
            and "categorical_accuracy" in metrics
        ):
            return _Problem("categorical_accuracy expects one column a class, and the targets are class numbers.", 0.95)
        if head.units > 1 and known.is_one_hot and "sparse_categorical_accuracy" in metrics:
            return _Problem("sparse_categorical_accuracy expects class numbers, and the targets are one-hot.", 0.95)
        if head.units > 2 and known.is_one_hot and head.activation == "softmax" and "binary_accuracy" in metrics:
            return _Problem(
                f"binary_accuracy judges each of {head.units:.0f} columns alone: always answering 0 scores "
                f"{1 - 1 / head.units:.2f}.",
                0.9,
            )
        return None

    def _accuracy_of_numbers(self, head: Head, known: Target) -> _Problem | None:
        if not known.is_known:
            says = f"Accuracy counts exact hits, and the loss ({head.loss.kind}) is one for numbers."
            return _Problem(says, 0.6, Severity.TIP) if head.activation == "linear" else None
        if known.width > 1 and (known.is_one_hot or known.is_multi_hot):
            return None
        if not known.is_whole or known.distinct > self.few.value:
            return _Problem(
                f"Accuracy counts exact hits, and the targets are numbers (from {known.minimum:.3g} to "
                f"{known.maximum:.3g}, {known.distinct:.0f} distinct values).",
                0.95,
            )
        if known.distinct > 2 and head.units == 1:
            return _Problem(
                f"The targets are class numbers ({known.distinct:.0f} distinct, at most {self.few.value:g}) judged by "
                f"accuracy, and {head.loss.kind} on one unit treats them as amounts.",
                0.85,
            )
        return None

    def _of_loss(self, head: Head, known: Target, progress: Progress | None) -> _Problem | None:
        if head.loss.kind == "CosineSimilarity" and head.units == 1 and not head.is_sequence:
            return _Problem("CosineSimilarity compares directions, and one number has no other than its sign.", 0.95)
        if says := _of_sizes(head.loss.kind, known):
            return _Problem(f"{head.loss.kind} {says} (from {known.minimum:.3g} to {known.maximum:.3g}).", 0.93)
        classes = known.is_one_hot or (known.is_whole and known.distinct == 2 and known.width == 1)
        if head.loss.kind not in REGRESSION or head.activation not in ("softmax", "sigmoid") or not classes:
            return None
        says = f"{head.loss.kind} behind a {head.activation} has little gradient where the answer is surely wrong"
        if progress is not None and progress.is_stuck:
            return _Problem(f"{says}, and {progress.phrase}.", 0.8)
        return _Problem(f"{says}; a cross-entropy suits classes better.", 0.5, Severity.TIP)


def _of_sizes(loss: str, known: Target) -> str:
    """What is wrong with a loss that measures errors by the sizes of the targets; "" where nothing is."""
    if not known.is_known or known.minimum == known.maximum:
        return ""
    if loss == "MeanAbsolutePercentageError" and known.minimum <= 0 <= known.maximum:
        return "divides by the targets, which come to zero: the nearest to it decide, and answers of zero are safest"
    if loss == "MeanSquaredLogarithmicError" and known.minimum < 0:
        return "takes the logarithm of the targets, and negative ones for zero"
    return ""


def _sinks(program: Program, progress: Progress) -> bool:
    """Whether a loss of the program's own ended further below zero than it began above or below it."""
    own = len(program.compile.losses) == 1 and not program.compile.losses[0].module.startswith("keras")
    return own and not program.custom_train_step and progress.end < 0 and abs(progress.end) > abs(progress.start)
