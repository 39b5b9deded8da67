"""Reads a what-if: words to forms, forms to changes of one training."""

from __future__ import annotations

from dataclasses import dataclass

from vandap.ask.whatif.form import Form, NoMeaningError, Subject
from vandap.ask.whatif.language import FORMS, SEED_ONLY
from vandap.errors import UsageError
from vandap.repair.changes.change import Change


@dataclass(frozen=True)
class WhatIf:
    """A what-if that was understood.

    Args:
        text: The words, tidied.
        forms: The forms and what each caught.
    """

    text: str
    forms: tuple[tuple[Form, tuple[str, ...]], ...]

    @property
    def is_seed_only(self) -> bool:
        """Whether nothing but the seeds differs."""
        return self.text == SEED_ONLY

    @property
    def theory(self) -> str:
        """What theory predicts."""
        return " ".join(dict.fromkeys(form.theory for form, _ in self.forms))

    @property
    def short(self) -> str:
        """The answer in an interview."""
        return " ".join(dict.fromkeys(form.short for form, _ in self.forms))

    def changes(self, subject: Subject) -> tuple[Change, ...]:
        """The changes that are meant for this training.

        Raises:
            UsageError: The words mean nothing for it.
        """
        try:
            return tuple(change for form, caught in self.forms for change in form.changes(caught, subject))
        except NoMeaningError as error:
            raise UsageError(
                "This what-if means nothing for this training.",
                received=self.text,
                expected="a change of something that it has",
                hint=str(error),
            ) from None


def is_what_if(text: str) -> bool:
    """Whether the words are of the what-if language."""
    return _parsed(text) is not None


def parse(text: str) -> WhatIf:
    """Read a what-if.

    Raises:
        UsageError: The words are not of the language.
    """
    found = _parsed(text)
    if found is None:
        raise UsageError(
            "This is no what-if.",
            received=text or "nothing",
            expected="words such as " + ", ".join(form.written.split("  ")[0] for form in FORMS[:6]),
            hint="`vandap ask --list` shows the whole language and the numbered questions.",
        )
    return found


def _parsed(text: str) -> WhatIf | None:
    parts = [_tidy(part) for part in text.split(",")]
    found = [_form(part) for part in parts]
    if any(item is None for item in found) or (SEED_ONLY in parts and len(parts) > 1):
        return None
    return WhatIf(", ".join(parts), tuple(item for item in found if item is not None))


def _tidy(text: str) -> str:
    """Lower case, single spaces, none around signs."""
    words = " ".join(text.lower().split())
    for sign in "*/=":
        words = words.replace(f" {sign}", sign).replace(f"{sign} ", sign)
    return words.replace("+ ", "+")


def _form(text: str) -> tuple[Form, tuple[str, ...]] | None:
    for form in FORMS:
        caught = form.match(text)
        if caught is not None:
            return form, caught
    return None
