"""What the run cost: epochs, iterations and batches, time per step, time per stage, the back ends that were timed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from vandap.report import format as written
from vandap.report.charts.records import Span
from vandap.report.material import Material
from vandap.report.view import View


@dataclass(frozen=True)
class Stage:
    """One stage of the run: its name, a bar, its time."""

    name: str
    bar: Span
    seconds: str


@dataclass(frozen=True)
class Backend:
    """One back end that was timed."""

    name: str
    version: str
    step: str
    compile: str
    chosen: bool
    reason: str


@dataclass(frozen=True)
class Cost:
    """The account.

    Args:
        total: Wall clock of all stages.
        stages: Time of each stage.
        account: One sentence that ties epochs, iterations and batch together; empty without a network.
        facts: (name, text) pairs.
        backends: The back ends, when several were timed.
        hardware: (name, text) pairs.
    """

    total: str
    stages: tuple[Stage, ...]
    account: str
    facts: tuple[tuple[str, str], ...]
    backends: tuple[Backend, ...]
    hardware: tuple[tuple[str, str], ...]


class CostView(View):
    """The section of the cost account."""

    slug = "cost"
    title = "What it cost"
    order = 120

    def build(self, material: Material) -> Cost | None:
        """Return the account; None before anything took time."""
        program = material.program or {}
        stages, total = _stages(material.info.seconds)
        record = Cost(
            total=written.seconds(total) if stages else "",
            stages=stages,
            account=_account(program),
            facts=_facts(program),
            backends=tuple(_backend(entry) for entry in program.get("backends") or ()),
            hardware=tuple(_fact(name, value) for name, value in material.info.hardware.items()),
        )
        return record if stages or record.facts else None


def _stages(seconds: Mapping[str, float]) -> tuple[tuple[Stage, ...], float]:
    known = {name: value for name, value in seconds.items() if written.is_number(value)}
    total = known.pop("total", None)
    axis = (0.0, max(known.values(), default=1.0) or 1.0)
    stages = tuple(
        Stage(
            name=written.sentence(written.words(name)),
            bar=Span(f"{written.words(name)}: {written.seconds(value)}", value, float("nan"), float("nan"), axis),
            seconds=written.seconds(value),
        )
        for name, value in known.items()
    )
    return stages, total if total is not None else sum(known.values())


def _account(program: Mapping[str, Any]) -> str:
    fit, cost = program.get("fit") or {}, program.get("cost") or {}
    epochs, steps = cost.get("epochs_run"), cost.get("iterations_run")
    batch, per_epoch = fit.get("batch_size"), fit.get("steps_per_epoch")
    if not epochs or not steps or not batch or not per_epoch:
        return ""
    rows = fit.get("examples")
    of = f" of {written.count(rows)} training examples" if rows else ""
    run = f"{written.number(epochs)} {'epoch' if epochs == 1 else 'epochs'}"
    return (
        f"One epoch{of} is {written.plural(per_epoch, 'iteration')} of {written.plural(batch, 'example')}; "
        f"{run} made {written.plural(steps, 'iteration')}, one update of the weights each."
    )


def _facts(program: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    fit, cost = program.get("fit") or {}, program.get("cost") or {}
    rate = cost.get("examples_per_second")
    facts = (
        ("Back end", f"{program.get('backend') or ''} · Keras {program.get('keras') or ''}" if program else ""),
        ("Batch", written.value(fit.get("batch_size"))),
        ("Epochs planned", written.value(fit.get("epochs"))),
        ("Epochs run", written.value(cost.get("epochs_run"))),
        ("Iterations run", written.value(cost.get("iterations_run"))),
        ("Learning rate", written.value(fit.get("learning_rate"))),
        ("Schedule", written.value(fit.get("schedule"))),
        ("Augmentation", ", ".join(map(written.value, fit.get("augmentation") or ()))),
        ("Classes", "balanced: rows of rare ones are repeated" if fit.get("balanced") else ""),
        ("Mixup", written.value(fit["mixup"]) if fit.get("mixup") else ""),
        ("Time per iteration", written.seconds(cost.get("seconds_per_step"))),
        ("Throughput", f"{written.number(rate)} examples/s" if written.is_number(rate) else ""),
        ("Compilation", written.seconds(cost.get("compile_seconds"))),
        ("Training", written.seconds(cost.get("fit_seconds"))),
    )
    return tuple((name, text) for name, text in facts if text not in ("", written.ABSENT))


def _backend(entry: Mapping[str, Any]) -> Backend:
    return Backend(
        name=str(entry.get("backend") or ""),
        version=str(entry.get("version") or ""),
        step=written.seconds(entry.get("seconds_per_step")),
        compile=written.seconds(entry.get("compile_seconds")),
        chosen=bool(entry.get("chosen")),
        reason=str(entry.get("reason") or ""),
    )


def _fact(name: str, value: Any) -> tuple[str, str]:
    if name.endswith("_bytes"):
        return written.sentence(written.words(name.removesuffix("_bytes"))), written.size(value)
    return written.sentence(written.words(name)), written.value(value)
