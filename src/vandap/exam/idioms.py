"""Old ways of writing Keras, found in a script's source without running it.

Only what certainly means Keras is told: a name is followed to the import that brought it, and a method or argument
counts only where nothing but Keras has it. What a script never reaches is told as well; its lines are old all the same.
"""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Mapping

from vandap.core.program import Idiom, Site

_ROOTS = ("keras", "tensorflow.keras", "tensorflow.python.keras", "tf_keras")

MODULES: Mapping[str, tuple[str, bool]] = {
    "preprocessing.image.ImageDataGenerator": (
        "keras.utils.image_dataset_from_directory and augmentation layers such as keras.layers.RandomFlip",
        False,
    ),
    "utils.np_utils": ("keras.utils.to_categorical", True),
    "utils.multi_gpu_model": ("keras.distribution.DataParallel, or tf.distribute.MirroredStrategy", True),
    "utils.training_utils": ("keras.distribution.DataParallel, or tf.distribute.MirroredStrategy", True),
    "utils.generic_utils": ("keras.utils", True),
    "utils.vis_utils": ("keras.utils.plot_model", True),
    "utils.data_utils": ("keras.utils", True),
    "utils.visualize_util": ("keras.utils.plot_model", True),
    "layers.core": ("keras.layers", True),
    "layers.convolutional": ("keras.layers", True),
    "layers.pooling": ("keras.layers", True),
    "layers.recurrent": ("keras.layers", True),
    "layers.normalization": ("keras.layers", True),
    "layers.embeddings": ("keras.layers", True),
    "layers.advanced_activations": ("keras.layers", True),
    "layers.merge": ("keras.layers", True),
    "layers.wrappers": ("keras.layers", True),
    "layers.noise": ("keras.layers", True),
    "layers.experimental": ("keras.layers, without `experimental`", True),
    "layers.Merge": ("keras.layers.Concatenate, Add, ...", True),
    "layers.CuDNNLSTM": ("keras.layers.LSTM, which takes the fast kernel by itself", True),
    "layers.CuDNNGRU": ("keras.layers.GRU, which takes the fast kernel by itself", True),
    "layers.Convolution1D": ("keras.layers.Conv1D", False),
    "layers.Convolution2D": ("keras.layers.Conv2D", False),
    "layers.Convolution3D": ("keras.layers.Conv3D", False),
    "engine": ("keras (keras.Model, keras.layers.Layer, keras.Input)", True),
    "wrappers.scikit_learn": ("keras.wrappers.SKLearnClassifier or SKLearnRegressor", True),
    "optimizers.legacy": ("keras.optimizers", True),
    "optimizers.experimental": ("keras.optimizers", True),
    "optimizers.schedules.experimental": ("keras.optimizers.schedules", True),
    "experimental": ("the same name without `experimental`", True),
    "backend.set_session": ("nothing: sessions are gone", True),
    "backend.get_session": ("nothing: sessions are gone", True),
    "backend.tensorflow_backend": ("keras.ops", True),
    "backend.set_learning_phase": ("the argument `training` of a call", True),
    "backend.learning_phase": ("the argument `training` of a call", True),
    "backend.function": ("a keras.Model with those outputs", True),
    "backend.gradients": ("the back end's own: tf.GradientTape, jax.grad, Tensor.backward", False),
    "backend.placeholder": ("keras.Input", True),
    "callbacks.experimental": ("keras.callbacks", True),
    "initializers.normal": ("keras.initializers.RandomNormal", True),
    "initializers.uniform": ("keras.initializers.RandomUniform", True),
}
"""What follows `keras.` in old programs: what is written today, and whether it fails on Keras 3."""

_ONLY_BELOW_TENSORFLOW = frozenset({"preprocessing.image.ImageDataGenerator", "backend.gradients"})
"""What `tf.keras` still has and `keras` has not."""


METHODS: Mapping[str, str] = {
    "fit_generator": "fit, which takes generators",
    "evaluate_generator": "evaluate, which takes generators",
    "predict_generator": "predict, which takes generators",
    "predict_classes": "predict(...).argmax(axis=-1), or > 0.5 for one sigmoid unit",
    "predict_proba": "predict",
}

ARGUMENTS: Mapping[str, tuple[frozenset[str], str]] = {
    "lr": (frozenset(), "learning_rate="),
    "decay": (frozenset(), "a schedule, such as keras.optimizers.schedules.InverseTimeDecay; `weight_decay` is not it"),
    "nb_epoch": (frozenset({"fit", "fit_generator"}), "epochs="),
    "samples_per_epoch": (frozenset({"fit", "fit_generator"}), "steps_per_epoch=, counted in batches"),
    "nb_val_samples": (frozenset({"fit", "fit_generator"}), "validation_steps=, counted in batches"),
    "show_accuracy": (frozenset({"fit", "evaluate"}), 'metrics=["accuracy"] of compile'),
    "workers": (frozenset({"fit"}), "an argument of keras.utils.PyDataset"),
    "use_multiprocessing": (frozenset({"fit"}), "an argument of keras.utils.PyDataset"),
    "max_queue_size": (frozenset({"fit"}), "an argument of keras.utils.PyDataset"),
    "class_mode": (frozenset({"compile"}), "a loss and metrics"),
    "sample_weight_mode": (frozenset({"compile"}), "sample weights with a time axis"),
}
"""Arguments that are gone: of these functions (of every optimiser where none is named), and what is written today."""

OPTIMIZERS = frozenset({"SGD", "RMSprop", "Adam", "AdamW", "Adadelta", "Adagrad", "Adamax", "Nadam", "Ftrl", "Lion"})

