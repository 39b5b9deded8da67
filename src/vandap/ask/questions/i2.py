"""I2: bias and variance of this network, by resampled trainings, a learning curve, and error against capacity."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from vandap.ask import curve
from vandap.ask.arms import Point, affordable, point, predictions, trained
from vandap.ask.curve import Curve
from vandap.ask.decomposition import Decomposition, Part, decomposed
from vandap.ask.measured import Measured
from vandap.ask.opened import Opened
from vandap.ask.question import Answer, Table
from vandap.ask.whatif.parse import parse
from vandap.core.records import from_json
from vandap.errors import UsageError
from vandap.repair.changes.rows import Rows
from vandap.repair.runner import Done

REPLICATES = 10
BOOTSTRAP = (Rows("bootstrapped"),)
WIDTHS = ("width*2", "width/2", "width*4", "width/4")
"""What-ifs of capacity, those that are asked first first."""
_ARMS = 2 + len(curve.SHARES) + len(WIDTHS)
_FEWEST = 5
"""Trainings on resampled rows without which the parts of the error decide nothing."""
_DOMINATES = 2.0
"""Ratio from which one part of the error is said to outweigh the other."""
_HEAD = ("part of the error", "value", "low", "high", "share")
_WIDTH_HEAD = ("capacity", "seeds", "score", "against this one", "low", "high")


class BiasVariance(Measured):
    """Bias or variance?"""

    id = "I2"
    question = "Bias and variance: the trade-off?"
    how = (
        "The squared error decomposed over trainings on rows drawn with replacement; a learning curve; the error of "
        "networks of other widths: all trained for the answer."
    )
    told = "on resampled rows, on parts of its rows and with other widths, fifty times or more in all"

    def measure(self, opened: Opened) -> Mapping[str, Any]:
        """Train replicates, the curve and the widths; then more replicates, if there is time."""
        opened.bench.rehearse(())
        if opened.bench.scale.several is not None:
            raise UsageError(
                "This training predicts several numbers for each example, whose error is not decomposed.",
                received=f"{opened.bench.scale.several.shape[1]} numbers for each example of {opened.name}",
                expected="a training that predicts one class or one number",
                hint='What-ifs answer it: `vandap ask ... "width*2"`, `vandap ask ... "half the data"`.',
            )
        stage = opened.progress
        stage("stage", {"title": "bias and variance: trainings on resampled rows"})
        trained(opened, ())
        seeds = affordable(opened, _ARMS)
        reference, drawn = (trained(opened, changes, seeds) for changes in ((), BOOTSTRAP))
        stage("stage", {"title": "learning curve"})
        learned = curve.measured(opened, reference)
        stage("stage", {"title": "networks of other widths"})
        widths = [item for text in WIDTHS if (item := _width(opened, text, reference)) is not None]
        stage("stage", {"title": "more trainings on resampled rows"})
        drawn = trained(opened, BOOTSTRAP, max(REPLICATES, seeds)) or drawn
        parts = _parts(opened, drawn, reference)
        score = point(opened, "this one", reference, reference)
        return {"parts": parts, "curve": learned, "widths": widths, "score": score, "loss": _loss(opened)}

    def told_of(self, measured: Mapping[str, Any]) -> Answer:
        """The parts of the error, what more data and more capacity do, and what follows."""
        parts = None if measured["parts"] is None else from_json(Decomposition, measured["parts"])
        learned, widths = curve.read(measured["curve"]), [from_json(Point, item) for item in measured["widths"]]
        texts = [_decomposed(parts, measured["loss"]), learned.told(), _capacity(widths, learned.metric)]
        texts.append(_verdict(parts, learned, widths))
        tables = [_parts_table(parts, measured["loss"])] if parts is not None else []
        tables += [learned.table(), _width_table(measured["score"], widths, learned.metric)]
        document = {"decomposition": parts, "learning_curve": learned, "capacity": widths, "verdict": texts[-1]}
        return Answer(" ".join(texts), _SHORT, tuple(tables), document)


_SHORT = (
    "Bias is what the mean of many trainings still gets wrong, variance how far single trainings are from that mean. "
    "More capacity lowers the bias and tends to raise the variance, more data lower the variance alone: so find out "
    "which of them it is before you buy either."
)


def _loss(opened: Opened) -> str:
    return "squared error of the probabilities (Brier score)" if opened.bench.scale.classes else "squared error"


def _width(opened: Opened, text: str, reference: Sequence[Done]) -> Point | None:
    """The network with another width; None where it has none that can be changed."""
    try:
        changes = parse(text).changes(opened.known)
    except UsageError:
        return None
    return point(opened, text, trained(opened, changes, len(reference)), reference, hypotheses=len(WIDTHS))


def _parts(opened: Opened, drawn: Sequence[Done], same: Sequence[Done]) -> Decomposition | None:
    """The error of trainings on resampled rows; None where fewer than three have predictions."""
    scale = opened.bench.scale
    others, alike = ([item for item in predictions(opened, side) if item is not None] for side in (drawn, same))
    if len(others) < 3:
        return None
    rows = scale.rows("confirm")
    return decomposed(scale.target[rows], others, alike, groups=scale.division.groups_of(rows))


def _decomposed(parts: Decomposition | None, loss: str) -> str:
    if parts is None:
        return "There was no time for three trainings on resampled rows, so the error is not decomposed."
    chance = ""
    if parts.chance == parts.chance:  # it was measured
        chance = (
            " Initial values and the order of the rows alone cause about "
            f"{_share(parts.chance, parts.variance.value)} of that variance; other rows cause the rest."
        )
    return (
        f"Over {parts.replicates} trainings on rows drawn with replacement, the {loss} on {parts.examples} held-out "
        f"rows is {parts.error.value:.3g}: squared bias and noise {_told(parts.bias)}, variance "
        f"{_told(parts.variance)}, {_share(parts.variance.value, parts.error.value)} of the error.{chance} Noise, "
        "which no model can learn, is not told from bias."
    )


def _told(part: Part) -> str:
    return f"{part.value:.3g} [{part.low:.3g}, {part.high:.3g}]"


def _share(value: float, whole: float) -> str:
    return f"{min(value / whole, 1.0):.0%}" if whole > 0 else "none"


def _capacity(widths: Sequence[Point], metric: str) -> str:
    if not widths:
        return "Its width cannot be changed, or there was no time, so error against capacity is not measured."
    helped = [item for item in widths if item.is_better]
    if not helped:
        worse = [item.name for item in widths if item.is_worse]
        hurt = f"; surely worse: {', '.join(worse)}" if worse else ""
        return f"No other width was surely better{hurt}."
    best = max(helped, key=lambda item: item.gain)
    return f"{best.name} was surely better: {metric} {best.gain:+.3g} [{best.low:.3g}, {best.high:.3g}]."


def _verdict(parts: Decomposition | None, learned: Curve, widths: Sequence[Point]) -> str:
    """What follows, from experiments first and from the parts of the error second."""
    wider = any(item.is_better and "*" in item.name for item in widths)
    narrower = any(item.is_better and "/" in item.name for item in widths)
    data = learned.last is not None and learned.last.is_better
    if wider:
        also = ", and more data would help it, too" if data else ""
        return f"Verdict: bias; the network is too small for these data{also}."
    if narrower:
        return (
            "Verdict: variance; the network is too large for so few data: narrow it, regularise it, or get more rows."
        )
    if data:
        no_other = _unmeasured(learned, widths) or " No other width surely does."
        return f"Verdict: variance, as far as one can act on it: more rows surely help.{no_other}"
    if parts is None or parts.replicates < _FEWEST:
        return "Verdict: cannot tell yet; a larger --budget goes on."
    undecided = _undecided(learned, widths)
    if parts.bias.low > _DOMINATES * parts.variance.high:
        return f"Verdict: bias or noise, not variance.{undecided or _FLOOR}"
    if parts.variance.low > _DOMINATES * parts.bias.high:
        return f"Verdict: variance; averaging several trainings takes most of it away.{undecided}"
    return f"Verdict: balanced.{undecided or ' Neither more capacity nor more data would help.'}"


_FLOOR = (
    " Neither more capacity nor more data would help: what is left is noise of the targets, or what these features do "
    "not show."
)


def _undecided(learned: Curve, widths: Sequence[Point]) -> str:
    """What may still help as far as the intervals tell, and what was not measured; "" where nothing may."""
    asked = [*widths, *([] if learned.last is None else [replace(learned.last, name="more data")])]
    untold: dict[str, list[str]] = {}
    for item in asked:
        if not item.high < learned.margin:
            untold.setdefault(f": {item.why}" if item.why else " with so few trainings", []).append(item.name)
    told = [f" Whether {' or '.join(names)} would help cannot be told{why}." for why, names in untold.items()]
    return "".join(told) + _unmeasured(learned, widths)


def _unmeasured(learned: Curve, widths: Sequence[Point]) -> str:
    """What may help and was not tried; "" where a wider one, a narrower one and fewer rows were."""
    sides = (("a wider network", "*"), ("a narrower network", "/"))
    names = [name for name, sign in sides if not any(sign in item.name for item in widths)]
    names = ["another width"] if len(names) == len(sides) else names
    names += ["more data"] if learned.last is None else []
    return f" Whether {' or '.join(names)} would help was not measured." if names else ""


def _parts_table(parts: Decomposition, loss: str) -> Table:
    rows = [("all", parts.error), ("squared bias and noise", parts.bias), ("variance", parts.variance)]
    whole = parts.error.value
    shown = tuple(
        (name, part.value, part.low, part.high, part.value / whole if whole > 0 else None) for name, part in rows
    )
    return Table(f"The {loss}, interval over trainings and examples", _HEAD, shown)


def _width_table(score: Mapping[str, Any] | None, widths: Sequence[Point], metric: str) -> Table:
    own = [] if score is None else [("this one", score["seeds"], score["score"], None, None, None)]
    rows = [(item.name, item.seeds, item.score, item.gain, item.low, item.high) for item in widths]
    return Table(f"Capacity ({metric}; a positive difference is better)", _WIDTH_HEAD, (*own, *rows))
