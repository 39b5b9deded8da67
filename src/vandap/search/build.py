"""From vectors to an index that keeps a measured promise.

Read and check the vectors; race the engines on a sample; let the winner take in the rows while the exact answers to
held-out queries are found; tune on one part of these queries, verify on the other; make it the index's generation. Each
step leaves what the next start needs, so a killed build goes on.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from vandap.core.progress import Progress, silent
from vandap.errors import UsageError
from vandap.search.check import duplicates
from vandap.search.durable import replace_file, sync_file, sync_folder
from vandap.search.engines._engine import Allowed, Engine, Job, Structure
from vandap.search.families import engine as engine_named
from vandap.search.fill import BLOCK, PRODUCT, Fill, Filled
from vandap.search.folder import (
    BUILDING,
    MANIFEST,
    Manifest,
    crc,
    generation_folder,
    journal_path,
    locked,
    read_manifest,
    sweep,
    write_manifest,
)
from vandap.search.footprint import Footprint, held
from vandap.search.generation import ENGINE, IDS, PAYLOAD, ROWS, TRUTH
from vandap.search.half import widened
from vandap.search.ids import id_array
from vandap.search.intake import Held, hold_out, take_in
from vandap.search.journal import Journal
from vandap.search.nearest import Nearest, exact
from vandap.search.payload import write_table
from vandap.search.race import Runner, race
from vandap.search.rows import HALF, Rows
from vandap.search.sources._source import Vectors
from vandap.search.target import Filtered, Recall, Setting, Speed, Target
from vandap.search.tune import REPEATS, Exam, Point, exam_of, tune, verify, widen

QUERIES = 1500
"""Held-out queries: with a recall of 0.95 and a spread of 0.1 a thousand of them tell it to 0.005."""
_TUNING = 1 / 3
_TRUTH = 10
"""Exact neighbours kept for each query, or k where that is more, and some for rows that are the query itself."""
_TIMED = 1000
_FEW, _EXACT = 200, 2000
"""Rows below which no engine has enough to learn from, and below which a race would only show that all are fast."""
_SHARES, _FILTER_QUERIES = (0.5, 0.1, 0.01), 64
"""Shares of the rows that filters are tuned for, and queries asked at each."""
_STATE = "build.json"


@dataclass(frozen=True)
class Plan:
    """What is to be built.

    Args:
        target: The promise.
        engine: An engine's slug, or `auto` for a race.
        threads: Threads to use.
        seed: Of every random choice.
    """

    target: Target = field(default_factory=Target)
    engine: str = "auto"
    threads: int = 1
    seed: int = 0


@dataclass(frozen=True)
class Contents:
    """What goes in.

    Args:
        vectors: The vectors.
        ids: An id for each; their numbers when left out.
        payload: A row for each; none when left out.
        queries: Unit vectors to tune and verify with, float32; some of the vectors are held out when left out.
    """

    vectors: Vectors
    ids: np.ndarray | None = None
    payload: pa.Table | None = None
    queries: np.ndarray | None = None


def build(contents: Contents, folder: Path, plan: Plan, *, overwrite: bool = False, say: Progress = silent) -> Manifest:
    """Build an index, or go on with a build that was cut.

    Args:
        contents: Vectors, ids, payload.
        folder: Where the index goes.
        plan: What is asked.
        overwrite: Replace an index that is there; until the new one is whole, the old one stays.
        say: Told what is being done.

    Raises:
        InputError: Vectors, ids or payload cannot be used, or there is an index already.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with locked(folder):
        generation = _next_generation(folder, overwrite=overwrite)
        return build_generation(contents, folder, plan, generation, say)


def _next_generation(folder: Path, *, overwrite: bool) -> int:
    if not (folder / MANIFEST).exists():
        return 1
    if not overwrite:
        raise UsageError(
            "There is an index already.",
            received=str(folder),
            expected="a new folder",
            hint="Give another folder with --out, add to it with `vandap index add`, or replace it with --overwrite.",
        )
    return read_manifest(folder).generation + 1


