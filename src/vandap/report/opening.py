"""What the page opens with: the verdict in a sentence, the few numbers to know first, and what was not seen."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from vandap.core.estimate import Decision
from vandap.core.examined import Examined
from vandap.core.finding import Severity, Status
from vandap.repair.record import Fixed
from vandap.report import examined_words as words
from vandap.report import format as written
from vandap.report import metric as metrics
from vandap.report.experiment import gain
from vandap.report.fixed import HEADS
from vandap.report.material import Material
from vandap.report.summary import Summary, summarise

_SUBJECTS = (".py", ".pyw", ".keras", ".h5", ".hdf5")
_NAMED = 3
_NOT_JUDGED = "Watched, not yet examined: `vandap exam` with this folder judges it."


@dataclass(frozen=True)
class Tile:
    """One of the few numbers on top of the page: label, number, a line below, and `good`, `bad` or nothing."""

    label: str
    number: str
    note: str
    kind: str = ""


@dataclass(frozen=True)
class Opening:
    """The top of the page.

    Args:
        name: The run's name.
        title: What was trained or examined.
        aside: What stands beside the title.
        kind: What was done, such as the task; may be empty.
        status: `running`, `interrupted`, `failed` or `done`.
        banner: What an unfinished run means for the reader; empty when the run is done.
        sentence: The verdict.
        tiles: The numbers to know first.
        checked: What was looked at; may be empty.
        unseen: What could not be watched, one sentence each.
        skipped: Which decisive tests were left out, and why.
    """

    name: str
    title: str
    aside: str
    kind: str
    status: str
    banner: str
    sentence: str
    tiles: tuple[Tile, ...]
    checked: str = ""
    unseen: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()


def opening(material: Material) -> Opening:
    """Compute the top of a run's page."""
    if material.fixed is not None:
        return _repaired(material, material.fixed)
    if material.examined is not None:
        return _examined(material, material.examined)
    summary = summarise(material)
    measured = tiles(summary)
    return Opening(
        name=summary.name,
        title=summary.dataset or summary.name,
        aside=f"recommended model: {summary.recommended}" if summary.recommended else "",
        kind=str(material.data.get("task") or ""),
        status=summary.status,
        banner=summary.banner,
        sentence=summary.sentence,
        tiles=(*measured, _exam(material, summary)) if measured else (),
    )


def tiles(summary: Summary) -> tuple[Tile, ...]:
    """Return the few numbers of a run to show first; none before anything was measured."""
    if summary.score is None:
        return ()
    found = [Tile(summary.metric, written.point(summary.score), f"95 % interval {written.interval(summary.score)}")]
    if not summary.score.has_interval:
        found = [Tile(summary.metric, written.point(summary.score), summary.score.method)]
    if summary.rival and summary.rival.score:
        name, _, model = summary.rival.label.partition(" (")
        found.append(Tile(written.sentence(name), written.point(summary.rival.score), model.rstrip(")")))
    if summary.comparison:
        gap = summary.comparison
        text = written.difference(gap.difference, gap.low, gap.high)
        number, _, interval = text.partition(" ")
        found.append(Tile("Difference", number, " ".join(part for part in (interval, summary.surety) if part)))
    return tuple(found)


def _exam(material: Material, summary: Summary) -> Tile:
    """What the exam of a run came to."""
    if not material.verdicts:
        return Tile("Exam", written.ABSENT, "not examined")
    clear = sum(verdict.status is Status.CLEAR for verdict in material.verdicts)
    tips = [written.plural(len(summary.tips), "tip")] if summary.tips else []
    note = ", ".join([*tips, f"{written.plural(clear, 'rule')} clear"])
    if not summary.issues:
        return Tile("Exam", "no issue", note, "good")
    return Tile("Exam", written.plural(len(summary.issues), "issue"), note, "bad")


def subject(material: Material, examined: Examined) -> str:
    """Return the name of what was examined: the script or the model, also where only the run folder was named."""
    if Path(examined.subject).suffix in _SUBJECTS:
        return Path(examined.subject).name
    typed = [word for word in material.info.command if Path(word).suffix in _SUBJECTS]
    site = material.structure.fit.site if material.structure is not None else None
    return Path(typed[0] if typed else (site and site.file) or material.info.name).name


def _repaired(material: Material, fixed: Fixed) -> Opening:
    examined = material.examined
    found = [_found(examined)] if examined is not None else []
    return Opening(
        name=material.info.name,
        title=Path(fixed.subject).name,
        aside="",
        kind="fix",
        status="done",
        banner="",
        sentence=_proved(fixed),
        tiles=(*_gained(fixed), *found, *_spent(fixed)),
        unseen=words.unseen(examined) if examined is not None else (),
    )


