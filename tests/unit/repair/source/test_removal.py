"""What is left of a line from which a layer is taken out."""

from __future__ import annotations

from pathlib import Path

import pytest
from script_edits import made, text_of

from vandap.repair.changes.structure import Remove


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("h = a * Dropout(0.5)(a + b)\n", "h = a * (a + b)\n"),
        ("h = -Dropout(0.5)(a if b else c)\n", "h = -(a if b else c)\n"),
        ("h = Dropout(0.5)(a + b)[0]\n", "h = (a + b)[0]\n"),
        ("h = Dropout(0.5)(a + b)\n", "h = a + b\n"),
        ("h = f(Dropout(0.5)(a + b))\n", "h = f(a + b)\n"),
        ("h = a * Dropout(0.5)(f(b))\n", "h = a * f(b)\n"),
        ("h = Dropout(0.5)(\n    a\n    + b\n)\n", "h = (a\n    + b)\n"),
        ("h = Dropout(0.5)(f(\n    a))\n", "h = f(\n    a)\n"),
        ("if deep:\n    add(Dropout(0.5))  # half\nend()\n", "if deep:\n    pass\nend()\n"),
        ("if deep:\n    end()\nelse:\n    m.add(Dropout(0.5))\n", "if deep:\n    end()\nelse:\n    pass\n"),
        ("if deep:\n    add(Dropout(0.5))\n    end()\n", "if deep:\n    end()\n"),
        ("h = f(a)\nh = Dropout(0.5)(h)  # half\ng = f(h)\n", "h = f(a)\ng = f(h)\n"),
        ("if deep:\n    h = Dropout(0.5)(h)\n", "if deep:\n    pass\n"),
        ("g = Dropout(0.5)(h)\n", "g = h\n"),
    ],
)
def test_what_is_left_without_a_layer_means_the_same(text: str, expected: str, tmp_path: Path) -> None:
    """What it was called with keeps its place in the expression, and a block is not left empty."""
    layers = {"dropout": ("Dropout(", {})}
    assert text_of(made(tmp_path, text, layers, Remove(("dropout",), "Dropout"))) == expected


def test_a_layer_of_many_inputs_is_not_cut(tmp_path: Path) -> None:
    """A star is no expression."""
    applied = made(tmp_path, "h = Dropout(0.5)(*a)\n", {"dropout": ("Dropout(", {})}, Remove(("dropout",), "Dropout"))
    assert "cannot be cut" in applied.refused[0][1].reason
