"""How well people are found: `vandap index measure INDEX --labels person` as a document and as text."""

from __future__ import annotations

import argparse
import math
from typing import TYPE_CHECKING, Any

import vandap.cli.photos as photos
from vandap.cli.command import Outcome
from vandap.cli.meaning import refuse
from vandap.cli.table import table
from vandap.errors import UsageError

if TYPE_CHECKING:
    from vandap.core.estimate import Estimate
    from vandap.embed.identify import Measurement


def measured(arguments: argparse.Namespace) -> Outcome:
    """Measure identification.

    Raises:
        UsageError: Probes that are vectors came without their people, or an option would be ignored.
    """
    from vandap.embed.identify import measure_identification
    from vandap.search.index import Index

    refuse(arguments, "people, with --labels", ("queries",))
    if arguments.probes is None:
        refuse(arguments, "the index's own vectors, without --probes", ("probe_labels", "leave_out"))
    else:
        refuse(arguments, "--probes", ("count",))
    index = Index(arguments.index)
    failed: tuple[tuple[str, str], ...] = ()
    given = {"fpirs": arguments.fpir, "fars": arguments.far, "seed": arguments.seed, "count": arguments.count}
    options: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    if arguments.probes is None:
        found = measure_identification(index, arguments.labels, **options)
    else:
        vectors, people, failed = _probes(index, arguments)
        options["leave_out"] = arguments.leave_out
        found = measure_identification(index, arguments.labels, vectors, people, **options)
    document = {"index": arguments.index, **_document(found), "left_out": photos.left_out_document(failed)}
    return Outcome(document=document, text="\n".join([_text(found), *photos.left_out_lines(failed)]))


def _probes(index: Any, arguments: argparse.Namespace) -> tuple[Any, list[str | None], tuple[tuple[str, str], ...]]:
    from pathlib import Path

    from vandap.embed.queries import embed_queries, holds_photos
    from vandap.search.api import read_ids, read_queries
    from vandap.search.ids import decoded

    if not Path(arguments.probes).exists():
        raise UsageError(
            "There is no such file or folder.",
            received=f"--probes {arguments.probes}",
            expected="photos in a sub-folder for each person, or vectors",
            hint="Check the path.",
        )
    if holds_photos(arguments.probes):
        refuse(arguments, "photos, whose folders say who they are of", ("probe_labels",))
        found = embed_queries(index, arguments.probes)
        return found.vectors, list(found.people), found.failed
    if arguments.probe_labels is None:
        raise UsageError(
            "It is not known who the probes are of.",
            received=f"--probes {arguments.probes}",
            expected="--probe-labels with a .npy or text file, one person a probe; or a folder of photos by person",
            hint="Write the people in the order of the probes, one a line.",
        )
    return read_queries(arguments.probes), [str(name) for name in decoded(read_ids(Path(arguments.probe_labels)))], ()


def _document(found: Measurement) -> dict[str, Any]:
    seen = found.identification
    return {
        "gallery": {"vectors": seen.gallery, "people": found.people},
        "probes": {"mated": seen.mated, "strangers": seen.strangers},
        "sampled": found.sampled,
        "large": found.large,
        "recalls": seen.recalls,
        "points": [
            {"fpir": point.threshold.fpir, "threshold": point.threshold, "fnir": point.fnir, "checked": point.checked}
            for point in seen.points
        ],
        "verification": found.verification,
    }


def _text(found: Measurement) -> str:
    seen = found.identification
    head = (
        f"{seen.gallery:,} vectors of {found.people:,} people; {seen.mated:,} searches for somebody who is there, "
        f"{seen.strangers:,} for somebody who is not. Intervals: 95 %, over people."
    )
    if found.sampled is not None:
        some = found.sampled
        head += (
            f"\nSampled: {some.vectors:,} of the {some.of_vectors:,} vectors that have a person were asked for, all "
            f"those of {some.people:,} of {some.of_people:,} people, drawn at random (--count)."
        )
    if found.large:
        head += (
            f"\n{found.large:,} people have too many vectors for a search to look past them: they were asked for as "
            "who they are, and not as strangers to all others."
        )
    rows = [(estimate.name, *_cells(estimate)) for estimate in (*seen.recalls, *found.verification)]
    points = [
        (f"{point.threshold.fpir:g}", *_bound(point.threshold), *_cells(point.fnir)[:2], *_cells(point.checked)[:2])
        for point in seen.points
    ]
    names = ("FPIR", "threshold", "", "FNIR", "", "FPIR on others", "")
    parts = [
        head,
        table(("measure", "value", "interval", ""), rows, numbers=(1,)),
        table(names, points, numbers=(1, 3, 5)),
    ]
    why = {point.threshold.method for point in seen.points if math.isnan(point.threshold.value)}
    return "\n\n".join([*parts, *sorted(why)])


def _cells(estimate: Estimate) -> tuple[str, str, str]:
    if math.isnan(estimate.value):
        return "-", "", estimate.method
    interval = f"[{estimate.low:.4f}, {estimate.high:.4f}]" if estimate.has_interval else ""
    return f"{estimate.value:.4f}", interval, "" if interval else estimate.method


def _bound(threshold: Any) -> tuple[str, str]:
    if math.isnan(threshold.value):
        return "-", ""
    return f"{threshold.value:.4f}", f"[{threshold.low:.4f}, {threshold.high:.4f}]"
