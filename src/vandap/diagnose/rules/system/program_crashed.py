"""A program that ended with an error."""

from __future__ import annotations

from dataclasses import replace

from vandap.core.finding import Threshold, Where
from vandap.core.program import Crash, Idiom, Program
from vandap.diagnose.rule import Clear, Outcome, Rule
from vandap.diagnose.rules.system._crashes import Explanation, explain

_LONGEST = 300
_WRAPPING = ("Exception encountered", "Arguments received", "Graph exec")


class ProgramCrashed(Rule):
    """The program ended with an error that nothing caught.

    ## What it finds
    The exception that ended the program, the user's own line that it came from, the layer that raised it, and what the
    message of Keras or of its back end means: which shape, type, label or argument was expected.

    ## Why it matters
    Nothing was trained, or what was trained was lost. The same mistake is told in three different ways by JAX,
    TensorFlow and PyTorch, often from deep inside, and Keras leaves the frame of the layer out of the traceback.

    ## What to do
    Repair the line that is named; the finding says what was expected there.

    ## References
    - Zhang et al., An Empirical Study on TensorFlow Program Bugs (2018): most crashes are of shape and of API use
    - Keras 3.15: `keras/src/layers/input_spec.py`, `keras/src/utils/traceback_utils.py`
    """

    code = "E5"
    status = "stable"
    sums_up = True
    remedies = (
        "fix-shape",
        "fix-labels",
        "fix-call",
        "encode-data",
        "recompile",
        "use-keras-ops",
        "save-memory",
        "install-package",
        "modernise-call",
        "read-traceback",
    )
    errors = Threshold(0, "a program that trains ends without an uncaught exception")

    def check(self, program: Program) -> Outcome:
        """Explain the crash, if there was one."""
        crash = program.crash
        if crash is None:
            return Clear(f"The program ended with {self.errors.value:g} errors.")
        explanation = _by_idiom(program.fatal_idiom) or explain(crash, program)
        finding = self.found(
            _message(crash, explanation),
            {"errors": 1.0},
            confidence=1.0,
            fault=(explanation.fault if explanation else "") or None,
            where=_place(crash, program, explanation),
        )
        return replace(finding, remedies=(_remedy(explanation),))


def _remedy(explanation: Explanation | None) -> str:
    if explanation is None:
        return "read-traceback"
    of_shape = explanation.fault == "shape-misuse" and explanation.remedy == "fix-labels"
    return "fix-shape" if of_shape else explanation.remedy


def _by_idiom(idiom: Idiom | None) -> Explanation | None:
    if idiom is None:
        return None
    return Explanation(
        "old-idiom",
        f"{idiom.name} belongs to an older Keras and is gone.",
        f"Written today: {idiom.modern}.",
        "modernise-call",
        "compile" if idiom.name.endswith("=") else "fit",
    )


def _message(crash: Crash, explanation: Explanation | None) -> str:
    layer = f", layer {crash.layer}" if crash.layer else ""
    during = f" during {crash.phase}" if crash.phase not in ("", "script") else ""
    told = f"{crash.kind}{during}{layer}: {_heart(crash.message)}"
    if explanation is None:
        return f"{told} No more is known of this message; the line is the program's innermost."
    return f"{told} {explanation.expected} {explanation.todo}"


def _heart(message: str) -> str:
    """The sentence that matters; Keras and TensorFlow wrap it in others."""
    parts = [" ".join(part.split()) for part in message.split("\n\n") if part.strip()]
    inner = [part for part in parts if not part.startswith(_WRAPPING)]
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    graph = [line for line in lines if not line.startswith(("File ", "[[")) and "{{" not in line]
    text = (graph[-1:] if message.startswith("Graph execution") else inner or parts or ["no message"])[0]
    text = text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _place(crash: Crash, program: Program, explanation: Explanation | None) -> Where:
    """The layer's line where a layer is to blame, `compile` where the loss is, else the program's innermost line."""
    component = explanation.component if explanation else ("model" if crash.layer else "fit")
    if component == "model" and crash.layer:
        layer = program.layer(crash.layer)
        sites = [crash.layer_site, *([layer.site] if layer else []), crash.site]
        site = next((site for site in sites if site.line is not None), crash.site)
        return Where(component, layer.path if layer else crash.layer, site.file, site.line)
    output = program.layer(program.outputs[0]) if program.outputs else None
    if component == "compile" and explanation and explanation.fault == "shape-misuse" and output is not None:
        site = output.site if output.site.line is not None else crash.site
        return Where("model", output.path, site.file, site.line)
    compiled = program.compile.site
    if component == "compile" and compiled.line is not None:
        return Where(component, None, compiled.file, compiled.line)
    return Where(component, None, crash.site.file, crash.site.line)
