"""Every exception that vandap raises on purpose.

::

    VandapError
    ├── InputError              the user's data or arguments cannot be used        (exit code 2)
    │   ├── DataError           a file, folder, column or label is not usable
    │   ├── UsageError          an option or argument is wrong
    │   ├── RunError            a run folder is missing, foreign, newer or locked
    │   ├── IndexFolderError    a search index is missing, foreign, damaged, newer or locked
    │   └── MissingExtraError   an optional dependency is not installed
    └── TrainingError           the training itself failed                         (exit code 3)

Each error says four things: what happened (`message`), what was `received`, what was `expected`, and what to do
(`hint`). The command line prints them as one message; `--json` prints them as one document.
"""

from __future__ import annotations

import errno


class VandapError(Exception):
    """Base of every error that vandap raises on purpose.

    Args:
        message: What happened, as one sentence.
        received: What was given, in the user's own terms.
        expected: What would have been accepted.
        hint: What to do now.
    """

    exit_code = 2

    def __init__(self, message: str, *, received: str = "", expected: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.received = received
        self.expected = expected
        self.hint = hint

    def __str__(self) -> str:
        parts = [self.message]
        parts += [f"Received: {self.received}"] if self.received else []
        parts += [f"Expected: {self.expected}"] if self.expected else []
        parts += [f"What to do: {self.hint}"] if self.hint else []
        return "\n".join(parts)

    def to_json(self) -> dict[str, dict[str, str]]:
        """The `error` document of the command line's `--json`."""
        return {
            "error": {
                "type": type(self).__name__,
                "message": self.message,
                "received": self.received,
                "expected": self.expected,
                "hint": self.hint,
            }
        }


class InputError(VandapError):
    """The user's data or arguments cannot be used."""


class DataError(InputError):
    """A file, folder, column or label is not usable."""


class UsageError(InputError):
    """An option or argument is wrong."""


class RunError(InputError):
    """A run folder is missing, foreign, from a newer version, or in use by another process."""


class IndexFolderError(InputError):
    """A search index is missing, foreign, damaged, from a newer version, or in use by another writer."""


class MissingExtraError(InputError):
    """An optional dependency is not installed.

    Args:
        package: The package that could not be imported.
        extra: The extra of vandap that brings it.
        needed_for: What the user asked for, as a phrase.
    """

    def __init__(self, package: str, extra: str, needed_for: str) -> None:
        super().__init__(
            f"{needed_for} needs the package {package!r}, which is not installed.",
            received=f"an environment without {package}",
            expected=f"{package} importable",
            hint=f"pip install 'vandap[{extra}]'",
        )


class TrainingError(VandapError):
    """The training itself failed: no learner could be fitted, or the process was killed from outside."""

    exit_code = 3


def is_full_disk(error: BaseException) -> bool:
    """Whether an error says that a disk, or a quota, is full."""
    return isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT)
