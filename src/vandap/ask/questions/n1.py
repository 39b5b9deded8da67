"""N1: how much more data would help, by the same training on parts of its rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from vandap.ask import curve
from vandap.ask.arms import affordable, trained
from vandap.ask.measured import Measured
from vandap.ask.opened import Opened
from vandap.ask.question import Answer


class MoreData(Measured):
    """Would more data help?"""

    id = "N1"
    question = "How much would more data help?"
    how = "The same training on all, half, a quarter and an eighth of its rows: what the last doubling brought."
    words = ("how much would more data help", "more data")
    told = "on all, half, a quarter and an eighth of its training rows, five times each or more"

    def measure(self, opened: Opened) -> Mapping[str, Any]:
        """Train the curve."""
        opened.bench.rehearse(())
        opened.progress("stage", {"title": "learning curve"})
        trained(opened, ())
        seeds = affordable(opened, 1 + len(curve.SHARES))
        return {"curve": curve.measured(opened, trained(opened, (), seeds))}

    def told_of(self, measured: Mapping[str, Any]) -> Answer:
        """The curve, and what its end says."""
        found = curve.read(measured["curve"])
        return Answer(found.told(), _SHORT, (found.table(),), {"curve": found, "next_doubling": found.next})


_SHORT = (
    "Train on half the data, and on half of that: if the last doubling still helped, the next one helps, by less. If "
    "it did not, better labels, better features or another model will, and more of the same rows will not."
)
