"""The fit that counts, with rows held out of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from vandap.repair.trial import held_out
from vandap.repair.trial.division import read_division
from vandap.repair.trial.held_out import HeldOut, TrialOverError
from vandap.repair.trial.request import PREDICTIONS, Request

ROWS = 1200
X = np.arange(2 * ROWS, dtype=np.float32).reshape(ROWS, 2)
Y = np.arange(ROWS) % 3

pytestmark = pytest.mark.backend


@dataclass
class Model:
    """Remembers what it is fitted on, and answers with the first column."""

    given: dict[str, Any] = field(default_factory=dict)

    def predict(self, x: np.ndarray, batch_size: int, verbose: int) -> np.ndarray:
        """The first column."""
        return x[:, :1]


def fit(
    self: Model, x: Any = None, y: Any = None, validation_split: float = 0.0, validation_data: Any = None,
    sample_weight: Any = None, epochs: int = 1,
) -> None:  # fmt: skip
    """Stands for Keras' fit."""
    self.given = {
        "x": x, "y": y, "validation_data": validation_data, "validation_split": validation_split,
        "sample_weight": sample_weight,
    }  # fmt: skip


@pytest.fixture(autouse=True)
def _no_structure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(held_out, "_compiled", lambda model: {})


def trained(
    folder: Path,
    fold: tuple[int, int, int] | None = None,
    share: float = 1.0,
    pooled: bool = False,
    resplit: bool = False,
    **given: Any,
) -> tuple[Model, np.ndarray]:
    """The model after a fit with rows held out, and the rows (by their number) that it predicted."""
    request = Request(
        "", (), "", str(folder), str(folder / "division.npz"), 0, fold=fold, share=share, pooled=pooled, resplit=resplit
    )
    model = Model()
    with pytest.raises(TrialOverError):
        HeldOut(request).wrap(fit)(model, X, Y, **given)
    with np.load(folder / PREDICTIONS) as file:
        rows = (file["prediction"][:, 0] / 2).astype(int)
        assert np.array_equal(file["target"], Y[rows % ROWS])
    return model, rows


def numbers(x: np.ndarray) -> set[int]:
    """Rows by their number."""
    return set((x[:, 0] / 2).astype(int).tolist())


def test_several_outputs_are_refused_before_anything_is_trained(tmp_path: Path) -> None:
    """Which one counts is not known, and no change would tell."""
    model, watched = Model(), HeldOut(Request("", (), "", str(tmp_path), str(tmp_path / "division.npz"), 0))
    model.outputs = ["digit", "parity"]  # type: ignore[attr-defined]
    with pytest.raises(TrialOverError):
        watched.wrap(fit)(model, X, Y)
    assert "several outputs" in str(watched.error) and not model.given


class Loader:
    """Gives batches in another order each time."""

    def __init__(self, seed: int, shift: int = 0) -> None:
        self.order, self.shift = np.random.default_rng(seed).permutation(ROWS), shift

    def __iter__(self) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        for first in range(0, ROWS, 100):
            rows = self.order[first : first + 100]
            yield X[rows], (Y[rows] + self.shift) % 3


def test_validation_in_batches_is_divided(tmp_path: Path) -> None:
    """Each trial decides on the same rows, in whichever order they come; the program sees those that screen."""
    model, rows = trained(tmp_path, validation_data=Loader(0))
    division = read_division(tmp_path / "division.npz")
    assert division is not None and (division.rows, division.validation) == (0, ROWS)
    assert numbers(model.given["validation_data"][0]) == set(rows[division.select].tolist())
    assert not set(rows[division.select].tolist()) & set(rows[division.confirm].tolist())
    other, again = trained(tmp_path, validation_data=Loader(1))
    assert np.array_equal(rows, again) and len(other.given["x"]) == ROWS
    request = Request("", (), "", str(tmp_path), str(tmp_path / "division.npz"), 0)
    watched = HeldOut(request)
    with pytest.raises(TrialOverError):
        watched.wrap(fit)(Model(), X, Y, validation_data=Loader(0, shift=1))
    assert "targets are not those of the first trial" in str(watched.error)


