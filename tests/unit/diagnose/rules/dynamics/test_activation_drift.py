"""C16: activations whose scale runs away, in layers that the program itself laid out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from program_zoo import classifier, dense
from watched_zoo import ACTIVATION, healthy, probed, stuck

from vandap.core.finding import Status
from vandap.core.program import Program, Site
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose

HIDDEN = tuple(dense(16, "relu", name=name) for name in ("one", "two", "three", "four"))


def judge(program: Program, spread: tuple[float, ...], course=stuck):
    """The verdict on hidden layers whose outputs spread so far."""
    rows = {
        layer.path: (0.4, deviation, 3.0, 0.5, 0.0, 0.05, np.nan)
        for layer, deviation in zip(program.layers, spread, strict=False)
    }
    return diagnose({**course(program), "activations": probed("activations", rows, ACTIVATION)}, [rule("C16")])[0]


def test_a_scale_that_runs_away_is_found_where_nothing_is_learnt() -> None:
    """The layer that is furthest from the first is named; a training that learns well is clear."""
    program = classifier(*HIDDEN)
    found = judge(program, (1.0, 0.05, 0.002, 0.0001))
    assert found.finding is not None and found.finding.where.layer == "four"
    assert judge(program, (1.0, 0.05, 0.002, 0.0001), healthy).status is Status.CLEAR


def test_the_inside_of_a_published_backbone_is_not_judged() -> None:
    """Its layers neither drift nor are the scale that others are compared with."""
    program = classifier(*HIDDEN)
    site = Site("train.py", 3, "MobileNetV2()", "keras.applications")
    layers = (replace(program.layers[0], site=site), *program.layers[1:])
    assert judge(replace(program, layers=layers), (1.0, 0.002, 0.003, 0.004)).status is Status.CLEAR
    layers = tuple(replace(layer, site=site) for layer in program.layers)
    assert judge(replace(program, layers=layers), (1.0, 0.05, 0.002, 0.0001)).status is Status.CANNOT_TELL
