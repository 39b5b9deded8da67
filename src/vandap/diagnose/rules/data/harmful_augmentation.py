"""Augmentation that leaves nothing of the examples, or makes one class of another."""

from __future__ import annotations

import math

import numpy as np

from vandap.core.finding import PRECAUTION, Threshold
from vandap.core.program import Layer, Program
from vandap.core.signals import Series
from vandap.diagnose.decisive import arm, gain, helpful
from vandap.diagnose.intake import Scale, scales
from vandap.diagnose.network import SHAPERS, Graph, setting
from vandap.diagnose.progress import Progress
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule, Suspected
from vandap.diagnose.symptoms import SHOWN

_SHARES = {
    "RandomRotation": ("factor",),
    "RandomZoom": ("height_factor", "width_factor"),
    "RandomTranslation": ("height_factor", "width_factor"),
    "RandomShear": ("x_factor", "y_factor"),
    "RandomBrightness": ("factor",),
    "RandomContrast": ("factor",),
}


class HarmfulAugmentation(Rule):
    """The augmentation changes the examples so much that they no longer show what their labels say.

    ## What it finds
    Augmentation layers of extreme strength (shifts by more than half of the image, noise that is louder than the
    input), if the network learns little with them; and mirrors, which make a left arrow a right one and a b a d, if it
    does not learn most of what there is to learn. In both cases a test must show that it learns surely and
    far better without, on held-out examples as they are. Strong augmentation of a network that learns is no fault.

    ## Why it matters
    An augmented example must still show what its label says. A digit that is shifted out of the image, or drowned in
    noise, teaches the network that its label means nothing; a mirrored arrow, that left and right are one.

    ## What to do
    Look at a few augmented examples. Weaken the layers until a person can still tell the label, or leave them out.

    ## References
    - TheDeepChecker: Ben Braiek and Khomh (2022), augmentation against the distribution of the data
    - Shorten and Khoshgoftaar, A survey on Image Data Augmentation (2019): label-preserving transformations
    """

    code = "A15"
    status = "stable"
    remedies = ("remove-augmentation", "weaken-augmentation")
    explains = SHOWN
    share = Threshold(0.5, "half of the image, of the full turn or of the brightness")
    noise = Threshold(1, "deviation of the noise over the root mean square of the input")
    enough = Threshold(0.8, "share of what there is to learn beyond which mirrored examples confuse no classes")
    mirrored = Threshold(0.15, "the same for mirrors: of photographs and clothes they cost less than a tenth")
    better = Threshold(0.25, "share of what there is to learn that leaving it out must add: it always costs some steps")

    def check(
        self,
        program: Program,
        input_statistics: Series | None = None,
        progress: Progress | None = None,
        test_without_augmentation: Series | None = None,
    ) -> Outcome:
        """Find the strongest augmentation, then ask whether it does harm."""
        graph = Graph(program)
        if not graph.layers:
            return CannotTell("The program shows no layer.")
        known = max(scales(input_statistics).values(), key=lambda scale: scale.size, default=None)
        strong = [(layer, self._strength(graph, layer, known)) for layer in graph.layers]
        layer, strength = max(strong, key=lambda item: item[1])
        mirror = next((layer for layer in graph.layers if layer.kind == "RandomFlip"), None)
        better, doubt = self.better.value, 0.4
        if strength >= 1 and (progress is None or progress.is_poor):
            says = f"{layer.name} ({layer.kind}) has {strength:.2g} times the strength of the threshold"
        elif mirror is not None and progress is not None and progress.learnt < self.enough.value:
            layer, says = mirror, f"{mirror.name} ({mirror.kind}) mirrors the examples"
            better, doubt = self.mirrored.value, PRECAUTION / 2
        else:
            return Clear("No augmentation of extreme strength, and none that mirrors, keeps it from learning.")
        evidence = {"strength": strength}
        if progress is None or not arm(test_without_augmentation, "without").is_known:
            finding = self.found(f"{says}.", evidence, confidence=doubt, where=layer.where())
            return Suspected(finding, ("without_augmentation",))
        winner = helpful(test_without_augmentation, "without", progress, better)
        if winner is None:
            return Clear(f"{says}, but without it the network learns hardly better.")
        real = arm(test_without_augmentation, "real")
        return self.found(
            f"{says}, and {progress.phrase}. Without augmentation, the same network reaches {winner.instead_of(real)}.",
            {**evidence, "gain": gain(progress, real, winner)},
            confidence=0.85,
            where=layer.where(),
        )

    def _strength(self, graph: Graph, layer: Layer, known: Scale | None) -> float:
        """Strength over its threshold; 0 for layers that augment nothing."""
        if layer.kind == "GaussianNoise":
            size = _size_at(graph, layer, known) if known else math.nan
            ratio = setting(layer.settings, "stddev") / (size * self.noise.value) if size > 0 else 0.0
            return ratio if math.isfinite(ratio) else 0.0
        values = [_largest(layer.settings.get(name)) for name in _SHARES.get(layer.kind, ())]
        return max(values, default=0.0) / self.share.value


def _size_at(graph: Graph, layer: Layer, known: Scale) -> float:
    """Root mean square of the input where it reaches a layer; NaN where more than scaling and moving lies between."""
    way = [layer, *graph.upstream(layer)]
    if way[-1] not in graph.first:
        return math.nan
    mean, deviation = known.mean, known.deviation
    for item in reversed(way[1:]):
        if item.kind == "Rescaling":
            factor, offset = (setting(item.settings, name) for name in ("scale", "offset"))
            mean, deviation = mean * factor + offset, abs(deviation * factor)
        elif item.kind == "Normalization":
            mean, deviation = 0.0, 1.0
        elif item.kind not in SHAPERS and item.kind not in _SHARES and item.kind != "RandomFlip":
            return math.nan
    return math.hypot(mean, deviation)


def _largest(value: object) -> float:
    """The largest size of a factor, which is a number or a pair."""
    given = value if isinstance(value, list | tuple) else [value]
    sizes = [abs(item) for item in given if isinstance(item, int | float) and math.isfinite(item)]
    return float(np.max(sizes)) if sizes else 0.0
