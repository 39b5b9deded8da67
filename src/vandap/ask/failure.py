"""How a watched program failed, as questions about it read it: the crash, its explanation, the layers up to it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from vandap.ask.network import structure
from vandap.core.finding import Finding, Where
from vandap.core.program import Crash, Passed, Program, Site
from vandap.core.store import Run
from vandap.diagnose.rules.system.program_crashed import ProgramCrashed

_LEAD = {
    "eager": "The training's first batch was passed through the model once more, layer by layer and without "
    "compilation:",
    "built": "The layers that had been connected when building failed:",
    "structure": "The layers up to the one that failed, with the shapes that the model declares:",
}


@dataclass(frozen=True)
class Failure:
    """The end of a program that failed.

    Args:
        crash: The error.
        told: The exam's explanation, with what was expected and what to do.
        fault: The fault's name; "" where it is not known.
        where: The place to repair.
        chain: Layers up to the failure.
        source: Where the chain comes from: `eager`, `built` or `structure`; "" without one.
    """

    crash: Crash
    told: str
    fault: str
    where: Where
    chain: tuple[Step, ...]
    source: str

    @property
    def lead(self) -> str:
        """How the chain was obtained."""
        return _LEAD.get(self.source, "")


@dataclass(frozen=True)
class Step:
    """One layer of the chain.

    Args:
        passed: The layer.
    """

    passed: Passed

    @property
    def told(self) -> str:
        """In a phrase: `dense gave float32 (32, 16)`."""
        shown = self.passed
        if shown.error or not shown.gave:
            received = " and ".join(shown.received)
            return f"{shown.layer} received {received}" if received else f"{shown.layer} failed"
        return f"{shown.layer} gave {' and '.join(shown.gave)}"

    @property
    def row(self) -> tuple[str, ...]:
        """As a line of a table."""
        shown = self.passed
        both = (", ".join(part) or "unknown" for part in (shown.received, shown.gave))
        received, gave = both
        behind = "every layer was passed: it fails here or behind" if shown.layer == "loss" else ""
        remark = "fails" if shown.error else behind
        return shown.layer, shown.kind, _short(shown.site), received, "-" if not shown.gave else gave, remark


def failure(run: Run) -> Failure | None:
    """Read how a watched program failed; None where it did not, or was not watched."""
    program = structure(run)
    crash = program.crash if program is not None else None
    if program is None or crash is None:
        return None
    finding = _finding(run)
    chain, source = (crash.chain, crash.repeated) if crash.chain else (_declared(program, crash), "structure")
    return Failure(
        crash,
        finding.message if finding else f"{crash.kind}: {crash.message}",
        finding.fault if finding else "",
        finding.where if finding else Where("model", crash.layer, crash.site.file, crash.site.line),
        tuple(map(Step, chain)),
        source if chain else "",
    )


def _finding(run: Run) -> Finding | None:
    if not (run.path / "findings.json").is_file():
        return None
    return next((finding for finding in run.findings if finding.code == ProgramCrashed.code), None)


def _declared(program: Program, crash: Crash) -> tuple[Passed, ...]:
    """The model's layers up to the failing one, by their declared shapes."""
    holders = {layer.parent for layer in program.layers}
    inner = [layer for layer in program.layers if layer.path not in holders]
    names = [layer.name for layer in inner]
    end = names.index(crash.layer) + 1 if crash.layer in names else len(inner)
    if crash.layer is not None and crash.layer not in names:
        return ()
    return tuple(
        Passed(
            layer.name,
            layer.kind,
            _declared_shape(layer.dtype, layer.input_shape),
            () if layer.name == crash.layer else _declared_shape(layer.dtype, layer.output_shape),
            site=layer.site,
        )
        for layer in inner[:end]
    )


def _declared_shape(dtype: str, shape: tuple[int | None, ...]) -> tuple[str, ...]:
    return (f"{dtype} ({', '.join(map(str, shape))})",) if shape else ()


def _short(site: Site) -> str:
    return f"{Path(site.file).name}:{site.line}" if site.file and site.line is not None else ""


def place(where: Where) -> str:
    """A place as text: the layer, the file and the line."""
    line = f"{where.file}:{where.line}" if where.file and where.line is not None else ""
    return ", ".join(filter(None, [f"layer {where.layer}" if where.layer else where.component, line]))
