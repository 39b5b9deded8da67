"""The page of results, and the lists that rule authors read."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

from zoo.counted import NO_FAULT, Cohort
from zoo.judged import Judged
from zoo.members import names
from zoo.shares import Share, share

LEAST_SEEDS, PROTOCOL_SEEDS = 3, 8
QUESTIONS: Sequence[tuple[str, Callable[[Judged], bool], str]] = (
    ("detected", lambda one: one.detected, "at least 95 %"),
    ("cause named right", lambda one: one.named, "at least 85 %"),
    ("cause has the best name", lambda one: one.named_best, ""),
    ("place right", lambda one: one.placed, "at least 80 %"),
    ("name and place right", lambda one: one.named and one.placed, ""),
)
LIMITS = """## How to read it

- Only issues count, on sick and on healthy runs alike; tips neither detect nor alarm.
- Any traceback shows a crash, so the goals are held against the faults that trained to the end; crashes have rows of
  their own, where `program-crashed` is no acceptable name, and the traceback's line no place unless it is to change.
- *Place* is strict for faults of a layer (the layer, or its line). A fault of data has no line in a generated member:
  there the component is enough, and for scripts `data` is, too. The line of `compile` stands for all it is given.
- Acceptable names were not fixed before all results: some were widened after early development runs, then reviewed and
  mostly narrowed by someone who had seen those. Wherever there are two, `truth.json` and `faulty/` say why from what
  the fault is. *Best name* counts the first alone.
- Plans that did not learn, or whose validation loss rose again, are left out of the healthy by score and loss alone.
  Alarms on them have a row, and *all plans meant to be healthy* has everything in it.
- The clustered interval (Korn and Graubard) draws on data sets, for scripts on each script; without any hit each member
  counts once, not once a seed. Wilson's, beside it, takes all runs as independent.
- `LOOKS.md` counts the looks at the test part.
- The goals' protocol asks for 8 seeds before a fault counts as harmful; with fewer, some harmful faults are left out,
  and one in twenty harmless ones may be counted, which the exam then misses.
"""


def page(cohorts: Mapping[str, Cohort], seconds: float, command: str) -> str:
    """The tables of `RESULTS.md`."""
    runs = sum(len(cohort.members) for cohort in cohorts.values())
    lines = [
        "# The zoo: what the exam finds, names and places, and how often it cries wolf\n",
        f"Made by `{command}` of what `python bench/zoo/run.py --out ZOO --half ...` had stored ({_seeds(cohorts)}). "
        "What counts: docstring of `judge.py`.\n",
        f"{runs} stored runs, judged again in {seconds:.1f} s.\n",
    ]
    if any(cohort.sick and cohort.seeds < LEAST_SEEDS for cohort in cohorts.values()):
        lines.append(f"**Provisional**: with fewer than {LEAST_SEEDS} seeds of a sick member no harm is proved.\n")
    elif any(cohort.sick and cohort.seeds < PROTOCOL_SEEDS for cohort in cohorts.values()):
        lines.append(f"Fewer than the {PROTOCOL_SEEDS} seeds that the protocol asks for.\n")
    for half, cohort in cohorts.items():
        tables = (_overall(cohort), _by_fault(cohort) if cohort.sick else (), _by_rule(cohort))
        lines.append(f"## {half.capitalize()} part\n")
        lines += [line for table in tables for line in (*table, "")]
    return "\n".join([*lines, LIMITS])


def _seeds(cohorts: Mapping[str, Cohort]) -> str:
    seeds = {half: sorted({one.outcome.seed for one in cohort.members}) for half, cohort in cohorts.items()}
    return "; ".join(f"{half}: seeds {', '.join(map(str, found))}" for half, found in seeds.items())


def _overall(cohort: Cohort) -> Iterator[str]:
    yield "| | share | runs | members | Wilson, runs independent | clustered | goal |"
    yield "|---|---|---|---|---|---|---|"
    trained = [member for member in cohort.sick if not member.outcome.crash]
    scripts = [member for member in trained if member.outcome.name.startswith("script-")]
    crashes = [member for member in cohort.sick if member.outcome.crash]
    for title, members in (("sick", trained), ("hand-written scripts among them", scripts), ("crashed", crashes)):
        for question, holds, goal in QUESTIONS if members else ():
            yield _row(f"{title}: {question}", share(members, holds), goal if members is not crashes else "")
    meant = (*cohort.healthy, *cohort.left_out)
    healthy = (
        ("healthy", cohort.healthy),
        ("healed scripts", cohort.twins),
        ("left out of the healthy", cohort.left_out),
        ("all plans meant to be healthy", meant),
    )
    for title, plans in healthy:
        if not plans:
            continue
        alarmed = share(plans, lambda one: one.detected)
        yield _row(f"{title}: false alarms", alarmed, f"at most 3 %; claimed: {100 * alarmed.upper:.1f} %")
    yield from _counted(cohort)


def _counted(cohort: Cohort) -> Iterator[str]:
    """What is in the tables, and what is not."""
    faults = {member.outcome.name for member in cohort.members if member.outcome.kind == "sick"}
    tips = sum(len(member.tips) for member in cohort.healthy)
    late = sum(member.outcome.crash in NO_FAULT for member in cohort.members)
    yield ""
    yield (
        f"{len(cohort.harmful)} of {len(faults)} faults hurt significantly and count. "
        f"Healthy plans left out because they did not learn or overfitted: {len(cohort.poor)}. "
        f"Tips on a healthy run: {tips / max(1, len(cohort.healthy)):.2f} on average. Runs that took too long: {late}. "
        f"Healed scripts that crashed: {sum(bool(member.outcome.crash) for member in _healed(cohort))}. "
        f"Members of the zoo that are not stored: {_missing(cohort)}."
    )


def _healed(cohort: Cohort) -> Iterator[Judged]:
    return (member for member in cohort.members if member.outcome.kind == "twin")


def _missing(cohort: Cohort) -> int:
    """How many members of this half have no stored run; they may have failed, and a failure is no success."""
    stored = {member.outcome.name for member in cohort.members}
    return sum(len(set(names(half)) - stored) for half in {member.outcome.half for member in cohort.members})


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
    wilson, clustered = (f"{low:.1%} to {high:.1%}" for low, high in (found.wilson, found.clustered))
    return f"| {title} | {found.value:.1%} | {found.total} | {found.units} | {wilson} | {clustered} | {goal} |"


__all__: Sequence[str] = ("alarms", "page")
