"""Functions of rows and of the trained model, written into a program beside its `fit`."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import pytest
from script_edits import edited, recorded, refusal

from vandap.core.program import Compile, FitCall, Layer, Loss, Program, Site
from vandap.repair.changes.change import Change
from vandap.repair.changes.data import SelectFeatures, StandardiseInputs
from vandap.repair.changes.optimisation import Epochs
from vandap.repair.changes.rows import AfterFit, Rows, ShuffleSplit
from vandap.repair.source.project import Applied, Project, apply

TEXT = """\
import keras


def main():
    model = keras.Sequential([keras.layers.Dense(3)])
    model.compile("adam", "sparse_categorical_crossentropy")
    history = model.fit(x[:900], y, validation_split=0.1, epochs=4)
    return model


main()
"""
INSIDE = TEXT.replace("history = model.fit", "history = [model.fit").replace("4)", "4) for x in parts]")
OVER, SMOTE, MIXED = Rows("oversampled"), Rows("interpolated"), Rows("mixed")
THRESHOLD, MEAN, BALANCED = AfterFit("moved_threshold"), AfterFit("averaged"), AfterFit("balanced")


def made(folder: Path, *changes: Change, text: str = TEXT, **facts: object) -> Applied:
    """Changes made in a program whose `fit` is on line 7."""
    file = folder / "train.py"
    file.write_text(text)
    site = Site(str(file), 7)
    fit = FitCall("arrays", 810, 32, 4, validation="split", validation_share=0.1, site=site)
    dense = Layer(0, "dense", "dense", "Dense", site=Site(str(file), 5))
    program = Program(
        layers=(dense,),
        outputs=("dense",),
        compile=Compile((Loss("dense", "SparseCategoricalCrossentropy"),), site=Site(str(file), 6)),
        fits=(replace(fit, **facts),),  # type: ignore[arg-type]
    )
    return apply(Project(program, folder), changes)


def text_of(applied: Applied) -> str:
    """The edited source, which is Python."""
    assert not applied.refused, applied.refused
    text = next(iter(applied.project.changed.values())).decode()
    ast.parse(text)
    return text


def test_rows_of_the_split_stay_as_they_are(tmp_path: Path) -> None:
    """What `validation_split` would take is cut off before rows are repeated: none of them is trained on."""
    text = text_of(made(tmp_path, OVER))
    assert "    fit_rows = int(len(x[:900]) * (1 - 0.1))\n" in text
    assert "    fit_x, fit_y = oversampled(x[:900][:fit_rows], y[:fit_rows])\n" in text
    call = "model.fit(fit_x, fit_y, validation_data=(x[:900][fit_rows:], y[fit_rows:]), epochs=4)"
    assert f"    history = {call}\n" in text
    assert text.index("def oversampled(x, y):") < text.index("def main():")


def test_expressions_keep_their_meaning_beside_an_operator(tmp_path: Path) -> None:
    """An index binds closer than a division, and a difference looser than another one."""
    given = TEXT.replace("x[:900], y, validation_split=0.1", "x / 255, y - 1, validation_split=1 - PART")
    text = text_of(made(tmp_path, OVER, StandardiseInputs(), text=given))
    assert "    fit_rows = int(len(x / 255) * (1 - (1 - PART)))\n" in text
    assert ".adapt((x / 255)[: int(len(x / 255) * (1 - 0.1))])\n" in text
    rows = "(x / 255)[: int(len(x / 255) * (1 - 0.1))], (y - 1)[: int(len(y - 1) * (1 - 0.1))]"
    assert f".adapt(selected({rows}))\n" in text_of(made(tmp_path, SelectFeatures(), text=given))


def test_a_split_of_nothing_is_not_cut_off(tmp_path: Path) -> None:
    """The argument goes, since rows that are drawn anew have no tail."""
    given = TEXT.replace("validation_split=0.1", "validation_split=0.0")
    text = text_of(made(tmp_path, BALANCED, text=given, validation="none", validation_share=0.0))
    assert "network.fit(*undersampled(x[:900], y), epochs=4), own=False)\n" in text and "fit_rows" not in text


def test_validation_rows_that_were_put_aside_are_those_then(tmp_path: Path) -> None:
    """The arrays that a pair was made of may have other values by now."""
    aside = TEXT.replace("\n\n\ndef", "\nVAL = (x[900:], y[900:]); x, y = x[:900], y[:900]\n\ndef")
    text = aside.replace("validation_split=0.1", "validation_data=VAL")
    edited = text_of(made(tmp_path, THRESHOLD, text=text, validation="data", validation_share=0.0))
    assert "    moved_threshold(model, *VAL[:2])\n" in edited


def test_rows_of_a_fit_in_a_loop_are_made_anew(tmp_path: Path) -> None:
    """One call that is run several times is as it was in the trials; of two, one would keep the old rows."""
    text = text_of(made(tmp_path, OVER, calls=3))
    assert "fit_x, fit_y = oversampled(" in text
    twice = TEXT.replace("    return model", "    model.fit(x, y)\n    return model")
    (refused,) = made(tmp_path, OVER, text=twice, calls=2).refused
    assert "Several calls of fit" in refused[1].reason


def test_validation_data_leave_the_arrays_whole(tmp_path: Path) -> None:
    """Where `fit` is given validation data, its arrays are handed over as they are written, by keyword too."""
    given = TEXT.replace("(x[:900], y, validation_split=0.1", "(y=y, x=x / 2, validation_data=held")
    text = text_of(made(tmp_path, OVER, text=given, validation="data", validation_share=0.0))
    assert "fit_x, fit_y = oversampled(x / 2, y)\n" in text and "model.fit(y=fit_y, x=fit_x, val" in text


def test_a_name_that_is_declared_to_be_of_outside_is_assigned(tmp_path: Path) -> None:
    """`global model` makes the assignment reach it."""
    text = TEXT.replace("    model = ", "    global model; net = ")
    assert "    model = averaged(model, " in text_of(made(tmp_path, MEAN, text=text))


def test_functions_follow_each_other(tmp_path: Path) -> None:
    """The second one takes what the first one gave; each stands there once; other edits go on working."""
    text = text_of(made(tmp_path, Epochs(9), Rows("without_repeats"), SMOTE, MEAN))
    assert "    fit_x, fit_y = without_repeats(x[:900]" in text
    assert "    fit_x, fit_y = interpolated(fit_x, fit_y)\n" in text and "epochs=9" in text
    assert "    model = averaged(model, lambda network: network.fit(fit_x, fit_y, validation_data=" in text
    assert all(text.count(f"def {name}(") == 1 for name in ("without_repeats", "interpolated", "averaged"))


def test_inputs_are_standardised_by_the_programs_own_rows(tmp_path: Path) -> None:
    """Mean and deviation are those of the training rows as they are, whatever is made of these, in whichever order."""
    text = text_of(made(tmp_path, OVER, StandardiseInputs()))
    assert ".adapt(x[:900][: int(len(x[:900]) * (1 - 0.1))])\n" in text
    assert text.index(".adapt(") < text.index("fit_x, fit_y =")


def test_a_threshold_is_moved_on_validation_rows(tmp_path: Path) -> None:
    """Those that `validation_split` takes, those that `fit` is given, or else the training rows."""
    text = text_of(made(tmp_path, THRESHOLD))
    assert "    moved_threshold(model, x[:900][int(len(x[:900]) * (1 - 0.1)) :], y[int(len(x[:900])" in text
    given = TEXT.replace("validation_split=0.1", "validation_data=(a, b)")
    text = text_of(made(tmp_path, THRESHOLD, text=given, validation="data", validation_share=0.0))
    assert "    moved_threshold(model, a, b)\n" in text
    none = TEXT.replace("validation_split=0.1, ", "")
    text = text_of(made(tmp_path, THRESHOLD, text=none, validation="none", validation_share=0.0))
    assert "    moved_threshold(model, x[:900], y)\n" in text


def test_each_network_of_a_balanced_ensemble_draws_its_own_rows(tmp_path: Path) -> None:
    """Rows of `validation_split` are cut off before; what `fit` is given besides stays; both functions stand there."""
    text = text_of(made(tmp_path, BALANCED))
    assert "    fit_rows = int(len(x[:900]) * (1 - 0.1))\n" in text
    rows, held = "*undersampled(x[:900][:fit_rows], y[:fit_rows])", "(x[:900][fit_rows:], y[fit_rows:])"
    given = f"{rows}, epochs=4, validation_data={held}"
    assert f"    model = averaged(model, lambda network: network.fit({given}), own=False)\n" in text
    assert all(text.count(f"def {name}(") == 1 for name in ("undersampled", "averaged"))
    plain = TEXT.replace("(x[:900], y, validation_split=0.1", "(y=y, x=x, validation_data=held")
    text = text_of(made(tmp_path, BALANCED, text=plain, validation="data", validation_share=0.0))
    assert "network.fit(*undersampled(x, y), validation_data=held, epochs=4), own=False)\n" in text


def test_features_are_selected_by_the_programs_own_rows(tmp_path: Path) -> None:
    """Inputs and targets of the training rows decide, and the network begins with the layer that they adapt."""
    text = text_of(made(tmp_path, SelectFeatures()))
    rows = "x[:900][: int(len(x[:900]) * (1 - 0.1))], y[: int(len(y) * (1 - 0.1))]"
    assert f'    model.get_layer("standardise").adapt(selected({rows}))\n' in text
    assert 'keras.Sequential([keras.layers.Normalization(name="standardise"), keras' in text
    assert text.count("def selected(x, y):") == 1


@pytest.mark.parametrize(
    ("change", "text", "facts", "reason"),
    [
        (BALANCED, TEXT, {"sample_weight": True}, "weights"),
        (BALANCED, TEXT.replace("main():", "main(model):"), {}, "caller's"),
        (SelectFeatures(), TEXT, {"data": "tf.data"}, "no arrays"),
        (MIXED, TEXT, {}, "one-hot"),
        (OVER, TEXT, {"sample_weight": True}, "weights"),
        (OVER, TEXT, {"data": "tf.data"}, "no one array"),
        (OVER, TEXT.replace("x[:900], y", "[x, z], y"), {}, "no one array"),
        (OVER, TEXT.replace("x[:900]", "load(x)"), {}, "cut off"),
        (OVER, TEXT.replace("main()\n", "oversampled = 1\n"), {}, "something else"),
        (OVER, TEXT.replace("x[:900]", "x + fit_x"), {}, "something else"),
        (MEAN, TEXT.replace("main():", "main(model):"), {}, "caller's"),
        (MEAN, TEXT.replace("    model = ", "    net = "), {}, "outside of this function"),
        (MEAN, TEXT.replace("history =", "return"), {}, "no name"),
        (MEAN, TEXT.replace("    model = ", "    for model in (a, b): model = "), {}, "a loop goes through"),
        *((change, INSIDE, {}, "inside another expression") for change in (MEAN, OVER, THRESHOLD, StandardiseInputs())),
        (THRESHOLD, TEXT.replace("validation_split=0.1", "validation_data=held"), {"validation": "data"}, "not one"),
    ],
)
def test_what_cannot_be_reached_is_refused(
    change: Change, text: str, facts: dict[str, object], reason: str, tmp_path: Path
) -> None:
    """Nothing is forced: the refusal says why, and the file stays as it is."""
    applied = made(tmp_path, change, text=text, **facts)
    assert not applied.made and not applied.project.changed
    assert reason in applied.refused[0][1].reason, applied.refused[0][1].reason


def test_examples_are_shuffled_before_keras_splits_them(tmp_path: Path) -> None:
    """The split stays the user's, and what is given may be any two expressions; what comes after reads the new ones."""
    text = 'import keras\nmodel.compile("sgd", "mse")\nmodel.fit(x[:90], y[:90], validation_split=0.1)\n'
    now = edited(recorded(tmp_path, text), ShuffleSplit())
    assert "split_x, split_y = shuffled(x[:90], y[:90])\nmodel.fit(split_x, split_y, validation_split=0.1)" in now
    both = edited(recorded(tmp_path, text), Rows("oversampled"), ShuffleSplit())
    assert both.index("= shuffled(") < both.index("fit_rows = int(len(split_x)") < both.index("= oversampled(")
    text = text.replace("validation_split=0.1", "validation_data=(a, b)")
    assert "not split off" in refusal(recorded(tmp_path, text, validation="data"), ShuffleSplit()).reason
