"""Explains a crash: finds its kind, and fills in the numbers of its message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from vandap.core.program import Crash, Program
from vandap.diagnose.rules.system._mistakes import MISTAKES


@dataclass(frozen=True)
class Explanation:
    """A crash that was understood."""

    fault: str
    expected: str
    todo: str
    remedy: str
    component: str


def explain(crash: Crash, program: Program) -> Explanation | None:
    """What a crash means; None for a message that is not known."""
    message = re.sub(r"torch\.Size\(\[([\d, ]*)\]\)", r"(\1)", crash.message)
    for mistake in MISTAKES:
        found = re.search(mistake.pattern, message, re.DOTALL | re.IGNORECASE)
        if found is None or (mistake.kinds and crash.kind not in mistake.kinds):
            continue
        groups = {name: (text or "").strip() for name, text in found.groupdict().items()}
        advice = mistake.advice(groups, crash, program) if callable(mistake.advice) else mistake.advice
        if advice is not None:
            fault, *sentences = advice
            expected, todo = (_filled(sentence, groups) for sentence in sentences)
            return Explanation(fault, expected, todo, mistake.remedy, mistake.component)
    return None


def _filled(sentence: str, groups: Mapping[str, str]) -> str:
    for name, text in groups.items():
        sentence = sentence.replace(f"{{{name}}}", text)
    return sentence
