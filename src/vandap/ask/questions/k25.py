"""K25: where this network gives up its spatial shape, and what Flatten costs there or would have."""

from __future__ import annotations

import math

from vandap.ask.account import Line
from vandap.ask.network import lines, shape, without_network
from vandap.ask.question import Answer, Question, Table
from vandap.core.store import Run


class FlattenAccount(Question):
    """What does Flatten do?"""

    id = "K25"
    question = "What does Flatten do?"
    how = "The shapes around each Flatten or global pooling of this network, and the Dense weights that either needs."

    def answer(self, run: Run) -> Answer:
        """Account for shapes."""
        found = lines(run)
        if not found:
            return without_network(run)
        rows = tuple(_row(line, found) for line in found if _ends_shape(line) and line.inputs)
        if not rows:
            text = "This network has no Flatten and no global pooling: its inputs are plain vectors from the start."
        else:
            text = " ".join(_told(*row) for row in rows)
        head = ("layer", "class", "reads", "gives", "Dense weights behind it", "the same with Flatten")
        short = (
            "Flatten writes an array's numbers in one row and learns nothing; it only turns height x width x channels "
            "into features that a Dense layer can read. The cost comes after it: a Dense layer then has a weight for "
            "every position and channel, where global pooling needs one for every channel."
        )
        document = {
            "layers": [
                dict(zip(("layer", "class", "reads", "gives", "weights", "weights_with_flatten"), row, strict=True))
                for row in rows
            ]
        }
        return Answer(text, short, (Table("Where the shape ends", head, rows),) if rows else (), document)


def _ends_shape(line: Line) -> bool:
    return line.kind == "Flatten" or line.kind.startswith("Global")


def _row(line: Line, found: tuple[Line, ...]) -> tuple[str, str, str, str, int | None, int | None]:
    source = next(other for other in found if other.name == line.inputs[0])
    dense = dense_behind(line, found)
    units = dense.shape[-1] if dense else None
    weights = None if units is None else line.values * units
    flattened = None if units is None else math.prod(source.shape) * units
    return line.name, line.kind, shape(source.shape), shape(line.shape), weights, flattened


def dense_behind(line: Line, found: tuple[Line, ...]) -> Line | None:
    """The first Dense layer that reads this layer, directly or through layers that keep its width."""
    reached = {line.name}
    for other in found:
        if reached & set(other.inputs):
            if other.kind == "Dense":
                return other
            if other.shape == line.shape:
                reached.add(other.name)
    return None


def _told(name: str, kind: str, reads: str, gives: str, weights: int | None, flattened: int | None) -> str:
    if kind == "Flatten":
        cost = f" The Dense layer behind it has {weights:,} weights for them." if weights is not None else ""
        return f"{name} turns {reads} into {gives} numbers in a row; it has no parameters.{cost}"
    cost = (
        f" With Flatten in its place the Dense layer behind it would need {flattened:,} weights instead of {weights:,}."
    )
    return f"{name} ({kind}) turns {reads} into {gives}: one number a channel.{cost if weights is not None else ''}"
