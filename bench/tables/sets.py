"""The tables of the benchmark: file, and what detection must be told because the file does not say it."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Any

PLAIN: dict[str, dict[str, Any]] = {
    "adult-test": {},
    "banknote_authentication": {},
    "creditcard_fraud_3265": {},
    "german": {},
    "glass": {"task": "multiclass"},
    "housing": {},
    "ionosphere": {},
    "mammography": {},
    "oil-spill": {},
    "phoneme": {},
    "pima-indians-diabetes": {},
    "sns_diamonds": {"target": "price"},
    "sns_penguins": {"target": "species"},
    "sns_titanic": {"target": "survived", "ignore": ("alive",)},
    "telco_churn": {},
    "winequality-red": {"task": "regression"},
}
PMLB = (
    "197_cpu_act", "225_puma8NH", "537_houses", "churn", "letter", "magic", "page_blocks", "satimage", "segmentation",
    "spambase", "vehicle", "yeast",
)  # fmt: skip


def tables(root: Path, unpacked: Path) -> list[tuple[str, Path, dict[str, Any]]]:
    """Name, file and options of every table."""
    found = [(name, root / "tables" / f"{name}.csv", options) for name, options in PLAIN.items()]
    with zipfile.ZipFile(root / "tables" / "pmlb_30sets.zip") as archive:
        for name in PMLB:
            archive.extract(f"{name}.tsv.gz", unpacked)
            found.append((f"pmlb {name}", unpacked / f"{name}.tsv.gz", {"target": "target"}))
    return found
