"""Changes of the last layer and of the loss that belongs to it."""

from __future__ import annotations

from dataclasses import dataclass

from vandap.repair.changes.change import Change


@dataclass(frozen=True)
class FromLogits(Change):
    """Tell the loss whether the outputs are logits.

    Args:
        value: Whether they are.
    """

    slug = "from-logits"
    aspect = "output"
    value: bool = True

    @property
    def words(self) -> str:
        """Such as `from_logits=True`."""
        return f"loss with from_logits={self.value}"


@dataclass(frozen=True)
class OutputActivation(Change):
    """Give the output another activation.

    Args:
        layer: Path of the output layer.
        name: `softmax`, `sigmoid`, `linear` ...
    """

    slug = "output-activation"
    aspect = "output"
    layer: str
    name: str

    @property
    def place(self) -> str:
        """The output as a whole: activation and logits settle the same thing."""
        return self.aspect

    @property
    def words(self) -> str:
        """Such as `softmax on the output`."""
        return f"{self.name} on the output"


@dataclass(frozen=True)
class OutputUnits(Change):
    """Give the output layer another number of units.

    Args:
        layer: Path of the output layer.
        units: Outputs.
    """

    slug = "output-units"
    aspect = "output units"
    layer: str
    units: int

    @property
    def words(self) -> str:
        """Such as `10 outputs`."""
        return f"{self.units} outputs"


@dataclass(frozen=True)
class SetLoss(Change):
    """Take another loss.

    Args:
        name: Its name in Keras, such as `mean_squared_error`.
    """

    slug = "loss"
    aspect = "loss"
    name: str

    @property
    def words(self) -> str:
        """Such as `loss mean_squared_error`."""
        return f"loss {self.name}"


@dataclass(frozen=True)
class LabelSmoothing(Change):
    """Smooth the labels in a cross-entropy.

    Args:
        share: How much probability the other classes share.
    """

    slug = "label-smoothing"
    aspect = "label smoothing"
    share: float = 0.1

    @property
    def words(self) -> str:
        """Such as `label smoothing 0.1`."""
        return f"label smoothing {self.share:g}"


@dataclass(frozen=True)
class Focal(Change):
    """Weigh hard examples more in the cross-entropy that is there."""

    slug = "focal"
    aspect = "loss"

    @property
    def words(self) -> str:
        """The phrase."""
        return "focal cross-entropy"


@dataclass(frozen=True)
class OutputBias(Change):
    """Start the output where the targets are before anything is known: at their logits, or at their mean.

    Args:
        layer: Path of the output layer.
        values: One value for each output.
    """

    slug = "output-bias"
    aspect = "output bias"
    layer: str
    values: tuple[float, ...]

    @property
    def words(self) -> str:
        """Such as `output bias begun at -2.2`."""
        return f"output bias begun at {', '.join(f'{value:.3g}' for value in self.values[:4])}" + (
            " ..." if len(self.values) > 4 else ""
        )
