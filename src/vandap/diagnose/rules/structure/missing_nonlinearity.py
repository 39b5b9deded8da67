"""Hidden layers without an activation."""

from __future__ import annotations

from vandap.core.finding import Severity, Threshold
from vandap.core.program import Layer, Program
from vandap.diagnose.network import (
    AVERAGE_POOLS,
    DROPOUTS,
    MAPS,
    MAX_POOLS,
    SHAPERS,
    Graph,
    activation,
    kind,
    units,
)
from vandap.diagnose.reading import listed
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule
from vandap.diagnose.symptoms import SHOWN

_LINEAR = SHAPERS | DROPOUTS | AVERAGE_POOLS | {"BatchNormalization", "Rescaling", "Normalization"}


class MissingNonlinearity(Rule):
    """Hidden layers follow each other with nothing but linear steps between them.

    ## What it finds
    Dense and convolution layers without activation whose output enters the next such layer through linear steps only
    (batch normalisation, dropout, reshaping, average pooling). An issue when no hidden layer of the network has an
    activation; single ones are a tip. Bottlenecks (fewer units than before and after, as in the code of an
    autoencoder), depthwise convolutions and layers that enter a sum, a norm or an attention are left alone: there a
    linear step has its use.

    ## Why it matters
    Two linear layers in a row are one linear layer: the network has the parameters and the cost of a deep one and the
    power of a linear model.

    ## What to do
    Give hidden layers an activation: `relu` or `gelu`.

    ## References
    - NeuraLint: Nikanjam et al. (2021), rule "missing non-linearity"
    - UMLAUT: Schoop et al. (2021), "missing activation functions"
    - Sandler et al., MobileNetV2: Inverted Residuals and Linear Bottlenecks (2018): where linear layers belong
    """

    code = "B4"
    status = "stable"
    remedies = ("add-activation",)
    explains = SHOWN
    share = Threshold(1, "all hidden layers: one linear layer among others rarely harms and may be meant")

    def check(self, program: Program) -> Outcome:
        """Look for maps that enter the next map by linear steps only."""
        graph = Graph(program)
        if not graph.is_known:
            return CannotTell("It is not known how the layers are connected.")
        hidden = [layer for layer in graph.layers if kind(layer) in MAPS and _next_map(graph, layer) is not None]
        linear = [layer for layer in hidden if _is_flat(graph, layer, _LINEAR)]
        silent = [layer for layer in hidden if _is_flat(graph, layer, _LINEAR | MAX_POOLS)]
        bent = [layer for layer in graph.layers if _bends(layer) and graph.after(layer)]
        if not linear and len(silent) < 2:
            return Clear(f"Each of {len(hidden)} hidden layers that enter another one has an activation, or need none.")
        if len(silent) >= self.share.value * len(hidden) and not bent:
            pools = "" if len(linear) == len(silent) else "; max pooling alone bends the values"
            return self.found(
                f"None of {len(hidden)} hidden layers has an activation ({listed([item.name for item in silent])}): "
                f"together with the output they compute one linear function{pools}.",
                {"hidden_layers": len(hidden), "linear_layers": len(silent), "share": 1.0},
                confidence=0.95,
                where=silent[0].where(),
            )
        linear = linear or silent
        return self.found(
            f"Without an activation before the next layer: {listed([item.name for item in linear])} "
            f"({len(linear)} of {len(hidden)} hidden layers).",
            {"hidden_layers": len(hidden), "linear_layers": len(linear), "share": len(linear) / len(hidden)},
            severity=Severity.TIP,
            confidence=0.5,
            where=linear[0].where(),
        )


def _next_map(graph: Graph, layer: Layer) -> Layer | None:
    """The map that this one's output enters by linear steps and max pooling only; None where something else happens."""
    for other in graph.downstream(layer):
        if kind(other) in MAPS:
            return other if len(graph.before(other)) == 1 else None
        if kind(other) not in _LINEAR | MAX_POOLS and not _is_activation(other):
            return None
    return None


def _is_flat(graph: Graph, layer: Layer, passing: frozenset[str]) -> bool:
    """Whether nothing but layers of these kinds lies between this map and the next."""
    if activation(layer) not in (None, "linear") or "Depthwise" in layer.kind or layer.calls > 1:
        return False
    if graph.is_open(layer) or layer.is_custom:
        return False
    for other in graph.downstream(layer):
        if graph.is_open(other):
            return False
        if kind(other) in MAPS:
            return not _is_bottleneck(layer, other)
        if kind(other) not in passing and not (_is_activation(other) and activation(other) == "linear"):
            return False
    return False


def _is_bottleneck(layer: Layer, following: Layer) -> bool:
    """Whether a layer squeezes what comes in and the next widens it again."""
    entering = layer.input_shape[-1] if layer.input_shape else None
    return entering is not None and units(layer) < min(float(entering), units(following))


def _is_activation(layer: Layer) -> bool:
    return layer.activation is not None and not layer.parameters


def _bends(layer: Layer) -> bool:
    """Whether a hidden layer, of whatever kind, is no linear step; max pooling does not count as an activation."""
    if layer.is_custom:
        return True
    if kind(layer) in MAPS or _is_activation(layer):
        return activation(layer) not in (None, "linear")
    return kind(layer) not in _LINEAR | MAX_POOLS | {"Add", "Concatenate", "Average", "Embedding"}
