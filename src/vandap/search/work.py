"""The work of a build, in a folder of its own.

Foresee what the build takes, by a race of the engines on a sample where none was named; read and check the vectors, and
find the exact answers to held-out queries meanwhile; let the engine take in the rows; choose the form of the rows; tune
on one part of the queries, verify on the other. Each step leaves what the next start needs, so a killed build goes on.
"""

from __future__ import annotations

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
from vandap.core.records import from_json, to_json
from vandap.search.check import duplicates
from vandap.search.codes._code import RowCode
from vandap.search.durable import by_a_library, discard, replace_file, sync_file
from vandap.search.engines._engine import Engine, Job, Structure
from vandap.search.families import engine as engine_named
from vandap.search.fill import BLOCK, Fill
from vandap.search.folder import BUILD_STATE, BUILDING, IDS_COLUMN, Manifest, crc
from vandap.search.footprint import held
from vandap.search.forecast import Forecaster, groups_among
from vandap.search.foresee import Foreseen, foresee, told
from vandap.search.generation import ENGINE, IDS, PAYLOAD, TRUTH
from vandap.search.ids import id_array
from vandap.search.intake import Held, held_out, hold_out, take_in
from vandap.search.payload import write_table
from vandap.search.plan import Contents, Plan, build_key
from vandap.search.promise import Promise, promise
from vandap.search.recall import REPEATS
from vandap.search.rounding import Choice, choose, kept_code, repack
from vandap.search.rows import Rows
from vandap.search.truth import Truth
from vandap.search.tune import KNOWN, exam_of
from vandap.search.verdict import instead, met, notes, repeats

QUERIES = 1500
"""Held-out queries: with a recall of 0.95 and a spread of 0.1 a thousand of them tell it to 0.005."""