def build_generation(contents: Contents, folder: Path, plan: Plan, generation: int, say: Progress) -> Manifest:
    """Build the next generation; the caller holds the lock."""
    with Footprint() as footprint:
        work = _Work(contents, folder, plan, say)
        made = work.run()
        manifest = replace(
            made,
            generation=generation,
            build={**made.build, "peak_bytes": max(footprint.peak, held()), "seconds": work.seconds()},
        )
        manifest = _within_memory(manifest)
    _publish(folder, work.folder, manifest)
    return manifest


def _within_memory(manifest: Manifest) -> Manifest:
    """The same, not met where more memory was held than asked for."""
    peak, limit = manifest.build["peak_bytes"], manifest.target.memory
    if peak <= limit:
        return manifest
    note = f"The build held {peak / 2**20:,.0f} MiB of memory, more than the {limit / 2**20:,.0f} MiB asked for."
    return replace(manifest, met=False, notes=(*manifest.notes, note))


def _publish(folder: Path, built: Path, manifest: Manifest) -> None:
    """Make what was built the index's, in the order in which nothing can be lost."""
    home = generation_folder(folder, manifest.generation)
    if home.exists():
        shutil.rmtree(home)  # of a process that was killed just before its manifest came into place
    for path in built.iterdir():
        if path.name not in manifest.files:
            path.unlink()
    built.rename(home)
    sync_folder(folder)
    Journal(journal_path(folder, manifest.generation), manifest.generation).create()
    write_manifest(folder, manifest)
    sweep(folder, manifest.generation)


