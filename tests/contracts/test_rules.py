"""The contract that every rule keeps. A new rule is tested by existing."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as numpy_st
from signal_zoo import HEALTHY_BASES, LABELS, ODD_BUT_HEALTHY, healthy

from vandap.core.finding import Severity, Status, Verdict
from vandap.core.program import Compile, Crash, FitCall, Idiom, Layer, Loss, Program, Site
from vandap.core.recipe import DataSpec, Recipe
from vandap.core.records import from_json, to_json
from vandap.core.signals import SIGNALS, Series
from vandap.diagnose.catalogue import rule as rule_named
from vandap.diagnose.catalogue import rules
from vandap.diagnose.engine import diagnose
from vandap.diagnose.pages import file_name, page, stale
from vandap.diagnose.rule import Rule
from vandap.errors import UsageError

DRILLS = Path(__file__).parents[1] / "drills"
DOCS = Path(__file__).parents[2] / "docs" / "rules"
SLUG = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
DERIVED_FROM = {"progress": ("loss", "step_loss")}
every_rule = pytest.mark.parametrize("rule", rules(), ids=lambda rule: rule.code)
every_healthy = pytest.mark.parametrize("name", [*HEALTHY_BASES, *ODD_BUT_HEALTHY])

_NUMBERS = st.one_of(
    st.floats(allow_nan=True, allow_infinity=True),
    st.sampled_from([0.0, 1.0, -1.0, 0.5, 10.0, 1e308, -1e308, 5e-324, float("nan"), float("inf"), -0.0]),
    st.integers(-3, 300).map(float),
)


@st.composite
def any_series(draw: st.DrawFn, name: str) -> Series:
    """Any numbers in any shape with the catalogue's number of dimensions; labelled, unlabelled or labelled wrongly."""
    dimensions = SIGNALS[name].dimensions
    known = LABELS.get(name, {})
    style = draw(st.sampled_from(["catalogue", "none", "wrong"]))
    if style == "catalogue":
        shape = tuple(len(known[item]) if item in known else draw(st.integers(0, 4)) for item in dimensions)
        names = {
            item: known.get(item, tuple(f"{item}{place}" for place in range(size)))
            for item, size in zip(dimensions, shape, strict=True)
        }
        if name == "ladder_scores" and shape[0]:
            names["learner"] = ("dummy", *names["learner"][1:])
    else:
        shape = tuple(draw(st.integers(0, 4)) for _ in dimensions)
        names = {} if style == "none" else dict.fromkeys(dimensions, ("value", "train", "lowest"))
    return Series(draw(numpy_st.arrays(np.float64, shape, elements=_NUMBERS)), names)


_words = st.sampled_from(["", "a", "Dense", "relu", "softmax", "SparseCategoricalCrossentropy", "Adam", "keras.layers"])
_settings = st.dictionaries(
    st.sampled_from(["learning_rate", "units", "rate", "from_logits", "activation", "kernel_initializer", "padding"]),
    st.one_of(st.none(), _NUMBERS, _words, st.dictionaries(_words, _words, max_size=2), st.lists(_NUMBERS, max_size=2)),
    max_size=3,
)
_site = st.builds(Site, st.none() | _words, st.none() | st.integers(1, 9), _words)
_shape = st.lists(st.none() | st.integers(0, 9), max_size=4).map(tuple)
any_program = st.builds(
    Program,
    model=_words,
    custom_train_step=st.booleans(),
    layers=st.lists(
        st.builds(
            Layer, st.integers(0, 9), _words, _words, _words, _words, _settings, st.none() | _words,
            st.lists(_words, max_size=2).map(tuple), _shape, _shape, st.integers(0, 99), st.integers(0, 99),
            st.booleans(), _words, st.integers(0, 2), site=_site,
        ),
        max_size=4,
    ).map(tuple),
    outputs=st.lists(_words, max_size=2).map(tuple),
    compile=st.builds(
        Compile, st.lists(st.builds(Loss, _words, _words, _words, _settings, _NUMBERS), max_size=2).map(tuple),
        st.lists(_words, max_size=2).map(tuple), _words, _settings, _settings, _site,
    ),
    fits=st.lists(
        st.builds(
            FitCall, _words, st.integers(0, 99), st.integers(0, 99), st.integers(0, 9), st.integers(0, 9),
            st.integers(0, 99), st.none() | st.booleans(), st.sampled_from(["none", "split", "data"]), _NUMBERS,
        ),
        max_size=2,
    ).map(tuple),
    main_fit=st.integers(-1, 2),
    crash=st.none() | st.builds(Crash, _words, _words, _words, st.none() | _words, _site),
    idioms=st.lists(st.builds(Idiom, _words, _words, _site, st.booleans()), max_size=2).map(tuple),
)  # fmt: skip


def anything(name: str) -> st.SearchStrategy[Series | Program]:
    """Any value of a signal or a record."""
    return any_program if name == "program" else any_series(name)


@every_rule
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_any_numbers_give_a_verdict(rule: Rule, data: st.DataObject) -> None:
    """NaN, infinity, nothing, one point, wrong labels: a verdict with a reason, and it survives JSON. Never a crash."""
    optional = [name for name in rule.optional if data.draw(st.booleans(), label=name)]
    asked = {part for name in (*rule.reads, *optional) for part in DERIVED_FROM.get(name, (name,))}
    signals = {name: data.draw(anything(name), label=name) for name in sorted(asked)}
    (verdict,) = diagnose(signals, [rule])
    assert verdict.status is not Status.CRASHED, verdict.reason
    assert verdict.reason
    assert from_json(Verdict, json.loads(json.dumps(to_json(verdict), allow_nan=False))).status is verdict.status
    if verdict.finding:
        assert 0 <= verdict.finding.confidence <= 1


