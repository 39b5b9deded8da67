"""`vandap search`: the nearest vectors of an index."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from vandap.cli.command import Command, Outcome
from vandap.cli.table import table

if TYPE_CHECKING:
    from vandap.search.index import Found


class Search(Command):
    """Find the nearest vectors."""

    name = "search"
    help = "the nearest vectors of an index to each query"
    description = (
        "Search an index by cosine. QUERY is a .npy file with one vector or several; --where leaves only the vectors "
        "whose payload matches, and as many as match are found, up to k."
    )
    example = "vandap index build vectors.npy --out faces && vandap search faces query.npy --k 10"

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("index", metavar="INDEX", help="the index's folder")
        parser.add_argument("query", metavar="QUERY", help="a .npy file: one vector, or one a row")
        parser.add_argument("--k", type=int, help="how many neighbours (default: those that the index was tuned for)")
        parser.add_argument("--where", metavar="FILTER", help="such as \"age >= 30 and city in ('Hue', 'Vinh')\"")

    def run(self, arguments: argparse.Namespace) -> Outcome:
        """Search."""
        from vandap.search.api import read_queries
        from vandap.search.index import Index

        index = Index(arguments.index)
        found = index.search(read_queries(arguments.query), arguments.k, arguments.where)
        results = [
            {"hits": [{"id": identity, "score": score} for identity, score in zip(ids, scores, strict=True)]}
            for ids, scores in zip(found.ids, found.scores, strict=True)
        ]
        return Outcome(document={"results": results, "ms": found.milliseconds}, text=_text(found))


def _text(found: Found) -> str:
    rows = [
        (str(query), str(place), str(identity), f"{score:.4f}")
        for query, (ids, scores) in enumerate(zip(found.ids, found.scores, strict=True))
        for place, (identity, score) in enumerate(zip(ids, scores, strict=True), 1)
    ]
    shown = table(("query", "place", "id", "cosine"), rows, numbers=(0, 1, 3)) if rows else "No vector matches."
    return f"{shown}\n\n{found.milliseconds['total']:.2f} ms"
