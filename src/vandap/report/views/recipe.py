"""The recipe and the surroundings: all that is needed to repeat the run."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass

from vandap.core.records import to_json
from vandap.report import format as written
from vandap.report.material import Material
from vandap.report.view import View


@dataclass(frozen=True)
class RecipeRecord:
    """How to repeat the run.

    Args:
        command: The command as typed; empty when it was started from Python.
        recipe: `recipe.json` as text; empty when there is none.
        versions: (package, version) pairs.
        times: (name, text) pairs.
    """

    command: str
    recipe: str
    versions: tuple[tuple[str, str], ...]
    times: tuple[tuple[str, str], ...]


class RecipeView(View):
    """The section of the recipe."""

    slug = "recipe"
    title = "How to repeat it"
    order = 140

    def build(self, material: Material) -> RecipeRecord:
        """Return the recipe, the command, the versions."""
        info = material.info
        times = (("Started", written.when(info.started)), ("Ended", written.when(info.ended)))
        recipe = json.dumps(to_json(material.recipe), indent=2, ensure_ascii=False) if material.recipe else ""
        return RecipeRecord(
            command=shlex.join(info.command),
            recipe=recipe,
            versions=tuple((name, str(version)) for name, version in info.versions.items()),
            times=tuple((name, text) for name, text in times if text != written.ABSENT),
        )
