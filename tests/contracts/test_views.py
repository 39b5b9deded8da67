"""Every section of the report, whatever the run holds."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest
import report_exam
import report_fixed
import report_run

from vandap.report.html import TEMPLATES, catalogue, environment, sections
from vandap.report.material import Material, gather
from vandap.report.view import View

VIEWS = {view.slug: view for view in catalogue()}
MAKERS = {
    "images": report_run.images,
    "table": report_run.table,
    "regression": report_run.regression,
    "failed": report_run.failed,
    "bare": report_run.bare,
    **report_exam.MAKERS,
    **report_fixed.MAKERS,
}


@pytest.fixture(scope="module")
def materials(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Material]:
    """What one run of each kind holds."""
    folder = tmp_path_factory.mktemp("runs")
    return {name: gather(make(folder / name)) for name, make in MAKERS.items()}


@pytest.mark.parametrize("view", VIEWS.values(), ids=VIEWS)
class TestView:
    def test_has_a_template_and_a_title(self, view: View) -> None:
        """A section is a view, its template and a heading."""
        assert (TEMPLATES / f"{view.slug}.html").is_file()
        assert view.title == view.title.strip() != ""

    def test_gives_a_frozen_record_or_nothing(self, view: View, materials: dict[str, Material]) -> None:
        """What a view returns is an immutable record, whatever stage the run has reached."""
        for material in materials.values():
            record = view.build(material)
            assert record is None or (dataclasses.is_dataclass(record) and type(record).__dataclass_params__.frozen)

    def test_shows_something_for_some_run(self, view: View, materials: dict[str, Material], tmp_path: Path) -> None:
        """No view is dead: each has a run that it shows."""
        binary = gather(report_run.images(tmp_path / "binary", classes=2))
        assert any(view.build(material) is not None for material in (*materials.values(), binary))


def test_slugs_and_orders_are_unique() -> None:
    """No two sections share an anchor or a place on the page."""
    views = catalogue()
    assert len({view.slug for view in views}) == len({view.order for view in views}) == len(views)


def test_every_template_compiles() -> None:
    """No template has a syntax error, also those that no test run shows."""
    for path in TEMPLATES.glob("*.html"):
        environment().get_template(path.name)


@pytest.mark.parametrize("name", MAKERS)
def test_no_section_fails(name: str, materials: dict[str, Material]) -> None:
    """No view raises on a run that vandap can write."""
    assert [section.problem for section in sections(materials[name]) if section.problem] == []
