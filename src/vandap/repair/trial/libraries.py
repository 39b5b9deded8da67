"""What a program imports, so that warm processes can have imported it before they fork for a trial."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from vandap.exam.idioms import parsed

USUAL = ("numpy", "keras", "sklearn", "pandas", "scipy", "sklearn.model_selection", "sklearn.preprocessing")
"""What most scripts import; a library that is missing is passed over."""
_QUIET = frozenset(
    [
        *("PIL", "cv2", "imageio", "imblearn", "matplotlib", "nltk", "numpy", "pandas", "plotly", "polars", "pyarrow"),
        *("scipy", "seaborn", "skimage", "sklearn", "statsmodels", "tensorflow", "torchvision", "tqdm"),
    ]
)
"""Packages whose import begins no threads, opens nothing and does the same before a program's start as within it."""


def imported(script: Path, sources: Mapping[Path, bytes]) -> tuple[str, ...]:
    """The modules of well-known packages that a script imports, itself or by modules beside it.

    Args:
        script: The file.
        sources: The Python files around it, by absolute path.
    """
    found, seen = set[str](), set[Path]()
    waiting = [script.absolute()]
    while waiting:
        path = waiting.pop()
        if path in seen or path not in sources:
            continue
        seen.add(path)
        for name in _names(parsed(sources[path], str(path))):
            root, own = name.partition(".")[0], path.parent.joinpath(*name.split("."))
            waiting += [own.with_suffix(".py"), own / "__init__.py"]
            if root in _QUIET and not _is_own(root, (path.parent, script.absolute().parent), sources):
                found.add(name)
    return tuple(sorted(found))


def _is_own(root: str, folders: Iterable[Path], sources: Mapping[Path, bytes]) -> bool:
    """Whether a module beside the program hides the package of that name."""
    return any(folder / file in sources for folder in folders for file in (f"{root}.py", f"{root}/__init__.py"))


def _names(tree: ast.AST | None) -> Iterator[str]:
    """Modules that a source names, and what may be one: `from a import b` may mean `a.b`."""
    for node in ast.walk(tree) if tree is not None else ():
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names if alias.name != "*")
