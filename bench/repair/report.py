"""The page of results: `python -m bench.repair.report > bench/repair/RESULTS.md`."""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from bench.repair.cures import Row
from bench.repair.members import DRAW, FIRST
from bench.repair.power import EXPERIMENTS, LOOKS, ROWS, powers
from bench.repair.run import PARTS, RESULTS, rows
from vandap.evaluate.intervals import wilson

RESAMPLES = 10_000
HEAD = f"""# What repairs are worth

Made by `python -m bench.repair.run` (see there for single parts) and `python -m bench.repair.report`. Members are drawn
from the test half of the zoo and from scripts that somebody wrote who had seen neither vandap nor this bench, with the
seed {DRAW}, before and without a look at how any repair fares on them (`members.py`). Every program is judged by
trainings with eight seeds of their own, on rows that neither `fix` nor random search was ever shown; intervals are
95 %, over seeds and rows. A score is balanced accuracy, or explained variance for numbers (at least -1); a training
that crashes scores as the dummy.
"""
FAULTS = """
## Faults

A fault counts if it is surely worse than its healthy twin, by two points or more. *Better*: surely better than the
faulty program. *Recovered*: sum of gains over sum of gaps, negative gains kept, interval by bootstrap over faults.
*random* draws bundles of one to three of the changes that any remedy can make of the script, one training each, and
keeps the best on the rows that screen; *suggested* draws from the changes that the findings suggest. Each has as many
seconds as `fix`, its exam of the script included, and needs no proof for what it keeps.
"""
EARLIER = """
## Faults, the draw before

The same of earlier code. What failed was looked at then and mended by general means, so that these members claim
nothing any more.
"""
HEALTHY = """
## Healthy trainings

`fix` on healed scripts and healthy plans. *Harm*: surely worse on the fresh rows.
"""
SAME = """
## A training against itself, seeds unpaired

Looks at 5, 8, 12 and 20 seeds of each arm, as in `fix`. Goal: `better` in at most 5 %.
"""
POWER = f"""
## Power for known effects on digits

The effect is that of all seeds on all fresh rows. {EXPERIMENTS:,} experiments each draw seeds and {ROWS} rows from
these, one look. In brackets the power of Student's t with as many degrees of freedom as seeds but one (noncentral t).
"""
SPEED = """
## Trials a minute

Trials of a repair beside a fresh process for every training of the same script; as many at once as there are cores.
Goal: three times as many.
"""


REMEDIES = """
## Remedies

Each rule that a drill shows: a script with that one fault. The first four answers that the rule's own remedies give and
that can be made are each compared with the script as it is, five seeds of each arm, one look. Goal: one of them is
surely better, wherever the fault costs anything.
"""


def main() -> None:
    """Print the page."""
    print(HEAD)
    for part, measured, text, table in (
        ("faults", RESULTS, FAULTS, _faults),
        ("faults", FIRST, EARLIER, _faults),
        ("healthy", RESULTS, HEALTHY, _healthy),
        ("same", RESULTS, SAME, _same),
        ("power", RESULTS, POWER, _power),
        ("speed", RESULTS, SPEED, _speed),
        ("remedies", RESULTS, REMEDIES, _remedies),
    ):
        found = rows(measured, part)
        print(text)
        print("\n".join([*_made(part, found), *table(found)]) if found else "Not run yet.")


def _made(part: str, found: Sequence[Row]) -> Iterator[str]:
    """How much of a part there is, and of which code."""
    commits = dict.fromkeys(row["commit"] for row in found if row.get("commit"))
    wanted, _ = PARTS[part]
    if len(found) < wanted:
        yield f"So far {len(found)} of {wanted}.\n"
    if commits:
        yield f"Code: {', '.join(commits)}.\n"


