"""The evidence of every rule, drawn from whatever a run measured of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import report_exam

from vandap.core.finding import Finding
from vandap.core.signals import Series
from vandap.core.store import Run
from vandap.diagnose import catalogue
from vandap.report.charts.draw import draw
from vandap.report.evidence.panels import PANELS, plots
from vandap.report.html import page, sections
from vandap.report.material import Material, gather


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Material:
    """A run that measured all there is to measure."""
    return gather(report_exam.sick(tmp_path_factory.mktemp("runs") / "sick"))


def finding(slug: str) -> Finding:
    """A finding of a rule."""
    found = report_exam.found(slug).finding
    assert found is not None
    return found


def changed(series: Series, kind: str) -> Series:
    """The same signal, spoilt."""
    if kind == "empty":
        return Series(series.values[:0], dict(series.labels))
    fill = {"nan": np.nan, "infinite": np.inf, "zero": 0.0, "negative": -1.0}.get(kind)
    if fill is not None:
        return Series(np.full_like(series.values, fill, dtype=float), series.labels)
    return Series(series.values[:1], {})


@pytest.mark.parametrize("slug", PANELS)
def test_thresholds_on_a_plot_are_the_rules_own(slug: str) -> None:
    """The rule exists, and so does every threshold that is drawn."""
    rule = catalogue.rule(slug)
    assert {name for panel in PANELS[slug] for name in panel.thresholds} <= set(rule.thresholds())


@pytest.mark.parametrize("slug", PANELS)
def test_evidence_is_drawn(slug: str, everything: Material) -> None:
    """Each has a chart in a run that measured everything, and the chart becomes a picture."""
    charts = plots(everything, finding(slug))
    assert charts
    for chart in charts:
        assert draw(chart).startswith("<svg")


@pytest.mark.parametrize("kind", ["empty", "nan", "infinite", "zero", "negative", "single"])
def test_spoilt_signals_are_no_obstacle(kind: str, everything: Material) -> None:
    """Numbers of any kind give a chart or none, never an error, and a page whose every section stands."""
    spoilt = replace(everything, signals={name: changed(series, kind) for name, series in everything.signals.items()})
    for slug in PANELS:
        for chart in plots(spoilt, finding(slug)):
            draw(chart)
    assert [section.problem for section in sections(spoilt) if section.problem] == []
    assert page(spoilt)


def test_missing_signals_are_no_obstacle(everything: Material) -> None:
    """Each signal alone, and all but each, give sections that stand."""
    for name in everything.signals:
        alone = {name: everything.signals[name]}
        others = {other: series for other, series in everything.signals.items() if other != name}
        for kept in (alone, others):
            found = sections(replace(everything, signals=kept))
            assert [section.problem for section in found if section.problem] == []


def test_a_run_without_anything_has_a_page(tmp_path: Path) -> None:
    """No signal, no program, no verdict."""
    run: Run = report_exam.nothing(tmp_path / "nothing")
    assert [section.problem for section in sections(gather(run)) if section.problem] == []
