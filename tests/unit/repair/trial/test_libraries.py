"""Which modules a program imports: those that warm processes may import before it."""

from __future__ import annotations

from pathlib import Path

import pytest

from vandap.repair.trial.libraries import imported


def found(**sources: str) -> tuple[str, ...]:
    """What the script `train` beside other files imports; `__` stands for a folder."""
    files = {Path("/own", f"{name.replace('__', '/', 1)}.py"): text.encode() for name, text in sources.items()}
    return imported(Path("/own/train.py"), files)


def test_modules_of_known_packages_are_found_wherever_they_are_imported() -> None:
    """At the top, in a function, in a module beside the script; not those of other files, nor of unknown packages."""
    names = found(
        train="import numpy as np, os\nimport helper\nimport tools.deep\ndef f():\n    from sklearn import datasets\n",
        helper="import matplotlib.pyplot as plt\nimport wandb\nimport train\n",
        tools__deep="import PIL.Image",
        other="import seaborn",
    )
    assert names == ("PIL.Image", "matplotlib.pyplot", "numpy", "sklearn", "sklearn.datasets")


@pytest.mark.parametrize("beside", ["tqdm", "tqdm____init__"])
def test_a_module_beside_the_program_is_its_own(beside: str) -> None:
    """The process that imports first does not see the program's folder: it would import another module."""
    assert not found(train="from tqdm import tqdm", **{beside: ""})


@pytest.mark.parametrize("source", ["import pandas as\n", "\0", "from . import pandas", "from sklearn import *"])
def test_what_names_nothing_imports_nothing(source: str) -> None:
    """Sources that cannot be read, modules of the own package, and names that are no modules."""
    assert set(found(train=source)) <= {"sklearn"}


def test_a_program_that_is_not_there_imports_nothing() -> None:
    """As where the folder was not read."""
    assert imported(Path("/own/train.py"), {}) == ()
