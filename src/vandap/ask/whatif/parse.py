"""Reads a what-if: words to forms, forms to changes of one training."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

from vandap.ask.whatif.form import Caught, Form, NoMeaningError, Subject, ValueMeaningError
from vandap.ask.whatif.join import joined
from vandap.ask.whatif.language import FORMS, SEED_ONLY
from vandap.ask.whatif.theory import THEORY, Theory
from vandap.core.program import Program
from vandap.errors import UsageError
from vandap.repair.changes.change import Change

_SHOWN = 6


@dataclass(frozen=True)
class WhatIf:
    """A what-if that was understood.

    Args:
        text: The words, tidied.
        forms: The forms and what each caught.
    """

    text: str
    forms: tuple[tuple[Form, Caught], ...]

    @property
    def is_seed_only(self) -> bool:
        """Whether nothing but the seeds differs."""
        return self.text == SEED_ONLY

    def theory(self, subject: Subject) -> tuple[Theory, ...]:
        """What theory says of each change of this training."""
        return tuple(dict.fromkeys(THEORY[form.theory(caught, subject)] for form, caught in self.forms))

    def changes(self, subject: Subject) -> tuple[Change, ...]:
        """The changes that are meant for this training.

        Raises:
            UsageError: The words mean nothing for it, or two parts change the same thing.
        """
        try:
            parts = [form.changes(caught, subject) for form, caught in self.forms]
        except NoMeaningError as error:
            raise UsageError(
                "This what-if means nothing for this training.",
                received=self.text,
                expected="a change of something that it has",
                hint=str(error),
            ) from None
        return joined(tuple(zip(self.text.split(", "), parts, strict=True)), subject)

    def check_values(self) -> None:
        """See that no value is one that means nothing for any training, before anything is run.

        Raises:
            UsageError: One is.
        """
        for form, caught in self.forms:
            try:
                form.changes(caught, Subject(Program()))
            except ValueMeaningError as error:
                raise UsageError(
                    "A value of this what-if means nothing.",
                    received=self.text,
                    expected=f"words as in {', '.join(form.examples)}",
                    hint=str(error),
                ) from None
            except NoMeaningError:  # which is of the training
                continue


def is_what_if(text: str) -> bool:
    """Whether the words are of the what-if language."""
    parts = _parts(text)
    return all(_form(part) for part in parts) and (SEED_ONLY not in parts or len(parts) == 1)


def parse(text: str) -> WhatIf:
    """Read a what-if.

    Raises:
        UsageError: The words are not of the language.
    """
    parts = _parts(text)
    found = [(part, _form(part)) for part in parts]
    wrong = next((part for part, form in found if form is None), None)
    if wrong is not None:
        raise UsageError(
            "This is no what-if.",
            received=wrong or "nothing",
            expected="words such as " + ", ".join(_nearest(wrong)),
            hint="`vandap ask --list` shows the whole language and the numbered questions.",
        )
    if SEED_ONLY in parts and len(parts) > 1:
        raise UsageError(
            "This is no what-if: `seed only` changes nothing but the seeds.",
            received=text,
            expected="it alone, or changes without it",
            hint="The seeds are paired in every other what-if.",
        )
    return WhatIf(", ".join(parts), tuple(form for _, form in found if form is not None))


def _parts(text: str) -> list[str]:
    return [_tidy(part) for part in text.split(",")]


def _tidy(text: str) -> str:
    """Lower case, single spaces, none around signs."""
    words = " ".join(text.lower().split())
    for sign in "*/=()":
        words = words.replace(f" {sign}", sign).replace(f"{sign} ", sign)
    return words.replace("+ ", "+")


def _form(text: str) -> tuple[Form, Caught] | None:
    for form in FORMS:
        caught = form.match(text)
        if caught is not None:
            return form, caught
    return None


def _nearest(text: str) -> list[str]:
    """The examples that are most like some words; the first ones where none is."""
    examples = [example for form in FORMS for example in form.examples]
    return difflib.get_close_matches(text, examples, _SHOWN, cutoff=0.5) or examples[:_SHOWN]
