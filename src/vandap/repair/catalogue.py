"""Every remedy, by slug."""

from __future__ import annotations

from functools import cache

from vandap.core.family import members
from vandap.errors import UsageError
from vandap.repair import remedies
from vandap.repair.remedy import Remedy


@cache
def catalogue() -> dict[str, Remedy]:
    """Every remedy."""
    return {remedy.slug: remedy for remedy in members(remedies, Remedy)}


def remedy(slug: str) -> Remedy:
    """Return a remedy by its slug.

    Raises:
        UsageError: There is none.
    """
    known = catalogue()
    if slug not in known:
        raise UsageError(
            "There is no such remedy.",
            received=slug,
            expected="a slug that a rule names (`vandap rules --json`)",
            hint="Correct the name.",
        )
    return known[slug]


def advice(slug: str) -> str:
    """Return a remedy as an instruction, such as `give the loss from_logits=True` for `set-from-logits`."""
    known = catalogue().get(slug)
    return known.words if known is not None else slug.replace("-", " ")
