"""The lines of the user's program at a finding's place."""

from __future__ import annotations

from vandap.core.finding import Where
from vandap.core.program import Program, Site
from vandap.core.sources import Excerpt, excerpt, places
from vandap.report.material import Material


def excerpt_at(material: Material, where: Where) -> Excerpt | None:
    """Return the lines around a place; None where the finding is in no line of a program.

    A place without a file (a notebook, an interactive session) gives the one line that is known.
    """
    if where.file and where.line:
        return excerpt(material.sources, where.file, where.line, _known(material.structure, where))
    site = _site(material.structure, where) if material.structure is not None else Site()
    return Excerpt("", 0, ((0, site.text),)) if site.text and not site.file else None


def _known(program: Program | None, where: Where) -> str:
    """The text of the line at the time of the run."""
    sites = places(program) if program is not None else iter(())
    return next((site.text for site in sites if (site.file, site.line) == (where.file, where.line)), "")


def _site(program: Program, where: Where) -> Site:
    layer = program.layer(where.layer) if where.layer else None
    if layer is not None:
        return layer.site
    return {"compile": program.compile.site, "fit": program.fit.site, "model": program.site}.get(
        where.component, Site()
    )