def _proved(fixed: Fixed) -> str:
    """The verdict, with the changes that are kept."""
    head = HEADS.get(fixed.status, written.sentence(fixed.status))
    named = [step.words for step in fixed.kept[:_NAMED]]
    rest = f" and {len(fixed.kept) - _NAMED} more" if len(fixed.kept) > _NAMED else ""
    return f"{head}: {', '.join(named)}{rest}." if named else f"{head}."


def _gained(fixed: Fixed) -> Iterator[Tile]:
    """What the experiment of a repair came to."""
    outcome = fixed.experiment.outcome if fixed.experiment is not None else None
    if outcome is None:
        return
    name, effect = metrics.title(fixed.metric), outcome.effect
    dummy = f"the dummy baseline scores {written.number(fixed.dummy)}" if math.isfinite(fixed.dummy) else ""
    seeds = f"mean of {written.plural(effect.seeds, 'seed')}, {written.count(effect.count)} held-out rows"
    yield Tile(f"{name} as it is", written.number(fixed.before), dummy)
    yield Tile(f"{name} changed", written.number(fixed.after), seeds)
    number, _, interval = gain(effect).partition(" ")
    kind = {Decision.BETTER: "good", Decision.WORSE: "bad", Decision.HARM: "bad"}.get(outcome.decision, "")
    yield Tile("Gain", number, f"{interval} {outcome.decision.value}".strip(), kind)


def _spent(fixed: Fixed) -> Iterator[Tile]:
    if fixed.trainings:
        yield Tile("Trainings", written.count(fixed.trainings), f"in {written.seconds(fixed.seconds)}")


def _examined(material: Material, examined: Examined) -> Opening:
    failed = examined.failed or material.info.status in ("failed", "interrupted")
    error = material.info.error.partition("\n")[0]
    return Opening(
        name=material.info.name,
        title=subject(material, examined),
        aside="",
        kind="exam",
        status="failed" if failed else material.info.status,
        banner=" ".join(part for part in (words.ending(examined), error) if part),
        sentence=_sentence(examined) if material.verdicts else _NOT_JUDGED,
        tiles=tuple(
            tile for tile in (_found(examined), _looked(examined), _ended(examined), _trained(material)) if tile
        ),
        checked=words.checked(examined),
        unseen=words.unseen(examined),
        skipped=words.skipped(examined),
    )


def _sentence(examined: Examined) -> str:
    """The verdict with the names of the faults."""
    found = words.roots(examined)
    named = [
        "perhaps " * (finding.code in examined.suspected) + written.words(finding.fault or finding.slug)
        for finding in found[:_NAMED]
    ]
    rest = f" and {len(found) - _NAMED} more" if len(found) > _NAMED else ""
    listed = f": {', '.join(named)}{rest}" if named else ""
    return f"{written.sentence(words.headline(examined))}{listed}."


def _found(examined: Examined) -> Tile:
    roots = words.roots(examined)
    issues = sum(finding.severity is Severity.ISSUE for finding in roots)
    explained = sum(map(len, words.effects(examined).values()))
    notes = [written.plural(len(roots) - issues, "tip")] if len(roots) > issues else []
    notes += [f"{written.plural(explained, 'symptom')} explained by them"] if explained else []
    if not words.decided(examined):
        return Tile("Found", written.ABSENT, "nothing could be examined")
    kind = "bad" if issues else "" if examined.failed else "good"
    return Tile("Found", written.plural(issues, "issue") if issues else "no issue", ", ".join(notes), kind)


def _looked(examined: Examined) -> Tile:
    clear = sum(verdict.status is Status.CLEAR for verdict in examined.verdicts)
    return Tile("Rules that could look", f"{words.decided(examined)} of {len(examined.verdicts)}", f"{clear} clear")


def _ended(examined: Examined) -> Tile | None:
    ending = examined.ending
    if ending is None:
        return None
    text = written.sentence(ending.how)
    well = ending.exit_code == 0
    return Tile(
        "Script", text, f"exit code {ending.exit_code}, {written.seconds(ending.seconds)}", "" if well else "bad"
    )


def _trained(material: Material) -> Tile | None:
    fit = material.structure.fit if material.structure is not None else None
    if fit is None or not fit.steps:
        return None
    loss = material.signal("step_loss")
    loss = material.signal("loss") if loss is None else loss
    course = ""
    if loss is not None and loss.ndim == 1 and len(loss) > 1:
        course = f"loss {written.number(float(loss[0]))} to {written.number(float(loss[-1]))}"
    epochs = written.plural(fit.epochs_run, "epoch") if fit.epochs_run else ""
    note = ", ".join(part for part in (epochs, course) if part)
    return Tile("Training", written.plural(fit.steps, "step"), note)