class _Work:
    """One build in its own folder."""

    def __init__(self, contents: Contents, folder: Path, plan: Plan, say: Progress) -> None:
        self._contents, self._plan, self._say = contents, plan, say
        self._started, self._base = time.monotonic(), held()
        self.folder = folder / BUILDING
        self._columns = contents.vectors.columns
        self._state = self._resumed()

    def seconds(self) -> float:
        """Seconds of work, those before a cut included."""
        return self._state["seconds"] + time.monotonic() - self._started

    def _resumed(self) -> dict[str, Any]:
        queries, plan = self._contents.queries, self._plan
        given = b"" if queries is None else queries.tobytes()
        asked = repr((self._contents.vectors.fingerprint, plan.target, plan.engine, plan.seed))
        key = hashlib.sha256(asked.encode() + given).hexdigest()
        try:
            state = json.loads((self.folder / _STATE).read_bytes())
        except (FileNotFoundError, json.JSONDecodeError):
            state = {}
        if state.get("key") == key:
            self._say("note", {"text": "going on with a build that was cut"})
            return state
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        return self._saved({"key": key, "seconds": 0.0})

    def _saved(self, state: dict[str, Any]) -> dict[str, Any]:
        replace_file(self.folder / _STATE, json.dumps(state).encode())
        return state

    def run(self) -> Manifest:
        """Do what is left to do."""
        vectors, target = self._contents.vectors, self._plan.target
        aside = QUERIES if self._contents.queries is None else 0
        away = hold_out(vectors.count, aside, self._plan.seed)
        self._write_ids(away)
        self._say("stage", {"title": f"reading {vectors.count:,} vectors"})
        hashes = take_in(vectors, self.folder, away, self._say)
        rows, stop = Rows(self.folder / ROWS, self._columns), vectors.count - len(away.numbers)
        self._say("stage", {"title": "racing the engines on a sample"})
        chosen, runners = self._choose(rows, stop)
        chosen.open()
        self._base = held()
        self._say("stage", {"title": f"building with {chosen.title}"})
        queries = rows.wide(np.arange(stop, rows.count)) if self._contents.queries is None else self._contents.queries
        filled = self._fill(chosen, rows, stop, queries)
        self._say("stage", {"title": "tuning and verifying"})
        exam = exam_of(rows, queries, filled.truth.scores, target.k)
        setting, recall, speed, points = self._promise(chosen, filled.structure, exam)
        filters = self._filters(filled.structure, exam, setting)
        filled = replace(filled, structure=self._complete(chosen, filled.structure, rows))
        self._write(filled, queries, away)
        notes = (*_notes(target, recall, speed, points, chosen), *_repeats(hashes))
        build = {
            "predicted": self._predicted(chosen, rows.count),
            "race": [asdict(runner) for runner in runners],
            "points": [asdict(point) for point in points],
            "asked": self._plan.engine,
            "held_out": len(away.numbers),
            "threads": self._plan.threads,
            "seed": self._plan.seed,
        }
        return Manifest(
            0, self._columns, rows.count, chosen.slug, self._settings(chosen, rows.count), setting, target, recall,
            _met(target, recall, speed, chosen), speed, self._files(), build, filters, notes,
        )  # fmt: skip

    def _settings(self, chosen: Engine, count: int) -> Mapping[str, int]:
        return chosen.settings(count, self._columns)

    def _write_ids(self, away: Held) -> None:
        """Ids and payload in the order of the rows; refused before hours of work, not after."""
        count, order = self._contents.vectors.count, away.order
        ids = np.arange(count) if self._contents.ids is None else id_array(self._contents.ids, count)
        np.save(self.folder / IDS, ids[order])
        if self._contents.payload is not None:
            write_table(self.folder / PAYLOAD, self._contents.payload.take(order))

    def _choose(self, rows: Rows, stop: int) -> tuple[Engine, list[Runner]]:
        if self._plan.engine != "auto":
            chosen = engine_named(self._plan.engine)
            chosen.need()
            return (chosen if stop >= _FEW else engine_named("exact")), []
        if stop < _EXACT:
            return engine_named("exact"), []
        if "race" not in self._state:
            base = self._base + self._buffers()
            ran = race(rows, stop, self._plan.target, base, self._plan.threads, self._plan.seed, self._say)
            self._state = self._saved(
                {**self._state, "race": [asdict(runner) for runner in ran], "seconds": self.seconds()}
            )
            self._started = time.monotonic()
        runners = [Runner(**entry) for entry in self._state["race"]]
        return engine_named(runners[0].engine), runners

    def _buffers(self) -> float:
        """Bytes of blocks and of exact answers while the structure is filled."""
        block = min(BLOCK, self._contents.vectors.count)
        return block * self._columns * (2 + 4 + 4) + QUERIES * (self._columns * 4 + PRODUCT * 4 * 2)

    def _predicted(self, chosen: Engine, count: int) -> dict[str, float]:
        forecast = chosen.forecast(count, self._columns, self._settings(chosen, count))
        return {
            "peak_bytes": self._base + max(forecast.building, forecast.resident + self._buffers()),
            "bytes_per_vector": self._columns * 2 + 8 + forecast.resident / max(1, count),
        }

    def _fill(self, chosen: Engine, rows: Rows, stop: int, queries: np.ndarray) -> Filled:
        settings = self._settings(chosen, rows.count)
        many = min(stop, settings.get("sample", 1000))
        sample = np.sort(np.random.default_rng(self._plan.seed).choice(stop, many, replace=False))
        k = min(stop, max(_TRUTH, self._plan.target.k) + REPEATS)
        threads, seed = self._plan.threads, self._plan.seed
        # Nothing here may keep the sample, which the pass lets go of.
        return Fill(chosen, Job(rows, rows.wide(sample), settings, threads, seed), queries, k, stop, self.folder).run(
            self._say
        )

    def _promise(
        self, chosen: Engine, structure: Structure, exam: Exam
    ) -> tuple[Setting, Recall, Speed, tuple[Point, ...]]:
        """Tune on the first queries, verify on the others."""
        target = self._plan.target
        if len(exam.queries) < 3 or structure.count < target.k:
            setting = Setting(structure.efforts()[-1], max(1, structure.count))
            return setting, Recall(target.k, float("nan"), 0.0, 0), Speed(float("nan"), float("nan"), 0), ()
        cut = max(1, round(len(exam.queries) * _TUNING))
        tuned = tune(structure, exam.part(slice(cut)), target, sorts=chosen.sorts)
        others = exam.part(slice(cut, None))
        setting, recall = verify(structure, others, tuned.setting, target)
        return setting, recall, others.speed(structure, setting, _TIMED), tuned.points

    def _filters(self, structure: Structure, exam: Exam, setting: Setting) -> tuple[Filtered, ...]:
        """Settings under filters that leave a share of the rows at random."""
        if not structure.selects or structure.count < _EXACT or len(structure.efforts()) == 1:
            return ()
        some, found = exam.part(slice(_FILTER_QUERIES)), []
        draw = np.random.default_rng(self._plan.seed).random(structure.count)
        held = Rows(exam.rows.path, exam.rows.columns, structure.count)
        for share in _SHARES:
            allowed = Allowed(draw < share)
            if allowed.count < exam.k:
                break
            true_scores = exact(held, some.queries, exam.k + REPEATS, allowed.mask).scores
            hard = exam_of(exam.rows, some.queries, true_scores, exam.k)
            if not len(hard.queries):
                break
            setting = widen(structure, hard, setting, self._plan.target, allowed)
            found.append(Filtered(share, setting))
        return tuple(found)

    def _complete(self, chosen: Engine, structure: Structure, rows: Rows) -> Structure:
        """Let the structure take in the held-out rows; one that cannot grow is built once more, with all."""
        if structure.count == rows.count:
            return structure
        if not structure.grows:
            settings, nothing = self._settings(chosen, rows.count), np.zeros((0, self._columns), np.float32)
            structure = chosen.start(Job(rows, nothing, settings, self._plan.threads, self._plan.seed))
        for _, block in rows.blocks(BLOCK, structure.count):
            structure.add(widened(block))
        structure.finish()
        return structure

    def _write(self, filled: Filled, queries: np.ndarray, away: Held) -> None:
        filled.structure.save(self.folder / ENGINE)
        buffer = io.BytesIO()
        truth: Nearest = filled.truth
        np.savez(buffer, queries=queries.astype(HALF), rows=truth.rows, scores=truth.scores, held_out=away.numbers)
        (self.folder / TRUTH).write_bytes(buffer.getvalue())
        for name in (ENGINE, TRUTH, IDS, ROWS, PAYLOAD):
            if (self.folder / name).exists():
                sync_file(self.folder / name)

    def _files(self) -> dict[str, tuple[int, int]]:
        names = [name for name in (ROWS, IDS, ENGINE, PAYLOAD, TRUTH) if (self.folder / name).exists()]
        return {name: ((self.folder / name).stat().st_size, crc(self.folder / name)) for name in names}


