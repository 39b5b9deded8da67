"""Live progress: a panel on a terminal, lines with `--verbose`, nothing otherwise."""

from __future__ import annotations

import math
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeGuard

from vandap.core.progress import Progress, silent

_LINES = 6
"""Results and notes that the panel keeps in sight."""
_EVERY = 5.0
"""Seconds between two epoch lines with `--verbose`."""


@contextmanager
def reporting(*, quiet: bool, verbose: bool) -> Iterator[Progress]:
    """Give the progress function that suits standard error: the panel only where it is a terminal."""
    if verbose:
        yield _lines()
    elif quiet or not sys.stderr.isatty():
        yield silent
    else:
        with _panel() as progress:
            yield progress


def _lines() -> Progress:
    """Print each event as a line; of a fit's epochs only one in a while."""
    last = -math.inf

    def progress(event: str, facts: Mapping[str, Any]) -> None:
        nonlocal last
        if event == "epoch":
            if time.monotonic() - last < _EVERY:
                return
            last = time.monotonic()
        print(describe(event, facts), file=sys.stderr, flush=True)

    return progress


def describe(event: str, facts: Mapping[str, Any]) -> str:
    """One progress event as one line."""
    if event in {"stage", "note"}:
        text = str(facts.get("title", facts.get("text", "")))
        return f"{text} ..." if event == "stage" else f"  {text}"
    if event == "rung":
        return f"  {facts.get('learner')}: {_result(facts)}"
    shown = [f"{name} {_value(name, value)}" for name, value in facts.items() if value is not None]
    return f"  {event}: " + ", ".join(shown)


def _result(facts: Mapping[str, Any]) -> str:
    score, seconds = facts.get("score"), facts.get("seconds")
    shown = f"{score:.4g}" if _is_number(score) else str(facts.get("status", "no score"))
    return f"{shown} in {clock(seconds)}" if _is_number(seconds) else shown


def _value(name: str, value: Any) -> str:
    if isinstance(value, float) and name in {"seconds", "remaining_s"}:
        return clock(value)
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def clock(seconds: float) -> str:
    """Seconds as `m:ss`."""
    if not math.isfinite(seconds):
        return "?"
    minutes, rest = divmod(max(0, round(seconds)), 60)
    return f"{minutes}:{rest:02d}"


class Board:
    """What the panel shows: the stage, the running fit, and what was said last."""

    def __init__(self) -> None:
        self.stage = "starting"
        self.epoch: Mapping[str, Any] = {}
        self.said: list[str] = []
        self.started = time.monotonic()

    def take(self, event: str, facts: Mapping[str, Any]) -> None:
        """Take in one progress event."""
        if event == "stage":
            self.stage, self.epoch = str(facts.get("title", "")), {}
        elif event == "epoch":
            self.epoch = facts
        else:
            self.said = [*self.said, describe(event, facts).strip()][-_LINES:]

    def lines(self) -> list[str]:
        """The panel's text."""
        head = f"{clock(time.monotonic() - self.started)}  {self.stage}"
        return [*self.said, head, *([self._epoch()] if self.epoch else [])]

    def _epoch(self) -> str:
        facts = self.epoch
        shown = ["epoch " + " / ".join(f"{facts.get(name, math.nan):.3g}" for name in ("epoch", "epochs"))]
        shown += [f"{name} {facts[name]:.4g}" for name in ("loss", "val_loss", "score") if _is_number(facts.get(name))]
        if _is_number(facts.get("remaining_s")):
            shown.append(f"{clock(facts['remaining_s'])} left")
        return "      " + "   ".join(shown)


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and math.isfinite(value)


@contextmanager
def _panel() -> Iterator[Progress]:
    from rich.console import Console
    from rich.live import Live
    from rich.text import Text

    board = Board()

    class Panel:
        def __rich__(self) -> Text:
            return Text("\n".join(board.lines()), overflow="ellipsis", no_wrap=True)

    with Live(Panel(), console=Console(stderr=True), refresh_per_second=4, transient=True, redirect_stdout=False):
        yield board.take
