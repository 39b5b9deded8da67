"""The work of a build, in a folder of its own.

Read and check the vectors; race the engines on a sample; let the winner take in the rows while the exact answers to
held-out queries are found; choose the form of the rows; tune on one part of the queries, verify on the other. Each step
leaves what the next start needs, so a killed build goes on.
"""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import time
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np

from vandap.core.memory import give_back, map_large_blocks
from vandap.core.progress import Progress
from vandap.search.check import duplicates
from vandap.search.codes._code import RowCode
from vandap.search.durable import replace_file, sync_file
from vandap.search.engines._engine import Engine, Job
from vandap.search.families import engine as engine_named
from vandap.search.families import row_code
from vandap.search.fill import BLOCK, Fill, Filled
from vandap.search.folder import BUILDING, Manifest, crc
from vandap.search.footprint import held
from vandap.search.forecast import Forecaster
from vandap.search.generation import ENGINE, IDS, PAYLOAD, TRUTH
from vandap.search.half import HALF
from vandap.search.ids import id_array
from vandap.search.intake import Held, hold_out, take_in
from vandap.search.payload import write_table
from vandap.search.plan import Contents, Plan
from vandap.search.promise import EXACT, Promise, promise
from vandap.search.race import Runner, race
from vandap.search.rounding import Choice, choose, kept_code, repack
from vandap.search.rows import Rows
from vandap.search.tune import REPEATS, exam_of
from vandap.search.verdict import met, notes, repeats

QUERIES = 1500
"""Held-out queries: with a recall of 0.95 and a spread of 0.1 a thousand of them tell it to 0.005."""
_TRUTH = 10
"""Exact neighbours kept for each query, or k where that is more, and some for rows that are the query itself."""
_FEW = 200
"""Rows below which no engine has enough to learn from."""
_STATE = "build.json"