OLD_LAYER_ARGUMENTS: Mapping[str, str] = {
    "output_dim": "the layer's `units` or `filters`",
    "input_dim": "keras.Input(shape=...) as the first layer",
    "input_shape": "keras.Input(shape=...) as the first layer",
    "batch_input_shape": "keras.Input(batch_shape=...) as the first layer",
    "init": "kernel_initializer=",
    "W_regularizer": "kernel_regularizer=",
    "b_regularizer": "bias_regularizer=",
    "border_mode": "padding=",
    "subsample": "strides=",
    "nb_filter": "filters=",
    "nb_row": "kernel_size=",
    "nb_col": "kernel_size=",
    "dim_ordering": "data_format=",
    "inner_activation": "recurrent_activation=",
    "weights": "set_weights after building, or embeddings_initializer=",
    "input_length": "nothing: the length comes from the data",
}
"""Arguments of layers from older versions. `input_shape` still works on Keras 3 and is no more than a style."""

_STILL_TAKEN = frozenset({"input_dim", "input_shape", "batch_input_shape", "weights", "input_length", "output_dim"})


def scan(source: bytes | str, file: str) -> tuple[Idiom, ...]:
    """Find old idioms in a script.

    Args:
        source: Its text.
        file: Its path, for the places.

    Returns:
        One for each line and name, in the order of the lines; none when the text is no Python.
    """
    tree = parsed(source, file)
    if tree is None:
        return ()
    text = source.decode("utf-8", "replace") if isinstance(source, bytes) else source
    lines = text.splitlines()
    names = imported(tree)
    if not any(_below_keras(origin) is not None for origin in names.values()) and not _mentions_keras(tree, names):
        return ()
    found = {(idiom.site.line, idiom.name): idiom for idiom in _walk(tree, names, file, lines)}
    return tuple(sorted(found.values(), key=lambda idiom: (idiom.site.line or 0, idiom.name)))


def parsed(source: bytes | str, file: str) -> ast.Module | None:
    """The syntax tree of a user's text; None when it is no Python."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a doubtful escape in the user's text is not ours to tell
            return ast.parse(source, file)
    except (SyntaxError, ValueError):
        return None


def imported(tree: ast.AST) -> dict[str, str]:
    """Each imported name and what it stands for, as a dotted path."""
    names: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for item in node.names:
                names[item.asname or item.name.split(".")[0]] = item.name if item.asname else item.name.split(".")[0]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for item in node.names:
                names[item.asname or item.name] = f"{node.module}.{item.name}"
    return names


def _mentions_keras(tree: ast.AST, names: Mapping[str, str]) -> bool:
    paths = (dotted(node, names) for node in ast.walk(tree) if isinstance(node, ast.Attribute))
    return any(path and _below_keras(path) is not None for path in paths)


def _walk(tree: ast.AST, names: Mapping[str, str], file: str, lines: list[str]) -> Iterator[Idiom]:
    for node in ast.walk(tree):
        for name, modern, breaks in _told(node, names):
            line = getattr(node, "lineno", 0)
            shown = lines[line - 1].strip() if 0 < line <= len(lines) else ""
            yield Idiom(name, modern, Site(file, line, shown), breaks)


def _told(node: ast.AST, names: Mapping[str, str]) -> Iterator[tuple[str, str, bool]]:
    if isinstance(node, ast.Import):
        for item in node.names:
            yield from _module(item.name)
    elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
        told = list(_module(node.module))
        yield from told
        for item in node.names if not told else ():
            yield from _module(f"{node.module}.{item.name}")
    elif isinstance(node, ast.Attribute):
        path = dotted(node, names)
        yield from _module(path) if path else ()
    elif isinstance(node, ast.Call):
        yield from _call(node, names)


def _module(path: str) -> Iterator[tuple[str, str, bool]]:
    below = _below_keras(path) or ""
    name = next((known for known in _prefixes(below) if known in MODULES), None)
    if name is not None:
        modern, breaks = MODULES[name]
        yield f"keras.{name}", modern, breaks or (name in _ONLY_BELOW_TENSORFLOW and path.startswith("keras."))


def _prefixes(path: str) -> Iterator[str]:
    """The path itself, and each longer part of it from the front: `layers.core.Dense` is told as `layers.core`."""
    while path:
        yield path
        path = path.rpartition(".")[0]


def _call(node: ast.Call, names: Mapping[str, str]) -> Iterator[tuple[str, str, bool]]:
    path = dotted(node.func, names) or ""
    below = _below_keras(path) or ""
    function = node.func.attr if isinstance(node.func, ast.Attribute) else below.rsplit(".", 1)[-1]
    method = isinstance(node.func, ast.Attribute) and not path
    if method and function in METHODS and function != "predict_proba":
        yield f"{function}()", METHODS[function], True
    for keyword in node.keywords:
        name = keyword.arg or ""
        if name in ARGUMENTS:
            functions, modern = ARGUMENTS[name]
            is_optimizer = not functions and function in OPTIMIZERS and below.startswith("optimizers")
            if is_optimizer or (method and function in functions):
                yield f"{name}=", modern, name != "decay"  # Keras 3 ignores `decay`, with a warning
        elif name in OLD_LAYER_ARGUMENTS and below.startswith("layers.") and name not in _STILL_TAKEN:
            yield f"{name}=", OLD_LAYER_ARGUMENTS[name], True


def dotted(node: ast.AST, names: Mapping[str, str]) -> str | None:
    """The dotted path that an expression stands for, when it starts at an imported name."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name) or node.id not in names:
        return None
    return ".".join([names[node.id], *reversed(parts)])


def _below_keras(path: str) -> str | None:
    """What follows `keras.` in a dotted path; None for other libraries, "" for Keras itself."""
    for root in _ROOTS:
        if path == root:
            return ""
        if path.startswith(root + "."):
            return path.removeprefix(root + ".")
    return None
