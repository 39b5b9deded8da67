"""What a rule is: one class, in one file, that says everything about one fault.

A rule is a function of signals and records. `check` names what it reads as its parameters; a parameter with the default
None is a signal that the rule can do without. What a rule may answer: a `Finding`, `Clear`, `CannotTell` or
`Suspected`. That a signal is missing, that the rule is muted and that it crashed is the engine's to say.
"""

from __future__ import annotations

import inspect
import re
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, TypeAlias

from vandap.core.finding import Finding, Severity, Threshold, Where
from vandap.core.recipe import Recipe
from vandap.core.signals import RECORDS, SIGNALS

SECTIONS = ("What it finds", "Why it matters", "What to do", "References")
FAMILIES: Mapping[str, str] = {
    "A": "data",
    "B": "structure",
    "C": "dynamics",
    "D": "evaluation",
    "E": "system",
}
STATUSES = ("trial", "stable")
_SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_CODE = re.compile(r"[A-E][1-9][0-9]?")


@dataclass(frozen=True)
class Clear:
    """The fault is not there. `reason` says what was compared with what."""

    reason: str


@dataclass(frozen=True)
class CannotTell:
    """The signals do not decide. `reason` says what would."""

    reason: str


@dataclass(frozen=True)
class Suspected:
    """The signals raise a suspicion that only an experiment can settle.

    Args:
        finding: What would be found; reported as a tip until a test has confirmed it.
        tests: Slugs of the decisive tests, cheapest first.
    """

    finding: Finding
    tests: tuple[str, ...]


Outcome: TypeAlias = Finding | Clear | CannotTell | Suspected


class Rule(ABC):
    """One fault: how it shows in the signals, why it matters, what to do, and how to cause it.

    A member is one module `rules/<family>/<slug>.py`, named after the symptom. Its docstring has a first line and the
    sections *What it finds*, *Why it matters*, *What to do* and *References*; its page is made from them.

    Attributes:
        code: Family letter and number, never reused.
        severity: The loudest finding that the rule may report.
        status: `trial` until healthy and sick runs have shown the rule sound (`bench/zoo`), then `stable`. On trial
            it gives tips.
        remedies: Slugs of remedies, best first.
        explains: Names of the faults, found by other rules, that this rule's own fault (its slug) accounts for.
        faults: Names of faults that the rule tells apart, besides its slug.
        sums_up: Whether its finding also stands for those of other rules that name the same fault, as a crash does.
        slug: The module's name.
        family: The package's name.
        reads: The signals that `check` needs.
        optional: The signals that `check` uses when they are there.
    """

    code: ClassVar[str]
    severity: ClassVar[Severity] = Severity.ISSUE
    status: ClassVar[Literal["trial", "stable"]] = "trial"
    remedies: ClassVar[tuple[str, ...]]
    explains: ClassVar[tuple[str, ...]] = ()
    faults: ClassVar[tuple[str, ...]] = ()
    sums_up: ClassVar[bool] = False
    slug: ClassVar[str]
    family: ClassVar[str]
    reads: ClassVar[tuple[str, ...]]
    optional: ClassVar[tuple[str, ...]]

    @abstractmethod
    def check(self, *args: Any, **signals: Any) -> Outcome:
        """Judge one run. Members name what they read as parameters: signals (`Series`) and records (`Program`)."""

    def fault(self, recipe: Recipe) -> Recipe | None:
        """Return a recipe whose training shows this fault, ideally no other.

        None where no built recipe can show it: then `tests/drills/<slug>/` holds `sick.py`, a user's program with the
        fault, and `healthy.py`, its twin without.
        """
        return None

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        family, module = cls.__module__.split(".")[-2:]
        cls.slug, cls.family = module.replace("_", "-"), family
        parameters = list(inspect.signature(cls.check).parameters.values())[1:]
        cls.reads = tuple(item.name for item in parameters if item.default is item.empty)
        cls.optional = tuple(item.name for item in parameters if item.default is not item.empty)
        problems = [*_naming_problems(cls), *_signal_problems(parameters), *_page_problems(cls)]
        if problems:
            raise TypeError(f"The rule {cls.__name__} ({cls.__module__}) is not complete: {' '.join(problems)}")

    @classmethod
    def thresholds(cls) -> Mapping[str, Threshold]:
        """The rule's thresholds by name."""
        return {name: item for name, item in vars(cls).items() if isinstance(item, Threshold)}

    @property
    def name(self) -> str:
        """Code and slug, as findings cite the rule."""
        return f"{self.code} {self.slug}"

    def found(
        self,
        message: str,
        evidence: Mapping[str, float],
        *,
        confidence: float,
        severity: Severity | None = None,
        fault: str | None = None,
        where: Where | None = None,
        figure: str | None = None,
    ) -> Finding:
        """Build this rule's finding.

        Args:
            message: One or two sentences with the numbers and the thresholds they were compared with.
            evidence: The numbers by name.
            confidence: Probability in [0, 1] that the fault is real.
            severity: Issue or tip; None takes the rule's own.
            fault: One of `faults`; None takes the slug.
            where: The place; None means the data.
            figure: The figure of the report that shows the evidence.
        """
        return Finding(
            code=self.code,
            slug=self.slug,
            fault=fault or self.slug,
            severity=severity or self.severity,
            message=message,
            evidence={name: float(value) for name, value in evidence.items()},
            where=where or Where(),
            confidence=confidence,
            remedies=self.remedies,
            figure=figure,
            thresholds=self.thresholds(),
        )


def _naming_problems(cls: type[Rule]) -> list[str]:
    names = [cls.slug, *getattr(cls, "remedies", ()), *cls.explains, *cls.faults]
    problems = [f"{name!r} is no slug (words-with-hyphens)." for name in names if not _SLUG.fullmatch(name)]
    code = getattr(cls, "code", "")
    if not _CODE.fullmatch(code):
        problems.append(f"A code is a family letter and a number; received code={code!r}.")
    elif FAMILIES[code[0]] != cls.family:
        problems.append(
            f"The letter {code[0]} belongs to the family {FAMILIES[code[0]]!r}; the package is {cls.family!r}."
        )
    if cls.status not in STATUSES:
        problems.append(f"A status is one of {STATUSES}; received status={cls.status!r}.")
    if not isinstance(cls.severity, Severity):
        problems.append(f"A severity is a Severity; received severity={cls.severity!r}.")
    if not getattr(cls, "remedies", ()):
        problems.append("It names no remedy.")
    return problems


def _signal_problems(parameters: list[inspect.Parameter]) -> list[str]:
    unknown = [item.name for item in parameters if item.name not in {*SIGNALS, *RECORDS}]
    problems = [f"The catalogue has no signal {name!r}." for name in unknown]
    if not parameters:
        problems.append("It reads no signal.")
    defaults = [item.name for item in parameters if item.default is not item.empty and item.default is not None]
    return problems + [f"The optional signal {name!r} must default to None." for name in defaults]


def _page_problems(cls: type[Rule]) -> list[str]:
    text = cls.__doc__ or ""
    return [f"Its docstring lacks the section '## {section}'." for section in SECTIONS if f"## {section}\n" not in text]
