"""Crashes in the words of the three back ends: the fault, the place and what to do."""

from __future__ import annotations

from dataclasses import replace

import pytest
from program_zoo import classifier, dense

from vandap.core.finding import Finding, Status
from vandap.core.program import Compile, Crash, Idiom, Layer, Loss, Program, Site
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose
from vandap.diagnose.rule import Clear
from vandap.diagnose.rules.system.program_crashed import ProgramCrashed

LINE = Site("train.py", 20, "model.fit(x, y)")
COMPILE = Site("train.py", 15, "model.compile(...)")
MADE = Site("train.py", 7, "layers.Conv2D(8, 3),")


def found(crash: Crash, program: Program | None = None) -> Finding:
    """The finding for a crash."""
    base = program or Program(compile=Compile(site=COMPILE))
    finding = ProgramCrashed().check(replace(base, crash=crash))
    assert isinstance(finding, Finding)
    return finding


def crashed(message: str, kind: str = "ValueError", layer: str | None = None) -> Crash:
    """A crash in `fit`."""
    return Crash(kind, message, "fit", layer, LINE, MADE if layer else Site(), (LINE,))


VARIABLE_JAX = (
    "Triggering __jax_array__() during abstractification is no longer supported. To avoid this error, either "
    "explicitly convert your object using jax.numpy.array(), or register your object as a pytree."
)
BELOW_TORCH = "all elements of target should be between 0 and 1"
NAN_TORCH = "all elements of input should be between 0 and 1"
SPARSE_JAX = (
    "Arguments `target` and `output` must have the same shape up until the last dimension: "
    "target.shape=(32, 3), output.shape=(32, 3)"
)
SPARSE_TORCH = SPARSE_JAX.replace("(32, 3)", "torch.Size([32, 3])")
SPARSE_TENSORFLOW = (
    "Argument `output` must have rank (ndim) `target.ndim - 1`. Received: target.shape=(32, 3), output.shape=(32, 3)"
)
NUMBERS = "Arguments `target` and `output` must have the same shape. Received: "
RANGE = "Received a label value of 7 which is outside the valid range of [0, 3).  Label values: 7 1 0"


@pytest.mark.parametrize(
    ("message", "kind", "fault", "component", "told"),
    [
        (SPARSE_JAX, "ValueError", "label-loss-mismatch", "compile", "argmax"),
        (BELOW_TORCH, "RuntimeError", "label-loss-mismatch", "data", "0 and 1"),
        ("unsupported operand type(s) for *: 'numpy.ndarray' and 'Tensor'", "TypeError", "program-crashed", "fit",
         "convert_to_tensor"),
        ("Argument(s) not recognized: {'lr': 0.05}", "ValueError", "old-idiom", "compile", "learning_rate="),
        (VARIABLE_JAX, "ValueError", "program-crashed", "fit", "variable.value"),
        (NAN_TORCH, "RuntimeError", "non-finite-training", "fit", "missing or infinite"),
        (SPARSE_TORCH, "ValueError", "label-loss-mismatch", "compile", "argmax"),
        (SPARSE_TENSORFLOW, "ValueError", "label-loss-mismatch", "compile", "argmax"),
        (SPARSE_JAX.replace("(32, 3)", "(32,)", 1).replace("(32, 3)", "(32, 6, 6, 3)"), "ValueError", "shape-misuse",
         "compile", "Flatten"),
        (NUMBERS + "target.shape=(32,), output.shape=(32, 3)", "ValueError", "label-loss-mismatch", "compile",
         "sparse_categorical_crossentropy"),
        (NUMBERS + "target.shape=(None,), output.shape=(None, 3)", "ValueError", "label-loss-mismatch", "compile",
         "sparse_categorical_crossentropy"),
        (NUMBERS + "target.shape=(None, 2), output.shape=(None, 3)", "ValueError", "shape-misuse", "compile", "(2)"),
        (NUMBERS + "target.shape=(32, 2), output.shape=(32, 3)", "ValueError", "shape-misuse", "compile", "(2)"),
        ("Target 7 is out of bounds.", "IndexError", "label-loss-mismatch", "data", "The label 7 has no unit"),
        (f"Graph execution error:\n\nDetected at node x defined at (most recent call last):\n  File a\n\n{RANGE}\n\t "
         "[[{{node x}}]] [Op:__inference_f_1]", "InvalidArgumentError", "label-loss-mismatch", "data", "below 3"),
        ("Data cardinality is ambiguous. Make sure all arrays contain the same number of samples.'x' sizes: 64\n"
         "'y' sizes: 60\n", "ValueError", "label-loss-mismatch", "data", "64 rows, the targets 60"),
        ("Input 0 with name 'i' of layer 'functional' is incompatible with the layer: expected shape=(None, 30), found "
         "shape=(32, 20)", "ValueError", "shape-misuse", "model", "made for batches of the shape (None, 30)"),
        ("Invalid dtype: str32", "ValueError", "program-crashed", "data", "StringLookup"),
        ("Could not interpret loss identifier: sparse_crossentropy", "ValueError", "program-crashed", "compile",
         "sparse_categorical_crossentropy"),
        ("sub got incompatible shapes for broadcasting: (32, 2), (32, 3).", "TypeError", "shape-misuse", "model",
         "units of the last layer"),
        ("'acc'", "KeyError", "program-crashed", "fit", 'history.history["accuracy"]'),
        ("'val_acc'", "KeyError", "program-crashed", "fit", 'history.history["val_accuracy"]'),
        ("'val_loss'", "KeyError", "program-crashed", "fit", "validation_split"),
        ("optimizer_variables` must be a list of tensors corresponding 1:1 to", "ValueError",
         "frozen-or-disconnected-layer", "compile", "compile(...) again"),
        ("EOF when reading a line", "EOFError", "program-crashed", "fit", "standard input"),
        ("something of the user's own", "RuntimeError", "program-crashed", "fit", "something of the user's own"),
        ("", "AssertionError", "program-crashed", "fit", "no message"),
    ],
)  # fmt: skip
def test_a_message_is_understood(message: str, kind: str, fault: str, component: str, told: str) -> None:
    """What Keras 3.15 writes on JAX, TensorFlow or PyTorch becomes a named fault with advice."""
    finding = found(crashed(message, kind))
    assert (finding.fault, finding.where.component) == (fault, component)
    assert told in finding.message
    assert (finding.where.file, finding.where.line) == ("train.py", 15 if component == "compile" else 20)


