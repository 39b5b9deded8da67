"""K8: how this program failed, layer by layer; or, where it did not, where the exam would look first."""

from __future__ import annotations

from typing import Any

from vandap.ask.failure import Failure, failure, place
from vandap.ask.network import structure
from vandap.ask.question import Answer, Question, Table
from vandap.ask.watched import lacking
from vandap.core.finding import Finding
from vandap.core.store import Run

HEAD = ("layer", "class", "line", "received", "gave", "remark")


class Debugging(Question):
    """Where did the program fail, and why?"""

    id = "K8"
    question = "How to debug a Keras model?"
    how = (
        "A crash explained layer by layer: shapes, dtypes, the line that made each layer, what was expected, the cure."
    )

    def answer(self, run: Run) -> Answer:
        """Explain the crash; without one, name the places of the findings."""
        if structure(run) is None:
            return lacking(run, self.id, "structure of a watched program")
        found = failure(run)
        return _sound(run) if found is None else _crashed(found)


_SHORT = (
    "Read the last line of the error for the shapes, then find the layer that received them and the line that made it; "
    "the fault mostly stands one layer before. A training that runs and learns nothing is debugged from its gradients, "
    "activations and losses instead."
)


def _crashed(found: Failure) -> Answer:
    crash = found.crash
    chain = found.chain
    parts = [
        found.told,
        f"The line: {place(found.where)}." if found.where.line else "",
        f"{found.lead} {' -> '.join(step.told for step in chain)}." if chain else "",
    ]
    frames = tuple((f"{site.file}:{site.line}" if site.file else "", site.text) for site in crash.frames)
    tables = [Table("The layers up to the failure", HEAD, tuple(step.row for step in chain))] if chain else []
    tables += [Table("The program's own lines, outermost first", ("line", "text"), frames)] if frames else []
    document: dict[str, Any] = {
        "crash": crash,
        "where": found.where,
        "fault": found.fault,
        "chain": chain,
        "source_of_chain": found.source,
    }
    return Answer(" ".join(filter(None, parts)), _SHORT, tuple(tables), document)


def _sound(run: Run) -> Answer:
    rows = tuple(_row(finding) for finding in run.findings)
    if not rows:
        text = "The program did not fail, and the exam found nothing to repair in it."
    else:
        text = f"The program did not fail; {len(rows)} findings of the exam say where to look."
    tables = (Table("Where to look", ("rule", "place", "what"), rows),) if rows else ()
    return Answer(text, _SHORT, tables, {"crash": None, "findings": run.findings})


def _row(finding: Finding) -> tuple[str, str, str]:
    return f"{finding.code} {finding.slug}", place(finding.where), finding.message