def _faults(found: Sequence[Row]) -> Iterator[str]:
    counted = [row for row in found if row["counts"]]
    left_out = ", ".join(f"`{row['member']}`" for row in found if not row["counts"])
    yield f"{len(counted)} faults count of {len(found)} drawn{f' (not: {left_out})' if left_out else ''}.\n"
    for origin, chosen in _groups(counted):
        yield f"### {origin}\n"
        yield from _head("arm", "faults", "better", "share [95 %]", "recovered [95 %]", "seconds", "trainings")
        for arm in _arms(chosen):
            yield _arm(arm, [row for row in chosen if arm in row["arms"]])
        yield from _against_random(chosen)
        yield ""
    yield from _head("fault", "healthy", "faulty", *(f"{arm}: score, kept" for arm in _arms(counted)))
    for row in counted:
        scores = row["scores"]
        told = [_kept(row["arms"][arm]) if arm in row["arms"] else "" for arm in _arms(counted)]
        yield _line(row["member"], f"{scores['healthy']:.3f}", f"{scores['sick']:.3f}", *told)


def _groups(counted: Sequence[Row]) -> Iterator[tuple[str, Sequence[Row]]]:
    yield "All", counted
    for name, origin in (("Hand-written scripts", "script"), ("Plans written out", "plan")):
        yield name, [row for row in counted if row["origin"] == origin]


def _arms(counted: Sequence[Row]) -> list[str]:
    return list(dict.fromkeys(arm for row in counted for arm in row["arms"]))


def _arm(arm: str, chosen: Sequence[Row]) -> str:
    tried = [row["arms"][arm] for row in chosen]
    better = sum(_is_better(item) for item in tried)
    low, high = wilson(better, len(tried))
    return _line(
        arm,
        len(tried),
        better,
        f"{_percent(better / len(tried))} [{_percent(low)}, {_percent(high)}]",
        _with_interval(_recovered(arm), chosen, "{:.2f}"),
        f"{statistics.median(item['seconds'] for item in tried):.0f}",
        f"{statistics.median(item['trainings'] for item in tried):.0f}",
    )


def _is_better(item: Row) -> bool:
    low = item["gain"]["low"]
    return low is not None and low > 0


def _recovered(arm: str) -> Callable[[Sequence[Row]], float]:
    def share(chosen: Sequence[Row]) -> float:
        gains = sum(row["arms"][arm]["score"] - row["scores"]["sick"] for row in chosen)
        return float(gains / sum(row["scores"]["healthy"] - row["scores"]["sick"] for row in chosen))

    return share


def _against_random(chosen: Sequence[Row]) -> Iterator[str]:
    """The difference of the shares that are better, paired by fault."""
    for arm in _arms(chosen):
        both = [row for row in chosen if {"fix", arm} <= set(row["arms"])]
        if arm == "fix" or not both:
            continue

        def ahead(some: Sequence[Row], arm: str = arm) -> float:
            fix, other = (sum(_is_better(row["arms"][name]) for row in some) for name in ("fix", arm))
            return 100.0 * (fix - other) / len(some)

        points = _with_interval(ahead, both, "{:+.0f}")
        yield f"\n`fix` is surely better than the faulty program {points} points more often than *{arm}* is."


def _with_interval(statistic: Callable[[Sequence[Row]], float], chosen: Sequence[Row], form: str) -> str:
    """A statistic with its bootstrap interval over faults."""
    generator = np.random.default_rng(DRAW)
    draws = generator.integers(0, len(chosen), (RESAMPLES, len(chosen)))
    low, high = np.quantile([statistic([chosen[place] for place in draw]) for draw in draws], (0.025, 0.975))
    return f"{form} [{form}, {form}]".format(statistic(chosen), low, high)


def _kept(item: Row) -> str:
    mark = "" if not item["changes"] else " better" if _is_better(item) else " not surely better"
    return f"{item['score']:.3f}{mark}: {', '.join(item['changes']) or item['status'].splitlines()[0]}"