class Work:
    """One build in its own folder.

    Args:
        contents: Vectors, ids, payload.
        folder: Of the index.
        plan: What is asked.
        say: Told what is being done.
    """

    def __init__(self, contents: Contents, folder: Path, plan: Plan, say: Progress) -> None:
        self._contents, self._plan, self._progress = contents, plan, say
        self._started = time.monotonic()
        self.folder = folder / BUILDING
        self._columns = contents.vectors.columns
        self._state = self._resumed()

    def seconds(self) -> float:
        """Seconds of work, those before a cut included."""
        return self._state["seconds"] + time.monotonic() - self._started

    def _say(self, event: str, facts: Mapping[str, Any]) -> None:
        """Say it, and keep how long it took to come so far: a kill then costs what comes after."""
        self._state = self._saved({**self._state, "seconds": self.seconds()})
        self._started = time.monotonic()
        self._progress(event, facts)

    def _resumed(self) -> dict[str, Any]:
        key = build_key(self._contents, self._plan)
        try:
            state = json.loads((self.folder / BUILD_STATE).read_bytes())
        except (FileNotFoundError, json.JSONDecodeError):
            state = {}
        if state.get("key") == key:
            self._progress("note", {"text": "going on with a build that was cut"})
            return state
        discard(self.folder)
        self.folder.mkdir()
        return self._saved({"key": key, "seconds": 0.0})

    @property
    def ended(self) -> Manifest | None:
        """What was made, where nothing is left to do; its files are on the disk, beside others that may go."""
        return from_json(Manifest, self._state["made"]) if "made" in self._state else None

    def end(self, made: Manifest) -> None:
        """All is done: whoever goes on with the build has this at once."""
        self._state = self._saved({**self._state, "made": to_json(made)})

    def _saved(self, state: dict[str, Any]) -> dict[str, Any]:
        replace_file(self.folder / BUILD_STATE, json.dumps(state).encode())
        return state

    def run(self) -> Manifest:
        """Do what is left to do."""
        map_large_blocks()
        vectors, plan = self._contents.vectors, self._plan
        aside = QUERIES if self._contents.queries is None else 0
        away = hold_out(vectors.count, aside, plan.seed)
        self._write_ids(away)
        chosen, foreseen, ahead = self._foreseen(away)
        self._say("stage", {"title": f"reading {vectors.count:,} vectors"})
        code = ahead.code
        truth = self._truth(away)
        same = duplicates(take_in(vectors, self.folder, away, code, self._say, plan.threads, truth))
        rows, stop = Rows(self.folder / code.file, self._columns, code), vectors.count - len(away.numbers)
        give_back()
        settings = self._settings(chosen, rows.count)
        self._say("stage", {"title": f"building with {chosen.title}"})
        self._refined(ahead, chosen, foreseen, truth)
        structure = self._fill(chosen, rows, stop)
        give_back()
        exact = chosen.slug == "exact"
        choice = choose(
            plan.rows, rows, truth.queries, truth.found, plan.target, exact=exact, rounded=vectors.unit
        )  # fmt: skip
        found = self._promised(chosen, structure, truth, rows, self._final(rows, away, choice))
        self._complete(chosen, structure, rows)
        self._write(truth, away)
        size = ahead.disk(chosen, settings, choice.code, plan.target.k) / max(1, rows.count)
        build = {
            "predicted": {"peak_bytes": foreseen.peak, "bytes_per_vector": size, "seconds": foreseen.seconds},
            "race": [asdict(runner) for runner in foreseen.runners],
            "points": [asdict(point) for point in found.points],
            "asked": plan.engine,
            "rows_asked": plan.rows,
            "judged": plan.judged,
            "held_out": len(away.numbers),
            "threads": plan.threads,
            "seed": plan.seed,
            IDS_COLUMN: self._contents.named,
        }
        files, lost = self._files(choice.code), plan.lost + choice.lost
        size = sum(size for size, _ in files.values()) / max(1, rows.count)
        facts = plan.target, found.recall, found.speed, size
        certain = exact and not choice.code.rounds and not lost
        said = (
            *notes(*facts, found.points, certain=certain),
            *choice.notes,
            *instead(plan.engine, chosen.slug, rows.count),
            *repeats(same),
        )
        return Manifest(
            0, self._columns, rows.count, chosen.slug, settings, found.setting, plan.target, found.recall,
            met(*facts, certain=certain), found.speed, files, build, found.filters, said, choice.code.slug, lost,
        )  # fmt: skip

    def _truth(self, away: Held) -> Truth:
        """Looks for the exact answers to the queries."""
        contents, stop = self._contents, self._contents.vectors.count - len(away.numbers)
        queries = held_out(self.folder) if contents.queries is None else contents.queries
        return Truth(queries, min(stop, self._plan.target.k + KNOWN), self.folder)

    def _foreseen(self, away: Held) -> tuple[Engine, Foreseen, Forecaster]:
        """The engine, and what can be foreseen of its build; it is said."""
        contents, plan = self._contents, self._plan
        paths = [self.folder / name for name in (IDS, PAYLOAD)]
        ahead = Forecaster(
            contents.vectors.count,
            self._columns,
            len(away.numbers if contents.queries is None else contents.queries),
            held(),
            kept_code(plan.rows),
            plan.threads,
            plan.target.k + KNOWN,
            payload=0 if contents.payload is None else contents.payload.nbytes,
            kept=sum(path.stat().st_size for path in paths if path.exists()),
        )
        if "foreseen" not in self._state:
            found = foresee(contents, plan, away, self.folder, ahead, self._say)
            self._state = self._saved({**self._state, "foreseen": to_json(found)})
        foreseen = from_json(Foreseen, self._state["foreseen"])
        ahead = replace(ahead, base=foreseen.base, given=foreseen.given, groups=foreseen.groups)
        for text in told(foreseen, plan, ahead):
            self._say("note", {"text": text})
        return engine_named(foreseen.engine), foreseen, ahead

    def _refined(self, ahead: Forecaster, chosen: Engine, foreseen: Foreseen, truth: Truth) -> None:
        """Say the forecast once more, where the exact answers tell more of small groups than the sample did."""
        ahead = replace(ahead, groups=groups_among(truth.found.scores, ahead.count))
        peak = ahead.peak(chosen, self._settings(chosen, ahead.count))
        if peak != foreseen.peak:
            self._say("note", {"text": f"forecast, now that all are read: {peak / 2**20:,.0f} MiB of memory"})

    def _settings(self, chosen: Engine, count: int) -> Mapping[str, int]:
        return chosen.settings(count, self._columns)

    def _write_ids(self, away: Held) -> None:
        """Ids and payload in the order of the rows; refused before hours of work, not after."""
        count, order = self._contents.vectors.count, away.order
        ids = np.arange(count) if self._contents.ids is None else id_array(self._contents.ids, count)
        np.save(self.folder / IDS, ids[order])
        if self._contents.payload is not None:
            write_table(self.folder / PAYLOAD, self._contents.payload.take(order))

    def _fill(self, chosen: Engine, rows: Rows, stop: int) -> Structure:
        settings = self._settings(chosen, rows.count)
        many = min(stop, settings.get("sample", 1000))
        sample = np.random.default_rng(self._plan.seed).choice(stop, many, replace=False)
        threads, seed = self._plan.threads, self._plan.seed
        job = Job(rows, sample, settings, threads, seed)
        return Fill(chosen, job, stop, self.folder).run(self._say)

    def _final(self, rows: Rows, away: Held, choice: Choice) -> Rows:
        """The rows in their final form; finer ones than those of the build are read from the source once more."""
        rows.release()
        if choice.code is rows.code:
            return rows
        self._say("stage", {"title": f"packing {choice.code.title}"})
        if choice.code.rounds:
            final = repack(rows, choice.code, self.folder, self._plan.threads)
        else:
            take_in(self._contents.vectors, self.folder, away, choice.code, self._say, self._plan.threads)
            final = Rows(self.folder / choice.code.file, self._columns, choice.code)
        give_back()
        return final

    def _promised(self, chosen: Engine, structure: Structure, truth: Truth, rows: Rows, final: Rows) -> Promise:
        """Tuned and verified with the rows in their final form, judged by the vectors before."""
        plan = self._plan
        self._say("stage", {"title": "tuning and verifying"})
        exam = exam_of(final, truth.queries, truth.found, plan.target.k)
        finest = rows if final.code.rounds else final
        return promise(chosen, structure.over(final), exam, finest, plan.target, plan.lost, plan.seed)

    def _complete(self, chosen: Engine, structure: Structure, rows: Rows) -> None:
        """Let the structure take in the held-out rows; one that cannot grow is built once more, with all."""
        if structure.count < rows.count and not structure.grows:
            settings, nothing = self._settings(chosen, rows.count), np.zeros(0, np.int64)
            structure = chosen.start(Job(rows, nothing, settings, self._plan.threads, self._plan.seed))
        for _, block in rows.blocks(BLOCK, structure.count):
            structure.add(block)
        structure.finish()
        with by_a_library(self.folder / ENGINE):
            structure.save(self.folder / ENGINE)

    def _write(self, truth: Truth, away: Held) -> None:
        buffer, found, many = io.BytesIO(), truth.found, self._plan.target.k + REPEATS
        rows, scores = found.rows[:, :many], found.scores[:, :many]
        np.savez(buffer, queries=truth.queries, rows=rows, scores=scores, held_out=away.numbers)
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
