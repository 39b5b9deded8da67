"""I7: what this model learned against what was chosen for it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from vandap.ask.network import lines, network, structure
from vandap.ask.question import Answer, Question, Table
from vandap.core.evaluation import Ladder
from vandap.core.program import Program
from vandap.core.store import Run

_SHORT = (
    "Parameters are learned from the training data by minimising the loss; hyper-parameters are set before that and "
    "steer how the learning goes. So parameters are fitted on the training part and hyper-parameters are chosen on the "
    "validation part, never on the test part."
)


class ParametersAndHyperParameters(Question):
    """Which numbers are learned, and which are chosen?"""

    id = "I7"
    question = "Parameters against hyper-parameters?"
    how = "Both listed for this run's models: learned numbers of each layer, and every choice with how it was made."

    def answer(self, run: Run) -> Answer:
        """List both."""
        program = structure(run)
        return _of_watched(program, network(run)) if program is not None else self._of_trained(run)

    def _of_trained(self, run: Run) -> Answer:
        ladder, recipe, program = run.ladder, run.recipe, run.program
        tables = []
        parts = []
        if program is not None:
            learned = [(line.name, line.kind, line.parameters) for line in lines(run) if line.parameters]
            tables.append(
                Table("Parameters: learned from the data, by layer", ("layer", "class", "parameters"), tuple(learned))
            )
            total, trainable = program["parameters"]["total"], program["parameters"]["trainable"]
            parts.append(
                f"The network has {total:,} parameters in {len(learned)} layers; {trainable:,} are trained by gradient "
                f"descent, the other {total - trainable:,} are running statistics."
            )
        rungs = tuple((rung.slug, rung.parameters) for rung in ladder.rungs if rung.parameters is not None)
        tables.append(Table("Parameters of each model of the ladder", ("model", "parameters"), rungs))
        by_hand = dict(recipe.network)
        choices = tuple(_choices(ladder, by_hand))
        head = ("model", "name", "value", "chosen")
        tables.append(Table("Hyper-parameters: chosen before the fit, frozen in recipe.json", head, choices))
        parts.append(
            f"{len(choices)} hyper-parameters were chosen for {len({row[0] for row in choices})} models, by fixed "
            f"rules, by measurement or by hand ({', '.join(by_hand) or 'none by hand'}). Between models the validation "
            f"part chose: {ladder.recommended}. `vandap fix --search grid|random|bayesian` searches among repairs."
        )
        document = {
            "parameters": {rung.slug: rung.parameters for rung in ladder.rungs},
            "hyper_parameters": {rung.slug: dict(rung.hyper_parameters) for rung in ladder.rungs},
            "plan": dict(recipe.plan),
            "by_hand": by_hand,
        }
        return Answer(" ".join(parts), _SHORT, tuple(tables), document)


def _of_watched(program: Program, layers: Sequence[Mapping[str, Any]]) -> Answer:
    """Both lists for a model that its own program compiled: everything beside the weights was chosen there."""
    holders = {layer.parent for layer in program.layers}
    inner = [layer for layer in program.layers if layer.path not in holders and layer.parameters]
    learned = tuple((layer.path, layer.kind, layer.parameters, layer.trainable_parameters) for layer in inner)
    total, trained = sum(row[2] for row in learned), sum(row[3] for row in learned)
    choices = tuple((place, name, _text(value)) for place, name, value in _chosen(program) if value is not None)
    text = (
        f"The network has {total:,} parameters in {len(learned)} of its {len(layers)} layers; {trained:,} are trained "
        f"by gradient descent. The program chose {len(choices)} hyper-parameters of compile and fit, by hand or by "
        "default; the settings of the layers (units, activations, rates) come on top. `vandap fix --search "
        "grid|random|bayesian` searches among repairs."
    )
    tables = (
        Table("Parameters: learned from the data, by layer", ("layer", "class", "parameters", "trained"), learned),
        Table("Hyper-parameters: chosen before the fit", ("place", "name", "value"), choices),
    )
    named = {f"{place}.{name}": value for place, name, value in choices}
    return Answer(text, _SHORT, tables, {"parameters": {"total": total, "trained": trained}, "hyper_parameters": named})


def _chosen(program: Program) -> Iterator[tuple[str, str, Any]]:
    fit = program.fit
    yield "compile", "optimizer", program.compile.optimizer
    for name, value in flatten(program.compile.settings):
        if name != "name":
            yield "compile", name, value
    for loss in program.compile.losses:
        yield "compile", f"loss of {loss.output}", loss.kind
    for name in ("batch_size", "epochs", "shuffle", "validation_share"):
        yield "fit", name, getattr(fit, name)


def flatten(values: Mapping[str, Any], above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield nested settings as `(dotted name, value)`."""
    for name, value in values.items():
        if isinstance(value, Mapping):
            yield from flatten(value, f"{above}{name}.")
        else:
            yield f"{above}{name}", value


def _text(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, list | tuple):
        shown = [_text(item) for item in value[:6]]
        return ", ".join(shown) + (f", ... ({len(value)} values)" if len(value) > 6 else "") if value else "none"
    return str(value)


def _choices(ladder: Ladder, by_hand: Mapping[str, Any]) -> Iterator[tuple[str, str, str, str]]:
    for rung in ladder.rungs:
        for name, value in flatten(rung.hyper_parameters):
            hand = not rung.simple and name in by_hand
            yield rung.slug, name, _text(value), "by hand" if hand else "by rule or measurement"
