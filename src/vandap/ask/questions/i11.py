"""I11: epochs, batches and iterations of this run, counted, with what each costs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from vandap.ask.asked import asked
from vandap.ask.network import network, structure, without_network
from vandap.ask.question import Answer, Question, Table
from vandap.core.store import Run

_UNCOUNTED = (
    "The run does not know how many examples an epoch or a batch has: no step was made, or a generator gave the data."
)


class EpochBatchIteration(Question):
    """What are an epoch, a batch and an iteration here?"""

    id = "I11"
    question = "Epoch, batch, iteration?"
    how = "Counted for this run's network, with the time each cost, and what other batch sizes brought (batch*4)."

    def answer(self, run: Run) -> Answer:
        """Count."""
        counted = _counted(run)
        if counted is None:
            return without_network(run) if not network(run) else Answer(_UNCOUNTED)
        batch, examples, an_epoch = counted.batch, counted.examples, counted.an_epoch
        iterations, seconds, seen = counted.iterations, counted.seconds, counted.seen
        epochs = iterations / an_epoch
        text = (
            f"A batch is {batch} examples. An iteration is one batch forward, back, and one update of the weights: "
            f"{1000 * seconds:.3g} ms. An epoch is all {examples:,} training examples once: {an_epoch:,.4g} "
            f"iterations, {seconds * an_epoch:.3g} s. This run made {iterations:,} iterations and so read {seen:,} "
            f"examples: {epochs:.4g} epochs in {seconds * iterations:.3g} s (planned: {counted.planned:,} "
            f"iterations), {_seconds_of(run)}."
        )
        rows = (
            ("batch", batch, batch / examples, 1.0, seconds),
            ("epoch", examples, 1.0, an_epoch, seconds * an_epoch),
            ("this run", seen, epochs, iterations, seconds * iterations),
        )
        document: dict[str, Any] = {
            "examples": examples,
            "batch_size": batch,
            "iterations_per_epoch": an_epoch,
            "iterations": iterations,
            "epochs": epochs,
            "seconds_per_iteration": seconds,
            "seconds_per_epoch": seconds * an_epoch,
            "examples_per_second": batch / seconds if seconds else None,
        }
        tried = asked(run, "batch*4", "batch/4", starting="batch")
        document["what_ifs"] = tried.document
        short = (
            "A batch is the examples that one update sees, an iteration is that update, and an epoch is as many "
            f"iterations as it takes to see every training example once. Here: {examples:,} examples, {batch} a batch: "
            f"{an_epoch:.4g} iterations an epoch."
        )
        counts = Table("Counted", ("what", "examples", "epochs", "iterations", "seconds"), rows)
        return Answer(f"{text} {tried.text}", short, (counts, *tried.tables), document)


@dataclass(frozen=True)
class _Counted:
    """What a run counted.

    Args:
        batch: Examples of a batch.
        examples: Examples of an epoch.
        an_epoch: Iterations of an epoch: whole ones where the last batch is shorter, a fraction where batches go on
            into the next epoch.
        iterations: Iterations made.
        planned: Iterations planned.
        seconds: Seconds of an iteration.
    """

    batch: int
    examples: int
    an_epoch: float
    iterations: int
    planned: int
    seconds: float

    @property
    def seen(self) -> int:
        """Examples read, each as often as it was."""
        whole, rest = divmod(self.iterations, self.an_epoch)
        return round(whole * self.examples + rest * self.batch)


def _counted(run: Run) -> _Counted | None:
    """What the run counted; None where it is not known."""
    if run.program is None:
        return None
    if "fit" in run.program:
        fit, cost = run.program["fit"], run.program["cost"]
        batch = int(fit["batch_size"])
        examples = round(fit["steps_per_epoch"] * batch)
        made, seconds = int(cost["iterations_run"]), float(cost["seconds_per_step"] or 0.0)
        return _Counted(batch, examples, examples / batch, made, int(fit["steps"]), seconds)
    program = structure(run)
    fitted = program.fit if program else None
    if fitted is None or not fitted.batch_size or not fitted.examples or not fitted.steps:
        return None
    return _Counted(
        fitted.batch_size, fitted.examples, fitted.batches, fitted.steps, fitted.planned_steps, _step_seconds(run)
    )


def _seconds_of(run: Run) -> str:
    built = run.program is not None and "cost" in run.program
    return "validation and checkpoints included" if built else "by the median step, validation not included"


def _step_seconds(run: Run) -> float:
    """Median step of a watched training; the first compiled."""
    times = run.signals.get("step_times")
    return float(np.nanmedian(times.values[:, 0])) if times is not None and times.values.size else 0.0
