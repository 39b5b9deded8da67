"""Run folders of watched trainings made of numbers: no training, no Keras."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import watched_zoo
from program_zoo import classifier, conv, dense, layer, program, row
from report_run import info

from vandap.core.program import Crash, Passed, Program, Site
from vandap.core.signals import Series
from vandap.core.store import Run, write_json, writing
from vandap.diagnose.engine import diagnose

FILE = "/home/user/train.py"


def stored(path: Path, evidence: Mapping[str, Any]) -> Run:
    """A run folder as an exam leaves it, its verdicts included."""
    structure = evidence["program"]
    with writing(path) as writer:
        writer.json("run", info(path.name))
        writer.json("program", {"backend": structure.backend, "keras": structure.keras, "structure": structure})
        for name, series in evidence.items():
            if isinstance(series, Series):
                writer.signal(name, series)
    write_json(path / "findings.json", diagnose(Run(path)))
    return Run(path)


def healthy(path: Path) -> Run:
    """A classifier that learns well, put to every decisive test."""
    return stored(path, watched_zoo.tested())


def normalised(path: Path) -> Run:
    """A convolutional network with batch normalisation, dropout, relu and tanh."""
    return stored(path, watched_zoo.healthy(convolutional()))


def convolutional() -> Program:
    """Convolution, normalisation and activation, then a tanh layer with both behind it."""
    layers = row(
        (None, 8, 8, 1),
        conv(8, "linear"), layer("BatchNormalization"), layer("Activation", "relu"), layer("MaxPooling2D"),
        layer("Flatten"), dense(16, "tanh"), layer("BatchNormalization"), layer("Dropout"), dense(3, "softmax"),
    )  # fmt: skip
    return program(layers, "SparseCategoricalCrossentropy")


def crashed(path: Path) -> Run:
    """A program whose second layer could not read what the first gave."""
    made = classifier()
    names = [item.name for item in made.layers]
    chain = (
        Passed(names[0], "Dense", ("float32 (32, 8)",), ("float32 (32, 32)",), site=Site(FILE, 10, "Dense(32)")),
        Passed(names[1], "Dense", ("float32 (32, 32)",), (), "ValueError: 32 is not 16.", Site(FILE, 11, "Dense(16)")),
    )
    crash = Crash(
        "ValueError", "Matrices do not fit: 32 is not 16", "fit", names[1], Site(FILE, 31, "model.fit(x, y)"),
        Site(FILE, 11, "Dense(16)"), (Site(FILE, 31, "model.fit(x, y)"),), chain, "eager",
    )  # fmt: skip
    return stored(path, {"program": Program(**{**vars(made), "crash": crash})})


def unbuilt(path: Path) -> Run:
    """A program that ended before it had a model."""
    return stored(path, {"program": Program(crash=Crash("NameError", "name 'keras' is not defined"))})


RUNS = (healthy, normalised, crashed, unbuilt)
