"""Kinds of crashes: what the messages of Keras and its back ends look like, what was expected, and what to do.

The wording differs between JAX, TensorFlow and PyTorch; the patterns were taken from the messages of Keras 3.15 on all
three.
"""

from __future__ import annotations

from vandap.diagnose.rules.system._backends import about_backend
from vandap.diagnose.rules.system._mistake import Mistake
from vandap.diagnose.rules.system._shape_mistakes import SHAPE_MISTAKES
from vandap.diagnose.rules.system._shapes import about_class_numbers, about_unknown_name

_BROADCAST = (
    r"incompatible shapes for broadcasting: (?:shapes=\[)?\((?P<one>[\d, ]+)\), \((?P<other>[\d, ]+)\)|"
    r"incompatible shapes: \[(?P<first>[\d,]+)\] vs\. \[(?P<second>[\d,]+)\]|"
    r"size of tensor a \((?P<a>\d+)\) must match the size of tensor b \((?P<b>\d+)\)"
)

MISTAKES: tuple[Mistake, ...] = (
    *SHAPE_MISTAKES,
    Mistake(
        r"Invalid dtype: (?:str|object)|numpy\.object_|Unsupported object type|dtype.*object.*not supported|"
        r"could not convert string to float",
        (
            "",
            "Inputs and targets must be numbers; these arrays hold text, mixed objects, rows of different "
            "length, or nothing at all (None).",
            "Encode text as numbers (keras.layers.StringLookup, TextVectorization, or codes of a category), pad rows "
            'to one length, and finish with .astype("float32").',
        ),
        "encode-data",
        "data",
    ),
    Mistake(
        r"Unrecognized data type: x=\[",
        (
            "",
            "fit takes arrays, tensors or data sets, and received a Python list.",
            "Convert inputs and targets with numpy.asarray(...).",
        ),
        "encode-data",
        "data",
    ),
    Mistake(
        r"Argument `segment_ids` and `data` should have same leading dimension|Shapes .* are incompatible.*metric",
        (
            "label-loss-mismatch",
            "A metric counts targets against outputs of the same shape.",
            "Give a metric that fits the targets: for class numbers and several outputs a sparse one, or one-hot "
            "targets for AUC, Precision and Recall.",
        ),
        "fix-labels",
        "compile",
    ),
    Mistake(
        r"Unrecognized keyword arguments passed to (?P<kind>\w+): (?P<arguments>\{.*?\})",
        (
            "",
            "{kind} of Keras 3 takes no such argument: {arguments}.",
            "Compare the names with the signature of keras.layers.{kind}; a first keras.Input names the shape of the "
            "data.",
        ),
        "fix-call",
        "model",
    ),
    Mistake(
        r"Argument\(s\) not recognized: (?P<arguments>\{.*?'(?:lr|decay)'.*?\})",
        (
            "old-idiom",
            "These arguments of an optimiser belong to an older Keras: {arguments}.",
            "Written today: learning_rate= in the place of lr=, and a schedule from keras.optimizers.schedules in the "
            "place of decay=.",
        ),
        "modernise-call",
        "compile",
    ),
    Mistake(
        r"Argument\(s\) not recognized: (?P<arguments>\{.*?\})",
        (
            "",
            "The optimiser takes no such argument: {arguments}.",
            "Compare the names with the signature of the optimiser: learning_rate, weight_decay, clipnorm, ...",
        ),
        "fix-call",
        "compile",
    ),
    Mistake(
        r"'(?P<kind>Sequential|Functional|Model)' object has no attribute '(?P<name>\w+)'",
        (
            "",
            "Models of Keras 3 have no {name}.",
            "Correct the name; methods of older versions are gone.",
        ),
        "modernise-call",
        "fit",
        ("AttributeError",),
    ),
    Mistake(
        r"Data is expected to be in format `x`, `\(x,\)`, `\(x, y\)`",
        ("", "A batch is (inputs, targets) or (inputs, targets, weights).", "Give validation_data=(x, y)."),
        "fix-call",
    ),
    Mistake(
        r"`validation_split` is only supported for",
        (
            "",
            "Keras can only split off a part of arrays; a generator or data set has no known length.",
            "Divide the data before, and give validation_data=.",
        ),
        "fix-call",
    ),
    Mistake(
        r"You must call `compile\(\)` before",
        ("", "A model is compiled before it is trained.", "Call model.compile(optimizer, loss, metrics) first."),
        "fix-call",
        "compile",
    ),
    Mistake(
        r"No loss to compute",
        ("", "Training needs a loss.", "Give compile the loss that belongs to the task and the last activation."),
        "fix-call",
        "compile",
    ),
    Mistake(
        r"Could not interpret (?P<thing>loss|optimizer|metric|activation function|initializer|regularizer) identifier: "
        r"(?P<name>[\w.]+)",
        about_unknown_name,
        "fix-call",
        "compile",
    ),
    Mistake(
        r"Triggering __jax_array__\(\) during abstractification",
        (
            "",
            "A function that JAX compiles takes arrays, and received variables of Keras.",
            "Hand over the arrays inside: [variable.value for variable in model.trainable_variables], and likewise for "
            "non_trainable_variables and optimizer.variables; assign them back after the loop.",
        ),
        "fix-call",
    ),
    Mistake(
        r"all elements of target should be between 0 and 1",
        (
            "label-loss-mismatch",
            "Binary cross-entropy takes targets from 0 to 1, and a batch held others.",
            "Label the two classes 0 and 1, scale targets into 0 to 1, or take a loss for numbers; noise added to "
            "labels must not leave the range.",
        ),
        "fix-labels",
        "data",
    ),
    Mistake(
        r"all elements of input should be between 0 and 1",
        (
            "non-finite-training",
            "Binary cross-entropy received an answer that is not a number: the sigmoid gives nothing else outside of "
            "0 to 1.",
            "Look for missing or infinite values in the data, then for a learning rate that is too large.",
        ),
        "read-traceback",
    ),
    Mistake(
        r"None is not a valid value for jnp|None values not supported|'NoneType' object has no attribute 'shape'",
        (
            "",
            "The loss received no targets.",
            "Give fit the targets (y=...), or let the generator return (inputs, targets) pairs.",
        ),
        "fix-call",
        "fit",
        ("ValueError", "TypeError"),
    ),
    Mistake(
        r"optimizer_variables` must be a list of tensors corresponding 1:1|"
        r"Unknown variable: <Variable|has not been built with.*optimizer",
        (
            "frozen-or-disconnected-layer",
            "The optimiser was made for other variables: layers were frozen, unfrozen or added after compile.",
            "Set `trainable` first and call model.compile(...) again afterwards.",
        ),
        "recompile",
        "compile",
    ),
    Mistake(
        r"No gradients provided for any variable|does not require grad and does not have a grad_fn|"
        r"no trainable (?:variables|weights)",
        (
            "frozen-or-disconnected-layer",
            "Some weight must be trainable and must influence the loss.",
            "Unfreeze a layer, and keep to keras.ops between the weights and the loss.",
        ),
        "recompile",
        "model",
    ),
    Mistake(
        r"unsupported operand type\(s\) for (?P<sign>\S+): 'numpy\.ndarray' and 'Tensor'|"
        r"__array_ufunc__.*Tensor|Can't call numpy\(\) on Tensor that requires grad",
        (
            "",
            "An array of NumPy stands beside a tensor, where the gradient cannot pass.",
            "Turn the array into a tensor first, keras.ops.convert_to_tensor(array), and compute with keras.ops.",
        ),
        "use-keras-ops",
        kinds=("TypeError", "RuntimeError"),
    ),
    Mistake(
        r"A KerasTensor is symbolic|KerasTensor cannot be used as input to a TensorFlow function",
        (
            "",
            "While a functional model is being built, its tensors have no values yet.",
            "Use keras.ops functions or a layer instead of numpy or the back end's own functions.",
        ),
        "use-keras-ops",
        "model",
    ),
    Mistake(
        r"Invalid filepath extension for saving|filepath provided must end in `?\.(?P<ending>keras|weights\.h5)",
        (
            "",
            "Keras 3 tells the format from the file's ending.",
            'Save models as "NAME.keras" and weights as "NAME.weights.h5".',
        ),
        "fix-call",
    ),
    Mistake(
        r"expected (?P<expected>\d+) variables?, but received (?P<found>\d+) variables?|"
        r"objects could not be loaded|Layer count mismatch",
        (
            "",
            "The file's weights belong to a model with other layers.",
            "Build the model exactly as it was saved (layers, sizes, names, build before loading), or load the whole "
            ".keras file with keras.models.load_model.",
        ),
        "fix-call",
        "model",
    ),
    Mistake(
        r"Could not locate class|Unknown layer: |Could not deserialize class|Unable to locate function",
        (
            "",
            "A saved model with classes or functions of one's own needs their code.",
            "Import the module that defines them, decorate them with keras.saving.register_keras_serializable(), or "
            "pass custom_objects={...}.",
        ),
        "fix-call",
        "model",
    ),
    Mistake(
        r"has not yet been built|isn't built|no defined (?:input|output)|has never been called",
        (
            "",
            "A model without an input shape has no weights before it has seen data.",
            "Begin the model with keras.Input(shape=...).",
        ),
        "fix-shape",
        "model",
    ),
    Mistake(
        r"RESOURCE_EXHAUSTED|out of memory|OutOfMemory|Unable to allocate",
        (
            "",
            "The data, the model and a batch's activations must fit into memory at once.",
            "Use a smaller batch or image, read the data in batches, or flatten later (a Dense layer on a large "
            "Flatten holds most of the weights).",
        ),
        "save-memory",
    ),
    Mistake(
        r"^",
        ("", "The machine's memory was not enough.", "Read the data in batches, or use smaller ones."),
        "save-memory",
        "data",
        ("MemoryError",),
    ),
    Mistake(
        r"^'(?P<name>val_)?acc'$",
        (
            "",
            "The metric is recorded under the name that compile was given.",
            'Read history.history["{name}accuracy"].',
        ),
        "fix-call",
        "fit",
        ("KeyError",),
    ),
    Mistake(
        r"^'(?P<name>val_\w+)'$",
        (
            "",
            "{name} is recorded only when fit has validation data, and the metric stands in compile.",
            "Give fit validation_data= or validation_split=, and compile that metric.",
        ),
        "fix-call",
        "fit",
        ("KeyError",),
    ),
    Mistake(_BROADCAST, about_class_numbers, "fix-labels", "compile"),
    Mistake(
        rf"{_BROADCAST}|Dimensions must be equal, but are (?P<c>\d+) and (?P<d>\d+)",
        (
            "shape-misuse",
            "Two tensors that are combined, such as targets and outputs, must have the same width.",
            "Compare the units of the last layer with the columns of the targets, and print the shapes at this line.",
        ),
        "fix-shape",
        "model",
    ),
    Mistake(
        r"EOF when reading a line",
        ("", "The script reads from standard input, which is empty here.", "Give the input, or make it an argument."),
        "fix-call",
        "fit",
        ("EOFError",),
    ),
    Mistake(
        r"No module named '(?P<name>tensorflow|torch|jax)\b",
        about_backend,
        "install-package",
        "fit",
        ("ModuleNotFoundError",),
    ),
    Mistake(
        r"No module named '(?P<name>[\w.]+)'",
        ("", "The module {name} must be installed, or stand beside the script.", "Install it, or correct its name."),
        "install-package",
        "fit",
        ("ModuleNotFoundError",),
    ),
    Mistake(
        r"No such file or directory: (?P<name>.+)|File not found: filepath=(?P<other>\S+)",
        (
            "",
            "The file must exist; a relative path starts at the working directory, not at the script.",
            "Correct the path, or run the script from the folder that it expects.",
        ),
        "fix-call",
        "data",
    ),
)
