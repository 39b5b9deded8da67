"""`vandap search`: the nearest vectors of an index."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING, Any

import vandap.cli.photos as photos
from vandap.cli.command import Command, Outcome
from vandap.cli.table import table
from vandap.report.format import plural

if TYPE_CHECKING:
    from vandap.search.found import Found


class Search(Command):
    """Find the nearest vectors."""

    name = "search"
    help = "the nearest vectors of an index to each query"
    description = (
        "Search an index by cosine. QUERY is a .npy file with one vector or several, or a photo or a folder of photos, "
        "which are embedded by the model that the index was built with. --where leaves only the vectors whose payload "
        "matches, and as many as match are found, up to k."
    )
    example = "vandap index build vectors.npy --out faces && vandap search faces query.npy --k 10"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("index", metavar="INDEX", help="the index's folder")
        parser.add_argument(
            "query", metavar="QUERY", help="a .npy file: one vector, or one a row; a photo; a folder of photos"
        )
        parser.add_argument("--k", type=int, help="how many neighbours (default: those that the index was tuned for)")
        parser.add_argument(
            "--threshold", type=float, help="only hits of this cosine or more; see `vandap index measure`"
        )
        parser.add_argument("--threads", type=int, help="threads (all cores)")
        parser.add_argument("--where", metavar="FILTER", help="such as \"age >= 30 and city in ('Hue', 'Vinh')\"")

    def run(self, arguments: argparse.Namespace) -> Outcome:
        """Search."""
        from vandap.search.index import Index

        index = Index(arguments.index, arguments.threads)
        vectors, names, failed = photos.queries(index, arguments.query)
        found = index.search(vectors, arguments.k, arguments.where).above(arguments.threshold)
        results: list[dict[str, Any]] = [
            {"hits": [{"id": identity, "score": score} for identity, score in zip(ids, scores, strict=True)]}
            for ids, scores in zip(found.ids, found.scores, strict=True)
        ]
        for result, name in zip(results, names, strict=bool(names)):
            result["query"] = name
        document = {"results": results, "ms": found.milliseconds}
        document |= {"left_out": photos.left_out_document(failed)} if names else {}
        return Outcome(document=document, text="\n".join([_text(found, names), *photos.left_out_lines(failed)]))


def _text(found: Found, names: tuple[str, ...]) -> str:
    shown = names or tuple(map(str, range(len(found.ids))))
    rows = [
        (shown[query], str(place), str(identity), f"{score:.4f}")
        for query, (ids, scores) in enumerate(zip(found.ids, found.scores, strict=True))
        for place, (identity, score) in enumerate(zip(ids, scores, strict=True), 1)
    ]
    numbers = (1, 3) if names else (0, 1, 3)
    took = f"in {found.milliseconds['total']:.2f} ms"
    if not rows:
        return f"No vector matches, {took}."
    queries = plural(len(found.ids), "query", "queries")
    return f"{queries}, {plural(len(rows), 'hit')} {took}\n\n{table(('query', 'place', 'id', 'cosine'), rows, numbers)}"
