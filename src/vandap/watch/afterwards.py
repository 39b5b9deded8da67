"""What a trained model answers on the examples that were kept, in training and in inference mode; no state changes."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterator

import numpy as np

from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.watch.forward import Answer, Forward
from vandap.watch.kept import Batch, Kept, State
from vandap.watch.mixing import row_mixing
from vandap.watch.observe import MOST_CLASSES, class_codes
from vandap.watch.plain import attempt
from vandap.watch.recorder import Signals
from vandap.watch.sample import leaves

MOST_EXAMPLES = 1_024
MOST_BATCHES = 8
MOST_SECONDS = 5.0
"""Time after the first batch, whose pass may be compiled, at which no further one is looked at; for each pass."""
PREDICTIONS = (
    *("minimum", "maximum", "mean", "deviation", "nonfinite"),
    *("across", "top_share", "sums_to_one", "examples"),
)
_SEED = 0


def afterwards(
    kept: Kept,
    program: Program,
    is_classifier: dict[str, bool],
    each_alone: Collection[str] = (),
    held_out: Batch | None = None,
) -> Signals:
    """Measure the signals `predictions`, `row_mixing`, `held_out_answers`, `inference_loss` and `loss_parts`.

    Args:
        kept: The model with examples that it was trained on.
        program: Its structure.
        is_classifier: By output, whether its loss is one for classes.
        each_alone: Outputs whose loss judges each unit alone, so that several may say yes.
        held_out: Examples that it was not trained on, with their targets.

    Returns:
        The signals that could be measured; losses only where the compiled loss is what was trained on.
    """
    own_loss = not type(kept.model).compute_loss.__module__.startswith("keras.")
    forward = Forward(kept.model, has_loss=not (program.custom_train_step or own_loss))
    batches = list(_batches(kept.train, kept.batch_size))
    inference = _answers(forward, batches, False)
    found = {"predictions": _predictions(inference, program.outputs, is_classifier, each_alone)}
    mixing = attempt(lambda: row_mixing(forward, batches[0], kept, program), None)
    found |= {"row_mixing": mixing} if mixing is not None else {}
    size = kept.batch_size
    classes = attempt(lambda: _held_out_answers(forward, held_out, size, program.outputs, is_classifier), None)
    found |= {"held_out_answers": classes} if classes is not None else {}
    training = attempt(lambda: _answers(forward, batches, True), [])
    count = min(len(training), len(inference))
    if not count or not np.isfinite([answer.data for answer in training + inference]).any():
        return found
    sizes = [batch.examples for batch in batches[:count]]
    facts = [_mean(training[:count], sizes), _mean(inference[:count], sizes), float(sum(sizes))]
    found["inference_loss"] = Series(np.array(facts), {"fact": ("train_mode", "inference_mode", "examples")})
    first = attempt(lambda: _first(forward, batches[:count], kept.initial_state), [])
    return {**found, "loss_parts": _parts(first, training[:count], sizes)}


def _held_out_answers(
    forward: Forward, held_out: Batch | None, size: int, outputs: tuple[str, ...], is_classifier: dict[str, bool]
) -> Series | None:
    """Count the answers to held-out examples of each class; None unless each has one class of one output."""
    if held_out is None or len(outputs) != 1 or not is_classifier.get(outputs[0], False):
        return None
    batches = list(_batches(held_out, size))
    answers = _answers(forward, batches, False)
    (values,), (labels,) = _joined(answers), zip(*(leaves(batch.y) for batch in batches[: len(answers)]), strict=True)
    codes = class_codes(np.concatenate(labels), True)
    one_each = codes is not None and len(codes) == len(values) and values.ndim <= 2
    if codes is None or not one_each or codes.min() < 0:
        return None
    given = _chosen(values.reshape(len(values), -1))
    names = tuple(str(code) for code in range(1 + max(codes.max(), given.max())))
    if len(names) > MOST_CLASSES:
        return None
    counts = np.zeros((len(names), len(names)))
    np.add.at(counts, (codes, given), 1)
    return Series(counts, {"class": names, "answer": names})


def _batches(sample: Batch, size: int) -> Iterator[Batch]:
    """Batches of the training's own size, drawn at random from a sample: its order may be sorted."""
    order = np.random.default_rng(_SEED).permutation(sample.examples)
    most = max(min(MOST_EXAMPLES // size, MOST_BATCHES, len(order) // size), 1)
    for number in range(most):
        yield sample.take(order[number * size : (number + 1) * size])


def _answers(forward: Forward, batches: list[Batch], training: bool, values: list[np.ndarray] | None = None) -> list:
    answers, begun = list[Answer](), time.perf_counter()
    for batch in batches:
        answers.append(forward(batch, training, values))
        begun = begun if len(answers) > 1 else time.perf_counter()
        if time.perf_counter() - begun > MOST_SECONDS:
            break
    return answers


def _first(forward: Forward, batches: list[Batch], state: State | None) -> list[Answer]:
    """The answers at the state in which training began; none where it was not kept whole."""
    if state is None:
        return []
    values = {id(variable): value for variable, value in zip(state.variables, state.values, strict=True)}
    if any(id(variable) not in values for variable in forward.variables):
        return []
    return _answers(forward, batches, True, [values[id(variable)] for variable in forward.variables])


def _parts(first: list[Answer], last: list[Answer], sizes: list[int]) -> Series:
    facts = {}
    for name, answers in (("first", first), ("last", last)):
        facts[f"data_{name}"] = _mean(answers, sizes)
        facts[f"penalty_{name}"] = answers[0].penalty if answers else np.nan
    return Series(np.array(list(facts.values())), {"fact": tuple(facts)})


def _mean(answers: list[Answer], sizes: list[int]) -> float:
    weights = sizes[: len(answers)]
    return float(np.average([answer.data for answer in answers], weights=weights)) if answers else float("nan")


def _predictions(
    answers: list[Answer], outputs: tuple[str, ...], is_classifier: dict[str, bool], each_alone: Collection[str]
) -> Series:
    joined = _joined(answers)
    single = ("output",) if len(joined) == 1 else tuple(f"output_{place}" for place in range(len(joined)))
    names = outputs if len(outputs) == len(joined) else single
    pairs = zip(names, joined, strict=True)
    rows = [_row(array.astype(np.float64), is_classifier.get(name, False), name in each_alone) for name, array in pairs]
    return Series(np.array(rows), {"output": names, "statistic": PREDICTIONS})


def _joined(answers: list[Answer]) -> list[np.ndarray]:
    """Each output of all batches."""
    parts = zip(*(answer.outputs for answer in answers), strict=True)
    return [np.concatenate([np.atleast_1d(item) for item in part]) for part in parts]


def _row(values: np.ndarray, is_classifier: bool, each_alone: bool) -> list[float]:
    finite = values[np.isfinite(values)]
    if not finite.size:
        return [np.nan] * 4 + [float(values.size)] + [np.nan] * 3 + [float(len(values))]
    ranges = [finite.min(), finite.max(), finite.mean(), finite.std(), float(values.size - finite.size)]
    rows = values.reshape(-1, values.shape[-1]) if values.ndim > 1 else values.reshape(-1, 1)
    across = float(np.nanmean(np.where(np.isfinite(values), values, np.nan).reshape(len(values), -1).std(axis=0)))
    sums = np.isfinite(rows).all(axis=1) & (rows >= 0).all(axis=1) & (np.abs(rows.sum(axis=1) - 1) < 1e-3)
    names_one = rows.shape[1] == 1 or not each_alone or bool(sums.all())  # of tags or steps of a scale, several hold
    top = _top_share(rows) if is_classifier and names_one else np.nan
    return [*ranges, across, top, float(sums.mean()), float(len(values))]


def _top_share(rows: np.ndarray) -> float:
    """Share of the most frequent answer."""
    return float(np.bincount(_chosen(rows)).max() / len(rows))


def _chosen(rows: np.ndarray) -> np.ndarray:
    """The classes that are answered; one unit answers by 0.5 where it gives a probability, else by its sign."""
    if rows.shape[1] > 1:
        return rows.argmax(axis=1)
    is_probability = bool(((rows >= 0) & (rows <= 1)).all())
    return (rows[:, 0] > (0.5 if is_probability else 0.0)).astype(int)
