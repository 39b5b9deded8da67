"""K9: what a low-level error means: the same batch again, layer by layer and without compilation."""

from __future__ import annotations

from typing import Any

from vandap.ask.failure import Failure, failure, place
from vandap.ask.network import structure
from vandap.ask.question import Answer, Question, Table
from vandap.ask.watched import lacking
from vandap.core.store import Run

_HEAD = ("layer", "class", "line", "received", "gave", "remark")


class LowLevelErrors(Question):
    """What does the back end's error mean?"""

    id = "K9"
    question = "What do low-level errors mean?"
    how = (
        "An eager re-run: after a failed fit its first batch passes the model once more, without compilation, up to "
        "the layer that fails; types, shapes and that layer's own error."
    )

    def answer(self, run: Run) -> Answer:
        """Tell the repetition beside the error that the program showed."""
        if structure(run) is None:
            return lacking(run, self.id, "structure of a watched program")
        found = failure(run)
        if found is None:
            return Answer("The program did not fail, so there is no low-level error to explain.", _SHORT)
        return _told(found)


_SHORT = (
    "A compiled step is a program of the back end, so its errors name operations and shapes and no layer. Run the same "
    "batch without compilation (run_eagerly=True) and the error comes from the layer that causes it."
)


def _told(found: Failure) -> Answer:
    crash = found.crash
    raised = f"The error that the program showed: {crash.kind}: {_first_line(crash.message)}"
    rows = tuple(step.row for step in found.chain)
    tables = (Table("The batch, layer by layer", _HEAD, rows),) if rows else ()
    text = " ".join([raised, _repetition(found), f"The exam says: {found.told}", f"The line: {place(found.where)}."])
    document: dict[str, Any] = {"crash": crash, "repeated": crash.repeated, "chain": found.chain, "where": found.where}
    return Answer(text, _SHORT, tables, document)


def _first_line(message: str) -> str:
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    own = [line for line in lines if not line.startswith(("Exception encountered", "Graph execution"))]
    line = (own or lines or ["no message"])[0]
    return line if line.endswith((".", "!", "?")) else f"{line}."


def _repetition(found: Failure) -> str:
    failed = next((step.passed for step in found.chain if step.passed.error), None)
    if found.source != "eager":
        return "No batch had been seen, so nothing could be run again; what is known of the model stands in the table."
    if failed is None:
        return (
            "Run again without compilation, the batch passes every layer: the failure is behind them, in the loss, the "
            "metrics, the gradient or the update."
        )
    return (
        f"Run again without compilation, the batch passes {_count(len(found.chain) - 1)}, and {failed.layer} "
        f"({failed.kind}) fails on {' and '.join(failed.received)}: {failed.error}"
    )


def _count(layers: int) -> str:
    return {0: "no layer", 1: "one layer"}.get(layers, f"{layers} layers")
