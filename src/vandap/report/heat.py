"""A heat map: a table of coloured cells, whose numbers stand in their titles."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from markupsafe import Markup, escape

from vandap.report import format as written
from vandap.report.watched import Traces

GRADES = 10
_MOST_CELLS = 2400
_LABELS = 6
_LEAST_COLUMNS, _MOST_COLUMNS = 12, 48


@dataclass(frozen=True, eq=False)
class Heat:
    """One measure of every layer over the steps.

    Args:
        slug: Its anchor.
        title: What is shown.
        description: What to see in it.
        traces: The numbers.
        log: Whether colours follow the logarithm; else they follow the share, from 0 to 1.
    """

    slug: str
    title: str
    description: str
    traces: Traces
    log: bool

    @property
    def ends(self) -> tuple[float, float]:
        """The values of the lightest and of the darkest colour."""
        if not self.log:
            return 0.0, 1.0
        values = self.traces.values
        known = values[np.isfinite(values) & (values > 0)]
        return (float(known.min()), float(known.max())) if known.size else (1.0, 1.0)

    @property
    def columns(self) -> np.ndarray:
        """The probes that are shown, spread evenly, the last one among them."""
        probes, layers = self.traces.values.shape
        most = int(np.clip(_MOST_CELLS // max(layers, 1), _LEAST_COLUMNS, _MOST_COLUMNS))
        return np.unique(np.linspace(0, probes - 1, min(probes, most)).round().astype(int))

    @property
    def numbers(self) -> tuple[tuple[str, ...], ...]:
        """Of each layer: name, first, middle and last number, smallest and largest."""
        return tuple(self._numbers(name, self.traces.values[:, place]) for place, name in enumerate(self.traces.names))

    @staticmethod
    def _numbers(name: str, values: np.ndarray) -> tuple[str, ...]:
        known = values[np.isfinite(values)]
        shown = (values[0], values[len(values) // 2], values[-1], *((known.min(), known.max()) if known.size else ()))
        return (name, *(_number(float(value)) for value in shown), *([written.ABSENT] * (5 - len(shown))))

    @property
    def head(self) -> Markup:
        """The table's head: the steps of some of the columns."""
        steps = self.traces.steps[self.columns].tolist()
        every = max(-(-len(steps) // _LABELS), 1)
        groups = [steps[first : first + every] for first in range(0, len(steps), every)]
        cells = "".join(f'<th scope="colgroup" colspan="{len(group)}">{group[0]:.0f}</th>' for group in groups)
        return Markup(f'<tr><th scope="col">step</th>{cells}</tr>')

    @property
    def rows(self) -> Markup:
        """The table's body, one row for each layer."""
        columns = self.columns
        steps = [f"step {step:.0f}" for step in self.traces.steps[columns].tolist()]
        grades = self._grades(self.traces.values[columns])
        rows = []
        for place, name in enumerate(self.traces.names):
            values = self.traces.values[columns, place].tolist()
            cells = "".join(
                f'<td class="{grade}" title="{step}: {_number(value)}"></td>'
                for grade, step, value in zip(grades[:, place].tolist(), steps, values, strict=True)
            )
            rows.append(f'<tr><th scope="row"><span title="{escape(name)}">{escape(name)}</span></th>{cells}</tr>')
        return Markup("".join(rows))  # names are escaped above, the rest are numbers

    def _grades(self, values: np.ndarray) -> np.ndarray:
        """Return the class of each cell: `h1` to `h10`, `zero`, `broken` (no finite number) or `none`."""
        low, high = self.ends
        with np.errstate(all="ignore"):
            place = np.log(values / low) / np.log(high / low) if self.log and high > low else values
        place = np.ones_like(values) if self.log and high <= low else place
        number = np.clip(np.nan_to_num(place, nan=0.0, posinf=1.0, neginf=0.0) * GRADES, 0, GRADES - 1).astype(int) + 1
        found = np.array([f"h{grade}" for grade in range(GRADES + 1)], dtype=object)[number]
        found[values == 0] = "zero"
        found[np.isinf(values)] = "broken"
        found[np.isnan(values)] = "none"
        return found


def _number(value: float) -> str:
    if np.isnan(value):
        return "not measured"
    return written.number(value) if np.isfinite(value) else "not finite"
