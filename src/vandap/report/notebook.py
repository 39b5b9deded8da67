"""The verdict inside a notebook: one compact card that follows the notebook's own colours."""

from __future__ import annotations

from vandap.core.examined import Examined
from vandap.core.store import Run
from vandap.report.html import environment
from vandap.report.material import Material, gather, judged
from vandap.report.opening import opening
from vandap.report.views.findings import item


def repr_html(run: Run) -> str:
    """Return the verdict on a run as an HTML fragment, for `_repr_html_`.

    Args:
        run: The run, finished or not.

    Raises:
        RunError: A file of the run is damaged.
    """
    return _card(gather(run))


def exam_html(examined: Examined) -> str:
    """Return an exam as an HTML fragment.

    Raises:
        RunError: A file of the run is damaged.
    """
    return _card(judged(gather(Run(examined.run)), examined))


def _card(material: Material) -> str:
    report = material.path / "report.html"
    shown = [finding for finding in material.findings if finding.explained_by is None]
    return (
        environment()
        .get_template("notebook.html")
        .render(
            opening=opening(material),
            findings=tuple(item(finding) for finding in shown),
            link=report.resolve().as_uri() if report.is_file() else "",
        )
    )
