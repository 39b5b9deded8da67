"""Settings of libraries that keep vandap's own work quiet; a user's script is run without them."""

from __future__ import annotations

import os

_QUIET = {
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "OMP_WAIT_POLICY": "passive",  # idle threads sleep: spinning ones starve a busy machine
}
_added: list[str] = []


def settle() -> None:
    """Set what the user has not set."""
    _added.extend(name for name in _QUIET if name not in os.environ)
    os.environ.update({name: _QUIET[name] for name in _added})


def of_the_user() -> dict[str, str]:
    """The environment as the user gave it."""
    return {name: value for name, value in os.environ.items() if name not in _added}
