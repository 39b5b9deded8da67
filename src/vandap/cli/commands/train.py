"""`vandap train`: from a data set to a model that can be trusted, with its report."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vandap.cli import values
from vandap.cli.command import Command, Outcome, add_fail_on
from vandap.cli.training import trained
from vandap.errors import UsageError

if TYPE_CHECKING:
    from vandap.core.recipe import Recipe

_PLAIN = (
    "target", "task", "budget", "backend", "seed", "kind", "group", "time", "split_column", "test", "folds",
    "delimiter", "encoding", "channels", "metric", "weights",
)  # fmt: skip
"""Options that go into the recipe as they are."""


class Train(Command):
    """Train by the options, or by a recipe."""

    name = "train"
    help = "train, examine and evaluate a model on your data, and write its report"
    description = (
        "Split the data honestly, measure a ladder of baselines, train a network, examine it, evaluate the best with "
        "intervals, and write a run folder with an offline report. DATA is a table (CSV, TSV, Parquet, JSON lines), a "
        "folder of images (one sub-folder a class), an .npz or a pair of .npy files, or bundled:NAME (digits, "
        "wine, iris, breast_cancer, diabetes). What is not given is detected, and the report says so. Interrupted? Run "
        "the same command again: it goes on."
    )
    example = "vandap train bundled:wine --budget 30s"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("data", nargs="?", metavar="DATA", help="what to train on (may be left out with --recipe)")
        _add_job(parser)
        _add_reading(parser)
        _add_splitting(parser)
        _add_modelling(parser)

    def run(self, arguments: argparse.Namespace) -> Outcome:
        """Train and report."""
        return trained(_recipe(arguments), arguments, arguments.fail_on)


def _add_job(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--target", metavar="COL", help="the column to predict (default: detected)")
    parser.add_argument(
        "--task", choices=("binary", "multiclass", "regression"), help="what the target is (default: detected)"
    )
    parser.add_argument("--budget", metavar="TIME", help="wall clock for the whole run: 90s, 10m, 1h (default: 10m)")
    parser.add_argument("--out", metavar="DIR", help="the run folder (default: a new one below runs/)")
    parser.add_argument(
        "--backend",
        choices=("auto", "jax", "tensorflow", "torch"),
        help="what Keras runs on (default: auto, the fastest installed one for this model)",
    )
    parser.add_argument("--seed", type=int, metavar="N", help="seed of every random choice (default: 0)")
    parser.add_argument(
        "--recipe", metavar="FILE", help="repeat the training of a recipe.json; other options then change it"
    )
    add_fail_on(parser, default="never")


def _add_reading(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("reading (each overrides a detection)")
    group.add_argument(
        "--kind", metavar="READER", help="how to read DATA: csv, parquet, json-lines, image-folder, npz, npy"
    )
    group.add_argument("--ignore", action="append", default=[], metavar="COL", help="leave out a column (repeatable)")
    group.add_argument(
        "--type",
        action="append",
        default=[],
        metavar="COL=KIND",
        help="read a column as number, boolean, date, category, text, identifier or constant (repeatable)",
    )
    group.add_argument("--delimiter", metavar="CHAR", help="field delimiter of a text table")
    group.add_argument("--encoding", metavar="NAME", help="text encoding of a text table")
    group.add_argument("--image-size", type=values.size, metavar="HxW", help="resize images to this height and width")
    group.add_argument("--channels", type=int, choices=(1, 3), help="read images as grey (1) or colour (3)")


def _add_splitting(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("splitting")
    group.add_argument("--group", metavar="COL", help="rows with equal values stay in one part (a patient, a user)")
    group.add_argument("--time", metavar="COL", help="the past trains, the future tests")
    group.add_argument("--split-column", metavar="COL", help="the column that names each row's part")
    group.add_argument("--test", metavar="PATH", help="a test set of its own, of the same kind")
    group.add_argument("--folds", type=int, metavar="K", help="K-fold validation; 0 forbids it (default: by size)")


def _add_modelling(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("modelling")
    group.add_argument("--learners", metavar="A,B", help="fit only these rungs of the ladder")
    group.add_argument(
        "--metric", metavar="NAME", help="the headline metric, such as macro_f1 or rmse (default: by the task)"
    )
    group.add_argument(
        "--cost", type=values.costs, metavar="FP,FN", help="costs of a false positive and a false negative"
    )
    group.add_argument(
        "--weights", metavar="PATH", help="pretrained weights (.keras or keras.applications) to transfer from"
    )
    group.add_argument(
        "--set",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="a setting of the network, such as learning_rate=0.001",
    )


def _recipe(arguments: argparse.Namespace) -> Recipe:
    from vandap.api import make_recipe

    base = _read_recipe(Path(arguments.recipe)) if arguments.recipe else None
    source = arguments.data or (base.data.source if base else None)
    if source is None:
        raise UsageError(
            "There is nothing to train on.",
            received="no DATA",
            expected="a table, a folder of images, an array file, or bundled:NAME",
            hint="For example: vandap train bundled:wine --budget 30s",
        )
    return make_recipe(source, _options(arguments), base)


def _options(arguments: argparse.Namespace) -> dict[str, Any]:
    """The options that were given, under the names of the recipe's fields."""
    given = {name: getattr(arguments, name) for name in (*_PLAIN, "image_size", "cost")}
    given["ignore"] = tuple(arguments.ignore) or None
    given["types"] = values.assignments("--type", arguments.type, "zip=category") or None
    given["learners"] = tuple(name.strip() for name in (arguments.learners or "").split(",") if name.strip()) or None
    given["network"] = values.settings(arguments.set) or None
    return {name: value for name, value in given.items() if value is not None}


def _read_recipe(path: Path) -> Recipe:
    from vandap.core.recipe import Recipe
    from vandap.core.records import from_json
    from vandap.core.store import read_json

    problem = ""
    try:
        content = read_json(path) if path.is_file() else None
        if isinstance(content, dict) and "data" in content:
            return from_json(Recipe, content)
    except (TypeError, ValueError, KeyError, AttributeError) as error:
        problem = f": {error}"
    raise UsageError(
        f"This is not a recipe{problem}.",
        received=str(path),
        expected="the recipe.json of a run folder",
        hint="For example: vandap train --recipe runs/NAME/recipe.json",
    )