@pytest.mark.parametrize(
    "message",
    [
        "Incompatible shapes for broadcasting: shapes=[(32,), (32, 3)]",
        "Graph execution error:\n\nIncompatible shapes: [32] vs. [32,3]\n\t [[{{node compile_loss/mse/sub}}]]",
        "The size of tensor a (32) must match the size of tensor b (3) at non-singleton dimension 1",
    ],
)
def test_class_numbers_that_a_loss_for_numbers_compares_with_a_softmax(message: str) -> None:
    """The loss is to blame; where the output is linear, it may be the units."""
    told = found(crashed(message), classifier(loss="MeanSquaredError"))
    assert "sparse_categorical_crossentropy" in told.message
    assert (told.fault, told.where.component) == ("wrong-loss-or-metric", "compile")
    linear = classifier(head=dense(3), loss="MeanSquaredError")
    assert found(crashed(message), linear).fault == "shape-misuse"


def test_a_layer_is_the_place_of_its_crash() -> None:
    """The line that made the layer, what it reads and what it received."""
    message = "Input 0 of layer 'conv2d' is incompatible with the layer: expected min_ndim=4, found ndim=3. "
    finding = found(crashed(f"{message}Full shape received: (32, 28, 28)", layer="conv2d"))
    assert (finding.fault, finding.where.layer, finding.where.line) == ("shape-misuse", "conv2d", 7)
    assert "(batch, height, width, channels)" in finding.message and "x[..., None]" in finding.message


def test_a_recurrent_layer_before_it_is_told_to_give_sequences() -> None:
    """Stacked recurrent layers: the first one lacks return_sequences."""
    layers = (Layer(0, "lstm", "lstm", "LSTM"), Layer(1, "lstm_1", "lstm_1", "LSTM", inputs=("lstm",)))
    message = "expected ndim=3, found ndim=2. Full shape received: (None, 4)"
    assert "return_sequences=True in the LSTM layer before it (lstm)" in (
        found(crashed(message, layer="lstm_1"), Program(layers=layers)).message
    )


def test_binary_crossentropy_over_several_units() -> None:
    """The advice depends on the loss that was compiled."""
    program = Program(compile=Compile((Loss("out", "BinaryCrossentropy"),), site=COMPILE))
    message = NUMBERS + "target.shape=(32,), output.shape=(32, 3)"
    assert "one sigmoid unit" in found(crashed(message), program).message


def test_an_old_idiom_on_the_crashing_line_is_the_cause() -> None:
    """`lr=` fails in the constructor; the modern form is told."""
    idiom = Idiom("lr=", "learning_rate=", Site("train.py", 20, "Adam(lr=0.1)"), True)
    finding = found(crashed("Argument(s) not recognized: {'lr': 0.1}"), Program(idioms=(idiom,)))
    assert finding.fault == "old-idiom" and "learning_rate=" in finding.message


def test_an_old_idiom_that_ended_the_program_is_told_once() -> None:
    """E5 tells it as the cause; E6 tells the other old idioms only, and is clear where there are none."""
    fatal = Idiom("lr=", "learning_rate=", Site("train.py", 20, "Adam(lr=0.1)"), True)
    other = Idiom("fit_generator", "fit", Site("train.py", 30, "model.fit_generator(x)"), True)
    crash = crashed("Argument(s) not recognized: {'lr': 0.1}")
    told = diagnose({"program": Program(idioms=(fatal, other), crash=crash)}, [rule("E6")])[0]
    assert told.finding is not None and "lr=" not in told.finding.message and told.finding.evidence["idioms"] == 1
    assert diagnose({"program": Program(idioms=(fatal,), crash=crash)}, [rule("E6")])[0].status is Status.CLEAR


def test_only_the_heart_of_a_wrapped_message_is_quoted() -> None:
    """Keras writes the arguments of the call around an error; they are left out."""
    message = (
        "Exception encountered when calling Reshape.call().\n\nThe total size of the tensor must be unchanged. "
        "Received: input_shape=(8,), target_shape=(3, 3)\n\nArguments received by Reshape.call():\n  • inputs=..."
    )
    finding = found(crashed(message, layer="reshape"))
    assert "(8,) cannot become (3, 3)" in finding.message and "Arguments received" not in finding.message


def test_a_program_that_ended_well_is_clear() -> None:
    """No crash, no finding."""
    assert isinstance(ProgramCrashed().check(Program()), Clear)


def test_a_back_end_that_is_not_installed_is_told_from_a_module_of_the_script() -> None:
    """Keras' default is TensorFlow; whoever has another needs the variable, not the package."""
    crash = crashed("No module named 'tensorflow'", "ModuleNotFoundError")
    asked_by_keras = found(replace(crash, site=Site("train.py", 3, "import keras")))
    asked_by_the_script = found(replace(crash, site=Site("train.py", 3, "import tensorflow as tf")))
    assert "KERAS_BACKEND" in asked_by_keras.message and "KERAS_BACKEND" not in asked_by_the_script.message
