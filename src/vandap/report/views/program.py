"""The program: layers with the lines that made them, what `compile` and `fit` were given, and the crash."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from vandap.core import program as core
from vandap.report import format as written
from vandap.report.material import Material
from vandap.report.view import View

Facts = tuple[tuple[str, str], ...]
_SHOWN = ("units", "filters", "kernel_size", "strides", "pool_size", "rate", "padding", "return_sequences", "input_dim",
          "output_dim", "num_heads", "key_dim", "momentum")  # fmt: skip
_OPTIMISER = ("learning_rate", "momentum", "nesterov", "weight_decay", "clipnorm", "global_clipnorm", "clipvalue",
              "beta_1", "beta_2", "rho", "epsilon", "use_ema")  # fmt: skip

_USUAL = (None, False, 0, "", "sum_over_batch_size")


@dataclass(frozen=True)
class Row:
    """One layer, as text; `depth` counts the models around it."""

    name: str
    depth: int
    kind: str
    settings: str
    shape: str
    parameters: str
    trained: str
    place: str


@dataclass(frozen=True)
class Call:
    """One call of the program: what it was given, and where it stands."""

    title: str
    place: str
    facts: Facts


@dataclass(frozen=True)
class ProgramRecord:
    """The program.

    Args:
        facts: (name, text) pairs of the model.
        calls: `compile` and every `fit`.
        rows: The layers in order.
        crash: The error that ended the program, with its lines, outermost first; None where none did.
    """

    facts: Facts
    calls: tuple[Call, ...]
    rows: tuple[Row, ...]
    crash: Call | None


class ProgramView(View):
    """The section of the program."""

    slug = "program"
    title = "The program"
    order = 115

    def build(self, material: Material) -> ProgramRecord | None:
        """Return the program; None when none was seen, or when the network has a section of its own."""
        program = material.structure
        if program is None or material.examined is None:
            return None
        folder = _common(program)
        record = ProgramRecord(
            facts=_kept(_facts(program, folder)),
            calls=tuple(_calls(program, folder)),
            rows=tuple(_row(layer, folder) for layer in program.layers),
            crash=_crash(program.crash, folder) if program.crash is not None else None,
        )
        return record if record.facts or record.calls or record.rows or record.crash else None


def _facts(program: core.Program, folder: str) -> Iterator[tuple[str, str]]:
    yield "Model", f"{program.model}{f' ({program.model_name})' if program.model_name else ''}"
    if program.layers:
        yield "Parameters", written.count(sum(layer.parameters for layer in program.layers))
        yield "Trained parameters", written.count(sum(layer.trainable_parameters for layer in program.layers))
    yield "Outputs", ", ".join(program.outputs)
    yield "Training step", "the user's own" if program.custom_train_step else ""
    yield "Back end", f"{program.backend}, Keras {program.keras}" if program.keras else program.backend
    yield "Files below", folder


def _calls(program: core.Program, folder: str) -> Iterator[Call]:
    if program.compile.optimizer or program.compile.losses:
        yield Call("compile", _place(program.compile.site, folder), _kept(_compiled(program.compile)))
    for index, fit in enumerate(program.fits):
        main = " (the curves show this one)" if len(program.fits) > 1 and index == program.main_fit else ""
        yield Call(f"{_fit_title(program, index)}{main}", _place(fit.site, folder), _kept(_fitted(fit)))
    left = program.calls - sum(fit.calls for fit in program.fits)
    if left:
        yield Call(f"{written.plural(left, 'more call')} of fit", "", ())


def _fit_title(program: core.Program, index: int) -> str:
    """`fit` of an only call; else its number, or those of calls that are one training."""
    fit = program.fits[index]
    first = program.first_call(index) + 1
    if program.calls == 1:
        return "fit"
    return f"fit {first}" if fit.calls == 1 else f"fit {first} to {first + fit.calls - 1}, one training"


def _compiled(compiled: core.Compile) -> Iterator[tuple[str, str]]:
    settings = {name: compiled.settings.get(name) for name in _OPTIMISER}
    yield "optimizer", compiled.optimizer
    for name, setting in settings.items():
        if setting not in (None, False):
            yield name, _setting(setting)
    for loss in compiled.losses:
        known = ", ".join(
            f"{name} {_setting(setting)}" for name, setting in loss.settings.items() if setting not in _USUAL
        )
        weight = f", weight {written.number(loss.weight)}" if loss.weight != 1 else ""
        title = "loss" if len(compiled.losses) == 1 else f"loss of {loss.output}"
        yield title, f"{loss.kind}{f' ({known})' if known else ''}{weight}"
    yield "metrics", ", ".join(compiled.metrics)
    for name, setting in compiled.options.items():
        if setting not in (None, False, "", 1):
            yield name, _setting(setting)


def _fitted(fit: core.FitCall) -> Iterator[tuple[str, str]]:
    yield "data", fit.data if not fit.examples else f"{fit.data}, {written.plural(fit.examples, 'example')}"
    yield "batch_size", written.count(fit.batch_size) if fit.batch_size else ""
    yield "epochs", f"{fit.epochs_run} of {fit.wanted_epochs}" if fit.epochs else ""
    yield "steps", written.count(fit.steps)
    yield "stopped early", "by a callback" if fit.stopped_early else ""
    yield "shuffle", "" if fit.shuffle is None else "yes" if fit.shuffle else "no"
    share = f", the last {written.share(fit.validation_share)}" if fit.validation == "split" else ""
    count = f", {written.plural(fit.validation_examples, 'example')}" if fit.validation_examples else ""
    yield "validation", f"{fit.validation}{share}{count}"
    yield "class_weight", ", ".join(f"{name}: {written.number(weight)}" for name, weight in fit.class_weight.items())
    yield "sample_weight", "given" if fit.sample_weight else ""
    yield "callbacks", ", ".join(_callback(name, fit.callback_settings.get(name, {})) for name in fit.callbacks)


def _callback(name: str, settings: Mapping[str, Any]) -> str:
    known = ", ".join(f"{key} {_setting(setting)}" for key, setting in settings.items() if setting not in (None, ""))
    return f"{name} ({known})" if known else name


def _row(layer: core.Layer, folder: str) -> Row:
    settings = {name: layer.settings.get(name) for name in _SHOWN}
    shown = [
        f"{written.words(name)} {_setting(value)}" for name, value in settings.items() if value not in (None, False)
    ]
    trained = "" if not layer.parameters else "yes" if layer.trainable_parameters else "no"
    return Row(
        name=layer.path or layer.name,
        depth=layer.path.count("/"),
        kind=layer.kind,
        settings=", ".join([*([layer.activation] if layer.activation else []), *shown]),
        shape=written.shape(layer.output_shape) if layer.output_shape else "",
        parameters=written.count(layer.parameters) if layer.parameters else "0",
        trained=trained,
        place=_place(layer.site, folder),
    )


def _crash(crash: core.Crash, folder: str) -> Call:
    frames = tuple((_place(frame, folder), frame.text) for frame in crash.frames)
    return Call(f"{crash.kind} while the program was in: {crash.phase}", crash.message, frames)


def _setting(setting: Any) -> str:
    if isinstance(setting, Mapping):
        inner = setting.get("config")
        known = (
            _kept((str(key), written.value(value)) for key, value in inner.items())
            if isinstance(inner, Mapping)
            else ()
        )
        listed = ", ".join(f"{key} {value}" for key, value in known if key != "name")
        return f"{setting.get('class_name', '')} ({listed})" if listed else str(setting.get("class_name", ""))
    if isinstance(setting, list | tuple):
        return " × ".join(map(written.value, setting))
    return written.value(setting)


def _place(site: core.Site, folder: str) -> str:
    """A site as `file:line`, relative to the program's folder."""
    if not site.file:
        return ""
    return f"{site.file.removeprefix(folder + os.sep) if folder else site.file}:{site.line}"


def _common(program: core.Program) -> str:
    """The folder below which all the program's files stand; empty where there is none."""
    sites = (program.site, program.compile.site, *(layer.site for layer in program.layers))
    files = {os.path.dirname(site.file) for site in (*sites, *(fit.site for fit in program.fits)) if site.file}  # noqa: PTH120
    found = os.path.commonpath(files) if files else ""
    return "" if found == os.sep else found


def _kept(facts: Any) -> Facts:
    return tuple((name, text) for name, text in facts if text not in ("", written.ABSENT))
