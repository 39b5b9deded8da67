"""A training that waits for its data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from vandap.core.finding import Severity, Threshold
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.reading import share
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.watched import at_fit, fact

_FOR: Mapping[str, tuple[str, ...]] = {
    "tf.data": ("prefetch", "decode-in-parallel", "cache-data"),
    "DataLoader": ("give-loader-workers", "keep-arrays-in-memory"),
    "PyDataset": ("give-dataset-workers", "keep-arrays-in-memory"),
    "generator": ("give-dataset-workers", "keep-arrays-in-memory"),
}
"""Remedies by the kind of the data, as `FitCall.data` names it."""


class InputBound(Rule):
    """A good part of the training time is spent waiting for the next batch.

    ## What it finds
    Recorded steps, the first ones left out, in which more than three tenths of the wall-clock time were waiting for
    data, and not for a millisecond or two. Arrays in memory are never slow. What is advised is what data of this kind
    know: workers of a `DataLoader` or of a `PyDataset`, the pipeline of `tf.data`.

    ## Why it matters
    The processor that computes the network idles in that time; the training could be that much faster at no cost.

    ## What to do
    Prepare batches in parallel and ahead (`workers` and `use_multiprocessing` of a `PyDataset`, `prefetch` and
    `num_parallel_calls` of `tf.data`, `num_workers`, `prefetch_factor` and `persistent_workers` of a `DataLoader`; a
    generator is read by one thread, whatever `fit` is told); decode and resize once, not in every epoch; keep small
    data in memory.

    ## References
    - Amazon SageMaker Debugger, rule IOBottleneck; TensorFlow guide, Better Performance with the tf.data API
    - PyTorch, Performance Tuning Guide: enable asynchronous data loading
    """

    code = "E1"
    severity = Severity.TIP
    remedies = (
        "prefetch", "decode-in-parallel", "cache-data", "give-loader-workers", "give-dataset-workers",
        "keep-arrays-in-memory",
    )  # fmt: skip
    waiting = Threshold(0.3, "share of the time: below it, the wait is hard to win back")
    least = Threshold(0.002, "seconds for each step: less is what any loop costs")
    steps = Threshold(20, "recorded steps, after the first five, which compile")

    def check(self, step_times: Series, program: Program | None = None) -> Outcome:
        """Compare the time of waiting with the whole."""
        step, wait = fact(step_times, "step")[5:], fact(step_times, "wait")[5:]
        known = np.isfinite(step) & np.isfinite(wait) & (step >= wait) & (wait >= 0) if step.size == wait.size else None
        if known is None or known.sum() < self.steps.value:
            return CannotTell(f"Fewer than {self.steps.value:g} steps were timed.")
        if program is not None and program.fit.data == "arrays":
            return Clear("The data are arrays in memory: cutting batches from them is all the wait there is.")
        waited = share(float(wait[known].sum()), float(step[known].sum()))
        kind = program.fit.data if program is not None else ""
        source = f"data of the {kind}" if kind in _FOR else "data"
        measured = f"{waited:.0%} of the time of {known.sum()} recorded steps was waiting for {source}"
        if math.isnan(waited) or waited <= self.waiting.value or np.median(wait[known]) < self.least.value:
            return Clear(f"{measured} (threshold {self.waiting.value:.0%}).")
        finding = self.found(
            f"{measured} (threshold {self.waiting.value:.0%}).",
            {"waiting": waited, "step_seconds": float(np.median(step[known])), "steps": float(known.sum())},
            confidence=0.8,
            where=at_fit(program),
        )
        return replace(finding, remedies=_FOR.get(kind, ("prefetch", "keep-arrays-in-memory")))
