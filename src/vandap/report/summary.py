"""The verdict on a run in one record and one sentence: every face opens with it."""

from __future__ import annotations

from dataclasses import dataclass

from vandap.core.estimate import Comparison, Decision, Estimate
from vandap.core.finding import Finding, Severity
from vandap.report import metric as metrics
from vandap.report.format import difference, measured, plural, point
from vandap.report.material import Material
from vandap.report.rival import Rival, find_rival

_DECISIONS = {
    Decision.BETTER: "is sure",
    Decision.WORSE: "is sure: the recommended model is worse",
    Decision.HARM: "is sure: the recommended model is worse",
    Decision.NO_DIFFERENCE: "is too small to matter",
    Decision.CANNOT_TELL: "is not sure",
}
_STATES = {
    "running": "This run is still running; what follows is what it has measured so far.",
    "interrupted": "This run was interrupted; run the same command again to continue it.",
    "failed": "This run failed; what follows is what it had measured by then.",
}


@dataclass(frozen=True)
class Summary:
    """What to know first.

    Args:
        name: The run's name.
        dataset: The data set's name.
        status: `running`, `interrupted`, `failed` or `done`.
        banner: What an unfinished run means for the reader; empty when the run is done.
        metric: Title of the headline metric.
        slug: Slug of the headline metric.
        why: Why this metric fits the task.
        score: The recommended model's headline estimate, or None before anything was measured.
        part: The part of the data behind `score`: `test`, `validation` or `out-of-fold`.
        recommended: Title of the recommended model, or empty.
        rival: The model it is measured against, or None.
        comparison: The paired comparison with the rival, or None.
        findings: Issues first.
        sentence: All of it in one sentence.
    """

    name: str
    dataset: str
    status: str
    banner: str
    metric: str
    slug: str
    why: str
    score: Estimate | None
    part: str
    recommended: str
    rival: Rival | None
    comparison: Comparison | None
    findings: tuple[Finding, ...]
    sentence: str

    @property
    def issues(self) -> tuple[Finding, ...]:
        """What should be repaired."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.ISSUE)

    @property
    def tips(self) -> tuple[Finding, ...]:
        """What may be worth a look."""
        return tuple(finding for finding in self.findings if finding.severity is Severity.TIP)

    @property
    def basis(self) -> str:
        """The examples behind the score: `2,000 unseen test examples`."""
        return "" if self.score is None else basis(self.score.count, self.part)

    @property
    def surety(self) -> str:
        """The comparison's verdict in words."""
        return surety(self.comparison) if self.comparison else ""


def surety(found: Comparison) -> str:
    """Say what a comparison came to, as the end of a sentence that begins with the difference."""
    if found.decision is Decision.CANNOT_TELL and (found.low > 0 or found.high < 0):
        return f"is not confirmed by {plural(found.count, 'example')}"
    return _DECISIONS[found.decision]


def basis(examples: int, part: str) -> str:
    """Name the examples behind a number: `2,000 unseen test examples`."""
    names = {"test": "unseen test ", "validation": "validation ", "out-of-fold": "out-of-fold "}
    kind = names.get(part, "")
    return plural(examples, f"{kind}example") if examples else f"{kind}examples"


def summarise(material: Material) -> Summary:
    """Compute the verdict on a run."""
    evaluation = material.evaluation
    score = evaluation.metrics.get(evaluation.headline) if evaluation else None
    slug = evaluation.headline if evaluation else ""
    rival = find_rival(material, slug) if evaluation else None
    comparison = rival.comparison if rival else None
    findings = material.findings
    status = material.info.status
    return Summary(
        name=material.info.name,
        dataset=str(material.data.get("name", "")),
        status=status,
        banner=_STATES.get(status, "") + (f" {material.info.error}" if material.info.error else ""),
        metric=metrics.title(slug) if slug else "",
        slug=slug,
        why=evaluation.why if evaluation else "",
        score=score,
        part=evaluation.part if evaluation else "",
        recommended=material.title(evaluation.learner) if evaluation else "",
        rival=rival,
        comparison=comparison,
        findings=findings,
        sentence=_sentence(material, score, slug, rival),
    )


def to_fix(findings: tuple[Finding, ...], examined: bool) -> str:
    """Count what is to be repaired, in words."""
    if not examined:
        return "not examined"
    issues = sum(finding.severity is Severity.ISSUE for finding in findings)
    tips = len(findings) - issues
    parts = [plural(issues, "thing to fix", "things to fix")] if issues else ["nothing to fix"]
    return " and ".join(parts + ([plural(tips, "tip")] if tips else []))


def _sentence(material: Material, score: Estimate | None, slug: str, rival: Rival | None) -> str:
    ending = to_fix(material.findings, bool(material.verdicts))
    if score is None or material.evaluation is None:
        return f"Nothing was measured on held-out examples; {ending}."
    part = material.evaluation.part
    parts = [f"{metrics.title(slug)} {measured(score)} on {basis(score.count, part)}"]
    if rival is not None and rival.score is not None:
        where = "" if rival.part == part else f" on {basis(0, rival.part)}"
        parts.append(f"{rival.label} {point(rival.score)}{where}")
    if rival is not None and rival.comparison is not None:
        found = rival.comparison
        where = "" if rival.comparison_part == part else f" on {basis(0, rival.comparison_part)}"
        gap = difference(found.difference, found.low, found.high)
        parts.append(f"the difference {gap}{where} {surety(found)}")
    return "; ".join([*parts, ending]) + "."
