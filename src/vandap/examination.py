"""The exam from Python: `vandap.watching()` around one's own training, and `vandap.examine(run)`.

>>> import vandap
>>> with vandap.watching() as exam:  # doctest: +SKIP
...     model.fit(x, y, epochs=5)
>>> print(exam)  # doctest: +SKIP
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vandap.errors import RunError, UsageError

if TYPE_CHECKING:
    from vandap.core.examined import Examined
    from vandap.core.finding import Finding, Verdict
    from vandap.watch.session import Session


class Exam:
    """What an exam says; shown as text by `print`, as a page in a notebook.

    Args:
        folder: The run folder.
        examined: The verdicts; None while the training is still watched.
    """

    def __init__(self, folder: Path, examined: Examined | None = None) -> None:
        self.path = folder
        self._examined = examined
        self._trouble: Exception | None = None

    @property
    def examined(self) -> Examined:
        """The record of the exam.

        Raises:
            UsageError: The training is still being watched.
            RunError: The exam could not be stored.
        """
        if self._trouble is not None:
            raise RunError(
                "The exam could not be made.",
                received=f"{type(self._trouble).__name__}: {self._trouble}",
                expected=f"a folder that can be written: {self.path}",
                hint="The training itself was not disturbed; see that there is room, and watch it again.",
            ) from self._trouble
        if self._examined is None:
            raise UsageError(
                "The exam is not over.",
                received="a question inside of `with vandap.watching()`",
                expected="a question after it",
                hint="Leave the `with` block first.",
            )
        return self._examined

    @property
    def findings(self) -> tuple[Finding, ...]:
        """What was found or is suspected, issues first."""
        return self.examined.findings

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """What every rule concluded."""
        return self.examined.verdicts

    def report(self) -> Path:
        """Write the page of the exam, `report.html` in the run folder, and return its path.

        Raises:
            OSError: The folder cannot be written.
        """
        from vandap.core.store import Run
        from vandap.report.html import write_report

        return write_report(Run(self.path), examined=self.examined)

    def document(self) -> Mapping[str, Any]:
        """The exam as `vandap exam --json` prints it; `report` is null until the page was written."""
        from vandap.core.records import to_json
        from vandap.report.exam import document

        return dict(to_json(document(self.examined, self._page())))

    def _page(self) -> Path | None:
        page = self.path / "report.html"
        return page if page.is_file() else None

    def __fspath__(self) -> str:
        return str(self.path)

    def __str__(self) -> str:
        from vandap.report.examined import examined_text

        return examined_text(self.examined, report=self._page())

    def __repr__(self) -> str:
        return f"Exam({str(self.path)!r})"

    def _repr_html_(self) -> str:
        from html import escape

        if self._examined is None:
            return f"<pre>{escape(repr(self))}</pre>"
        from vandap.report.notebook import exam_html

        return exam_html(self.examined)


@contextmanager
def watching(
    folder: str | os.PathLike[str] | None = None, *, budget: str | float = 0, mute: Sequence[str] = ()
) -> Iterator[Exam]:
    """Watch every Keras training inside of the block and examine it at the end.

    Nothing that is computed changes: the same weights come out, to the last bit, unless experiments are allowed; those
    put the model back as it was.

    Args:
        folder: The run folder, new or empty; by default a new one below `runs/`.
        budget: Time for experiments that settle suspicions, in seconds or as text such as `"1m"`; 0 for none.
        mute: Codes or names of rules to leave out.

    Yields:
        The exam; it can be asked after the block.

    Raises:
        RunError: The folder is in use.
        UsageError: No duration, or no such rule.
    """
    from vandap import watch
    from vandap.core.duration import seconds
    from vandap.diagnose import catalogue
    from vandap.exam.crash import Tracebacks, crash_of
    from vandap.exam.folder import new_folder

    allowed = seconds(budget) if budget else 0.0
    for name in mute:
        catalogue.rule(name)
    path = new_folder("watch", None if folder is None else Path(folder)).absolute()  # the program may go elsewhere
    exam, tracebacks, session = Exam(path), Tracebacks(), None
    try:
        with watch.watching(path, command=("vandap.watching",)) as session:
            tracebacks.attach()
            try:
                yield exam
            except Exception as error:
                session.amend(crash=crash_of(error, tracebacks, session))
                raise
    finally:
        tracebacks.detach()
        if session is not None:
            try:
                _judge(exam, session, allowed, mute)
            except Exception as trouble:  # the user's program goes on; who asks the exam is told
                exam._trouble = trouble


def _judge(exam: Exam, session: Session, budget: float, mute: Sequence[str]) -> None:
    from vandap.core.examined import read_examined
    from vandap.exam.judge import judge

    judge(exam.path, session.kept, budget, mute)
    exam._examined = read_examined(exam.path)


def examine(run: str | os.PathLike[str], *, mute: Sequence[str] = ()) -> Exam:
    """Judge a stored run by every rule; needs neither the data nor Keras.

    Args:
        run: A run folder of `vandap train`, `vandap exam`, `vandap.watching` or `vandap.Watch`.
        mute: Codes or names of rules to leave out.

    Raises:
        RunError: No run folder.
        UsageError: No such rule.
    """
    from vandap import exam
    from vandap.core.examined import read_examined
    from vandap.core.store import Run

    path = Path(run)
    return Exam(path, read_examined(path, verdicts=exam.examine(Run(path), tuple(mute))))
