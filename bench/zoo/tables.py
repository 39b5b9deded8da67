"""The page of results, and the lists that rule authors read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence

from zoo.counted import Cohort, Share, clustered_upper, share
from zoo.judged import Judged

LEAST_SEEDS = 3
GOALS = {"detected": "at least 95 %", "named": "at least 85 %", "placed": "at least 80 %"}


def page(cohorts: Mapping[str, Cohort], seconds: float) -> str:
    """The tables of `RESULTS.md`."""
    runs = sum(len(cohort.members) for cohort in cohorts.values())
    lines = [
        "# The zoo: what the exam finds, names and places, and how often it cries wolf\n",
        "Made by `python bench/zoo/run.py --out ZOO --half development|test --seeds 3` and "
        "`python bench/zoo/judge.py --out ZOO --write`. What counts: docstring of `judge.py`.\n",
        f"{runs} stored runs, judged again in {seconds:.1f} s.\n",
    ]
    if any(_seeds(cohort) < LEAST_SEEDS for cohort in cohorts.values()):
        lines.append(f"**Provisional**: with fewer than {LEAST_SEEDS} seeds of each member no harm is proved.\n")
    for half, cohort in cohorts.items():
        lines += [
            f"## {half.capitalize()} part\n",
            *_overall(cohort),
            "",
            *_by_fault(cohort),
            "",
            *_by_rule(cohort),
            "",
        ]
    return "\n".join(lines)


def _seeds(cohort: Cohort) -> int:
    return min(Counter(member.outcome.name for member in cohort.members).values(), default=0)


def _overall(cohort: Cohort) -> Iterator[str]:
    scripts = [member for member in cohort.sick if member.outcome.name.startswith("script-")]
    yield "| | share | runs | 95 % interval | goal |"
    yield "|---|---|---|---|---|"
    for title, members in (("sick", cohort.sick), ("hand-written scripts among them", scripts)):
        yield _row(f"{title}: detected", share(members, lambda one: one.detected), GOALS["detected"])
        yield _row(f"{title}: cause named right", share(members, lambda one: one.named), GOALS["named"])
        yield _row(f"{title}: place right", share(members, lambda one: one.placed), GOALS["placed"])
    for title, members in (("healthy", cohort.healthy), ("healed scripts", cohort.twins)):
        goal = f"upper end at most 3 % (clustered by data set: {100 * clustered_upper(members):.1f} %)"
        yield _row(f"{title}: false alarms", share(members, lambda one: one.detected), goal)
    faults = {member.outcome.name for member in cohort.members if member.outcome.kind == "sick"}
    yield ""
    yield (
        f"{len(cohort.harmful)} of {len(faults)} faults hurt significantly and count. "
        f"Healthy plans left out because they did not learn or overfitted: {len(cohort.poor)}."
    )


def _by_fault(cohort: Cohort) -> Iterator[str]:
    groups: dict[str, list[Judged]] = defaultdict(list)
    for member in cohort.sick:
        if member.truth:
            groups[member.truth.faults[0]].append(member)
    yield "| fault | runs | detected | named | placed | named instead |"
    yield "|---|---|---|---|---|---|"
    for fault, members in sorted(groups.items()):
        wrong = Counter(one.cause.fault if one.cause else "nothing" for one in members if not one.named)
        shares = [share(members, lambda one, name=name: getattr(one, name)) for name in ("detected", "named", "placed")]
        cells = " | ".join(f"{item.value:.0%}" for item in shares)
        instead = ", ".join(f"{name} {count}" for name, count in wrong.most_common(3))
        yield f"| {fault} | {len(members)} | {cells} | {instead} |"


def _by_rule(cohort: Cohort) -> Iterator[str]:
    yield "| rule | alarms on sick runs | first cause | right | on healthy runs | on healed scripts |"
    yield "|---|---|---|---|---|---|"
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for kind, members in (("sick", cohort.sick), ("healthy", cohort.healthy), ("twins", cohort.twins)):
        for member in members:
            for finding in member.findings:
                counts[f"{finding.code} {finding.slug}"][kind] += 1
            if kind == "sick" and member.cause:
                counts[f"{member.cause.code} {member.cause.slug}"]["first"] += 1
                counts[f"{member.cause.code} {member.cause.slug}"]["right"] += member.named
    for rule, found in sorted(counts.items(), key=lambda item: (item[0][0], int(item[0].split()[0][1:]))):
        cells = " | ".join(str(found[kind]) for kind in ("sick", "first", "right", "healthy", "twins"))
        yield f"| {rule} | {cells} |"


def alarms(cohort: Cohort) -> Iterator[str]:
    """False alarms, rules that crashed, misses and wrong names, one a line."""
    yield "\n# False alarms"
    for member in sorted((*cohort.healthy, *cohort.twins), key=lambda one: one.outcome.name):
        yield from (f"{_title(member)}: {item.code} {item.slug}: {item.message}" for item in member.findings)
    yield "\n# Rules that crashed"
    yield from (f"{_title(member)}: {' '.join(member.crashed)}" for member in cohort.members if member.crashed)
    yield "\n# Missed"
    yield from (
        f"{_title(one)}: {_expected(one)}; suspected: {one.suspected}" for one in cohort.sick if not one.detected
    )
    yield "\n# Named wrongly"
    yield from (_wrong(one) for one in cohort.sick if one.detected and not one.named)
    yield "\n# Named rightly, placed wrongly"
    yield from (
        f"{_wrong(one)} at {one.cause.where}" for one in cohort.sick if one.cause and one.named and not one.placed
    )
    yield "\n# Healthy plans left out"
    yield from sorted(cohort.poor)
    yield "\n# Sick members that are not significantly worse"
    yield from sorted({one.outcome.name for one in cohort.members if one.truth} - cohort.harmful)


def _wrong(member: Judged) -> str:
    said = f"{member.cause.code} {member.cause.fault}: {member.cause.message}" if member.cause else ""
    others = " ".join(finding.slug for finding in member.findings)
    return f"{_title(member)}: {_expected(member)}; said {said} [{others}]"


def _title(member: Judged) -> str:
    return f"{member.outcome.name}@{member.outcome.seed} ({member.outcome.score:.2f})"


def _expected(member: Judged) -> str:
    return f"expected {'/'.join(member.truth.faults)}" if member.truth else ""


def _row(title: str, found: Share, goal: str) -> str:
    low, high = found.interval
    return f"| {title} | {found.value:.1%} | {found.count} | {low:.1%} to {high:.1%} | {goal} |"


__all__: Sequence[str] = ("alarms", "page")
