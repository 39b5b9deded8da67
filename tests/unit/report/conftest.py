"""Synthetic runs that every test of the report reads, made once."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
import report_run

from vandap.core.store import Run


@pytest.fixture(scope="session")
def runs(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Run]:
    """One run of every kind, by name. Tests that write into a run must not share these."""
    folder = tmp_path_factory.mktemp("runs")
    return {
        "images": report_run.images(folder / "images"),
        "many": report_run.images(folder / "many", classes=40, rows=1200),
        "binary": report_run.images(folder / "binary", classes=2),
        "table": report_run.table(folder / "table"),
        "regression": report_run.regression(folder / "regression"),
        "failed": report_run.failed(folder / "failed"),
        "interrupted": report_run.failed(folder / "interrupted", status="interrupted"),
        "bare": report_run.bare(folder / "bare"),
    }
