"""The training that counts, inside of a trial: rows are held out of it, and its model predicts them at its end.

It is one call of `fit`, or several of which each goes on with it; from all of them the same rows are held out.
"""

from __future__ import annotations

import functools
import hashlib
import inspect
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from vandap.core.store import write_arrays
from vandap.repair.trial.division import FOLDS, Division, divide_rows, fold_of, hash_targets, read_division, row_hashes
from vandap.repair.trial.request import PREDICTIONS, SEEN, Request
from vandap.repair.trial.seeds import training
from vandap.repair.trial.share import part_of
from vandap.repair.trial.streams import StreamError, collected
from vandap.repair.written import rows as makers
from vandap.repair.written.inputs import STANDARDISE, selected
from vandap.repair.written.model import averaged, moved_threshold

_BATCH = 512
_SEVERAL = "The model has several outputs; which one counts is not known."
_OF_CLASSES = ("entropy", "hinge", "focal")
"""Parts of the names of losses of classes."""


class TrialOverError(SystemExit):
    """Ends a program once its model has predicted. A `SystemExit`, so that it cleans up behind itself."""


class NotReplayableError(Exception):
    """The program's data are not what they were in the first trial, or cannot be held out."""


@dataclass
class HeldOut:
    """Watches the calls of `fit` of a trial.

    Args:
        request: What was asked.
    """

    request: Request
    facts: dict[str, Any] = field(default_factory=dict)
    error: NotReplayableError | None = None
    _fits: int = 0
    _conclusion: Callable[[], None] | None = None
    _session: Any = None

    def wrap(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Return what stands in the place of `fit`."""
        signature = inspect.signature(original)

        @functools.wraps(original)
        def fit(model: Any, *args: Any, **options: Any) -> Any:
            number, self._fits = self._fits, self._fits + 1
            if not 0 <= number - self.request.fit < self.request.calls:
                with training(self.request.seed, number):
                    return original(model, *args, **options)
            bound = signature.bind(model, *args, **options)
            bound.apply_defaults()
            given = dict(bound.arguments)
            given.pop("self", None)
            try:
                held, target = self._divided(given, model)
            except NotReplayableError as error:
                self.error = error
                raise TrialOverError(1) from error
            with training(self.request.seed, number):
                history = self._fit(original, model, given)
                self._conclusion = lambda: self._answer(original, model, given, held, target)
                if number - self.request.fit + 1 == self.request.calls:
                    self.conclude()
                    raise TrialOverError(0)
            return history

        return fit

    def conclude(self) -> bool:
        """Let the trained model predict; also where the program ended the training after fewer calls than before.

        Returns:
            Whether there was a training that counts.
        """
        if self._session is not None:
            self._session.close()
        if self._conclusion is not None:
            self._conclusion()
        return self._conclusion is not None

    def _fit(self, original: Callable[..., Any], model: Any, given: dict[str, Any]) -> Any:
        """Train; return the history."""
        began = time.monotonic()
        if getattr(model, "built", False):
            self.facts.setdefault("initial", _fingerprint(model))
        if self.request.selects and "fit_seconds" not in self.facts:
            model.get_layer(STANDARDISE).adapt(selected(given["x"], given["y"]))
        for name in self.request.remade:
            given["x"], given["y"] = getattr(makers, name)(given["x"], given["y"])
        history = self._seen(original, model, given) if self.request.watch else original(model, **given)
        losses = getattr(history, "history", {}).get("loss") or [math.nan]
        self._count_seconds(began)
        self.facts["train_loss"] = float(losses[-1])
        return history

    def _count_seconds(self, began: float) -> None:
        self.facts["fit_seconds"] = self.facts.get("fit_seconds", 0.0) + time.monotonic() - began

    def _answer(self, original: Callable[..., Any], model: Any, given: dict[str, Any], held: Any, target: Any) -> None:
        """Have the model that answers, which may be a mean of several, predict."""
        began = time.monotonic()
        model = self._finished(original, model, given)
        self._count_seconds(began)
        self._predict(model, held, target)

    def _finished(self, original: Callable[..., Any], model: Any, given: dict[str, Any]) -> Any:
        """The model after what is done with it once it is trained."""
        for name in self.request.finished:
            if name == "averaged":
                model = averaged(model, lambda network: original(network, **given))
            elif name == "balanced":
                model = averaged(model, lambda network: original(network, **_balanced(given)), own=False)
            else:
                seen = given.get("validation_data") or (given["x"], given["y"])
                moved_threshold(model, *seen[:2])
        return model

    def _seen(self, original: Callable[..., Any], model: Any, given: dict[str, Any]) -> Any:
        """Train under watch."""
        from vandap.watch.fit import watched_fit
        from vandap.watch.session import Session

        self._session = self._session or Session(Path(self.request.folder) / SEEN)
        try:
            return watched_fit(self._session, original, model, (), given)
        except BaseException:
            self._session.close()
            raise

    def _predict(self, model: Any, held: Any, target: Any) -> None:
        """Store what the trained model answers on the held-out rows."""
        predicted = model.predict(held, batch_size=_BATCH, verbose=0)
        arrays = {"prediction": _only(predicted).astype(np.float32), "target": _only(target)}
        write_arrays(Path(self.request.folder) / PREDICTIONS, arrays)
        self.facts.update(_compiled(model))

    def _divided(self, given: dict[str, Any], model: Any) -> tuple[Any, Any]:
        """Hold rows out of a fit's arguments, in place; return inputs and targets of the held-out rows."""
        if len(getattr(model, "outputs", None) or ()) > 1:  # told before it is trained
            raise NotReplayableError(_SEVERAL)
        path = Path(self.request.division)
        x, y, weights = given["x"], given["y"], given.get("sample_weight")
        if not _is_arrays(x) or y is None:
            return self._of_stream(given)
        share = float(given.get("validation_split") or 0.0)
        train, validation = (x, y, weights), given.get("validation_data")
        if share and validation is None:
            at = math.floor(_rows(x) * (1.0 - share))
            train, validation = _cut(train, slice(0, at)), _cut(train, slice(at, None))
        if validation is not None and not (isinstance(validation, tuple | list) and _is_arrays(validation[0])):
            return self._of_stream(given)
        validation = None if validation is None else (*validation, None)[:3]
        division = read_division(path)
        target_hash = _target_hash(train[1])
        if division is None:
            inputs = [] if validation is None else _leaves(validation[0])
            labels = _classes(model, train[1], None if validation is None else validation[1])
            wanted, pooled = self.request.rows, self.request.pooled
            division = divide_rows(_leaves(train[0]), inputs, wanted, target_hash, labels, pooled)
            _check_different(division)
            division.write(path)
        self._check(division, _rows(train[0]), 0 if validation is None else _rows(validation[0]), target_hash)
        if self.request.fold is not None:
            return self._hold_fold_out(given, train, validation, division)
        return self._hold_out(given, train, validation, division)

    def _check(self, division: Division, rows: int, validation: int, target_hash: int) -> None:
        if (rows, validation) != (division.rows, division.validation):
            raise NotReplayableError(
                f"This training has {rows} training and {validation} validation rows, the first trial had "
                f"{division.rows} and {division.validation}: they cannot be compared on the same rows."
            )

        if target_hash != division.target_hash:
            raise NotReplayableError(
                "The targets are not those of the first trial: the program's data differ from run to run."
            )

    def _hold_fold_out(self, given: dict[str, Any], train: Any, validation: Any, division: Division) -> tuple[Any, Any]:
        """Train on all rows but a fold; callbacks see as large a share of them as the program lets them see."""
        assert self.request.fold is not None
        number, folds, repeat = self.request.fold
        every = train if validation is None else _joined(train, validation)
        of = fold_of(division.hashes if len(division.hashes) else row_hashes(_leaves(every[0])), folds, repeat)
        rest = np.flatnonzero(of != number)
        share = 0.0 if validation is None else _rows(validation[0]) / _rows(every[0])
        seen = np.random.default_rng(repeat).permutation(rest)[: round(share * len(rest))]
        if self.request.pooled and not self.request.resplit:
            seen = rest[rest >= division.rows]
        kept = _cut(every, part_of(np.setdiff1d(rest, seen), self.request.share, self.request.seed))
        given.update(x=kept[0], y=kept[1], sample_weight=kept[2], validation_split=0.0)
        if validation is not None:
            self._show(given, every[: 2 if validation[2] is None else 3], np.sort(seen))
        held = _cut(every, np.flatnonzero(of == number))
        return held[0], held[1]

    def _hold_out(self, given: dict[str, Any], train: Any, validation: Any, division: Division) -> tuple[Any, Any]:
        extra = _cut(train, division.extra)
        held = extra if validation is None else _joined(validation, extra) if len(division.extra) else validation
        if not len(division.confirm):
            raise NotReplayableError("There are no rows to hold out.")
        rows = part_of(division.kept, self.request.share, self.request.seed)
        kept = train if len(rows) == division.rows else _cut(train, rows)
        if self.request.resplit and validation is not None:
            mixed = np.random.default_rng(self.request.seed).permutation(division.free)
            mixed = mixed[: round(len(mixed) * division.rows / division.total)]
            kept = _cut(_joined(train, validation), part_of(mixed, self.request.share, self.request.seed))
        given.update(x=kept[0], y=kept[1], sample_weight=kept[2], validation_split=0.0)
        if validation is not None:
            self._show(given, held[: 2 if validation[2] is None else 3], division.select)
        return held[0], held[1]

    def _show(self, given: dict[str, Any], held: tuple[Any, ...], rows: np.ndarray) -> None:
        """Let the program validate on rows that screen: callbacks must not see those that decide."""
        given["validation_data"] = _cut(held, rows)

    def _of_stream(self, given: dict[str, Any]) -> tuple[Any, Any]:
        """Decide on the validation rows alone, which may come in batches as well."""
        validation, weights = given.get("validation_data"), ()
        if validation is None:
            raise NotReplayableError("The program streams its data and has no validation data to decide on.")
        if isinstance(validation, tuple | list) and _is_arrays(validation[0]):
            x, y, *weights = validation  # type: ignore[assignment]
        else:
            try:
                x, y = collected(validation, given.pop("validation_steps", None))
            except StreamError as error:
                raise NotReplayableError(str(error)) from error
        path, target_hash = Path(self.request.division), _target_hash(y)
        division = read_division(path)
        if division is None:
            division = divide_rows([], _leaves(x), self.request.rows, target_hash)
            division.write(path)
        self._check(division, 0, _rows(x), target_hash)
        self._show(given, (x, y, *weights), division.select)
        return x, y


def _target_hash(targets: Any) -> int:
    import keras

    return hash_targets([np.asarray(leaf) for leaf in keras.tree.flatten(targets)])


def _only(values: Any) -> np.ndarray:
    """The array of the one output; also in a list or a dictionary of one.

    Raises:
        NotReplayableError: There are several.
    """
    outputs = list(values.values()) if isinstance(values, dict) else values
    if not isinstance(outputs, list | tuple) or not any(hasattr(item, "shape") for item in outputs):
        return np.asarray(outputs)  # an array, or a list of numbers
    if len(outputs) != 1:
        raise NotReplayableError(_SEVERAL)
    return np.asarray(outputs[0])


def _classes(model: Any, *targets: Any) -> np.ndarray | None:
    """Class of each row of some targets where the loss is one of classes, shape `(n,)`; None for other targets."""
    import keras

    parts = [keras.tree.flatten(part) for part in targets if part is not None]
    loss = getattr(model, "loss", None)
    name = loss if isinstance(loss, str) else getattr(loss, "__name__", type(loss).__name__)
    if any(len(leaves) != 1 for leaves in parts) or not any(word in name.lower() for word in _OF_CLASSES):
        return None
    values = np.concatenate([np.asarray(leaves[0]) for leaves in parts])
    rows = values.reshape(len(values), -1)
    if rows.shape[1] == 1:
        return rows[:, 0]
    return rows.argmax(axis=1) if values.ndim == 2 and (np.count_nonzero(rows, axis=1) == 1).all() else None


def _check_different(division: Division) -> None:
    different = len(np.unique(division.hashes))
    if len(division.hashes) and different < FOLDS:
        raise NotReplayableError(
            f"Of {len(division.hashes)} examples only {different} {'is' if different == 1 else 'are'} different: "
            "none can be held out that was not trained on."
        )


def _balanced(given: dict[str, Any]) -> dict[str, Any]:
    """Arguments of `fit` with as many rows of every class."""
    x, y = makers.undersampled(given["x"], given["y"])
    return {**given, "x": x, "y": y}


def _leaves(tree: Any) -> list[np.ndarray]:
    import keras

    arrays = [np.asarray(leaf) for leaf in keras.tree.flatten(_plain(tree))]
    return [array.astype(str) if array.dtype == object else array for array in arrays]  # objects hash by address


def _plain(tree: Any) -> Any:
    """Data frames and series as arrays."""
    return tree.to_numpy() if hasattr(tree, "to_numpy") else tree


def _is_arrays(tree: Any) -> bool:
    import keras

    leaves = keras.tree.flatten(tree)
    return bool(leaves) and all(
        isinstance(leaf, np.ndarray) or hasattr(leaf, "iloc") or (hasattr(leaf, "__array__") and hasattr(leaf, "shape"))
        for leaf in leaves
    )


def _rows(tree: Any) -> int:
    import keras

    return int(keras.tree.flatten(tree)[0].shape[0])


def _cut(parts: tuple[Any, ...], rows: Any) -> tuple[Any, ...]:
    """Rows of inputs, targets and weights."""
    import keras

    def cut(leaf: Any) -> Any:
        return leaf.iloc[rows] if hasattr(leaf, "iloc") else np.asarray(leaf)[rows]

    return tuple(None if part is None else keras.tree.map_structure(cut, part) for part in parts)


def _joined(first: tuple[Any, ...], second: tuple[Any, ...]) -> tuple[Any, ...]:
    import keras

    def join(one: Any, other: Any) -> Any:
        if hasattr(one, "iloc"):
            import pandas

            return pandas.concat([one, other])
        return np.concatenate([np.asarray(one), np.asarray(other)])

    if first[2] is not None or second[2] is not None:
        first, second = ((*part[:2], _weights(part)) for part in (first, second))
    sides = zip(first, second, strict=True)
    return tuple(None if one is None else keras.tree.map_structure(join, one, other) for one, other in sides)


def _weights(part: tuple[Any, ...]) -> Any:
    """Weights of rows; rows that have none count fully."""
    return np.ones(_rows(part[0])) if part[2] is None else part[2]


def _fingerprint(model: Any) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for variable in model.trainable_variables:
        digest.update(np.ascontiguousarray(np.asarray(variable.numpy())).tobytes())
    return digest.hexdigest()


def _compiled(model: Any) -> dict[str, Any]:
    """Loss, metrics and output of the trained model, as the record of a program names them."""
    from vandap.watch.sites import Sites
    from vandap.watch.structure import describe

    program = describe(model, Sites())
    layer = program.layer(program.outputs[0]) if program.outputs else None
    return {
        "losses": tuple(loss.kind for loss in program.compile.losses),
        "metrics": program.compile.metrics,
        "from_logits": any(loss.from_logits for loss in program.compile.losses),
        "activation": (layer.activation or "") if layer is not None else "",
    }