def test_callbacks_see_only_rows_that_screen(tmp_path: Path) -> None:
    """Nothing that decides enters the fit, neither as a training row nor as a validation row."""
    model, rows = trained(tmp_path, validation_split=0.1)
    division = read_division(tmp_path / "division.npz")
    assert division is not None and division.validation == 120 and len(rows) >= 300
    decide, screen = set(rows[division.confirm].tolist()), set(rows[division.select].tolist())
    assert len(decide) >= 200
    assert numbers(model.given["validation_data"][0]) == screen
    assert numbers(model.given["x"]) == set(range(ROWS)) - decide - screen
    assert model.given["validation_split"] == 0.0


def test_enough_validation_rows_leave_the_training_rows_alone(tmp_path: Path) -> None:
    """Where the program holds out enough itself, it trains on all that it wants to."""
    given = (X + 5 * ROWS, Y)
    request = Request("", (), "", str(tmp_path), str(tmp_path / "division.npz"), 0)
    model = Model()
    with pytest.raises(TrialOverError):
        HeldOut(request).wrap(fit)(model, X, Y, validation_data=given)
    assert len(model.given["x"]) == ROWS


def test_a_stream_validates_on_rows_that_screen(tmp_path: Path) -> None:
    """A callback that picks an epoch by the rows that decide would prove itself."""
    given, request = (X, Y), Request("", (), "", str(tmp_path), str(tmp_path / "division.npz"), 0)
    model = Model()
    with pytest.raises(TrialOverError):
        HeldOut(request).wrap(fit)(model, iter([(X, Y)]), validation_data=given)
    division = read_division(tmp_path / "division.npz")
    assert division is not None and len(division.confirm) >= 200
    assert numbers(model.given["validation_data"][0]) == set(division.select.tolist())
    with np.load(tmp_path / PREDICTIONS) as file:
        assert len(file["target"]) == ROWS


def test_half_the_data_is_half_in_a_fold_as_well(tmp_path: Path) -> None:
    """Small data are where more of them matter."""
    fold = (0, 5, 0)
    trained(tmp_path, validation_split=0.1)
    whole, half = (trained(tmp_path, fold, share, validation_split=0.1)[0].given for share in (1.0, 0.5))
    assert len(half["x"]) == round(len(whole["x"]) / 2)
    assert numbers(half["x"]) < numbers(whole["x"])
    assert numbers(half["validation_data"][0]) == numbers(whole["validation_data"][0])


@pytest.mark.parametrize("fold", [None, (0, 5, 0)])
def test_weights_stay_with_their_rows(fold: tuple[int, int, int] | None, tmp_path: Path) -> None:
    """Validation rows that have none count fully, and are shown to the program without any, as before."""
    given = (X[:100] + 5 * ROWS, Y[:100])
    weights = np.arange(ROWS) + 2.0
    if fold:
        trained(tmp_path, validation_data=given, sample_weight=weights)
    model, _ = trained(tmp_path, fold, validation_data=given, sample_weight=weights)
    rows = (model.given["x"][:, 0] / 2).astype(int)
    own = rows < ROWS
    assert own.sum() > 100
    assert np.array_equal(model.given["sample_weight"], np.where(own, rows + 2.0, 1.0))
    assert len(model.given["validation_data"]) == 2


def test_folds_hold_out_every_row_once(tmp_path: Path) -> None:
    """Each fold is predicted by a model that has not seen it; another repeat divides anew."""
    trained(tmp_path, validation_split=0.1)
    held = []
    for fold in range(5):
        model, rows = trained(tmp_path, (fold, 5, 0), validation_split=0.1)
        seen = numbers(model.given["x"]) | numbers(model.given["validation_data"][0])
        assert seen == set(range(ROWS)) - set(rows.tolist())
        held.append(set(rows.tolist()))
    assert set.union(*held) == set(range(ROWS)) and sum(map(len, held)) == ROWS
    assert set(trained(tmp_path, (0, 5, 1), validation_split=0.1)[1].tolist()) != held[0]


