"""The page of an exam as a person gets it: written by the exam, rebuilt by `vandap report`, whole without a network."""

from __future__ import annotations

import html
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

DRILL = Path(__file__).parents[1] / "drills" / "dead-units" / "sick.py"
REFERENCE = re.compile(r"""(?:src|href)=["'](?!#|data:)|https?://|<script|@import|url\(""")


def vandap(*words: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run the command line."""
    return subprocess.run(
        [sys.executable, "-m", "vandap.cli.main", *map(str, words)],
        cwd=cwd,
        env={**os.environ, "OMP_NUM_THREADS": "1", "KERAS_BACKEND": "torch"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )


@pytest.mark.backend
def test_the_exam_of_a_drill_writes_its_page(tmp_path: Path) -> None:
    """Verdict, evidence, the line of code and the maps of the layers; the script may be gone when it is rebuilt."""
    script = tmp_path / "train.py"
    script.write_text(DRILL.read_text())
    done = vandap("exam", "--json", "--fail-on", "never", "--budget", "0", "--out", "run", "train.py", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert told["report"] == "run/report.html"
    first = next(finding for finding in told["findings"] if finding["where"]["line"] and finding["thresholds"])
    page = (tmp_path / "run" / "report.html").read_text()
    assert not REFERENCE.search(page)
    code = script.read_text().splitlines()[first["where"]["line"] - 1]
    marked = re.findall(r'line-of-code marked"><span class="line-number">\d+</span>(.*?)</span>', page)
    assert code in map(html.unescape, marked)
    for section in ("findings", "training", "layers", "steps", "program", "exam"):
        assert f'<section id="{section}">' in page

    script.unlink()
    (tmp_path / "run" / "report.html").unlink()
    rebuilt = vandap("report", "run", cwd=tmp_path)
    assert rebuilt.stdout.strip() == "run/report.html", rebuilt.stderr
    again = (tmp_path / "run" / "report.html").read_text()
    assert "The file is gone" not in again and "line-of-code marked" in again
    assert not (tmp_path / "run" / "card.md").exists()
