"""The test part is read once; a second look costs."""

from __future__ import annotations

import time
from dataclasses import dataclass

from vandap.core.store import Run, read_json, write_json
from vandap.errors import UsageError
from vandap.evaluate.experiment.plan import ALPHA, halved_error


@dataclass(frozen=True)
class TestLook:
    """One look at the test part.

    Args:
        number: Which look, counted from 1 over the life of the run.
    """

    __test__ = False
    number: int

    def __post_init__(self) -> None:
        if self.number < 1:
            raise UsageError(
                "Looks at the test part are counted from 1.",
                received=f"look {self.number}",
                expected="1 or more: the entries of the test ledger, this look included",
                hint="Write the look into the ledger before reading the test part.",
            )

    @property
    def alpha(self) -> float:
        """The two-sided error of this look: it halves with every look, so all together stay below twice the first."""
        return halved_error(self.number)

    @property
    def label(self) -> str:
        """What must stand beside the result; empty for the first look."""
        if self.number == 1:
            return ""
        return (
            f"Look {self.number} at the test part: earlier looks may have shaped this model, so its interval is "
            f"one of {100 * (1 - self.alpha):.6g} % instead of {100 * (1 - ALPHA.value):g} %."
        )


def entered(run: Run, reader: str, what: str, of: str = "") -> TestLook:
    """Write a look into the ledger of a run, before the test part is read.

    Args:
        run: The run.
        reader: The command that looks.
        what: What it reads.
        of: Tells this look from others: the same one again shows nothing new and counts once; "" is always new.

    Returns:
        Which look this is.
    """
    data = dict(read_json(run.path / "data.json"))  # not as it was read before: another look may have been entered
    ledger = list(data.get("ledger") or ())
    known = next((place for place, entry in enumerate(ledger) if of and entry.get("of") == of), None)
    if known is not None:
        return TestLook(known + 1)
    entry = {"time": time.time(), "reader": reader, "what": what} | ({"of": of} if of else {})
    write_json(run.path / "data.json", data | {"ledger": [*ledger, entry]})
    return TestLook(len(ledger) + 1)
