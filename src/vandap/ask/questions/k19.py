"""K19: what becomes of the corners and edges of an image."""

from __future__ import annotations

from typing import Any

from vandap.ask.asked import asked
from vandap.ask.network import laid_out
from vandap.ask.question import Answer, Question, Status, Table
from vandap.ask.reads import Reads, padded, reads, windows
from vandap.core.store import Run

_HEAD = ("padding", "corner", "edge", "centre", "last map")
_SHORT = (
    "With valid padding a corner pixel is read once where an inner one is read by every position of the kernel, and "
    "the map shrinks; same padding adds zeros, keeps the size and reads corners more often, if still less than the "
    "middle (4 of 9 times by one 3 x 3 kernel). Whether that matters depends on what stands at the border."
)


class Corners(Question):
    """How often are corners and edges read?"""

    id = "K19"
    question = "What happens at an image's corners and edges?"
    how = (
        "The paths from corner, edge and centre to the last map counted from this network's layers, as it is and with "
        "the other padding; and the what-if `padding=same` where it was asked of the training."
    )
    status = Status.PARTLY

    def answer(self, run: Run) -> Answer:
        """Count, and add what an experiment showed."""
        size, axes, is_whole = windows(laid_out(run))
        if not size or not any(axes):
            return Answer("This network has no chain of convolutions that reads images or sequences of known size.")
        counted = {
            "as it is": reads(size, axes),
            "valid": reads(size, padded(axes, same=False)),
            "same": reads(size, padded(axes, same=True)),
        }
        shown = asked(run, "padding=same", "padding=valid")
        now = counted["as it is"]
        corner, edge, _ = _shares(now)
        branch = "" if is_whole else ", up to where the network branches"
        text = (
            f"{len(axes[0])} layers read inputs of {' x '.join(map(str, size))} one after the other{branch}; the last "
            f"map is {_size(now)}. For one path from the centre to it the corner has {corner or 0.0:.2g}, the middle "
            f"of an edge {edge or 0.0:.2g}. {shown.text}"
        )
        rows = tuple((name, *_shares(item), _size(item)) for name, item in counted.items())
        table = Table("Paths to the last map, of the centre's share", _HEAD, rows)
        document: dict[str, Any] = {"reads": [dict(zip(_HEAD, row, strict=True)) for row in rows]}
        document["what_ifs"] = shown.document
        return Answer(text, _SHORT, (table, *shown.tables), document)


def _shares(item: Reads) -> tuple[float | None, float | None, float | None]:
    if not item.centre:
        return None, None, None
    return item.corner / item.centre, item.edge / item.centre, 1.0


def _size(item: Reads) -> str:
    return " x ".join(map(str, item.size)) if item.size else "used up"