def _healthy(found: Sequence[Row]) -> Iterator[str]:
    changed = [row for row in found if row["arms"]["fix"]["changes"]]
    harmed = [row for row in changed if (row["arms"]["fix"]["gain"]["high"] or 0.0) < 0]
    low, high = wilson(len(changed), len(found))
    yield f"- {len(found)} healthy trainings; surely harmed: {len(harmed)} (goal: none)."
    yield (
        f"- Changes kept in {len(changed)}: {_percent(len(changed) / len(found))} [{_percent(low)}, {_percent(high)}] "
        "(goal: at most 10 %)."
    )
    statuses = Counter(row["arms"]["fix"]["status"].split(":")[0] for row in found)
    yield f"- How `fix` ended: {', '.join(f'{name} {number}' for name, number in statuses.most_common())}.\n"
    yield from _head("kept", "before", "after", "gain [95 %]", "changes")
    for row in changed:
        item, gain = row["arms"]["fix"], row["arms"]["fix"]["gain"]
        shown = f"{gain['middle']:+.3f} [{gain['low']:+.3f}, {gain['high']:+.3f}]"
        scores = (f"{row['scores']['healthy']:.3f}", f"{item['score']:.3f}")
        yield _line(row["member"], *scores, shown, ", ".join(item["changes"]))


def _same(found: Sequence[Row]) -> Iterator[str]:
    made = [row for row in found if "verdict" in row]
    kinds = (("all", made), *((name, [row for row in made if row["folds"] is is_folds])
             for name, is_folds in (("held-out rows", False), ("repeated folds", True))))  # fmt: skip
    yield from _head("decided by", "experiments", "scripts", "better", "share [95 %]", "other verdicts")
    for name, chosen in kinds:
        if not chosen:
            continue
        verdicts = Counter(row["verdict"] for row in chosen)
        better = verdicts.pop("better", 0)
        low, high = wilson(better, len(chosen))
        share = f"{_percent(better / len(chosen))} [{_percent(low)}, {_percent(high)}]"
        others = ", ".join(f"{verdict} {number}" for verdict, number in verdicts.most_common())
        yield _line(name, len(chosen), len({row["member"] for row in chosen}), better, share, others)
    refused = [row["member"] for row in found if "refused" in row]
    if refused:
        yield f"\nCould not be replayed and were passed over: {', '.join(refused)}."


def _power(found: Sequence[Row]) -> Iterator[str]:
    yield from _head("change", "effect, points", "from seeds", *(f"{look} seeds (theory)" for look in LOOKS))
    for item in powers(found):
        effect = f"{100 * item.effect:+.2f} ± {100 * item.error:.2f}"
        shares = (f"{_percent(item.found[look])} ({_percent(item.theory[look])})" for look in LOOKS)
        yield _line(item.arm, effect, item.seeds, *shares)


def _speed(found: Sequence[Row]) -> Iterator[str]:
    yield from _head("script", "back end", "trials a minute", "fresh processes a minute", "ratio")
    timed = [row for row in found if "ours" in row]
    for row in timed:
        ours, fresh = (60 * row["trials"] / row[name] for name in ("ours", "fresh"))
        yield _line(row["member"], row["backend"], f"{ours:.1f}", f"{fresh:.1f}", f"{ours / fresh:.1f}")
    if timed:
        ratio = float(np.exp(np.mean([np.log(row["fresh"] / row["ours"]) for row in timed])))
        yield f"\nGeometric mean of the ratios: {ratio:.1f}."


def _remedies(found: Sequence[Row]) -> Iterator[str]:
    tried = [row for row in found if row["tried"]]
    cured = [row for row in tried if any(item["verdict"] == "better" for item in row["tried"])]
    refused = Counter(row["refused"] for row in found if not row["tried"])
    yield f"- {len(tried)} of {len(found)} rules have an answer that can be made; of {len(cured)} one is surely better."
    yield f"- The others: {', '.join(f'{reason} {number}' for reason, number in refused.most_common())}.\n"
    yield from _head("rule", "metric", "best answer", "gain [95 %]", "verdict")
    for row in tried:
        best = max(row["tried"], key=lambda item: (item["verdict"] == "better", item["gain"]["middle"] or 0.0))
        ends = (best["gain"][name] for name in ("middle", "low", "high"))
        gain = "{} [{}, {}]".format(*("–" if end is None else f"{end:+.3g}" for end in ends))
        yield _line(f"{row['rule']} {row['member']}", row["metric"], ", ".join(best["changes"]), gain, best["verdict"])


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"


def _head(*names: str) -> Iterator[str]:
    yield _line(*names)
    yield _line(*("---" for _ in names))


def _line(*cells: Any) -> str:
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    main()
