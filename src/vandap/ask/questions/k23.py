"""K23: the network as a table, where its graph is drawn, and what of its learning can be seen."""

from __future__ import annotations

import math
from typing import Any

from vandap.ask.filters import filters, picture
from vandap.ask.network import layer_table, lines, structure, without_network
from vandap.ask.question import Answer, Question, Status, Table
from vandap.ask.watched import Watched, first_last, known, line
from vandap.core.program import Program
from vandap.core.store import Run, write_bytes
from vandap.diagnose.reading import number
from vandap.diagnose.watched import is_kernel, items, layer_of

PICTURE = "filters.png"
_BYTES = {"float16": 2, "bfloat16": 2, "float64": 8}
_HEAD = (
    "layer", "line", "weights changed by", "output mean first", "output mean last", "output deviation first",
    "output deviation last",
)  # fmt: skip


class Visualise(Question):
    """How can the model be seen?"""

    id = "K23"
    question = "How to visualise the model?"
    how = (
        "The table of layers here, the graph in the report, the first convolution's filters as a picture, and how "
        "weights and outputs of each layer moved in a watched training; Grad-CAM is not there."
    )
    status = Status.PARTLY

    def answer(self, run: Run) -> Answer:
        """Show the table, and what the layers learned."""
        if not lines(run):
            return without_network(run)
        program, watched = structure(run), Watched.of(run)
        facts = _of_structure(program) if program is not None else dict(run.program or {})
        moved, drawn = _moved(watched), _draw(run)
        tables = [_layers(program) if program is not None else layer_table(run)]
        if moved:
            tables.append(Table("How the layers moved in training", _HEAD, moved))
        parts = [_size(facts, len(tables[0].rows)), _graph(run), _learned(moved), _filters(run, drawn), _MISSING]
        document: dict[str, Any] = {
            "parameters": facts["parameters"],
            "memory": facts["memory"],
            "filters": drawn,
            "learned": {row[0]: {"weights_changed_by": row[2]} for row in moved},
        }
        return Answer(" ".join(filter(None, parts)), _SHORT, tuple(tables), document)


_SHORT = (
    "Look at the graph for how layers are joined and at the table for where shapes shrink and parameters sit. "
    "What a layer learned needs its filters and the regions it reacts to."
)
_MISSING = "The regions of an image that an answer rests on (Grad-CAM) are not in this version."


def _size(facts: dict[str, Any], count: int) -> str:
    memory = facts["memory"]
    return (
        f"{count} layers, {facts['parameters']['total']:,} parameters, {memory['weights_bytes'] / 1e6:.3g} MB of "
        f"weights, {memory['activation_bytes_per_example'] / 1e6:.3g} MB of outputs for one example."
    )


def _graph(run: Run) -> str:
    page = run.path / "report.html"
    if page.is_file() and structure(run) is None:  # the page of an exam lists the layers and draws no graph
        return f"The graph is drawn in {page}."
    return "How the layers are joined stands in the table, under reads."


def _of_structure(program: Program) -> dict[str, Any]:
    """Parameters and memory of a watched model, as `program.json` of a training gives them."""
    holders = {layer.parent for layer in program.layers}
    inner = [layer for layer in program.layers if layer.path not in holders]
    sizes = [(_BYTES.get(layer.dtype, 4), math.prod(axis or 1 for axis in layer.output_shape[1:])) for layer in inner]
    total = sum(layer.parameters for layer in inner)
    trained = sum(layer.trainable_parameters for layer in inner)
    memory = {"weights_bytes": 4 * total, "activation_bytes_per_example": sum(width * size for width, size in sizes)}
    return {"parameters": {"total": total, "trainable": trained}, "memory": memory}


def _layers(program: Program) -> Table:
    rows = tuple(
        (
            layer.path,
            layer.kind,
            line(layer),
            ", ".join(layer.inputs) or "the data",
            " x ".join(str(axis or "any") for axis in layer.output_shape[1:]) or "unknown",
            layer.parameters,
        )
        for layer in program.layers
    )
    return Table("The layers", ("layer", "class", "line", "reads", "output of one example", "parameters"), rows)


def _moved(watched: Watched) -> tuple[tuple[Any, ...], ...]:
    """Change of each layer's largest matrix over the training, and its outputs at both ends."""
    series = watched.series("weight_change")
    changes: dict[str, float] = {}
    for name in items(series):
        layer = layer_of(watched.program, name)
        if layer is not None and is_kernel(name):
            changes[layer.path] = max(changes.get(layer.path, 0.0), number(series, name, "relative"))
    rows = []
    for layer in watched.layers():
        if layer.path in changes:
            pairs = [first_last(watched.over_time("activations", layer.path, name)) for name in ("mean", "deviation")]
            rows.append((layer.path, line(layer), known(changes[layer.path]), *pairs[0], *pairs[1]))
    return tuple(rows)


def _learned(moved: tuple[tuple[Any, ...], ...]) -> str:
    shares = [(row[2], row[0]) for row in moved if row[2] is not None]
    if not shares:
        return ""
    most, least = max(shares), min(shares)
    told = f"Training changed the weights of {most[1]} most, by {most[0]:.0%} of their size"
    return f"{told}." if most == least else f"{told}, those of {least[1]} least, by {least[0]:.0%}."


def _draw(run: Run) -> dict[str, Any] | None:
    """Draw the first convolution of the stored model beside the run; None where there is nothing to draw."""
    models = [run.path / folder / "model.keras" for folder in ("artifact", "network")]
    model = next((path for path in models if path.is_file()), None)
    found = filters(model) if model is not None else None
    if found is None:
        return None
    name, kernel = found
    path = run.path / PICTURE
    write_bytes(path, picture(kernel))
    return {"layer": name, "count": kernel.shape[-1], "picture": str(path)}


def _filters(run: Run, drawn: dict[str, Any] | None) -> str:
    if drawn is not None:
        return (
            f"The {drawn['count']} filters of {drawn['layer']}, the first convolution, are drawn in {drawn['picture']}."
        )
    if structure(run) is not None:
        return "Filters are not drawn: an exam keeps no weights of the user's model."
    return "There are no filters to draw: no saved network here begins with a convolution of pixels."
