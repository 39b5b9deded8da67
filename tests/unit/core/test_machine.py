"""What the run was made on is told without importing a back end."""

from __future__ import annotations

import json
import subprocess
import sys

import numpy as np

from vandap.core.machine import hardware, versions


def test_versions_name_what_a_result_depends_on():
    """Python and the installed packages are there, with the versions that they report themselves."""
    found = versions()
    assert found["numpy"] == np.__version__
    assert {"python", "vandap", "scikit-learn", "keras"} <= set(found)


def test_hardware_is_json_and_positive():
    """The facts go into run.json as they are."""
    facts = json.loads(json.dumps(hardware()))
    assert facts["cores"] >= 1
    assert facts["memory_bytes"] > 0
    assert facts["processor"]


def test_no_back_end_is_imported():
    """Asking costs no import of keras, jax, torch or tensorflow."""
    code = (
        "import sys; from vandap.core.machine import hardware, versions; hardware(); versions(); "
        "sys.exit(bool({'keras', 'jax', 'torch', 'tensorflow', 'sklearn'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
