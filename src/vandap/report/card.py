"""The model card: what the model is for, what it was measured to do, and where its limits are."""

from __future__ import annotations

import re
from pathlib import Path

import jinja2

from vandap.core.store import Run, write_bytes
from vandap.report import format as written
from vandap.report.html import TEMPLATES
from vandap.report.material import Material, gather
from vandap.report.summary import summarise
from vandap.report.views.calibration import CalibrationView
from vandap.report.views.classes import ClassesView
from vandap.report.views.data import DataView
from vandap.report.views.findings import FindingsView
from vandap.report.views.metrics import MetricsView
from vandap.report.views.recipe import RecipeView
from vandap.report.views.split import SplitView

_SPECIAL = re.compile(r"([\\`*_|~]|^#|(?<=\])\()")


def write_card(run: Run) -> Path:
    """Write `card.md` into the run folder.

    Args:
        run: The run, finished or not.

    Returns:
        The file's path.

    Raises:
        RunError: A file of the run is damaged.
    """
    path = run.path / "card.md"
    write_bytes(path, card(gather(run)).encode())
    return path


def card(material: Material) -> str:
    """Return the model card of one run as Markdown."""
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        autoescape=False,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=lambda value: markdown(value) if isinstance(value, str) else value,
    )
    page = environment.get_template("card.md").render(
        summary=summarise(material),
        metrics=MetricsView().build(material),
        classes=ClassesView().build(material),
        calibration=CalibrationView().build(material),
        data=DataView().build(material),
        split=SplitView().build(material),
        findings=FindingsView().build(material),
        recipe=RecipeView().build(material),
        written=written.when(material.info.ended),
    )
    return re.sub(r"\n{3,}", "\n\n", page).strip() + "\n"


def markdown(text: str) -> str:
    """Escape text for Markdown, tables included: it stays on its line and shows as it is."""
    plain = _SPECIAL.sub(r"\\\1", " ".join(text.split()))
    return plain.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
