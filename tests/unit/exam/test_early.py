"""What is done to all rows before they are split: told where it is sure, silent about everything else."""

from __future__ import annotations

import pytest

from vandap.exam.early import scan_early

HEAD = """\
from sklearn.feature_selection import SelectKBest
from sklearn.preprocessing import StandardScaler
from sklearn.model_selection import train_test_split
from imblearn.over_sampling import SMOTE
"""


def lines(body: str) -> list[tuple[int, int]]:
    """What is found behind the imports, as (line, line of the split)."""
    found = scan_early(HEAD + body, "train.py")
    return [((item.site.line or 0) - 4, (item.split.line or 0) - 4) for item in found]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "X = SelectKBest(k=9).fit_transform(X, y)\na, b, c, d = train_test_split(X, y)",
            [(1, 2)],
        ),
        (
            "s = SelectKBest()\nZ = s.fit_transform(X, y)\nZ = Z / 2\na, b = train_test_split(Z)",
            [(2, 4)],
        ),
        ("X, y = SMOTE().fit_resample(X, y)\na, b, c, d = train_test_split(X, y)", [(1, 2)]),
        (
            "def load(X, y):\n    X, y = SMOTE().fit_resample(X, y)\n    return train_test_split(X, y)",
            [(2, 3)],
        ),
        (
            "if rare:\n    X, y = SMOTE().fit_resample(X, y)\nsplit = train_test_split(X, y)",
            [(2, 3)],
        ),
        ("a, b, c, d = train_test_split(X, y)\na, c = SMOTE().fit_resample(a, c)", []),
        (
            "a, b = train_test_split(X)\na = SelectKBest().fit_transform(a, y)\na, v = train_test_split(a)",
            [(2, 3)],
        ),
        ("X = StandardScaler().fit_transform(X)\na, b = train_test_split(X)", []),
        ("Z = SelectKBest().fit_transform(X, y)\na, b = train_test_split(X)", []),
        ("X = SelectKBest().fit_transform(X, y)\nX = load()\na, b = train_test_split(X)", []),
        ("X = mine.SelectKBest().fit_transform(X, y)\na, b = train_test_split(X)", []),
        ("X = SelectKBest().fit_transform(X, y)\nscores = cross_validate(model, X)", []),
        ("this is no Python", []),
    ],
)
def test_what_comes_before_the_split(body: str, expected: list[tuple[int, int]]) -> None:
    """Followed through names, functions and conditions; a second split of what was split is one, too."""
    assert lines(body) == expected


def test_the_text_of_both_lines_is_kept() -> None:
    """As bytes, too."""
    (found,) = scan_early(
        (HEAD + "X, y = SMOTE().fit_resample(X, y)\nz = train_test_split(X, y)\n").encode(), "train.py"
    )
    assert found.site.text == "X, y = SMOTE().fit_resample(X, y)" and found.split.text == "z = train_test_split(X, y)"
    assert found.site.file == found.split.file == "train.py"
