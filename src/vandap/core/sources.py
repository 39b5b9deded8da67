"""The lines of the user's program around every place that a run names, kept so that they outlive the file.

They are stored as `sources.json` of the run folder: text by file and line number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from vandap.core.program import Program, Site

NAME = "sources.json"
AROUND = 3
"""Lines of context kept on either side."""
_MOST_BYTES = 4_000_000
_LONGEST = 400

Sources = Mapping[str, Mapping[str, str]]
"""Text by file, then by line number (as text, for JSON)."""


@dataclass(frozen=True)
class Excerpt:
    """A place in the user's program.

    Args:
        file: The source file; empty where it is not known (a notebook, an interactive session).
        line: The line that is meant, counted from 1; 0 where it is not known.
        lines: (number, text) of that line and those around it.
        problem: Why there is no text, or what is wrong with it; empty otherwise.
    """

    file: str
    line: int
    lines: tuple[tuple[int, str], ...] = ()
    problem: str = ""


def collect(program: Program) -> Sources:
    """Read the lines around every place that a program names. What cannot be read is left out."""
    found: dict[str, dict[str, str]] = {}
    for site in places(program):
        if site.file and site.line:
            found.setdefault(site.file, {}).update({str(number): "" for number in _near(site.line)})
    return {file: kept for file, numbers in found.items() if (kept := _texts(file, numbers))}


def places(program: Program) -> Iterator[Site]:
    """Every place that a program names."""
    yield from (program.site, program.compile.site, program.compile.optimizer_site)
    yield from (fit.site for fit in program.fits)
    yield from (layer.site for layer in program.layers)
    yield from (idiom.site for idiom in program.idioms)
    yield from (site for early in program.early for site in (early.site, early.split))
    if program.crash is not None:
        yield from (program.crash.site, program.crash.layer_site, *program.crash.frames)


def excerpt(sources: Sources, file: str, line: int, known: str = "") -> Excerpt:
    """Return the lines around a place: as they were stored, else as the file has them today.

    Args:
        sources: What was stored.
        file: The source file.
        line: The line, counted from 1.
        known: The line's text at the time of the run, stripped; "" where that is not known.
    """
    stored = sources.get(file, {})
    if str(line) in stored:
        return Excerpt(file, line, _lines(stored, line))
    if not Path(file).is_file():
        return Excerpt(file, line, ((line, known),) if known else (), "The file is gone.")
    today = _texts(file, [str(number) for number in _near(line)])
    if known and today.get(str(line), "").strip() != known[:_LONGEST]:
        return Excerpt(file, line, ((line, known),), "The file has changed since; this is the line as it was.")
    lines = _lines(today, line)
    return Excerpt(file, line, lines, "" if lines else "The file has no such line.")


def _near(line: int) -> range:
    return range(max(line - AROUND, 1), line + AROUND + 1)


def _lines(texts: Mapping[str, str], line: int) -> tuple[tuple[int, str], ...]:
    return tuple((number, texts[str(number)]) for number in _near(line) if str(number) in texts)


def _texts(file: str, numbers: Iterable[str]) -> dict[str, str]:
    path = Path(file)
    try:
        if path.stat().st_size > _MOST_BYTES:
            return {}
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return {}
    kept = sorted({int(number) for number in numbers if int(number) <= len(lines)})
    return {str(number): lines[number - 1][:_LONGEST].expandtabs(4) for number in kept}