def test_several_calls_may_be_the_training_that_counts(tmp_path: Path) -> None:
    """The same rows are held out of each, what comes before is left alone, and the model predicts after the last."""
    request = Request("", (), "", str(tmp_path), str(tmp_path / "division.npz"), 0, fit=1, calls=2)
    models, held = [Model(), Model(), Model()], HeldOut(request)
    wrapped = held.wrap(fit)
    wrapped(models[0], X, Y, validation_split=0.1)
    wrapped(models[1], X, Y, validation_split=0.1)
    assert not (tmp_path / PREDICTIONS).exists()
    with pytest.raises(TrialOverError):
        wrapped(models[2], X, Y, validation_split=0.1)
    assert len(models[0].given["x"]) == ROWS
    assert numbers(models[1].given["x"]) == numbers(models[2].given["x"]) < set(range(ROWS))
    assert (tmp_path / PREDICTIONS).exists()


def test_a_training_may_end_after_fewer_calls(tmp_path: Path) -> None:
    """The program may stop when it sees that it is good enough: then the model as it is predicts."""
    request = Request("", (), "", str(tmp_path), str(tmp_path / "division.npz"), 0, calls=3)
    held = HeldOut(request)
    assert not held.conclude()
    held.wrap(fit)(Model(), X, Y, validation_split=0.1)
    assert held.conclude() and (tmp_path / PREDICTIONS).exists()


