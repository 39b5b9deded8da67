"""K21: how much feature work this training needed and got: scales, missing values, categories."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from vandap.ask.asked import asked
from vandap.ask.question import Answer, Question, Status, Table
from vandap.ask.watched import Watched, judged, known, lacking
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.core.store import Run, read_json
from vandap.diagnose.decisive import arm
from vandap.diagnose.network import NORMALISERS, SCALERS
from vandap.diagnose.reading import names, number
from vandap.diagnose.rules.data.constant_or_mixed_scale_features import ConstantOrMixedScaleFeatures
from vandap.diagnose.rules.data.integer_inputs import IntegerInputs
from vandap.diagnose.rules.data.non_finite_data import NonFiniteData
from vandap.diagnose.rules.data.unscaled_inputs import UnscaledInputs

_FACTS = ("minimum", "maximum", "mean", "deviation", "nonfinite")
_HEAD = ("input", *_FACTS)
_ARMS = ("inputs", "train loss", "held-out loss", "difference", "low", "high")
_RULES = (UnscaledInputs.code, ConstantOrMixedScaleFeatures.code, IntegerInputs.code, NonFiniteData.code)


class FeatureWork(Question):
    """Did this network need feature work?"""

    id = "K21"
    question = "Does deep learning need feature engineering?"
    how = (
        "Scales, missing values and categories as the network met them, what was done about them, the exam's short "
        "training on standardised inputs where it ran, and the what-if `inputs standardised` where it was asked of the "
        "training. Features of one's own are tried by a second run and `vandap compare`."
    )
    status = Status.PARTLY

    def answer(self, run: Run) -> Answer:
        """Read the inputs of a watched training, or the data contract of a run of `vandap train`."""
        watched = Watched.of(run)
        if watched.series("input_statistics") is not None:
            return _of_watched(run, watched)
        if (run.path / "data.json").is_file() and (run.path / "artifact" / "preprocess.json").is_file():
            return _of_trained(run)
        return lacking(run, self.id, "inputs of a training")


_SHORT = (
    "A network learns its own features from pixels, sound and text, but not their scale: inputs of mean 0 and "
    "deviation near 1, no missing values and categories as indices remain the user's work. On tables what an expert "
    "knows of the columns still adds what the data alone do not show."
)
_STANDARDISED = "inputs standardised"
_ENGINEERED = (
    "What engineered features would gain is tried by a second training on the same rows with those columns: "
    "`vandap compare {run} OTHER` then gives the paired difference."
)


def _of_watched(run: Run, watched: Watched) -> Answer:
    series = watched.series("input_statistics")
    inputs = names(series, 0) if series is not None else ()
    rows = tuple((name, *(known(number(series, name, fact)) for fact in _FACTS)) for name in inputs)
    arms, told = watched.series("test_standardised_input"), judged(run, *_RULES)
    parts = [*(_scale(row) for row in rows), _columns(watched), _inside(watched.program), _compared(arms)]
    sound = "The exam finds nothing that the inputs lack." if told.is_clear else ""
    tried = asked(run, _STANDARDISED)
    text = " ".join(filter(None, [*parts, told.blamed or sound, tried.text]))
    tables = [Table("Inputs as the model received them", _HEAD, rows)]
    if arms is not None:
        tables.append(Table("Short trainings from the same start", _ARMS, _arm_rows(arms)))
    document: dict[str, Any] = {
        "inputs": [dict(zip(_HEAD, row, strict=True)) for row in rows],
        "done_in_the_model": _scalers(watched.program),
        "what_ifs": tried.document,
        "standardised": [] if arms is None else [dict(zip(_ARMS, row, strict=True)) for row in _arm_rows(arms)],
        "rules": told.document,
    }
    return Answer(text, _SHORT, (*tables, *tried.tables, *told.tables), document)


def _scale(row: tuple[Any, ...]) -> str:
    name, low, high, mean, deviation, nonfinite = row
    if low is None or high is None or mean is None or deviation is None:
        return f"Of {name} no finite value was seen."
    bad = f"; {nonfinite:,.0f} values are not finite" if nonfinite else "; every value is finite"
    return f"{name} reached the model with {low:.3g} to {high:.3g}, {mean:.2g} ± {deviation:.2g}{bad}."


def _columns(watched: Watched) -> str:
    """How far the scales of the columns lie apart."""
    series = watched.series("feature_statistics")
    if series is None:
        return ""
    deviations = np.array([number(series, name, "deviation") for name in names(series, 0)])
    moving = deviations[np.isfinite(deviations) & (deviations > 0)]
    constant = int(np.sum(deviations == 0))
    same = f"{constant} of {len(deviations)} columns never change" if constant else f"{len(deviations)} columns"
    if moving.size < 2:
        return f"{same[0].upper()}{same[1:]}."
    return f"{same[0].upper()}{same[1:]}; their deviations lie within a factor of {moving.max() / moving.min():.3g}."


def _scalers(program: Program) -> list[str]:
    """Layers before the first weights that prepare the inputs."""
    found = []
    for layer in program.layers:
        if layer.kind in SCALERS or layer.kind in NORMALISERS or layer.kind == "Embedding":
            found.append(f"{layer.path} ({layer.kind})")
        if layer.parameters and layer.kind not in SCALERS | NORMALISERS | {"Embedding"}:
            break
    return found


def _inside(program: Program) -> str:
    if not program.layers:
        return ""
    found = _scalers(program)
    if found:
        return f"The model prepares its inputs itself: {', '.join(found)}."
    return "The model has no layer that scales its inputs; what was done was done before it."


def _arm_rows(arms: Series) -> tuple[tuple[Any, ...], ...]:
    facts = ("train", "held_out", "difference", "low", "high")
    return tuple((name, *(known(number(arms, name, fact)) for fact in facts)) for name in arms.labels.get("arm", ()))


def _compared(arms: Series | None) -> str:
    if arms is None:
        return "The exam had no reason to train on standardised inputs beside the user's own."
    tried = arm(arms, "standardised")
    if not all(map(math.isfinite, (tried.low, tried.high, tried.difference))):
        return "The short training on standardised inputs gave no number."
    return (
        f"The same short training on standardised inputs changed the held-out loss by {tried.difference:+.2g} "
        f"[{tried.low:.2g}, {tried.high:.2g}]: {tried.verdict}."
    )


def _of_trained(run: Run) -> Answer:
    """What `vandap train` did to the raw data before the network saw them."""
    stored: Mapping[str, Any] = read_json(run.path / "artifact" / "preprocess.json")
    done = tuple(_done(stored))
    profile = (run.data.get("profile") or {}).get("columns") or []
    gaps = [column["name"] for column in profile if (column.get("missing") or 0) > 0]
    told = judged(run, *_RULES)
    text = " ".join(
        [
            f"The raw data are {run.data['kind']}; what was done before the model (see the table) was fitted on the "
            "training part alone and is stored with the model.",
            f"Columns with missing values: {', '.join(gaps)}." if gaps else "",
            told.blamed,
            "No feature was engineered by hand; the simple models of the ladder got the same inputs.",
            _ENGINEERED.format(run=run.path),
        ]
    )
    tables = (Table("What was done before the model", ("work", "of what"), done), *told.tables)
    document = {"done": dict(done), "missing_in": gaps, "rules": told.document}
    return Answer(" ".join(text.split()), _SHORT, tables, document)


def _done(stored: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    if stored.get("channel_mean"):
        yield "mean and deviation of each channel taken off", f"{len(stored['channel_mean'])} channels"
    if stored.get("scaling"):
        yield "robust scaling with a smooth clip", f"{len(stored['scaling']['center'])} numbers"
    if stored.get("indicators"):
        yield "an indicator of missing values", ", ".join(stored["indicators"])
    if stored.get("dates"):
        yield "elapsed time and phases of year, week and day", ", ".join(stored["dates"])
    if stored.get("vocabularies"):
        yield "an index for each frequent value", ", ".join(stored["vocabularies"])
