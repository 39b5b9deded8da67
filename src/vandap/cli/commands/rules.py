"""`vandap rules`: what the exam looks for."""

from __future__ import annotations

import argparse
import inspect

from vandap.cli.command import Command, Outcome
from vandap.cli.table import table
from vandap.errors import UsageError


class Rules(Command):
    """List the rules, or print the page of one."""

    name = "rules"
    help = "the rules of the exam; with a code or name, the page of one"
    description = "List every rule, or print one rule's page: what it finds, why it matters, what to do."
    example = "vandap rules A8"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("rule", nargs="?", metavar="CODE", help="a rule's code (A8) or name (class-imbalance)")

    def run(self, arguments: argparse.Namespace) -> Outcome:
        """List or print."""
        from vandap.diagnose.catalogue import rules
        from vandap.diagnose.pages import page

        known = rules()
        if arguments.rule is None:
            rows = [(rule.code, rule.slug, rule.severity.value, rule.status, _finds(rule)) for rule in known]
            document = {
                "rules": [dict(zip(("code", "slug", "severity", "status", "finds"), row, strict=True)) for row in rows]
            }
            return Outcome(document=document, text=table(("code", "name", "severity", "status", "finds"), rows))
        wanted = arguments.rule.lower().replace("_", "-")
        rule = next((rule for rule in known if wanted in {rule.code.lower(), rule.slug}), None)
        if rule is None:
            raise UsageError(
                "There is no such rule.",
                received=arguments.rule,
                expected="one of " + ", ".join(rule.code for rule in known),
                hint="`vandap rules` lists them.",
            )
        text = page(rule)
        return Outcome(document={"code": rule.code, "slug": rule.slug, "page": text}, text=text)


def _finds(rule: object) -> str:
    return inspect.cleandoc(type(rule).__doc__ or "").splitlines()[0]
