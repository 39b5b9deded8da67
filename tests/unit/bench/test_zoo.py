"""The zoo's hand-written scripts and operators: their truth can be read, and speaks the language of the rules."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from vandap.diagnose.catalogue import rules

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "bench"))

from zoo.faulty import OPERATORS
from zoo.scripts import Script, scripts

SCRIPTS = [*scripts("development"), *scripts("test")]
NAMES = {name for rule in rules() for name in (rule.slug, *rule.faults)}


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.name)
def test_script(script: Script) -> None:
    """Both twins are programs, the edit changes something, and the place and the names of the fault are known.

    A truth with more than one name or component says why.
    """
    assert script.healed != script.path.read_text(encoding="utf-8")
    compile(script.healed, script.name, "exec")
    assert script.truth.lines
    assert set(script.truth.faults) & NAMES
    assert script.why or len(script.truth.faults) == len(script.truth.components) == 1


def test_there_are_eighty_scripts_in_two_halves() -> None:
    """Rules are not graded on their own mirror alone."""
    assert len(SCRIPTS) >= 80
    assert {script.half for script in SCRIPTS} == {"development", "test"}


@pytest.mark.parametrize("operator", OPERATORS, ids=lambda operator: operator.name)
def test_operator_names_faults_of_rules(operator: object) -> None:
    """Every operator has an acceptable name that some rule can give."""
    truth = operator.truth()
    assert set(truth.faults) & NAMES
    assert operator.why or len(truth.faults) == len(truth.components) == 1
