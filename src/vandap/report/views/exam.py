"""Everything that was examined: the verdict of every rule, also of those that found nothing or could not look."""

from __future__ import annotations

from dataclasses import dataclass

from vandap.core.finding import Status
from vandap.report import format as written
from vandap.report.material import Material
from vandap.report.view import View

_MARKS = {
    Status.FOUND: "▲",
    Status.SUSPECTED: "◆",
    Status.CLEAR: "✓",
    Status.CANNOT_TELL: "?",
    Status.NOT_APPLICABLE: "·",
    Status.MUTED: "–",
    Status.CRASHED: "✕",
}


@dataclass(frozen=True)
class Row:
    """One rule's verdict."""

    code: str
    title: str
    mark: str
    status: str
    reason: str


@dataclass(frozen=True)
class Exam:
    """All verdicts, and how many there are of each kind."""

    counts: str
    rows: tuple[Row, ...]


class ExamView(View):
    """The section of all verdicts."""

    slug = "exam"
    title = "Everything examined"
    order = 130

    def build(self, material: Material) -> Exam | None:
        """Return the verdicts; None before the run was examined."""
        if not material.verdicts:
            return None
        order = list(_MARKS)
        verdicts = sorted(material.verdicts, key=lambda verdict: order.index(verdict.status))
        statuses = [verdict.status for verdict in verdicts]
        return Exam(
            counts=", ".join(f"{statuses.count(status)} {status.value}" for status in order if status in statuses),
            rows=tuple(
                Row(
                    code=verdict.code,
                    title=written.sentence(written.words(verdict.slug)),
                    mark=_MARKS[verdict.status],
                    status=verdict.status.value,
                    reason=verdict.reason or (verdict.finding.message if verdict.finding else ""),
                )
                for verdict in verdicts
            ),
        )
