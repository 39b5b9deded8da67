"""`vandap demo`: the main job on data that come with the install."""

from __future__ import annotations

import argparse

from vandap.cli.command import Command, Outcome
from vandap.cli.training import trained

SOURCE = "bundled:digits"
LEARNERS = ("dummy", "linear", "nearest-neighbours", "random-forest", "image-cnn")
"""Some rungs and one validation part, so that the network gets most of a short budget."""


class Demo(Command):
    """Train on the handwritten digits that scikit-learn ships."""

    name = "demo"
    help = "the main job on real data that come with the install"
    description = (
        "Train, examine and report on 1,797 handwritten digits (8 x 8 pixels) that come with the install, "
        "with five rungs of the ladder. Works offline; ends with the verdict and the report's path."
    )
    example = "vandap demo"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument(
            "--budget", metavar="TIME", default="75s", help="wall clock of the whole run (default: 75s)"
        )
        parser.add_argument("--out", metavar="DIR", help="the run folder (default: a new one below runs/)")

    def run(self, arguments: argparse.Namespace) -> Outcome:
        """Train on the digits."""
        from vandap.api import make_recipe

        options = {"budget": arguments.budget, "learners": LEARNERS, "folds": 0}
        return trained(make_recipe(SOURCE, options), arguments, fail_on="never")
