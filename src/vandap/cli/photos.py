"""Photos at the command line: the options that say how a model is used, and what becomes of them."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import vandap.cli.values as values
from vandap.cli.meaning import refuse
from vandap.errors import UsageError
from vandap.report.format import plural

if TYPE_CHECKING:
    from vandap.core.progress import Progress
    from vandap.embed.build import Added, Built
    from vandap.search.index import Index

_SHOWN = 5


def declare_photos(parser: argparse.ArgumentParser) -> None:
    """Declare the options of a build from photos."""
    group = parser.add_argument_group("photos instead of vectors")
    group.add_argument("--data", metavar="PHOTOS", help="a folder of photos; a sub-folder a person becomes the payload")
    group.add_argument(
        "--model", metavar="M.keras", help="embeds them; a .keras file or a run folder; kept in the index"
    )
    group.add_argument(
        "--layer",
        help="the layer whose output is the vector, or MODEL/LAYER inside one (the output; of a classifier, its input)",
    )
    group.add_argument(
        "--pixels",
        choices=("255", "1", "tf", "torch", "caffe"),
        help="what the model takes: 255 as they are, 1 for 0 to 1, else as in keras.applications (needed unless the "
        "model scales its pixels itself)",
    )
    group.add_argument("--image-size", type=values.size, metavar="HxW", help="for a model that takes any size")
    group.add_argument("--faces", metavar="DETECTOR", help="cut photos to the largest face, turned upright: haar")
    group.add_argument("--batch", type=int, help="photos that go through the model at a time (32)")


_FOR_VECTORS = ("ids", "payload", "queries", "column", "skip")
_FOR_PHOTOS = ("model", "layer", "pixels", "image_size", "faces", "batch", "person")


def wants_photos(arguments: argparse.Namespace) -> bool:
    """Whether photos are to be embedded.

    Raises:
        UsageError: Neither vectors nor photos were given, or both, or one and an option of the other.
    """
    if (arguments.vectors is None) == (arguments.data is None):
        raise UsageError(
            "Vectors or photos are needed." if arguments.data is None else "Vectors and photos were both given.",
            received=" and ".join(filter(None, [arguments.vectors, arguments.data])) or "neither",
            expected="VECTORS, or --data PHOTOS",
            hint=f"`vandap index {arguments.part} --help` says which option is for what.",
        )
    subject, others = ("photos", _FOR_VECTORS) if arguments.vectors is None else ("vectors", _FOR_PHOTOS)
    refuse(arguments, subject, [name for name in others if hasattr(arguments, name)])
    return arguments.vectors is None


def build(arguments: argparse.Namespace, options: dict[str, Any], say: Progress) -> Built:
    """Build an index from photos.

    Raises:
        UsageError: There is no model.
    """
    from vandap.embed.build import build_from_photos
    from vandap.embed.embedder import Options

    if arguments.model is None:
        raise UsageError(
            "Photos need a model.",
            received="--data without --model",
            expected="--data PHOTOS --model M.keras; ids are the photos' names, the payload their person",
            hint="Give a .keras file whose output, or a layer of which, is the vector.",
        )
    how = Options(arguments.layer, arguments.pixels, arguments.image_size, arguments.faces)
    options = {name: value for name, value in options.items() if name not in _FOR_VECTORS}
    options |= {} if arguments.batch is None else {"batch": arguments.batch}
    return build_from_photos(arguments.data, arguments.model, arguments.out, options=how, say=say, **options)


def queries(index: Index, query: str) -> tuple[Any, tuple[str, ...], tuple[tuple[str, str], ...]]:
    """Query vectors, the photos' names (none for vectors), and the photos that gave no vector."""
    from vandap.embed.queries import embed_queries, holds_photos
    from vandap.search.api import read_queries

    if not holds_photos(query):
        return read_queries(query), (), ()
    found = embed_queries(index, query)
    return found.vectors, found.names, found.failed


def embedder_facts(index: Index) -> dict[str, Any] | None:
    """The record of the model that an index was built with; None for one built from vectors."""
    from vandap.embed.embedder import RECORD

    path = index.generation.companions.get(RECORD)
    return None if path is None else json.loads(path.read_bytes())


def embedder_lines(facts: Mapping[str, Any] | None) -> list[str]:
    """The same as a line of text; nothing for vectors."""
    if facts is None:
        return []
    height, width = facts["size"]
    cut = f", cut to faces by {facts['faces']}" if facts["faces"] else ""
    return [f"photos     by {facts['name']}, layer {facts['layer']}, {height} x {width}, pixels {facts['pixels']}{cut}"]


def added_text(added: Added) -> str:
    """What an addition did."""
    forgotten = (
        f"The index has no column for people: the folders of {added.forgotten:,} photos are in their ids alone. "
        "An index that is built anew has one."
    )
    told = [f"{plural(added.count, 'photo')} added.", *left_out_lines(added.left_out)]
    more = [forgotten] * bool(added.forgotten)
    return "\n".join([*told, *more, *nobodys_lines(added.nobodys, "Give --person NAME, or the folder above.")])


def nobodys_lines(count: int, hint: str) -> list[str]:
    """What photos without a person are told with; nothing where all have one."""
    if not count:
        return []
    return [f"{plural(count, 'photo lies', 'photos lie')} in no person's folder: their person is empty. {hint}"]


def left_out_lines(left_out: Sequence[tuple[str, str]]) -> list[str]:
    """A sentence on photos without a vector; nothing where there are none."""
    if not left_out:
        return []
    shown = ", ".join(f"{name} ({why})" for name, why in left_out[:_SHOWN]) + (
        ", ..." if len(left_out) > _SHOWN else ""
    )
    photos = plural(len(left_out), "photo gave no vector and was", "photos gave no vector and were")
    return [f"{photos} left out: {shown}."]


def left_out_document(left_out: Sequence[tuple[str, str]]) -> list[dict[str, str]]:
    """The same as JSON."""
    return [{"photo": name, "why": why} for name, why in left_out]
