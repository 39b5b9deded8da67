"""An index in words and as a document."""

from __future__ import annotations

import math
from typing import Any

from vandap.search.index import Index
from vandap.search.sampling import Sampled, read_sampled
from vandap.search.target import Speed
from vandap.search.where.evaluate import type_name


def document(index: Index) -> dict[str, Any]:
    """What `vandap index build --json` and `info --json` print."""
    manifest, delta = index.generation.manifest, index.delta
    build = manifest.build
    return {
        "index": str(index.path),
        "engine": manifest.engine,
        "count": len(index),
        "dim": manifest.columns,
        "recall": {
            "k": manifest.recall.k,
            "estimate": manifest.recall.estimate,
            "lower95": proved_recall(index),
            "queries": manifest.recall.queries,
            "target": manifest.target.recall,
        },
        "met": manifest.met,
        "milliseconds": {"p50": 1000 * manifest.speed.p50, "p99": 1000 * manifest.speed.p99},
        "setting": manifest.setting,
        "filters": manifest.filters,
        "settings": manifest.settings,
        "rows": manifest.rows,
        "lost_by_rounding": manifest.lost,
        "bytes_per_vector": bytes_per_vector(index),
        "seconds": build.get("seconds"),
        "peak_rss_bytes": build.get("peak_bytes"),
        "predicted": build.get("predicted", {}),
        "race": build.get("race", []),
        "generation": manifest.generation,
        "added": delta.added,
        "removed": delta.dead,
        "payload": {field.name: type_name(field.type) for field in index.generation.payload.schema},
        "sampled": read_sampled(index.path, manifest.generation),
        "notes": list(manifest.notes),
    }


def holds(index: Index) -> bool:
    """Whether what was asked for was met when the index was built, and no server has seen the promise broken since."""
    manifest = index.generation.manifest
    sampled = read_sampled(index.path, manifest.generation)
    return manifest.met and not (sampled and sampled.broken)


def is_certain(index: Index) -> bool:
    """Whether an index finds every neighbour: by exact search, of rows that nothing was rounded of."""
    manifest = index.generation.manifest
    return manifest.engine == "exact" and not (index.generation.rows.code.rounds or manifest.lost)


def proved_recall(index: Index) -> float:
    """The least recall that was proved, or that is certain."""
    return 1.0 if is_certain(index) else index.generation.manifest.recall.lower95


def bytes_per_vector(index: Index) -> float:
    """Bytes on the disk for each vector of the generation, rows and all."""
    manifest = index.generation.manifest
    return sum(size for size, _ in manifest.files.values()) / max(1, manifest.count)


def text(index: Index) -> str:
    """What a person reads."""
    manifest, delta = index.generation.manifest, index.delta
    recall, speed = manifest.recall, manifest.speed
    lines = [
        f"{index.path}: {_vectors(len(index))} of {manifest.columns} numbers, {manifest.engine}",
        f"recall@{recall.k}   {_recall(index)}",
        f"a query    {_speed(speed)}",
        f"size       {bytes_per_vector(index):,.0f} bytes a vector on the disk; {_rows(index)}",
    ]
    if manifest.build.get("seconds"):
        lines.append(f"built in   {_time(manifest.build)}, {_memory(manifest.build)}")
    if delta.added or delta.dead:
        lines.append(f"since then {delta.added:,} added, {delta.dead:,} removed (vandap index compact {index.path})")
    sampled = read_sampled(index.path, manifest.generation)
    lines += [_sampled(sampled)] if sampled else []
    columns = [f"{field.name} ({type_name(field.type)})" for field in index.generation.payload.schema]
    lines += [f"payload    {', '.join(columns)}"] if columns else []
    lines += [_race(runner) for runner in manifest.build.get("race", [])]
    return "\n".join([*lines, *manifest.notes])


def _vectors(count: int) -> str:
    return "1 vector" if count == 1 else f"{count:,} vectors"


def _speed(speed: Speed) -> str:
    if not math.isfinite(speed.p50):
        return "not timed: too few vectors"
    return f"{speed.p50 * 1000:.2f} ms (median), {speed.p99 * 1000:.2f} ms (p99), one thread"


def _recall(index: Index) -> str:
    recall, target = index.generation.manifest.recall, index.generation.manifest.target
    if is_certain(index):
        return "1, by exact search"
    if not recall.queries:
        return f"not measured: too few vectors to hold some out; {target.recall} asked for"
    kept = "kept" if recall.lower95 >= target.recall else "NOT PROVED"
    return (
        f"{recall.estimate:.4f}, at least {recall.lower95:.4f} with 95 % confidence, on {recall.queries:,} held-out "
        f"queries; {target.recall} asked for: {kept}"
    )


def _rows(index: Index) -> str:
    code, manifest = index.generation.rows.code, index.generation.manifest
    if not code.rounds:
        return code.title
    if not manifest.build.get("judged"):
        return f"{code.title}; what half precision loses was not measured when it was built, and is not counted above"
    return f"{code.title}, whose rounding loses {manifest.lost:.4f} of the neighbours (counted in the recall above)"


def _sampled(sampled: Sampled) -> str:
    kept = "THE PROMISE IS BROKEN: vandap index measure, then compact" if sampled.broken else "the promise holds"
    return (
        f"serving    recall@{sampled.k} {sampled.estimate:.4f}, at least {sampled.lower95:.4f}, on the latest "
        f"{sampled.queries:,} sampled live queries; {sampled.target} promised: {kept}"
    )


def _time(build: Any) -> str:
    predicted = build["predicted"].get("seconds") or 0.0
    said = f" ({predicted:.0f} by forecast, tuning not counted)" if predicted >= 1 else ""
    return f"{build['seconds']:.0f} s{said}"


def _memory(build: Any) -> str:
    predicted, peak = build["predicted"]["peak_bytes"] / 2**20, build["peak_bytes"] / 2**20
    return f"at most {peak:,.0f} MiB held, {predicted:,.0f} predicted"


def _race(runner: Any) -> str:
    if runner["sample_seconds"] is None:
        return f"  {runner['engine']:<8} {runner['why_not']}"
    shown = (
        f"  {runner['engine']:<8} {runner['sample_seconds'] * 1000:.2f} ms on the sample; at full size by forecast "
        f"{runner['query_seconds'] * 1000:.2f} ms, {runner['build_seconds']:.0f} s to build, "
        f"{runner['memory'] / 2**20:,.0f} MiB"
    )
    return shown + (f" ({runner['why_not']})" if runner["why_not"] else "")
