"""Places of arguments are those of Keras, though Keras is not imported for them."""

from __future__ import annotations

import inspect
import subprocess
import sys

import keras
import pytest

from vandap.core.program import Layer
from vandap.repair.source.signature import arguments, place, place_in, takes


@pytest.mark.parametrize("family", ["layers", "optimizers", "losses", "optimizers.schedules"])
def test_the_arguments_of_each_class_are_those_of_its_signature(family: str) -> None:
    """Those of a few classes that wrap other libraries are not found, and none is wrong."""
    module, missing = keras, []
    for part in family.split("."):
        module = getattr(module, part)
    kinds = {name: kind for name, kind in vars(module).items() if inspect.isclass(kind) and kind.__name__ == name}
    for name, kind in kinds.items():
        found = arguments(family.split(".")[0], name)
        own = [
            item.name for item in inspect.signature(kind).parameters.values() if item.kind <= item.POSITIONAL_OR_KEYWORD
        ]
        assert list(found) in ([], own), name
        missing += [name] if own and not found else []
    assert kinds and len(missing) <= len(kinds) // 20


def test_keras_is_not_imported() -> None:
    """Who edits a script needs no back end."""
    code = "import sys; from vandap.repair.source.signature import arguments; arguments('layers', 'Dense')"
    subprocess.run([sys.executable, "-c", f"{code}; sys.exit('keras' in sys.modules)"], check=True)


def test_a_class_that_is_not_of_keras_keeps_what_is_assumed() -> None:
    """Its constructor is not known."""
    own = Layer(0, "a", "a", "Dense", module="mine")
    assert place_in(own, "units", 3) == 3 and place_in(Layer(0, "a", "a", "Dense"), "units", 3) == 0
    assert place("layers", "Mine", "units", 2) == 2 and place("layers", "Dense", "input_shape", 2) is None
    assert takes(own, "anything") and not takes(Layer(0, "a", "a", "ReLU"), "activation")
    assert takes(Layer(0, "a", "a", "Mine", settings={"activation": "relu"}), "activation")
    assert not takes(Layer(0, "a", "a", "Mine", settings={"units": 1}), "activation")
