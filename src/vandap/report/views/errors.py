"""The test examples that the model got most wrong: the images themselves, or the row's values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vandap.report import format as written
from vandap.report.material import Material
from vandap.report.thumbnail import data_uri, is_coarse
from vandap.report.view import View

_MOST = 24
_VALUES = 8


@dataclass(frozen=True)
class Error:
    """One example.

    Args:
        name: What to call it.
        true: What it is.
        predicted: What the model says.
        measure: How sure the model was, or how far off, as text.
        image: The picture as a data URI, or None.
        coarse: Whether the picture has so few pixels that they should stay sharp when enlarged.
        values: The row's values in `Errors.columns`, as text.
    """

    name: str
    true: str
    predicted: str
    measure: str
    image: str | None
    coarse: bool
    values: tuple[str, ...]


@dataclass(frozen=True)
class Errors:
    """The worst errors, worst first.

    Args:
        part: The part of the data.
        items: The examples.
        measure: `error` (numbers) or `probability` (classes): what the examples are ordered by.
        pictures: Whether any has a picture.
        columns: Names of the values shown, when they are rows of a table.
    """

    part: str
    items: tuple[Error, ...]
    measure: str
    pictures: bool
    columns: tuple[str, ...]


class ErrorsView(View):
    """The section of the worst errors."""

    slug = "errors"
    title = "Worst errors"
    order = 70

    def build(self, material: Material) -> Errors | None:
        """Return the worst errors; None when none were stored."""
        if not material.worst:
            return None
        worst = material.worst[:_MOST]
        columns = tuple(dict.fromkeys(str(name) for entry in worst for name in entry.get("values") or ()))[:_VALUES]
        items = tuple(_error(material, entry, columns) for entry in worst)
        evaluation = material.evaluation
        return Errors(
            part=evaluation.part if evaluation else "",
            items=items,
            measure="error" if "error" in material.worst[0] else "probability",
            pictures=any(item.image for item in items),
            columns=columns,
        )


def _error(material: Material, entry: Mapping[str, Any], columns: tuple[str, ...]) -> Error:
    values = entry.get("values") or {}
    error, probability = entry.get("error"), entry.get("probability")
    picture = _picture(material, entry)
    return Error(
        name=str(entry.get("name", f"row {entry.get('row')}")),
        true=written.value(entry.get("true")),
        predicted=written.value(entry.get("predicted")),
        measure=written.number(error) if error is not None else written.share(probability),
        image=data_uri(picture) if picture else None,
        coarse=picture is not None and is_coarse(picture),
        values=tuple(written.value(values.get(name)) for name in columns),
    )


def _picture(material: Material, entry: Mapping[str, Any]) -> bytes | None:
    given = material.images.get(int(entry.get("row", -1)))
    if given is not None or not entry.get("image"):
        return given
    path = material.path / "worst" / Path(str(entry["image"])).name  # the name alone: nothing outside the run is read
    return path.read_bytes() if path.is_file() else None