@every_rule
def test_nothing_measured_is_not_applicable(rule: Rule) -> None:
    """Without any signal a rule is not asked."""
    (verdict,) = diagnose({}, [rule])
    assert verdict.status is Status.NOT_APPLICABLE


@every_rule
def test_each_missing_needed_signal_is_named(rule: Rule) -> None:
    """Where one needed signal is missing, the engine answers, and names it."""
    complete = {
        name: Program() if name == "program" else Series(np.zeros([2] * len(SIGNALS[name].dimensions)))
        for name in (*rule.reads, *rule.optional, *DERIVED_FROM["progress"])
        if name not in DERIVED_FROM
    }
    for name in rule.reads:
        gone = (name, *DERIVED_FROM.get(name, ()))
        (verdict,) = diagnose({key: item for key, item in complete.items() if key not in gone}, [rule])
        assert verdict.status is Status.NOT_APPLICABLE
        assert name in verdict.reason


@every_rule
def test_a_muted_rule_says_so(rule: Rule) -> None:
    """A rule can be muted by its code or its name, and is then not asked."""
    signals = healthy("images")
    assert diagnose(signals, [rule], muted=[rule.code])[0].status is Status.MUTED
    assert diagnose(signals, [rule], muted=[rule.slug])[0].status is Status.MUTED


@every_rule
def test_the_rule_says_everything_about_itself(rule: Rule) -> None:
    """Code, names, thresholds with sources, a summary line, remedies: complete and in the house style."""
    assert re.fullmatch(r"[A-E][1-9][0-9]?", rule.code)
    assert rule.thresholds(), "a rule compares with at least one threshold"
    names = [rule.slug, *rule.remedies, *rule.explains, *rule.faults]
    assert all(SLUG.fullmatch(name) for name in names), names
    assert len(set(rule.remedies)) == len(rule.remedies)
    summary = (type(rule).__doc__ or "").strip().splitlines()[0]
    assert summary.endswith(".")
    assert type(rule).fault.__doc__


@every_rule
def test_what_a_rule_explains_is_found_by_another(rule: Rule) -> None:
    """Every explained name is a fault that some other rule finds."""
    others = {name for other in rules() if other is not rule for name in (other.slug, *other.faults)}
    assert set(rule.explains) <= others


@every_rule
def test_the_fault_is_a_change_of_the_recipe(rule: Rule) -> None:
    """`fault` returns another recipe that survives JSON and leaves the data and the seed alone; or scripts show it."""
    recipe = Recipe(DataSpec("bundled:digits"), seed=3)
    broken = rule.fault(recipe)
    if broken is None:
        folder = DRILLS / rule.slug
        assert {"sick.py", "healthy.py"} <= {path.name for path in folder.glob("*.py")}, folder
        return
    assert broken != recipe
    assert replace(broken, transforms=(), network={}, learners=()) == recipe
    assert from_json(Recipe, json.loads(json.dumps(to_json(broken)))) == broken


@every_rule
def test_the_page_says_what_the_code_says(rule: Rule) -> None:
    """The page names every signal and prints every threshold with its source."""
    text = page(rule)
    assert all(f"| {name} |" in text for name in (*rule.reads, *rule.optional))
    assert all(f"| {item.value:g} | {item.source} |" in text for item in rule.thresholds().values())


def test_the_pages_in_the_documentation_are_the_generated_ones() -> None:
    """Run `python -m vandap.diagnose.pages --write docs/rules` after a change of a rule."""
    assert stale(DOCS) == ()
    assert len({file_name(rule) for rule in rules()}) == len(rules())


def test_codes_and_names_are_unique() -> None:
    """No two rules share a code, a slug, or the name of a fault."""
    faults = [name for rule in rules() for name in (rule.slug, *rule.faults)]
    assert len({rule.code for rule in rules()}) == len(rules())
    assert len(set(faults)) == len(faults)


def test_explanations_go_one_way() -> None:
    """A circle would explain every finding in it away, and leave no issue to repair."""
    left = {rule.slug: set(rule.explains) for rule in rules()}
    while left:
        explain_nothing_left = [slug for slug, faults in left.items() if not faults & left.keys()]
        assert explain_nothing_left, f"a circle among {sorted(left)}"
        for slug in explain_nothing_left:
            del left[slug]


def test_an_unknown_rule_is_an_error_that_lists_the_known_ones() -> None:
    """Muting or asking for a rule that does not exist is a usage error."""
    with pytest.raises(UsageError, match="A1"):
        rule_named("Z9")
    with pytest.raises(UsageError):
        diagnose({}, muted=["no-such-rule"])


@every_healthy
def test_a_healthy_run_gets_no_issue(name: str) -> None:
    """Odd but healthy situations raise tips at most, and no rule crashes on them."""
    verdicts = diagnose(healthy(name))
    assert not [verdict.reason for verdict in verdicts if verdict.status is Status.CRASHED]
    assert not [item.finding.message for item in verdicts if item.finding and item.finding.severity is Severity.ISSUE]


@pytest.mark.parametrize("name", HEALTHY_BASES)
def test_rules_apply_to_a_complete_run(name: str) -> None:
    """On complete signals rules decide; the zoo would prove nothing if they did not."""
    decided = [verdict for verdict in diagnose(healthy(name)) if verdict.status in (Status.CLEAR, Status.FOUND)]
    assert len(decided) >= {"images": 13, "small-table": 13, "regression": 10}.get(name, 30)


@every_rule
def test_every_rule_is_clear_on_some_healthy_run(rule: Rule) -> None:
    """A rule that is never clear has learnt nothing about health."""
    assert any(diagnose(healthy(name), [rule])[0].status is Status.CLEAR for name in HEALTHY_BASES)
