"""I3: how to find one face among ten million, from an index that was built and measured, and from its race."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from vandap.ask.indexed import Indexed
from vandap.ask.question import Answer, Table
from vandap.search.families import engine as engine_named
from vandap.search.folder import Manifest, read_manifest

_MANY = 10_000_000
_FALSE_ALARMS = 0.003
"""Share of searches for strangers that may name somebody: what NIST's face identification tests report at."""


class FastestSearch(Indexed):
    """How is one face found among ten million?"""

    id = "I3"
    question = "Ten million face vectors: which query is the fastest?"
    how = "An index tuned to a measured recall, beside the engines that were raced with it on the same vectors."
    words = ("ten million faces",)

    def of_index(self, folder: Path) -> Answer:
        """Answer from the measurements of the generation that holds."""
        manifest = read_manifest(folder)
        text = " ".join(filter(None, (_found(manifest), _against_exact(manifest), _larger(manifest), _threshold())))
        return Answer(text, _SHORT, _tables(manifest), _document(manifest))


_SHORT = (
    "Embed each face as one unit vector, look only into the few lists (or along the few links) that may hold its "
    "neighbours, and compute exact cosines for what is found there; tune how many to a recall that is measured on "
    "held-out queries. Among ten million people the threshold decides more than the index: it must come from the "
    "gallery's own strangers, never from pairs."
)


def _found(manifest: Manifest) -> str:
    recall, speed = manifest.recall, manifest.speed
    if not recall.queries:
        return f"The index holds {manifest.count:,} vectors, too few for a measurement; exact search answers at once."
    return (
        f"Among {manifest.count:,} vectors of {manifest.columns} numbers the engine {manifest.engine} finds "
        f"{recall.estimate:.4f} of the {recall.k} nearest (at least {recall.lower95:.4f} with 95 % confidence, on "
        f"{recall.queries:,} queries that it had not seen) in {speed.p50 * 1000:.2f} ms, in {speed.p99 * 1000:.2f} ms "
        "for 99 of 100 queries, on one thread."
    )


def _against_exact(manifest: Manifest) -> str:
    """Against the pass over everything, timed in the race on the same sample."""
    race = {runner["engine"]: runner for runner in manifest.build.get("race", ())}
    exact, own = _seconds(race.get("exact"), "query_seconds"), manifest.speed.p50
    if manifest.engine == "exact" or exact is None or not own > 0:
        return ""
    return f"By forecast a look at every vector takes {exact * 1000:,.0f} ms, {exact / own:,.0f} times as long."


def _larger(manifest: Manifest) -> str:
    ahead = _ahead(manifest)
    if ahead is None:
        return ""
    return (
        f"By the engine's own exponents (a forecast, not a measurement) a query among ten million would take "
        f"{ahead['query_ms']:.2f} ms, and the index {ahead['memory'] / 2**30:.1f} GiB of memory."
    )


def _ahead(manifest: Manifest) -> Mapping[str, float] | None:
    """What ten million vectors would take; None where these are as many, or nothing was measured."""
    if manifest.count >= _MANY or not manifest.speed.p50 > 0:
        return None
    engine = engine_named(manifest.engine)
    forecast = engine.forecast(_MANY, manifest.columns, engine.settings(_MANY, manifest.columns))
    seconds = manifest.speed.p50 * (_MANY / max(1, manifest.count)) ** forecast.search_power
    return {"query_ms": 1000 * seconds, "memory": forecast.resident}


def _threshold() -> str:
    rate = -math.expm1(math.log1p(-_FALSE_ALARMS) / _MANY)
    return (
        f"To name somebody for at most {_FALSE_ALARMS:.1%} of strangers among ten million people, one comparison may "
        f"be wrong {rate:.0e} times: a threshold tuned on pairs is far too low."
    )


def _tables(manifest: Manifest) -> tuple[Table, ...]:
    rows = [
        (
            runner["engine"],
            _milliseconds(runner, "sample_seconds"),
            _milliseconds(runner, "query_seconds"),
            _seconds(runner, "build_seconds"),
            runner["memory"] / 2**20,
            runner["why_not"] or ("taken" if runner["engine"] == manifest.engine else ""),
        )
        for runner in manifest.build.get("race", ())
    ]
    head = ("engine", "ms on the sample", "ms here", "s to build", "MiB", "remark")
    title = "The race at the recall asked for; what is not on the sample is a forecast"
    return (Table(title, head, tuple(rows)),) if rows else ()


def _seconds(runner: Mapping[str, Any] | None, name: str) -> float | None:
    value = None if runner is None else runner[name]
    return None if value is None or math.isnan(value) else float(value)


def _milliseconds(runner: Mapping[str, Any], name: str) -> float | None:
    seconds = _seconds(runner, name)
    return None if seconds is None else 1000 * seconds


def _document(manifest: Manifest) -> Mapping[str, Any]:
    size = sum(size for size, _ in manifest.files.values()) / max(1, manifest.count)
    return {
        "engine": manifest.engine,
        "count": manifest.count,
        "dim": manifest.columns,
        "recall": manifest.recall,
        "target": manifest.target.recall,
        "met": manifest.met,
        "milliseconds": {"p50": 1000 * manifest.speed.p50, "p99": 1000 * manifest.speed.p99},
        "bytes_per_vector": size,
        "rows": manifest.rows,
        "race": manifest.build.get("race", []),
        "ten_million": _ahead(manifest),
    }