def _met(target: Target, recall: Recall, speed: Speed, chosen: Engine) -> bool:
    """Whether every part of what was asked holds; exact search misses nothing and needs no measurement."""
    kept = chosen.slug == "exact" or recall.lower95 >= target.recall
    return kept and not speed.p50 > target.latency


def _notes(target: Target, recall: Recall, speed: Speed, points: tuple[Point, ...], chosen: Engine) -> tuple[str, ...]:
    """What was not met, and what can be."""
    notes = []
    if chosen.slug != "exact" and recall.lower95 < target.recall:
        notes.append(
            f"The recall asked for, {target.recall:.3f}, is not proved: measured {recall.estimate:.3f} on "
            f"{recall.queries} queries, at least {recall.lower95:.3f}. A promise of "
            f"{max(0.0, np.floor(recall.lower95 * 100) / 100):.2f} can be kept, or --engine exact."
        )
    if speed.p50 > target.latency:
        quick = [point for point in points if point.seconds <= target.latency]
        best = max(quick, key=lambda point: point.recall, default=None)
        can = f"within it a recall of {best.recall:.3f} was reached" if best else "no setting tried was as fast"
        notes.append(
            f"The median query takes {speed.p50 * 1000:.2f} ms, more than the {target.latency * 1000:.2f} ms asked "
            f"for; {can}."
        )
    return tuple(notes)


def _repeats(hashes: np.ndarray) -> tuple[str, ...]:
    many = duplicates(hashes)
    return (f"{many:,} vectors repeat another one exactly.",) if many else ()
