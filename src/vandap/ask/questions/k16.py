"""K16: this network's training step on each Keras back end, beside bare PyTorch and bare JAX loops of it."""

from __future__ import annotations

from typing import Any

import numpy as np

from vandap.ask.network import network, without_network
from vandap.ask.question import Answer, Question, Table
from vandap.core.store import Run, read_json, write_json
from vandap.errors import RunError

STORED = "libraries.json"
_HEAD = (
    "library", "version", "ms per step", "low", "high", "times Keras on it", "compile s", "differs from Keras by",
    "remark",
)  # fmt: skip


class LibrarySpeed(Question):
    """How fast is this network on each library?"""

    id = "K16"
    question = "How fast is it against other libraries?"
    how = (
        "The same network timed in turn: Keras on each installed back end, and bare PyTorch and JAX loops written out "
        "from it, which must give the same answers first."
    )

    def answer(self, run: Run) -> Answer:
        """Show the stored timings, or take them; a run of `vandap train` also timed its back ends at its start."""
        if not network(run):
            return without_network(run)
        try:
            rows, when = _measured(run)
        except RunError as error:
            text = f"{error.message} {error.received}. {error.hint}"
            return Answer(text if text.endswith(".") else f"{text}.", document={"libraries": []})
        timed = sorted((row for row in rows if row["seconds_per_step"]), key=lambda row: row["seconds_per_step"])
        if not timed:
            return Answer("No installed library could be timed on this network.", document={"libraries": rows})
        parts = [when, _fastest(timed), *_overheads(rows), *_left_out(rows), *_cut_short(timed), _HOW]
        document: dict[str, Any] = {"libraries": rows, "fastest": _name(timed[0]), "ratios": _ratios(rows)}
        table = Table("A training step", _HEAD, tuple(_row(row, rows) for row in rows))
        return Answer(" ".join(filter(None, parts)), _SHORT, (table,), document)


_SHORT = (
    "Keras is as fast as the library below it plus a small overhead, and which library is fastest depends on "
    "the model and the machine. So time a few steps of your own model on each, compilation apart."
)
_HOW = (
    "Each is a process of its own that trains on one batch in memory, Keras by fit; they took turns, and low and high "
    "are the fastest and the slowest turn."
)


def _measured(run: Run) -> tuple[list[dict[str, Any]], str]:
    path = run.path / STORED
    if path.is_file():
        return list(read_json(path)), f"As stored in {path} (remove it to measure anew):"
    from vandap.train.bare.compare import compare_libraries

    rows = compare_libraries(run)
    write_json(path, rows)
    return rows, "Timed now:"


def _name(row: dict[str, Any]) -> str:
    return f"Keras on {row['library']}" if row["kind"] == "keras" else f"bare {row['library']}"


def _fastest(timed: list[dict[str, Any]]) -> str:
    best, slowest = timed[0], timed[-1]
    told = f"{_name(best)} is the fastest, with {1000 * best['seconds_per_step']:.3g} ms a step"
    if len(timed) == 1:
        return f"{told}; nothing else could be timed."
    return f"{told}; {_name(slowest)} takes {slowest['seconds_per_step'] / best['seconds_per_step']:.3g} times as long."


def _ratios(rows: list[dict[str, Any]]) -> dict[str, dict[str, float]]:
    """Keras over the bare loop of the same library: median and range over the turns that both took."""
    found = {}
    for bare in rows:
        keras = next((row for row in rows if row["library"] == bare["library"] and row["kind"] == "keras"), None)
        if bare["kind"] == "keras" or keras is None or not bare["turns"] or not keras["turns"]:
            continue
        pairs = np.array([own / other for own, other in zip(keras["turns"], bare["turns"], strict=False)])
        found[bare["library"]] = {"median": float(np.median(pairs)), "low": pairs.min(), "high": pairs.max()}
    return found


def _overheads(rows: list[dict[str, Any]]) -> list[str]:
    return [
        f"On {library} Keras takes {ratio['median']:.2f} times a bare loop ({ratio['low']:.2f} to {ratio['high']:.2f} "
        "over the turns)."
        for library, ratio in _ratios(rows).items()
    ]


def _left_out(rows: list[dict[str, Any]]) -> list[str]:
    return [f"{_name(row)[0].upper()}{_name(row)[1:]} was not timed: {row['reason']}" for row in rows if row["reason"]]


def _cut_short(timed: list[dict[str, Any]]) -> list[str]:
    """Say where the budget ended the turns."""
    from vandap.train.bare.compare import ROUNDS

    least = min(len(row["turns"]) for row in timed)
    return [f"The budget of time ended them after {least} of {ROUNDS} turns."] if least < ROUNDS else []


def _row(row: dict[str, Any], rows: list[dict[str, Any]]) -> tuple[Any, ...]:
    times = (None if row[name] is None else 1000 * row[name] for name in ("seconds_per_step", "low", "high"))
    keras = next((item for item in rows if item["library"] == row["library"] and item["kind"] == "keras"), None)
    base = keras["seconds_per_step"] if keras else None
    share = row["seconds_per_step"] / base if base and row["seconds_per_step"] and row["kind"] == "bare" else None
    remark = "not timed" if row["reason"] else ""
    return (_name(row), row["version"], *times, share, row["compile_seconds"], row["difference"], remark)
