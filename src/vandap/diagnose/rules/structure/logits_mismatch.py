"""The softmax or sigmoid is applied twice, or never."""

from __future__ import annotations

from vandap.core.finding import Threshold
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.network import Graph, Head
from vandap.diagnose.observed import BINARY, CATEGORICAL, SPARSE, answer
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.symptoms import SHOWN, TESTED

_SQUASHING = ("softmax", "sigmoid", "hard_sigmoid", "sparsemax")


class LogitsMismatch(Rule):
    """The loss expects probabilities and gets logits, or the other way round.

    ## What it finds
    A softmax or sigmoid output with a loss that has `from_logits=True`; an output without activation with a
    cross-entropy that expects probabilities; a softmax on a softmax. Where the user's own code lies between the last
    layer and the loss, the model's answers decide: numbers below 0 or above 1 are no probabilities.

    ## Why it matters
    Twice: probabilities taken as logits can never say "surely", so the loss stays high, the gradients are small and
    the answers are blurred. Never: the loss takes the logarithm of negative numbers; Keras cuts them off, where the
    gradient is zero, and the training stands still or becomes NaN.

    ## What to do
    Keep one: an output without activation and `from_logits=True` (numerically best), or softmax/sigmoid and
    `from_logits=False`.

    ## References
    - UMLAUT: Schoop et al. (2021), "missing softmax before cross-entropy"
    - Keras documentation, losses: the argument `from_logits`
    """

    code = "B2"
    status = "stable"
    remedies = ("set-from-logits", "match-output-to-loss")
    explains = (*SHOWN, *TESTED)
    rounding = Threshold(1e-3, "probabilities lie in [0, 1] and sum to 1 but for the rounding of 16-bit numbers")

    def check(self, program: Program, predictions: Series | None = None) -> Outcome:
        """Compare the activation of each output, or else the range of its answers, with `from_logits`."""
        losses = [loss for loss in program.compile.losses if loss.kind in SPARSE | CATEGORICAL | BINARY]
        if not losses:
            return Clear("No loss distinguishes logits from probabilities.") if program.compile.losses else _UNKNOWN
        heads = {head.loss.output: head for head in Graph(program).heads}
        answers = [self._judge(heads.get(loss.output), loss.from_logits, predictions, loss.output) for loss in losses]
        for loss, (says, known) in zip(losses, answers, strict=True):
            if says:
                head = heads.get(loss.output)
                layer = head.layer if head else program.layer(loss.output)
                units = head.units if head else float("nan")
                return self.found(
                    f"{says} Output: {layer.name if layer else loss.output}, loss: {loss.kind} with "
                    f"from_logits={loss.from_logits}.",
                    {"from_logits": loss.from_logits, "units": units, **known},
                    confidence=0.97,
                    where=layer.where() if layer else None,
                )
        unsure = [loss for loss in losses if not _decides(heads.get(loss.output), predictions)]
        return _UNKNOWN if unsure else Clear("Softmax or sigmoid is applied once, by the output or by the loss.")

    def _judge(
        self, head: Head | None, from_logits: bool, predictions: Series | None, output: str
    ) -> tuple[str, dict[str, float]]:
        if head and head.activation == head.before and head.activation in ("softmax", "sigmoid"):
            return f"Two {head.activation} layers follow each other.", {}
        if head and head.units == 1 and head.loss.kind not in BINARY:
            return "", {}  # no activation helps one unit: another rule
        if head and head.is_sure and head.activation:
            return self._by_activation(head.activation, from_logits), {}
        return self._by_answers(from_logits, predictions, output)

    def _by_activation(self, activation: str, from_logits: bool) -> str:
        if from_logits and activation in _SQUASHING:
            return f"The output applies {activation}, and the loss applies it again."
        if not from_logits and activation == "linear":
            return "The output has no activation, and the loss takes its numbers for probabilities."
        return ""

    def _by_answers(self, from_logits: bool, predictions: Series | None, output: str) -> tuple[str, dict[str, float]]:
        low, high, sums, examples = (
            answer(predictions, output, fact) for fact in ("minimum", "maximum", "sums_to_one", "examples")
        )
        known = {"minimum": low, "maximum": high}
        slack = self.rounding.value
        if not from_logits and (low < -slack or high > 1 + slack):
            return f"The model answers with numbers from {low:.3g} to {high:.3g}, which are no probabilities.", known
        if from_logits and sums > 1 - slack and low >= -slack and examples > 1:
            return "The model answers with probabilities that sum to 1, and the loss takes them for logits.", known
        return "", known


_UNKNOWN = CannotTell("It is not known whether the outputs that a loss is computed from are probabilities.")


def _decides(head: Head | None, predictions: Series | None) -> bool:
    return bool(head and head.is_sure and head.activation) or predictions is not None
