"""K16: this run's network timed on each installed back end."""

from __future__ import annotations

from typing import Any

from vandap.ask.network import without_network
from vandap.ask.question import Answer, Question, Status, Table
from vandap.core.store import Run


class BackEndSpeed(Question):
    """How fast is this network on each back end?"""

    id = "K16"
    question = "How fast is it against other libraries?"
    how = "The same network timed on each installed Keras back end, as stored by the run or measured now."
    status = Status.PARTLY

    def answer(self, run: Run) -> Answer:
        """Show the stored timings, or take them."""
        if run.program is None:
            return without_network(run)
        rows, source = _measured(run)
        timed = [row for row in rows if row.get("seconds_per_step")]
        if not timed:
            return Answer("No installed back end could be timed on this network.", document={"backends": rows})
        best, slowest = (choose(timed, key=lambda row: row["seconds_per_step"]) for choose in (min, max))
        ratio = slowest["seconds_per_step"] / best["seconds_per_step"]
        text = f"{source} {best['backend']} is the fastest: {1000 * best['seconds_per_step']:.3g} ms a step"
        text += (
            f", {ratio:.3g} times as fast as {slowest['backend']}."
            if len(timed) > 1
            else ", the only one that is installed."
        )
        text += " A bare PyTorch or JAX loop beside them is not in this version."
        table = tuple(
            (
                row["backend"],
                row.get("version"),
                _milliseconds(row),
                row.get("compile_seconds"),
                row.get("reason") or "",
            )
            for row in rows
        )
        short = (
            "Keras is as fast as the library below it plus a small overhead, and which library is fastest depends on "
            "the model and the machine. So time a few steps of your own model on each, compilation apart."
        )
        head = ("back end", "version", "ms per step", "compile seconds", "remark")
        return Answer(
            text, short, (Table("Timed on this machine", head, table),), {"backends": rows, "fastest": best["backend"]}
        )


def _measured(run: Run) -> tuple[list[dict[str, Any]], str]:
    stored = (run.program or {}).get("backends") or []
    if len([row for row in stored if row.get("seconds_per_step")]) > 1:
        return list(stored), "When the run started,"
    from vandap.train.backends import measure

    return measure(run), "Timed now:"


def _milliseconds(row: dict[str, Any]) -> float | None:
    return 1000 * row["seconds_per_step"] if row.get("seconds_per_step") else None