@pytest.mark.parametrize("fold", [None, (0, 5, 0)])
def test_rows_are_made_of_what_is_left(fold: tuple[int, int, int] | None, tmp_path: Path) -> None:
    """Rows are repeated once others are held out, so that none of these is trained on; the held-out rows stay."""
    request = Request(
        "", (), "", str(tmp_path), str(tmp_path / "division.npz"), 0, fold=fold, remade=("oversampled",)
    )  # fmt: skip
    model, targets = Model(), np.minimum(np.arange(ROWS) % 10, 1)
    with pytest.raises(TrialOverError):
        HeldOut(request).wrap(fit)(model, X, targets, validation_split=0.1)
    with np.load(tmp_path / PREDICTIONS) as file:
        held = set((file["prediction"][:, 0] / 2).astype(int).tolist())
    assert np.bincount(model.given["y"]).tolist() == [len(model.given["y"]) // 2] * 2
    assert not numbers(model.given["x"]) & held


def test_features_are_selected_without_rows_that_are_held_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which features tell something is asked of the rows that are trained on, before others are made of them."""
    asked: list[set[int]] = []
    layer = SimpleNamespace(adapt=lambda rows: asked.append(numbers(rows)))
    monkeypatch.setattr(held_out, "selected", lambda x, y: x)
    monkeypatch.setattr(Model, "get_layer", lambda self, name: layer, raising=False)
    request = Request(
        "", (), "", str(tmp_path), str(tmp_path / "division.npz"), 0, remade=("oversampled",), selects=True
    )
    model = Model()
    with pytest.raises(TrialOverError):
        HeldOut(request).wrap(fit)(model, X, Y, validation_split=0.1)
    with np.load(tmp_path / PREDICTIONS) as file:
        held = numbers(file["prediction"])
    assert asked == [set(range(ROWS)) - held]


def test_each_network_of_a_balanced_ensemble_is_given_rows_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As many rows of every class, drawn anew for each; none of them is held out."""
    y, given = (np.arange(ROWS) % 10 == 0).astype(int), []

    def fitted(self: Model, x: Any = None, y: Any = None, validation_split: float = 0.0, **rest: Any) -> None:
        given.append((numbers(x), np.bincount(y).tolist()))

    def mean(model: Model, fit: Any, own: bool = True) -> Model:
        assert not own
        fit(model)
        fit(model)
        return model

    monkeypatch.setattr(held_out, "averaged", mean)
    request = Request("", (), "", str(tmp_path), str(tmp_path / "division.npz"), 0, finished=("balanced",))
    with pytest.raises(TrialOverError):
        HeldOut(request).wrap(fitted)(Model(), X, y)
    (every, _), (first, counts), (second, _) = given
    assert counts[0] == counts[1] and first < every and second < every and first != second


def test_rows_that_are_mostly_equal_leave_rows_to_train_on(tmp_path: Path) -> None:
    """Equal rows are held out together; where that would take too many, others are."""
    x = X.copy()
    x[: ROWS // 2] = x[0]
    request, model = Request("", (), "", str(tmp_path), str(tmp_path / "division.npz"), 0), Model()
    with pytest.raises(TrialOverError):
        HeldOut(request).wrap(fit)(model, x, Y)
    division = read_division(tmp_path / "division.npz")
    assert division is not None and not division.is_small
    assert len(division.extra) == 300 and division.extra.min() >= ROWS // 2
    assert len(model.given["x"]) == ROWS - 300


def test_rows_that_are_all_equal_are_not_held_out(tmp_path: Path) -> None:
    """The message says why the training cannot be repeated."""
    request = Request("", (), "", str(tmp_path), str(tmp_path / "division.npz"), 0)
    held = HeldOut(request)
    with pytest.raises(TrialOverError):
        held.wrap(fit)(Model(), np.zeros_like(X), Y)
    assert "Of 1200 examples only 1 is different" in str(held.error)
    assert not (tmp_path / "division.npz").exists()


def test_a_split_that_may_be_changed_is_judged_on_rows_of_both_sides(tmp_path: Path) -> None:
    """As it is the first four fifths are trained on; shuffled, rows of both sides: the same rows decide of both."""
    plain, rows = trained(tmp_path, pooled=True, validation_split=0.2)
    division = read_division(tmp_path / "division.npz")
    assert division is not None and not division.is_small
    deciding = set(rows[division.confirm].tolist())
    assert min(deciding) < 960 <= max(deciding) and not deciding & numbers(plain.given["x"])
    assert max(numbers(plain.given["x"])) < 960
    mixed, again = trained(tmp_path, pooled=True, resplit=True, validation_split=0.2)
    assert np.array_equal(rows, again)
    used = numbers(mixed.given["x"])
    judging = set(rows[np.concatenate([division.select, division.confirm])].tolist())
    assert not used & judging and min(used) < 960 <= max(used)
    assert abs(len(used) - 0.8 * (ROWS - len(judging))) <= 1
    assert numbers(mixed.given["validation_data"][0]) == set(rows[division.select].tolist())


def test_by_folds_a_split_stays_as_it_is_too(tmp_path: Path) -> None:
    """Of the rows outside a fold those before the split are trained on, or after shuffling any."""
    for resplit in (False, True):
        folder = tmp_path / str(resplit)
        folder.mkdir()
        model, _ = trained(folder, (0, 5, 0), pooled=True, resplit=resplit, validation_split=0.2)
        assert (max(numbers(model.given["x"])) >= 960) is resplit


@pytest.mark.parametrize("many", [{"a": X[:, 0], "b": X[:, 1]}, [X[:, 0], X[:, 1]]], ids=["named", "listed"])
def test_several_outputs_are_refused_in_any_form(many: Any) -> None:
    """Which one counts is not known; of one it does not matter what holds it."""
    with pytest.raises(held_out.NotReplayableError, match="several outputs"):
        held_out._only(many)
    for one in (X, [X], (X,), {"a": X}):
        assert np.array_equal(held_out._only(one), X)
    assert held_out._only([1.0, 0.0, 2.0]).shape == (3,)
