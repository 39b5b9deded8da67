"""The page: one offline file with everything a run shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import jinja2

import vandap
from vandap.core.examined import Examined
from vandap.core.family import members
from vandap.core.store import Run, write_bytes
from vandap.report import format as written
from vandap.report import views
from vandap.report.charts.draw import draw
from vandap.report.material import Material, gather, judged
from vandap.report.opening import opening
from vandap.report.view import View

TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Section:
    """One section of the page.

    Args:
        slug: Its anchor.
        title: Its heading.
        template: The file that draws the record.
        record: What it shows; None when it could not be computed.
        problem: Why it could not be computed; empty otherwise.
    """

    slug: str
    title: str
    template: str
    record: Any
    problem: str = ""


def write_report(run: Run, images: Mapping[int, bytes] | None = None, examined: Examined | None = None) -> Path:
    """Write `report.html` into the run folder.

    Args:
        run: The run, finished or not.
        images: Pictures of some test examples (PNG or JPEG files) by row, instead of those stored in the run.
        examined: An exam whose verdicts are shown instead of those stored in the run.

    Returns:
        The file's path.

    Raises:
        RunError: A file of the run is damaged.
        OSError: The folder cannot be written.
    """
    path = run.path / "report.html"
    material = gather(run, images)
    write_bytes(path, page(material if examined is None else judged(material, examined)).encode("utf-8", "replace"))
    return path


def page(material: Material) -> str:
    """Return the page of one run."""
    found = sections(material)
    return (
        environment()
        .get_template("page.html")
        .render(
            opening=opening(material),
            sections=found,
            anchors=_anchors(found),
            ended=written.when(material.info.ended),
            version=vandap.__version__,
        )
    )


def sections(material: Material) -> tuple[Section, ...]:
    """Compute every section that the run has something to show for, in their order on the page.

    A section that cannot be computed says so in its place, so that it never hides the others.
    """
    found = (_section(view, material) for view in catalogue())
    return tuple(section for section in found if section is not None)


def catalogue() -> tuple[View, ...]:
    """Return every view, in the order of the page."""
    return tuple(sorted(members(views, View), key=lambda view: view.order))  # type: ignore[type-abstract]


def _anchors(found: tuple[Section, ...]) -> dict[str, str]:
    """Map the names of figures to the sections on this page that show them."""
    shown = {section.slug for section in found}
    return {name: view.slug for view in catalogue() if view.slug in shown for name in (view.slug, *view.figures)}


def _section(view: View, material: Material) -> Section | None:
    try:
        record = view.build(material)
    except Exception as error:  # one damaged file of a run must not cost the reader the rest of the page
        return Section(view.slug, view.title, "problem.html", None, f"{type(error).__name__}: {error}")
    return None if record is None else Section(view.slug, view.title, f"{view.slug}.html", record)


@cache
def environment() -> jinja2.Environment:
    """Return the templates' environment: everything is escaped, an unknown name is an error."""
    found = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters["draw"] = draw
    found.globals["format"] = written
    return found
