"""`vandap index`: build an index, change it, look at it."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import vandap.cli.photos as photos
import vandap.cli.values as values
from vandap.cli.command import DONE, FINDINGS, Command, Outcome, add_common
from vandap.cli.meaning import refuse
from vandap.cli.progress import reporting
from vandap.report.format import plural

if TYPE_CHECKING:
    from vandap.search.index import Index as SearchIndex


class Index(Command):
    """Build, change or describe an index."""

    name = "index"
    help = "build an index of vectors that keeps a measured recall; add, remove, compact, measure, export"
    description = (
        "An index of vectors for `vandap search`. Building races the installed engines on your vectors and tunes the "
        "winner to the recall that you ask for, measured on held-out queries. `build`, `compact` and `info` exit with "
        "1 where something that was asked for is not met, `info` also where live queries show the promise broken, and "
        "`measure` where it finds so."
    )
    example = "vandap index build vectors.npy --out faces --recall 0.95 --k 10 && vandap index info faces"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the parts and their arguments."""
        below = parser.add_subparsers(title="parts", metavar="PART", dest="part", required=True)
        for name, declare, explained in (
            ("build", _declare_build, "build an index; the same command goes on with a build that was cut"),
            ("add", _declare_add, "add vectors; they are on the disk when the command ends"),
            ("remove", _declare_remove, "remove vectors by id"),
            (
                "compact",
                _declare_compact,
                "rewrite the index without what was removed, beside searches and changes, and verify it",
            ),
            ("measure", _declare_measure, "measure the recall again, against exact search"),
            ("export", _declare_export, "write vectors, ids, payload, held-out queries and their true neighbours"),
            ("info", _declare_info, "what is in an index, what it promises, and whether it is kept"),
        ):
            own = below.add_parser(
                name,
                help=explained,
                description=explained,
                epilog=f"example:\n  vandap index {name} {_EXAMPLES[name]}",
                formatter_class=argparse.RawDescriptionHelpFormatter,
                allow_abbrev=False,
            )
            declare(own)
            add_common(own, below=True)
            own.set_defaults(does=_PARTS[name])

    def run(self, arguments: argparse.Namespace) -> Outcome:
        """Do the part that was asked for."""
        does: Callable[[argparse.Namespace], Outcome] = arguments.does
        return does(arguments)


_EXAMPLES = {
    "build": "vectors.npy --out faces --recall 0.95 --k 10 --payload people.csv",
    "add": "faces new.npy --payload new.csv",
    "remove": "faces 17 23",
    "compact": "faces",
    "measure": "faces --queries queries.npy",
    "export": "faces --out exported",
    "info": "faces --check",
}
_VECTORS = "a .npy file, a folder of .npy files, or a Parquet file"


