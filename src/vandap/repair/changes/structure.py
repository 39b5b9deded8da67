"""Changes of the layers: activations, initial values, normalisation, width, pooling, what is trained."""

from __future__ import annotations

from dataclasses import dataclass

from vandap.repair.changes.change import Change


@dataclass(frozen=True)
class HiddenActivation(Change):
    """Give hidden layers another activation.

    Args:
        name: `relu`, `leaky_relu`, `gelu`, `tanh`, `linear` ...
        layers: Paths of the layers.
    """

    slug = "hidden-activation"
    aspect = "hidden activation"
    name: str
    layers: tuple[str, ...]

    @property
    def words(self) -> str:
        """Such as `relu in dense, dense_1`."""
        return f"{self.name} in {_some(self.layers)}"


@dataclass(frozen=True)
class Initialiser(Change):
    """Start kernels or biases from another initialiser.

    Args:
        name: `glorot_uniform`, `he_normal`, `zeros` ...; "" leaves the argument out, for the layer's default.
        layers: Paths of the layers.
        weights: Which ones: `kernel` or `bias`.
    """

    slug = "initialiser"
    aspect = "initialiser"
    name: str
    layers: tuple[str, ...]
    weights: str = "kernel"

    @property
    def place(self) -> str:
        """Kernels and biases may both be changed."""
        return f"{self.aspect} of {self.weights}"

    @property
    def words(self) -> str:
        """Such as `initialiser he_normal in dense`."""
        biases = " of biases" if self.weights == "bias" else ""
        return f"initialiser{biases} {self.name or 'left to the default'} in {_some(self.layers)}"


@dataclass(frozen=True)
class Insert(Change):
    """Put a layer behind other layers.

    Args:
        kind: `BatchNormalization`, `LayerNormalization` or `Dropout`.
        layers: Paths of the layers that it follows.
        value: Its one argument where it has one, such as the rate of dropout.
    """

    slug = "insert"
    aspect = "layers between"
    kind: str
    layers: tuple[str, ...]
    value: float | None = None

    @property
    def place(self) -> str:
        """One layer of a kind in one place."""
        return f"{self.kind} between"

    @property
    def words(self) -> str:
        """Such as `BatchNormalization after dense, dense_1`."""
        argument = "" if self.value is None else f"({self.value:g})"
        return f"{self.kind}{argument} after {_some(self.layers)}"


@dataclass(frozen=True)
class Remove(Change):
    """Take layers out.

    Args:
        layers: Their paths.
        kind: Their class.
    """

    slug = "remove"
    aspect = "layers removed"
    layers: tuple[str, ...]
    kind: str

    @property
    def place(self) -> str:
        """Layers of one class are removed together."""
        return f"{self.kind} removed"

    @property
    def words(self) -> str:
        """Such as `without dropout, dropout_1`."""
        return f"without {_some(self.layers)}"


@dataclass(frozen=True)
class LayerSetting(Change):
    """Set one argument of some layers, such as `rate` of a dropout or `units` of a dense layer.

    Args:
        name: The argument.
        value: Its value.
        layers: Paths of the layers.
    """

    slug = "layer-setting"
    aspect = "layer setting"
    name: str
    value: float | int | str | bool | None
    layers: tuple[str, ...]

    @property
    def place(self) -> str:
        """One value of an argument in one layer."""
        return f"{self.name} of {', '.join(self.layers)}"

    @property
    def words(self) -> str:
        """Such as `rate 0.2 in dropout`."""
        return f"{self.name} {self.value} in {_some(self.layers)}"


@dataclass(frozen=True)
class Units(Change):
    """Widen or narrow layers.

    Args:
        factor: What the number of units or filters is multiplied by.
        layers: Paths of the layers.
        units: The new numbers, in the order of the layers.
    """

    slug = "units"
    aspect = "width"
    factor: float
    layers: tuple[str, ...]
    units: tuple[int, ...]

    @property
    def words(self) -> str:
        """Such as `128, 64 units in dense, dense_1`."""
        return f"{', '.join(map(str, self.units))} units in {_some(self.layers)}"


