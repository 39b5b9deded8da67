"""Whether what was asked of an index is met, and what to tell the user."""

from __future__ import annotations

import numpy as np

from vandap.search.target import Recall, Speed, Target
from vandap.search.tune import Point


def met(target: Target, recall: Recall, speed: Speed, bytes_per_vector: float, *, certain: bool) -> bool:
    """Whether every part of what was asked holds.

    Args:
        target: What was asked.
        recall: What was measured.
        speed: What was measured.
        bytes_per_vector: On the disk.
        certain: Whether nothing can be missed, so that recall needs no measurement.
    """
    kept = certain or recall.lower95 >= target.recall
    return kept and not speed.p50 > target.latency and bytes_per_vector <= target.bytes


def notes(
    target: Target, recall: Recall, speed: Speed, bytes_per_vector: float, points: tuple[Point, ...], *, certain: bool
) -> tuple[str, ...]:
    """What was not met, and what can be."""
    found = []
    if not certain and recall.lower95 < target.recall:
        found.append(
            f"The recall asked for, {target.recall:.3f}, is not proved: measured {recall.estimate:.3f} on "
            f"{recall.queries} queries, at least {recall.lower95:.3f}. A promise of "
            f"{max(0.0, np.floor(recall.lower95 * 100) / 100):.2f} can be kept; --engine exact with --rows exact "
            "misses nothing."
        )
    if speed.p50 > target.latency:
        quick = [point for point in points if point.seconds <= target.latency]
        best = max(quick, key=lambda point: point.recall, default=None)
        can = f"within it a recall of {best.recall:.3f} was reached" if best else "no setting tried was as fast"
        found.append(
            f"The median query takes {speed.p50 * 1000:.2f} ms, more than the {target.latency * 1000:g} ms asked "
            f"for; {can}."
        )
    if bytes_per_vector > target.bytes:
        found.append(
            f"A vector takes {bytes_per_vector:,.0f} bytes on the disk, more than the {target.bytes:,.0f} asked for."
        )
    return tuple(found)


def instead(asked: str, built: str, count: int) -> tuple[str, ...]:
    """What to say where another engine was built than the one that was named.

    Args:
        asked: A slug, or `auto`.
        built: A slug.
        count: Vectors.
    """
    said = f"{asked} was asked for; {count:,} vectors are too few for it to learn from, and are searched exactly."
    return () if asked in ("auto", built) else (said,)


def repeats(many: int) -> tuple[str, ...]:
    """What to say of vectors that are there more than once."""
    said = "1 vector repeats" if many == 1 else f"{many:,} vectors repeat"
    return (f"{said} another one exactly.",) if many else ()
