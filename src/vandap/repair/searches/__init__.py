"""Ways to look for a bundle of changes on the rows that screen. They claim nothing: a bundle is proved elsewhere."""

from __future__ import annotations

from collections.abc import Mapping

from vandap.repair.searches._screening import Score, Screening, Tried
from vandap.repair.searches.bayesian import Bayesian
from vandap.repair.searches.grid import Grid
from vandap.repair.searches.guided import Guided
from vandap.repair.searches.random import Random

__all__ = ["DEFAULT", "SEARCHES", "Score", "Screening", "Tried"]

DEFAULT = "guided"
SEARCHES: Mapping[str, type[Screening]] = {"guided": Guided, "random": Random, "grid": Grid, "bayesian": Bayesian}