class Work:
    """One build in its own folder.

    Args:
        contents: Vectors, ids, payload.
        folder: Of the index.
        plan: What is asked.
        say: Told what is being done.
    """

    def __init__(self, contents: Contents, folder: Path, plan: Plan, say: Progress) -> None:
        self._contents, self._plan, self._say = contents, plan, say
        self._started = time.monotonic()
        self.folder = folder / BUILDING
        self._columns = contents.vectors.columns
        self._state = self._resumed()
        asked = QUERIES if contents.queries is None else len(contents.queries)
        code = kept_code(plan.rows)
        self._forecaster = Forecaster(contents.vectors.count, self._columns, asked, held(), code)

    def seconds(self) -> float:
        """Seconds of work, those before a cut included."""
        return self._state["seconds"] + time.monotonic() - self._started

    def _resumed(self) -> dict[str, Any]:
        queries, plan = self._contents.queries, self._plan
        given = b"" if queries is None else queries.tobytes()
        asked = repr((self._contents.vectors.fingerprint, plan.target, plan.engine, plan.seed, plan.rows))
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
        map_large_blocks()
        vectors, plan = self._contents.vectors, self._plan
        aside = QUERIES if self._contents.queries is None else 0
        away = hold_out(vectors.count, aside, plan.seed)
        self._write_ids(away)
        self._say("stage", {"title": f"reading {vectors.count:,} vectors"})
        code = kept_code(plan.rows)
        same = duplicates(take_in(vectors, self.folder, away, code, self._say))
        rows, stop = Rows(self.folder / code.file, self._columns, code), vectors.count - len(away.numbers)
        self._say("stage", {"title": "racing the engines on a sample"})
        chosen, runners = self._choose(rows, stop)
        chosen.open()
        give_back()
        settings = self._settings(chosen, rows.count)
        self._say("stage", {"title": f"building with {chosen.title}"})
        queries = rows.wide(np.arange(stop, rows.count)) if self._contents.queries is None else self._contents.queries
        ahead = self._ahead(chosen, settings, len(queries))
        peak = ahead.peak(chosen, settings)
        filled = self._fill(chosen, rows, stop, queries)
        give_back()
        choice = choose(plan.rows, rows, queries, filled.truth, plan.target, exact=chosen.slug == "exact")
        found = self._promised(chosen, filled, queries, rows, choice)
        self._complete(chosen, filled, rows)
        self._write(filled, queries, away)
        size = ahead.disk(chosen, settings, choice.code, plan.target.k) / max(1, rows.count)
        build = {
            "predicted": {"peak_bytes": peak, "bytes_per_vector": size},
            "race": [asdict(runner) for runner in runners],
            "points": [asdict(point) for point in found.points],
            "asked": plan.engine,
            "rows_asked": plan.rows,
            "held_out": len(away.numbers),
            "threads": plan.threads,
            "seed": plan.seed,
        }
        files, lost = self._files(choice.code), plan.lost + choice.lost
        size = sum(size for size, _ in files.values()) / max(1, rows.count)
        facts = plan.target, found.recall, found.speed, size
        certain = chosen.slug == "exact" and not lost
        said = (*notes(*facts, found.points, certain=certain), *choice.notes, *repeats(same))
        return Manifest(
            0, self._columns, rows.count, chosen.slug, settings, found.setting, plan.target, found.recall,
            met(*facts, certain=certain), found.speed, files, build, found.filters, said, choice.code.slug, lost,
        )  # fmt: skip

    def _ahead(self, chosen: Engine, settings: Mapping[str, int], queries: int) -> Forecaster:
        """What can be foreseen when the engine is chosen, and say it."""
        paths = [self.folder / name for name in (IDS, PAYLOAD)]
        kept = sum(path.stat().st_size for path in paths if path.exists())
        ahead = replace(self._forecaster, base=held(), kept=kept, queries=queries)
        final = row_code("8bit" if self._plan.rows == "auto" else self._plan.rows)
        forms = {form.slug: form for form in (ahead.code, final)}
        sizes = [
            f"{ahead.disk(chosen, settings, form, self._plan.target.k) / max(1, ahead.count):,.0f} with {form.title}"
            for form in forms.values()
        ]
        peak = ahead.peak(chosen, settings) / 2**20
        self._say("note", {"text": f"forecast: {peak:,.0f} MiB of memory; bytes a vector: {', '.join(sizes)}"})
        return ahead

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
        if stop < EXACT:
            return engine_named("exact"), []
        if "race" not in self._state:
            base = self._forecaster.base + self._forecaster.buffers
            ran = race(rows, stop, self._plan.target, base, self._plan.threads, self._plan.seed, self._say)
            self._state = self._saved(
                {**self._state, "race": [asdict(runner) for runner in ran], "seconds": self.seconds()}
            )
            self._started = time.monotonic()
        runners = [Runner(**entry) for entry in self._state["race"]]
        return engine_named(runners[0].engine), runners

    def _fill(self, chosen: Engine, rows: Rows, stop: int, queries: np.ndarray) -> Filled:
        settings = self._settings(chosen, rows.count)
        many = min(stop, settings.get("sample", 1000))
        sample = np.random.default_rng(self._plan.seed).choice(stop, many, replace=False)
        k = min(stop, max(_TRUTH, self._plan.target.k) + REPEATS)
        threads, seed = self._plan.threads, self._plan.seed
        job = Job(rows, sample, settings, threads, seed)
        return Fill(chosen, job, queries, k, stop, self.folder).run(self._say)

    def _promised(self, chosen: Engine, filled: Filled, queries: np.ndarray, rows: Rows, choice: Choice) -> Promise:
        """Tuned and verified with the rows in their final form, judged by the rows before."""
        plan = self._plan
        exam = exam_of(rows, queries, filled.truth.scores, plan.target.k)
        if choice.code is not rows.code:
            self._say("stage", {"title": f"packing {choice.code.title}"})
            exam = exam.read_from(repack(rows, choice.code, self.folder, plan.threads))
            give_back()
        self._say("stage", {"title": "tuning and verifying"})
        return promise(chosen, filled.structure.over(exam.rows), exam, plan.target, plan.lost, plan.seed)

    def _complete(self, chosen: Engine, filled: Filled, rows: Rows) -> None:
        """Let the structure take in the held-out rows; one that cannot grow is built once more, with all."""
        structure = filled.structure
        if structure.count < rows.count and not structure.grows:
            settings, nothing = self._settings(chosen, rows.count), np.zeros(0, np.int64)
            structure = chosen.start(Job(rows, nothing, settings, self._plan.threads, self._plan.seed))
        for _, block in rows.blocks(BLOCK, structure.count):
            structure.add(block)
        structure.finish()
        structure.save(self.folder / ENGINE)

    def _write(self, filled: Filled, queries: np.ndarray, away: Held) -> None:
        buffer, truth = io.BytesIO(), filled.truth
        np.savez(buffer, queries=queries.astype(HALF), rows=truth.rows, scores=truth.scores, held_out=away.numbers)
        (self.folder / TRUTH).write_bytes(buffer.getvalue())
        for name, path in self._contents.companions.items():
            shutil.copyfile(path, self.folder / name)

    def _files(self, code: RowCode) -> dict[str, tuple[int, int]]:
        """Size and checksum of each file that stays, surely on the disk."""
        own = (code.file, IDS, ENGINE, PAYLOAD, TRUTH, *self._contents.companions)
        names = [name for name in own if (self.folder / name).exists()]
        for name in names:
            sync_file(self.folder / name)
        return {name: ((self.folder / name).stat().st_size, crc(self.folder / name)) for name in names}
