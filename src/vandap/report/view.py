"""What a view is: one section of the report, as a record computed from a run's files."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, ClassVar

from vandap.report.material import Material


class View(ABC):
    """One section of the page: one file in `views/` and the template of the same name in `templates/`.

    Attributes:
        slug: Its anchor on the page, and the name of its template.
        title: Its heading.
        order: Sections stand in ascending order.
        figures: Names by which findings point to a figure of this section, beside its slug.
    """

    slug: ClassVar[str]
    title: ClassVar[str]
    order: ClassVar[int]
    figures: ClassVar[tuple[str, ...]] = ()

    @abstractmethod
    def build(self, material: Material) -> Any | None:
        """Compute the section's record, or return None when the run holds nothing for it."""
