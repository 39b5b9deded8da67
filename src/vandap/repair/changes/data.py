"""Changes of what the network is fed: scales of inputs and targets, weights of classes."""

from __future__ import annotations

from dataclasses import dataclass

from vandap.repair.changes.change import Change

EACH, ALL = "each", "all"
DEVIATION, PIXELS = "deviation", "pixels"
BALANCE = "class balance"
"""What class weights and other rows settle."""


@dataclass(frozen=True)
class StandardiseInputs(Change):
    """Let the network begin by subtracting the mean and dividing by the deviation.

    Args:
        over: `each` takes every feature's own mean and deviation; `all` takes one of each for all features, which suits
            features of one unit, such as pixels.
    """

    slug = "standardise-inputs"
    aspect = "input scale"
    over: str = EACH

    @property
    def words(self) -> str:
        """Such as `inputs standardised, each feature by itself`."""
        return "inputs standardised, " + ("each feature by itself" if self.over == EACH else "all features alike")


@dataclass(frozen=True)
class ScaleTrainingInputs(Change):
    """Bring the training inputs to the scale that the validation inputs have; these stay as they are.

    Args:
        by: `deviation` gives each feature mean zero and deviation one; `pixels` divides by 255.
    """

    slug = "scale-training-inputs"
    aspect = "input scale"
    by: str = DEVIATION

    @property
    def words(self) -> str:
        """Such as `training inputs standardised, as those of validation are`."""
        done = "standardised" if self.by == DEVIATION else "divided by 255"
        return f"training inputs {done}, as those of validation are"


@dataclass(frozen=True)
class ClipInputs(Change):
    """Let the network begin by standardising its inputs and cutting what is far out.

    Mean and deviation are those of inputs from the first to the 99th hundredth of each feature.

    Args:
        deviations: How far from the mean inputs are cut.
    """

    slug = "clip-inputs"
    aspect = "input scale"
    deviations: float = 3.0

    @property
    def words(self) -> str:
        """Such as `inputs standardised without their extremes, and cut at 3 deviations`."""
        return f"inputs standardised without their extremes, and cut at {self.deviations:g} deviations"


@dataclass(frozen=True)
class SelectFeatures(Change):
    """Let the network begin by standardising its inputs and leaving out features that tell nothing about the target.

    Which these are the training rows decide, by `vandap.repair.written.inputs.selected`.
    """

    slug = "select-features"
    aspect = "input scale"

    @property
    def words(self) -> str:
        """The phrase."""
        return "inputs standardised, and features that tell nothing about the target left out"


@dataclass(frozen=True)
class FillMissing(Change):
    """Put medians of the training rows where inputs are missing or infinite."""

    slug = "fill-missing"
    aspect = "missing values"

    @property
    def words(self) -> str:
        """The phrase; other data that the model is asked about need the same."""
        return "missing inputs filled with the medians of the training rows (fill those you ask about later as well)"


@dataclass(frozen=True)
class NumberLabels(Change):
    """Number labels that are text."""

    slug = "number-labels"
    aspect = "labels"

    @property
    def words(self) -> str:
        """The phrase; predictions are such numbers, too."""
        return "text labels numbered in the order of their names"


@dataclass(frozen=True)
class TargetColumn(Change):
    """Give targets of one number each the shape of an output with one unit."""

    slug = "target-column"
    aspect = "labels"

    @property
    def words(self) -> str:
        """The phrase."""
        return "targets as a column, of the shape (n, 1)"


@dataclass(frozen=True)
class ShuffleBuffer(Change):
    """Shuffle a stream over more examples.

    Args:
        size: Examples that are held to be shuffled.
    """

    slug = "shuffle-buffer"
    aspect = "shuffling"
    size: int

    @property
    def words(self) -> str:
        """Such as `shuffled over 5000 examples`."""
        return f"shuffled over {self.size} examples"


@dataclass(frozen=True)
class RescaleInputs(Change):
    """Let the network begin by multiplying its inputs.

    Args:
        divisor: What the inputs are divided by, such as 255.
    """

    slug = "rescale-inputs"
    aspect = "input scale"
    divisor: float = 255.0

    @property
    def words(self) -> str:
        """Such as `inputs divided by 255`."""
        return f"inputs divided by {self.divisor:g}"


@dataclass(frozen=True)
class ScaleTarget(Change):
    """Let the network end by bringing its outputs to the scale of the targets.

    Args:
        scale: Deviation of the targets.
        offset: Their mean.
    """

    slug = "scale-target"
    aspect = "target scale"
    scale: float
    offset: float = 0.0

    @property
    def words(self) -> str:
        """Such as `outputs scaled by 120, from 310`."""
        return f"outputs scaled to the targets (times {self.scale:g}, plus {self.offset:g})"


@dataclass(frozen=True)
class ClassWeights(Change):
    """Weight the classes in the loss.

    Args:
        weights: Weight of each class, in the order of their numbers.
    """

    slug = "class-weights"
    aspect = BALANCE
    weights: tuple[float, ...]

    @property
    def words(self) -> str:
        """Such as `classes weighted from 0.55 to 5`."""
        return f"classes weighted from {min(self.weights):.3g} to {max(self.weights):.3g}"


@dataclass(frozen=True)
class DataShare(Change):
    """Train on a part of the training rows, drawn by chance; the held-out rows stay.

    Args:
        share: The part, above 0 and below 1.
    """

    slug = "data-share"
    aspect = "training rows"
    share: float

    @property
    def words(self) -> str:
        """Such as `50 % of the training rows`."""
        return f"{100 * self.share:g} % of the training rows"


@dataclass(frozen=True)
class ImageSize(Change):
    """Let the network begin by resizing its images.

    Args:
        height: Rows of pixels.
        width: Columns of pixels.
    """

    slug = "image-size"
    aspect = "image size"
    height: int
    width: int

    @property
    def words(self) -> str:
        """Such as `images resized to 56 x 56`."""
        return f"images resized to {self.height} x {self.width}"
