"""Run folders of exams, made by hand: what every section of the page must cope with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import report_run
import watched_zoo
from program_zoo import FILE, classifier, dense

from vandap.core.ending import Ending
from vandap.core.finding import Severity, Status, Verdict, Where
from vandap.core.program import Crash, Program, Site
from vandap.core.signals import Series
from vandap.core.store import Run, writing
from vandap.diagnose import catalogue
from vandap.report.evidence.panels import PANELS

WATCHED = {"mode": "exact", "reason": "", "compile_seconds": 1.5, "probes": watched_zoo.PROBES, "unseen": []}
SCRIPT = Ending("ended", 0, 12.0, {"keras": "3.15.0"})


def exam(
    path: Path,
    signals: Mapping[str, Any],
    verdicts: Sequence[Verdict] | None,
    *,
    program: Program | None = None,
    watch: Mapping[str, Any] = WATCHED,
    ending: Ending | None = SCRIPT,
) -> Run:
    """Write the folder of an exam."""
    command = ("vandap", "exam", "train.py")
    with writing(path) as writer:
        writer.json("run", replace(report_run.info(path.name), command=command, seconds={"script": 12.0}))
        writer.json("watch", watch)
        if program is not None:
            writer.json("program", {"backend": "jax", "structure": program})
        if verdicts is not None:
            writer.json("findings", list(verdicts))
        for name, series in signals.items():
            if isinstance(series, Series):
                writer.signal(name, series)
    if ending is not None:
        ending.write(path)
    return Run(path)


def found(slug: str, cause: str | None = None) -> Verdict:
    """A rule's verdict with a finding in the first hidden layer that cites every threshold."""
    rule = catalogue.rule(slug)
    where = Where("model", "dense", FILE, 11)
    finding = rule.found("A <message>.", {"loss_trivial": 1.1, "limit": 0.5}, confidence=0.9, where=where)
    finding = replace(finding, explained_by=cause, severity=Severity.TIP if cause else Severity.ISSUE)
    return Verdict(rule.code, slug, Status.FOUND, finding.message, finding)


def clear() -> tuple[Verdict, ...]:
    """Nothing was found."""
    return tuple(Verdict(rule.code, rule.slug, Status.CLEAR, "All is well.") for rule in catalogue.rules()[:40])


def healthy(path: Path) -> Run:
    """A script that learns well."""
    return exam(path, watched_zoo.healthy(), clear(), program=classifier())


def sick(path: Path) -> Run:
    """Every finding that has evidence to draw, all decisive tests done; the last one is explained by the first."""
    verdicts = [found(slug) for slug in PANELS]
    cause = verdicts[0].finding
    assert cause is not None
    verdicts[-1] = found(verdicts[-1].slug, f"{cause.code} {cause.slug}")
    return exam(path, watched_zoo.tested(), verdicts, program=classifier())


def crashed(path: Path) -> Run:
    """A script that ended before its first step."""
    crash = Crash("ValueError", "Shapes <do> not fit.\nAt all.", "fit", "dense", Site(FILE, 31, "model.fit(...)"))
    program = replace(classifier(fit={"steps": 0, "epochs_run": 0}), crash=replace(crash, frames=(crash.site,)))
    watch = {**WATCHED, "mode": "none", "reason": "the steps were not watched", "probes": 0}
    ending = Ending("crashed", 1, 2.0)
    return exam(path, {}, [found("program-crashed")], program=program, watch=watch, ending=ending)


def model(path: Path) -> Run:
    """A saved model: structure, and what it answers; no training."""
    kept = {name: watched_zoo.healthy()[name] for name in ("input_statistics", "label_statistics")}
    watch = {"mode": "none", "reason": "", "unseen": ["The training was not seen."], "probes": 0}
    return exam(path, kept, clear(), program=replace(classifier(), fits=()), watch=watch, ending=None)


def by_hand(path: Path) -> Run:
    """A loop of `train_on_batch`: losses of steps, and nothing of epochs."""
    kept = {name: watched_zoo.healthy()[name] for name in ("step_loss", "step_number", "step_times")}
    return exam(path, kept, clear(), program=classifier(fit={"epochs": 0, "epochs_run": 0, "data": "other"}))


def broken(path: Path) -> Run:
    """Losses and gradients that stop being numbers."""
    signals = watched_zoo.healthy()
    signals["step_loss"].values[20:] = np.nan
    signals["gradients"].values[3:] = np.nan
    signals["gradients"].values[2] = np.inf
    signals["activations"].values[4:] = np.inf
    verdicts = [found(slug) for slug in ("non-finite-training", "exploding-gradient", "activation-drift")]
    return exam(path, signals, verdicts, program=classifier())


def nothing(path: Path) -> Run:
    """Killed before anything was seen, and never judged."""
    return exam(path, {}, None, watch={"unseen": ["no training was seen"]}, ending=Ending("killed", -9, 1.0))


def deep(path: Path, layers: int = 120, probes: int = 60) -> Run:
    """A network of many layers, looked at many times; the gradient pales towards the input."""
    program = classifier(*(dense(8, "relu") for _ in range(layers - 1)))
    names = [layer.path for layer in program.layers if layer.parameters]
    signals = watched_zoo.healthy(program)
    rng = np.random.default_rng(0)
    for name, columns in (("gradients", watched_zoo.GRADIENT), ("activations", watched_zoo.ACTIVATION)):
        rows = [f"{layer}/kernel" if name == "gradients" else layer for layer in names]
        size = 10.0 ** np.linspace(-8, 0, len(rows))[None, :, None]
        values = size * rng.lognormal(size=(probes, len(rows), len(columns)))
        values[:, :, 5:] = rng.random((probes, len(rows), len(columns)))[:, :, 5:]
        labels = (tuple(map(str, range(probes))), tuple(rows), tuple(columns))
        item = "variable" if name == "gradients" else "layer"
        signals[name] = Series(values, dict(zip(("probe", item, "statistic"), labels, strict=True)))
    signals["probe_step"] = watched_zoo.plain("probe_step", 5 * np.arange(probes))
    return exam(path, signals, [found("vanishing-gradient")], program=program)


MAKERS = {
    "exam-healthy": healthy,
    "exam-sick": sick,
    "exam-crashed": crashed,
    "exam-model": model,
    "exam-by-hand": by_hand,
    "exam-broken": broken,
    "exam-nothing": nothing,
    "exam-deep": deep,
}
