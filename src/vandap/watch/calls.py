"""The calls of `fit` of a program, in their order; of very many, those that are named."""

from __future__ import annotations

from dataclasses import replace

from vandap.core.program import FitCall

MOST_KEPT = 50
"""Trainings that are described; a program may call `fit` thousands of times, and its record is written again and again.
The one that is judged is described in any case."""


class Calls:
    """Numbers the calls of `fit` and keeps the first of them.

    Attributes:
        seen: How many there were.
    """

    def __init__(self) -> None:
        self.seen = 0
        self._kept: dict[int, FitCall] = {}

    def add(self, call: FitCall, main: int) -> FitCall:
        """Number a call that begins a training.

        Args:
            call: The call.
            main: Number of the training that is judged.
        """
        call = replace(call, number=self.seen)
        self._kept = {number: kept for number, kept in self._kept.items() if number < MOST_KEPT or number == main}
        self.note(call)
        self.seen += 1
        return call

    def join(self, call: FitCall) -> None:
        """Count a call that was joined to a training."""
        self.note(call)
        self.seen += 1

    def note(self, call: FitCall) -> None:
        """Take note of how far a training has come."""
        self._kept[call.number] = call

    def count(self, number: int, steps: int) -> None:
        """Take note of the steps of a training of which nothing else is left."""
        if number in self._kept:
            self.note(replace(self._kept[number], steps=steps))

    def kept(self, main: int) -> tuple[FitCall, ...]:
        """The trainings that are described, in their order."""
        numbers = [number for number in sorted(self._kept) if number < MOST_KEPT or number == main]
        return tuple(self._kept[number] for number in numbers)
