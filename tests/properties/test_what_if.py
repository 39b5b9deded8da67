"""The what-if language on any words at all."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vandap.ask.whatif.form import Subject
from vandap.ask.whatif.language import FORMS, SEED_ONLY
from vandap.ask.whatif.names import ACTIVATIONS, INITIALISERS, LOSSES, OPTIMISERS
from vandap.ask.whatif.parse import is_what_if, parse
from vandap.core.program import Compile, FitCall, Layer, Program
from vandap.errors import UsageError
from vandap.repair.changes.change import Change, restored
from vandap.repair.changes.optimisation import LearningRate

LAYERS = (
    Layer(0, "conv", "conv", "Conv2D", settings={"filters": 8}, activation="relu", input_shape=(None, 8, 8, 3)),
    Layer(1, "drop", "drop", "Dropout", settings={"rate": 0.5}),
    Layer(2, "out", "out", "Dense", settings={"units": 3}, activation="softmax", parameters=51),
)
FULL = Program(
    outputs=("out",),
    layers=LAYERS,
    compile=Compile(optimizer="Adam", settings={"learning_rate": 0.002}),
    fits=(FitCall("arrays", 640, 32, 10),),
)
subjects = st.sampled_from([Subject(FULL), Subject(Program()), Subject(Program(layers=LAYERS[:1]))])
numbers = st.one_of(
    st.integers(0, 10**6).map(str),
    st.floats(0, 1e6, allow_nan=False).map(repr),
    st.sampled_from([".5", "1e-30", "2.", "1e308", "1e400"]),
)
names = st.sampled_from([*ACTIVATIONS, *INITIALISERS, *LOSSES, *OPTIMISERS, "nonsense"])
words = st.one_of(
    st.tuples(st.sampled_from(["lr", "batch", "epochs", "width", "image_size"]), st.sampled_from("*/="), numbers),
    st.tuples(st.sampled_from(["momentum", "clip", "+dropout", "dropout", "label smoothing"]), st.just("="), numbers),
    st.tuples(st.sampled_from(["activation", "init", "loss", "optimizer", "output"]), st.just("="), names),
    st.sampled_from([example for form in FORMS for example in form.examples]).map(lambda text: (text,)),
).map("".join)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    """There is no third way: words are a what-if, or the error says what was received and what is like it."""
    if is_what_if(text):
        assert parse(text).forms
    else:
        with pytest.raises(UsageError) as caught:
            parse(text)
        assert caught.value.received and caught.value.expected


@given(st.lists(words, min_size=1, max_size=3), subjects)
def test_words_of_the_language_become_changes_or_are_refused(parts: list[str], subject: Subject) -> None:
    """Whatever the training is: typed changes that can be stored, or one error; and theory for each form."""
    text = ", ".join(parts)
    if not is_what_if(text):
        return
    wanted = parse(text)
    assert wanted.theory(subject)
    try:
        changes = wanted.changes(subject)
    except UsageError as error:
        assert error.hint
        return
    assert all(
        isinstance(change, Change) and restored(change.stored()) == change and change.words for change in changes
    )
    assert bool(changes) != (text == SEED_ONLY)


@given(words, st.sampled_from([str.upper, str.title, str.lower]), st.integers(0, 3))
def test_capitals_and_space_do_not_matter(text: str, case: object, spaces: int) -> None:
    """The same words in another dress mean the same."""
    if not is_what_if(text):
        return
    dressed = case(text)  # type: ignore[operator]
    for sign in "*/=":
        dressed = dressed.replace(sign, f"{' ' * spaces}{sign}{' ' * spaces}")
    assert parse(f"  {dressed} ").forms == parse(text).forms


@given(st.floats(1e-6, 1e6))
def test_more_and_less_are_each_other_s_inverse(factor: float) -> None:
    """`lr*x` and `lr/x` are the same ratio in both directions."""
    if 0.002 * factor == 0.002 or 0.002 / factor == 0.002:
        return
    (up,), (down,) = (parse(f"lr{sign}{factor!r}").changes(Subject(FULL)) for sign in "*/")
    assert isinstance(up, LearningRate) and isinstance(down, LearningRate)
    assert up.value * down.value == pytest.approx(0.002**2)
