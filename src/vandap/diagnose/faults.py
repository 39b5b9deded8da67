"""Small edits of a recipe, with which rules say how their fault is caused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from vandap.core.recipe import Change, Recipe


def transformed(recipe: Recipe, slug: str, **settings: Any) -> Recipe:
    """Return the recipe with one more data transform."""
    return replace(recipe, transforms=(*recipe.transforms, Change(slug, settings)))


def with_network(recipe: Recipe, **settings: Any) -> Recipe:
    """Return the recipe with these settings of the network."""
    return replace(recipe, network={**recipe.network, **settings})
