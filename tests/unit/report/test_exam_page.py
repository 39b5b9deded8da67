"""The page of an exam."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import report_exam

from vandap.core.examined import read_examined
from vandap.core.finding import Status
from vandap.core.records import to_json
from vandap.core.store import Run, write_json
from vandap.report.evidence.panels import PANELS
from vandap.report.exam import document, write_exam
from vandap.report.heat import Heat
from vandap.report.html import page, write_report
from vandap.report.material import Material, gather
from vandap.report.notebook import exam_html
from vandap.report.opening import opening
from vandap.report.views.findings import FindingsView
from vandap.report.views.layers import LayersView
from vandap.report.views.program import ProgramView
from vandap.report.watched import Traces, gradients, updates


@pytest.fixture(scope="module")
def materials(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Material]:
    """Every kind of exam."""
    folder = tmp_path_factory.mktemp("runs")
    return {name: gather(make(folder / name)) for name, make in report_exam.MAKERS.items()}


def test_page_opens_with_the_verdict(materials: dict[str, Material]) -> None:
    """Healthy, sick, crashed and never judged are told apart by the first sentence."""
    sentences = {name: opening(material).sentence for name, material in materials.items()}
    assert sentences["exam-healthy"] == "Healthy as far as it was examined."
    assert sentences["exam-sick"].startswith(f"{len(PANELS) - 1} issues: unscaled inputs, ")
    assert sentences["exam-nothing"].startswith("Watched, not yet examined")
    crashed = opening(materials["exam-crashed"])
    assert crashed.banner.startswith("The script crashed after 2 s.")
    assert crashed.unseen == ("The steps were not watched.",)


def test_page_names_what_was_examined(materials: dict[str, Material]) -> None:
    """The script, though only its run folder was named."""
    assert opening(materials["exam-healthy"]).title == "train.py"


def test_effects_stand_below_their_cause(materials: dict[str, Material]) -> None:
    """What another finding explains is no item of its own."""
    found = FindingsView().build(materials["exam-sick"])
    assert found is not None
    assert [effect.title for effect in found.items[0].effects] == ["Retracing"]
    assert "Retracing" not in [item.title for item in found.items]


def test_finding_without_its_file_says_so(materials: dict[str, Material]) -> None:
    """The stored line stands in; the page says that the file is gone."""
    found = FindingsView().build(materials["exam-sick"])
    assert found is not None and found.items[0].excerpt is not None
    assert found.items[0].excerpt.problem == "The file is gone."
    assert found.items[0].excerpt.lines == ((11, "Dense"),)


@pytest.mark.parametrize("name", report_exam.MAKERS)
def test_page_needs_no_network(name: str, materials: dict[str, Material]) -> None:
    """No address, no script, no file beside it; what the user wrote is escaped."""
    text = page(materials[name])
    assert not re.search(r"""(?:src|href)=["'](?!#|data:)|https?://|<script|@import|url\(""", text)
    assert "<message>" not in text and "<do>" not in text


def test_map_shows_every_layer_and_few_columns(materials: dict[str, Material]) -> None:
    """120 layers at 60 probes become 120 rows of about 20 cells, the last probe among them."""
    found = LayersView().build(materials["exam-deep"])
    assert found is not None
    shown = found.maps[0]
    assert shown.rows.count("<tr>") == 120
    assert len(shown.columns) == 20 and shown.columns[-1] == 59


def test_map_grades_follow_size() -> None:
    """Small is light and large is dark; zero, infinity and nothing have marks of their own."""
    values = np.array([[1e-6, 1.0, 0.0, np.inf, np.nan, 1e-3]])
    heat = Heat("x", "X", "", Traces(np.array([0.0]), tuple("abcdef"), values), log=True)
    assert re.findall(r'td class="(\w+)"', heat.rows) == ["h1", "h10", "zero", "broken", "none", "h6"]


def test_variables_are_joined_by_layer(materials: dict[str, Material]) -> None:
    """Norms add up as squares over a layer's variables; of updates the largest matrix counts."""
    found, changes = gradients(materials["exam-healthy"]), updates(materials["exam-healthy"])
    assert found is not None and changes is not None
    assert found.names == changes.names == ("dense_0", "dense_1", "dense_2")
    series = materials["exam-healthy"].signals["gradients"]
    norms = series.values[0, :, series.labels["statistic"].index("norm")]
    mine = [place for place, name in enumerate(series.labels["variable"]) if name.startswith("dense_0/")]
    assert found.values[0, 0] == pytest.approx(np.sqrt((norms[mine] ** 2).sum()))


def test_program_shows_lines_and_arguments(materials: dict[str, Material]) -> None:
    """Layers, `compile`, `fit` and the crash stand with their places."""
    found = ProgramView().build(materials["exam-crashed"])
    assert found is not None and found.crash is not None
    assert [call.place for call in found.calls] == ["train.py:30", "train.py:31"]
    assert found.crash.facts == (("train.py:31", "model.fit(...)"),)
    assert ("loss", "SparseCategoricalCrossentropy") in found.calls[0].facts


def test_another_exam_shows_its_own_verdicts(tmp_path: Path) -> None:
    """The page of `vandap exam RUN` is what that exam said, not what was stored."""
    run = report_exam.sick(tmp_path / "sick")
    muted = tuple(replace(verdict, status=Status.MUTED, finding=None) for verdict in run.verdicts)
    examined = read_examined(run.path, verdicts=muted)
    assert "Unscaled inputs" not in write_report(run, examined=examined).read_text().split("Everything examined")[-2]
    assert "Unscaled inputs" in write_report(run).read_text()


def test_document_names_the_page(tmp_path: Path) -> None:
    """`--json`: the path, and of each finding place, evidence and thresholds with their sources."""
    run = report_exam.sick(tmp_path / "sick")
    examined = read_examined(run.path)
    shown = json.loads(json.dumps(to_json(document(examined, write_exam(examined)))))
    assert shown["report"] == str(run.path / "report.html")
    assert shown["unseen"] == []
    dead = next(finding for finding in shown["findings"] if finding["slug"] == "dead-units")
    assert dead["where"] == {"component": "model", "layer": "dense", "file": "train.py", "line": 11}
    assert dead["thresholds"]["dead"]["value"] == 0.5 and dead["thresholds"]["dead"]["source"]
    assert shown["verdicts"]["C4"] == "found"


def test_folder_that_cannot_be_written_has_no_page(tmp_path: Path) -> None:
    """The exam answers all the same."""
    run = report_exam.healthy(tmp_path / "healthy")
    (run.path / "report.html").mkdir()
    assert write_exam(read_examined(run.path)) is None


def test_stored_lines_are_shown(tmp_path: Path) -> None:
    """The page marks the line among its neighbours."""
    run = report_exam.sick(tmp_path / "sick")
    write_json(run.path / "sources.json", {"train.py": {"10": "before", "11": "x = <Dense>", "12": "after"}})
    text = page(gather(Run(run.path)))
    assert re.search(r'line-of-code marked"><span class="line-number">11</span>x = &lt;Dense&gt;</span>', text)


def test_notebook_card_tells_the_verdict(tmp_path: Path) -> None:
    """An exam in a notebook has the same first sentence as its page."""
    run = report_exam.healthy(tmp_path / "healthy")
    assert "Healthy as far as it was examined." in exam_html(read_examined(run.path))
