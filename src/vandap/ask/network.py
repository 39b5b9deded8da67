"""What several questions need of a run's network: its layers, or a plain word that there is none.

A run of `vandap train` describes its own network; a watched run holds the structure of the user's model. Both are read
into one form here: layers as `program.json` of a training describes them, the inputs among them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from vandap.ask.account import Line, account
from vandap.ask.question import Answer, Table
from vandap.core.program import Layer, Program, read_program
from vandap.core.records import to_json
from vandap.core.store import Run

MAIN_LINE = "This run trained no network, so the question has no answer here."
_ENDED_EARLY = "This run holds no network: the program ended before a model was made, or made none that could be seen."


def without_network(run: Run) -> Answer:
    """The answer of a question about the network on a run that has none."""
    if not (run.path / "ladder.json").is_file() and structure(run) is not None:
        again = f"Ask {run.path} K8 why it ended, and the others once a model is built."
        return Answer(f"{_ENDED_EARLY} {again}", document={"network": None})
    ladder = run.ladder
    reasons = [f"{rung.title}: {rung.reason}" for rung in ladder.rungs if not rung.simple and rung.reason]
    why = f" ({'; '.join(reasons)})" if reasons else ""
    return Answer(
        f"{MAIN_LINE}{why} The recommended model is {ladder.recommended}. "
        "Train with more --budget, or with a network among --learners, and ask again.",
        document={"network": None, "recommended": ladder.recommended},
    )


def structure(run: Run) -> Program | None:
    """The structure of a watched run; None for a run that was not watched."""
    return read_program(run.program) if run.program else None


def network(run: Run) -> tuple[Mapping[str, Any], ...]:
    """The layers of a run's network, inputs first; empty where there is none.

    Of a watched model the outermost layers are given: a nested model counts as one layer.
    """
    if run.program is None:
        return ()
    if "layers" in run.program:
        return tuple(run.program["layers"])
    program = structure(run)
    outermost = [layer for layer in program.layers if not layer.parent] if program else []
    return (*_inputs(outermost), *(_entry(layer, outermost) for layer in outermost))


def laid_out(run: Run) -> Program:
    """The layers of a run's network as those of a watched training; an empty program where there is none."""
    watched = structure(run)
    if watched is not None:
        return watched
    layers = network(run)
    shapes = {str(layer["name"]): tuple(layer["output_shape"]) for layer in layers}
    return Program(
        layers=tuple(
            Layer(
                place, str(layer["name"]), str(layer["name"]), str(layer["class"]), settings=layer["settings"],
                inputs=tuple(layer["inputs"]), parameters=int(layer["parameters"]),
                input_shape=shapes.get(layer["inputs"][0], ()) if layer["inputs"] else (),
                output_shape=tuple(layer["output_shape"]),
            )
            for place, layer in enumerate(layers)
        )
    )  # fmt: skip


def _inputs(layers: Sequence[Layer]) -> list[dict[str, Any]]:
    """The inputs that Keras does not show as layers: a Sequential model's, a subclassed model's."""
    return [
        {"name": _input_of(layer), "class": "InputLayer", "inputs": [], "settings": {}, "parameters": 0,
         "output_shape": list(layer.input_shape)}
        for layer in layers if _reads_hidden_input(layer)
    ]  # fmt: skip


def _reads_hidden_input(layer: Layer) -> bool:
    return layer.kind != "InputLayer" and not layer.inputs and bool(layer.input_shape)


def _input_of(layer: Layer) -> str:
    return f"input of {layer.name}"


def _entry(layer: Layer, outermost: Sequence[Layer]) -> dict[str, Any]:
    named = {other.name for other in outermost}
    inputs = [name for name in layer.inputs if name in named] or [_input_of(layer)] * _reads_hidden_input(layer)
    return {
        "name": layer.name, "class": layer.kind, "inputs": inputs, "settings": to_json(layer.settings),
        "parameters": layer.parameters, "output_shape": list(layer.output_shape),
        "file": layer.site.file, "line": layer.site.line,
    }  # fmt: skip


def lines(run: Run) -> tuple[Line, ...]:
    """The network's layers with their shapes and parameters."""
    return account(network(run), doubled=False).lines


def shape(value: tuple[int, ...] | None) -> str:
    """A shape as text, without the batch axis; an axis that the model leaves open reads `any`."""
    return "unknown" if value is None else " x ".join(str(axis or "any") for axis in value) or "one number"


def layer_table(run: Run, title: str = "The layers") -> Table:
    """Every layer with what it reads, what it gives and what it learns."""
    rows = tuple(
        (line.name, line.kind, ", ".join(line.inputs) or "the data", shape(line.shape), line.parameters)
        for line in lines(run)
    )
    return Table(title, ("layer", "class", "reads", "output of one example", "parameters"), rows)