@dataclass(frozen=True)
class Deepen(Change):
    """Put behind a layer another one like it.

    Args:
        layers: Paths of the layers that get a follower.
    """

    slug = "deepen"
    aspect = "depth"
    layers: tuple[str, ...]

    @property
    def words(self) -> str:
        """Such as `another layer like dense_1`."""
        return f"another layer like {_some(self.layers)}"


@dataclass(frozen=True)
class GlobalPooling(Change):
    """Put global average pooling where the feature maps are flattened.

    Args:
        layer: Path of the Flatten layer.
        kind: `GlobalAveragePooling2D` or `GlobalAveragePooling1D`.
    """

    slug = "global-pooling"
    aspect = "pooling"
    layer: str
    kind: str = "GlobalAveragePooling2D"

    @property
    def words(self) -> str:
        """The phrase."""
        return f"{self.kind} for {self.layer}"


@dataclass(frozen=True)
class Unfreeze(Change):
    """Train layers that are frozen.

    Args:
        layers: Their paths.
    """

    slug = "unfreeze"
    aspect = "frozen layers"
    layers: tuple[str, ...]

    @property
    def words(self) -> str:
        """Such as `dense trained`."""
        return f"{_some(self.layers)} trained"


@dataclass(frozen=True)
class Penalty(Change):
    """Penalise the kernels of layers.

    Args:
        l1: Weight of the sum of absolute values, which makes whole inputs of a layer unused.
        l2: Weight of the sum of squares.
        layers: Paths of the layers.
    """

    slug = "penalty"
    aspect = "penalty"
    l1: float
    l2: float
    layers: tuple[str, ...]

    @property
    def words(self) -> str:
        """Such as `penalty L1 0.0001, L2 0.0001 on dense`."""
        named = [f"{name} {value:g}" for name, value in (("L1", self.l1), ("L2", self.l2)) if value]
        return f"penalty {', '.join(named)} on {_some(self.layers)}"


@dataclass(frozen=True)
class Skip(Change):
    """Lead what enters a layer around it, and add both.

    Args:
        layers: Paths of the layers, which keep the shape.
    """

    slug = "skip"
    aspect = "skip connections"
    layers: tuple[str, ...]

    @property
    def words(self) -> str:
        """Such as `inputs led around dense_1, dense_2`."""
        return f"inputs led around {_some(self.layers)}"


@dataclass(frozen=True)
class FirstLayer(Change):
    """Let the network begin with a layer.

    Args:
        kind: Its class in `keras.layers`, such as `RandomTranslation`.
        arguments: Its arguments, as source.
    """

    slug = "first-layer"
    aspect = "first layer"
    kind: str
    arguments: str = ""

    @property
    def place(self) -> str:
        """One layer of a kind."""
        return f"{self.kind} first"

    @property
    def words(self) -> str:
        """Such as `RandomTranslation(0.1, 0.1) first`."""
        return f"{self.kind}({self.arguments}) first"


@dataclass(frozen=True)
class ModernNames(Change):
    """Write old names of arguments and methods as Keras 3 has them, wherever the program has them.

    Args:
        old: As they are written, `lr=` for an argument and `fit_generator` for a method.
        new: The same names today.
    """

    slug = "modern-names"
    aspect = "names of Keras 3"
    old: tuple[str, ...]
    new: tuple[str, ...]

    @property
    def words(self) -> str:
        """Such as `learning_rate= for lr=`."""
        return ", ".join(f"{new} for {old}" for old, new in zip(self.old, self.new, strict=True))


@dataclass(frozen=True)
class InputShape(Change):
    """Let the network read examples of another shape.

    Args:
        shape: The shape of one example, without the batch.
    """

    slug = "input-shape"
    aspect = "input shape"
    shape: tuple[int, ...]

    @property
    def words(self) -> str:
        """Such as `input shape (20,)`."""
        return f"input shape {self.shape}"


@dataclass(frozen=True)
class ExampleShape(Change):
    """Give the input the shape of one example, where it was given that of a whole array."""

    slug = "example-shape"
    aspect = "input shape"

    @property
    def words(self) -> str:
        """The phrase."""
        return "input shape of one example, not of the whole array"


def _some(names: tuple[str, ...]) -> str:
    return ", ".join(names) if len(names) < 4 else f"{', '.join(names[:2])} and {len(names) - 2} more"
