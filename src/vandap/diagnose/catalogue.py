"""Finds the rules: every module below `rules/`. Adding a rule is adding a file."""

from __future__ import annotations

from vandap.core.family import members
from vandap.diagnose import rules as package
from vandap.diagnose.rule import Rule
from vandap.errors import UsageError


def rules() -> tuple[Rule, ...]:
    """Every rule, ordered by family letter and number."""
    return tuple(sorted(members(package, Rule), key=lambda rule: (rule.code[0], int(rule.code[1:]))))  # type: ignore[type-abstract]


def rule(name: str) -> Rule:
    """Return one rule by its code or slug.

    Raises:
        UsageError: There is no such rule.
    """
    for item in rules():
        if name.lower() in (item.code.lower(), item.slug):
            return item
    raise UsageError(
        "There is no such rule.",
        received=name,
        expected="a rule's code or name, such as " + ", ".join(item.code for item in rules()),
        hint="`vandap rules` lists them all.",
    )
