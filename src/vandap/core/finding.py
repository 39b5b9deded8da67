"""What a rule may say: a finding with its evidence, and a verdict."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Threshold:
    """A number that a rule compares with, and where the number comes from.

    Args:
        value: The number.
        source: A paper, a manual, or a file under `bench/` that measured it.
    """

    value: float
    source: str

    def __post_init__(self) -> None:
        if not self.source.strip():
            raise ValueError(
                "A threshold needs a source: a paper, a manual, or a file under bench/. "
                f"Received: source={self.source!r}"
            )


class Severity(enum.Enum):
    """How loud a finding is: an *issue* should be repaired, a *tip* may be worth a look."""

    ISSUE = "issue"
    TIP = "tip"


@dataclass(frozen=True)
class Where:
    """The place of a fault.

    Args:
        component: `data`, `model`, `compile` or `fit`.
        layer: Path of the layer, if the fault is in one.
        file: Source file, if known.
        line: Line in that file, counted from 1.
    """

    component: str = "data"
    layer: str | None = None
    file: str | None = None
    line: int | None = None


@dataclass(frozen=True)
class Finding:
    """A fault shown by a run, with the numbers that prove it.

    Args:
        code: The rule's code, such as `A8`.
        slug: The rule's name, such as `class-imbalance`.
        fault: The fault's name; the same as the slug unless the rule tells several apart.
        severity: Issue or tip.
        message: One or two sentences with the numbers and the thresholds they were compared with.
        evidence: The numbers, by name.
        where: The place.
        confidence: Probability in [0, 1] that the fault is real, as calibrated for the rule.
        remedies: Slugs of remedies, best first.
        figure: Name of a figure in the report that shows the evidence, or None.
        explained_by: Code and slug of the finding that accounts for this one, or None.
        suspect: Code and slug of a suspicion that would account for this one, were it confirmed, or None.
        thresholds: The numbers that the rule compares with, by name.
    """

    code: str
    slug: str
    fault: str
    severity: Severity
    message: str
    evidence: Mapping[str, float] = field(default_factory=dict)
    where: Where = field(default_factory=Where)
    confidence: float = 1.0
    remedies: tuple[str, ...] = ()
    figure: str | None = None
    explained_by: str | None = None
    suspect: str | None = None
    thresholds: Mapping[str, Threshold] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """Code and slug, by which other findings refer to this one."""
        return f"{self.code} {self.slug}"


PRECAUTION = 0.3
"""Confidence below which a suspicion only asks for a test, and is not worth telling unless the test confirms it."""


class Status(enum.Enum):
    """What a rule concluded. The engine, not the rule, answers *not applicable* when a signal is missing."""

    FOUND = "found"
    SUSPECTED = "suspected"
    CLEAR = "clear"
    NOT_APPLICABLE = "not applicable"
    CANNOT_TELL = "cannot tell"
    MUTED = "muted"
    CRASHED = "crashed"


@dataclass(frozen=True)
class Verdict:
    """One rule's conclusion about one run.

    Args:
        code: The rule's code.
        slug: The rule's name.
        status: The conclusion.
        reason: Why, as one sentence: what was compared with what, or what was missing.
        finding: The finding, when the status is *found* or *suspected*.
        tests: Slugs of the decisive tests that would settle a suspicion.
    """

    code: str
    slug: str
    status: Status
    reason: str = ""
    finding: Finding | None = None
    tests: tuple[str, ...] = ()

    @property
    def told(self) -> Finding | None:
        """The finding, where it is worth telling: None for a mere precaution."""
        is_precaution = self.status is Status.SUSPECTED and self.finding and self.finding.confidence < PRECAUTION
        return None if is_precaution else self.finding


def ranked(verdicts: Iterable[Verdict]) -> tuple[Finding, ...]:
    """Return the findings in the order in which they are to be read.

    Issues come first, the surest first among them; a suspicion that would account for a finding comes right before it,
    for what causes something is to be looked at before its effect.
    """
    found = [verdict.told for verdict in verdicts if verdict.told is not None]
    found.sort(key=lambda finding: (finding.severity.value, -finding.confidence))
    by_name = {finding.name: finding for finding in found}
    order = (name for finding in found for name in (finding.suspect, finding.name) if name in by_name)
    return tuple(by_name[name] for name in dict.fromkeys(order) if name)