def _declare_build(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("vectors", metavar="VECTORS", nargs="?", help=_VECTORS)
    parser.add_argument("--out", required=True, metavar="INDEX", help="the index's folder")
    parser.add_argument("--recall", type=float, default=0.95, help="share of the true neighbours to find (0.95)")
    parser.add_argument("--k", type=int, default=10, help="how many neighbours (10)")
    parser.add_argument("--latency", help="time that a median query may take, such as 2ms")
    parser.add_argument("--memory", help="memory that the process may hold, such as 8GiB")
    parser.add_argument("--bytes", type=float, help="bytes that a vector may take on the disk, such as 650")
    parser.add_argument(
        "--rows",
        choices=("auto", "8bit", "half", "exact"),
        default="auto",
        help="how vectors are kept: 8bit (1 byte a number), half (2), both rounded, or exact (4); auto takes the "
        "smallest whose measured loss the promise bears, 8bit for a large index only, and exact for exact search",
    )
    parser.add_argument("--budget", help="time that the engine that wins the race may take to build, by forecast (1h)")
    parser.add_argument("--engine", default="auto", help="an engine by name (auto: the winner of a race)")
    parser.add_argument("--ids", help="a .npy or text file of ids, or the name of a payload column")
    parser.add_argument("--payload", help="a Parquet or CSV file with one row a vector, for filters")
    parser.add_argument("--queries", help="vectors to tune with (some of VECTORS are held out when left out)")
    parser.add_argument("--column", help="the Parquet column that holds the vectors")
    parser.add_argument("--threads", type=int, help="threads (all cores)")
    parser.add_argument("--seed", type=int, default=0, help="of every random choice (0)")
    parser.add_argument("--overwrite", action="store_true", help="replace an index that is there")
    photos.declare_photos(parser)


def _declare_add(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("index", metavar="INDEX", help="the index's folder")
    parser.add_argument("vectors", metavar="VECTORS", nargs="?", help=_VECTORS)
    parser.add_argument("--ids", help="a .npy or text file of ids, or the name of a payload column")
    parser.add_argument("--payload", help="a Parquet or CSV file with one row a vector")
    parser.add_argument("--column", help="the Parquet column that holds the vectors")
    parser.add_argument("--replace", action="store_true", help="vectors whose id is there take its place")
    parser.add_argument("--skip", type=int, help="vectors that a cut addition has put in already (0)")
    parser.add_argument("--data", metavar="PHOTOS", help="photos instead of vectors, embedded by the index's own model")
    parser.add_argument("--person", metavar="NAME", help="whose photos they are, where they lie in no person's folder")


def _declare_remove(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("index", metavar="INDEX", help="the index's folder")
    parser.add_argument("ids", nargs="+", metavar="ID", help="ids, or @FILE with one id a line")


def _declare_compact(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("index", metavar="INDEX", help="the index's folder")
    parser.add_argument("--threads", type=int, help="threads (all cores)")


def _declare_measure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("index", metavar="INDEX", help="the index's folder")
    parser.add_argument("--queries", help="vectors to measure with (vectors of the index when left out)")
    parser.add_argument(
        "--count", type=int, help="how many of the index's vectors to ask for (500; 20000 with --labels, whole people)"
    )
    parser.add_argument("--seed", type=int, help="of every random choice (0)")
    group = parser.add_argument_group("how well people are found, instead of recall")
    group.add_argument("--labels", metavar="COLUMN", help="the payload column that says who a vector is of: person")
    group.add_argument(
        "--probes", help="photos in a sub-folder for each person, or vectors (the index's own if left out)"
    )
    group.add_argument("--leave-out", action="store_true", help="ask for each probe once more without its person")
    group.add_argument("--probe-labels", metavar="FILE", help="who each vector of --probes is of: .npy, or one a line")
    group.add_argument("--fpir", type=float, nargs="+", help="shares of strangers taken for somebody (0.01 0.1)")
    group.add_argument(
        "--far",
        type=float,
        nargs="+",
        help="shares of pairs of two accepted (0.001 0.01)",
    )


def _declare_export(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("index", metavar="INDEX", help="the index's folder")
    parser.add_argument("--out", required=True, metavar="DIR", help="a new folder")


def _declare_info(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("index", metavar="INDEX", help="the index's folder")
    parser.add_argument("--check", action="store_true", help="read every file and compare its checksum")


def _build(arguments: argparse.Namespace) -> Outcome:
    from vandap.core.duration import seconds
    from vandap.search.amounts import memory, moment
    from vandap.search.api import build_index
    from vandap.search.target import Target

    target = Target(
        arguments.recall,
        arguments.k,
        float("inf") if arguments.latency is None else moment(arguments.latency),
        float("inf") if arguments.memory is None else memory(arguments.memory),
        seconds("1h" if arguments.budget is None else arguments.budget),
        values.positive("--bytes", arguments.bytes) or float("inf"),
    )
    if arguments.engine != "auto":
        refuse(arguments, "an engine that is named, without a race", ("budget",))
    options = {name: getattr(arguments, name) for name in _BUILD_OPTIONS}
    from_photos = photos.wants_photos(arguments)
    with reporting(quiet=arguments.quiet, verbose=arguments.verbose) as say:
        if from_photos:
            built = photos.build(arguments, {**options, "target": target}, say)
            return _described(built.index, built.left_out, built.nobodys)
        index = build_index(arguments.vectors, arguments.out, target=target, say=say, **options)
    return _described(index)


_BUILD_OPTIONS = ("engine", "ids", "payload", "queries", "column", "threads", "seed", "rows", "overwrite")


def _add(arguments: argparse.Namespace) -> Outcome:
    from vandap.search.api import add_vectors

    if photos.wants_photos(arguments):
        return _add_photos(arguments)
    options = {name: getattr(arguments, name) for name in ("ids", "payload", "column", "replace")}
    options |= {} if arguments.skip is None else {"skip": arguments.skip}
    count = add_vectors(arguments.index, arguments.vectors, **options)
    return Outcome(document={"index": arguments.index, "added": count}, text=f"{plural(count, 'vector')} added.")


def _add_photos(arguments: argparse.Namespace) -> Outcome:
    from vandap.embed.build import add_photos

    with reporting(quiet=arguments.quiet, verbose=arguments.verbose) as say:
        added = add_photos(arguments.index, arguments.data, replace=arguments.replace, person=arguments.person, say=say)
    left_out = photos.left_out_document(added.left_out)
    document = {"index": arguments.index, "added": added.count, "left_out": left_out}
    return Outcome(
        document={**document, "forgotten": added.forgotten, "nobodys": added.nobodys}, text=photos.added_text(added)
    )


def _remove(arguments: argparse.Namespace) -> Outcome:
    from vandap.search.api import remove_ids

    count = remove_ids(arguments.index, arguments.ids)
    text = (
        f"{plural(count, 'vector')} removed. Their bytes leave the disk with `vandap index compact {arguments.index}`."
    )
    return Outcome(document={"index": arguments.index, "removed": count}, text=text)


def _compact(arguments: argparse.Namespace) -> Outcome:
    from vandap.search.compact import compact

    with reporting(quiet=arguments.quiet, verbose=arguments.verbose) as say:
        index = compact(arguments.index, arguments.threads, say)
    return _described(index)


def _measure(arguments: argparse.Namespace) -> Outcome:
    from vandap.search.measure import measure

    if arguments.labels is not None:
        from vandap.cli.identified import measured

        return measured(arguments)
    refuse(arguments, "recall, without --labels", ("probes", "leave_out", "probe_labels", "fpir", "far"))
    if arguments.queries is not None:
        refuse(arguments, "queries of your own", ("count", "seed"))
    chosen = {name: getattr(arguments, name) for name in ("count", "seed") if getattr(arguments, name) is not None}
    result = measure(arguments.index, _unit_queries(arguments), **chosen)
    unsure = "is not contradicted, and not proved by so few queries"
    kept = "IS BROKEN" if not result.kept else "holds" if result.recall.lower95 >= result.target else unsure
    asked = "stored vectors as queries" if result.stored else "queries"
    text = (
        f"The promise {kept}: recall@{result.recall.k} is {result.recall.estimate:.4f}, at least "
        f"{result.recall.lower95:.4f} (95 %) and at most {result.highest:.4f} (99 %), on {result.recall.queries:,} "
        f"{asked}; {result.target:.4f} was promised." + (_STORED if result.stored else "")
    )
    document = {"index": arguments.index, "kept": result.kept, **vars(result)}
    return Outcome(exit_code=DONE if result.kept else FINDINGS, document=document, text=text)


_STORED = (
    "\nStored vectors are found more easily than new ones, most of all in a graph, whose links were made for them: "
    "that they are found proves less. Give new ones with --queries."
)


def _unit_queries(arguments: argparse.Namespace) -> Any:
    if arguments.queries is None:
        return None
    from vandap.search.api import read_queries
    from vandap.search.check import check_columns, float_rows, unit_vectors
    from vandap.search.index import Index as SearchIndex

    columns = SearchIndex(arguments.index).columns
    vectors = float_rows(read_queries(arguments.queries), columns, "These are no queries.")
    check_columns(vectors.shape[1], columns)
    return unit_vectors(vectors)


def _export(arguments: argparse.Namespace) -> Outcome:
    from vandap.search.export import export

    exported = export(arguments.index, arguments.out)
    lines = [f"{arguments.out}/{name}  {size:,} bytes" for name, size in exported.files.items()]
    document = {"index": arguments.index, "out": arguments.out, "files": exported.files, "rows": exported.rows}
    return Outcome(document=document, text="\n".join([*lines, *exported.notes]))


def _info(arguments: argparse.Namespace) -> Outcome:
    from vandap.search.index import Index as SearchIndex

    index = SearchIndex(arguments.index)
    if arguments.check:
        index.check()
    return _described(index)


def _described(index: SearchIndex, left_out: Sequence[tuple[str, str]] | None = None, nobodys: int = 0) -> Outcome:
    from vandap.search.describe import document, holds, text

    code = DONE if holds(index) else FINDINGS
    more: dict[str, Any] = {}
    if left_out is not None:
        more = {"left_out": photos.left_out_document(left_out), "nobodys": nobodys}
    embedder = photos.embedder_facts(index)
    more |= {} if embedder is None else {"embedder": embedder}
    lines = [text(index), *photos.embedder_lines(embedder), *photos.left_out_lines(left_out or ())]
    lines += photos.nobodys_lines(nobodys, "Give a folder with a sub-folder for each person, to find people by name.")
    return Outcome(exit_code=code, document={**document(index), **more}, text="\n".join(lines))


_PARTS: dict[str, Callable[[argparse.Namespace], Any]] = {
    "build": _build,
    "add": _add,
    "remove": _remove,
    "compact": _compact,
    "measure": _measure,
    "export": _export,
    "info": _info,
}
