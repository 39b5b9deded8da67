"""The verdict inside a notebook: one compact card that follows the notebook's own colours."""

from __future__ import annotations

from vandap.core.store import Run
from vandap.report.html import environment, tiles
from vandap.report.material import gather
from vandap.report.summary import summarise
from vandap.report.views.findings import item


def repr_html(run: Run) -> str:
    """Return the verdict on a run as an HTML fragment, for `_repr_html_`.

    Args:
        run: The run, finished or not.

    Raises:
        RunError: A file of the run is damaged.
    """
    summary = summarise(gather(run))
    report = run.path / "report.html"
    return (
        environment()
        .get_template("notebook.html")
        .render(
            summary=summary,
            tiles=tiles(summary),
            findings=tuple(item(finding) for finding in summary.findings),
            link=report.resolve().as_uri() if report.is_file() else "",
        )
    )
