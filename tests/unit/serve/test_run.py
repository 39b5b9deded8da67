from __future__ import annotations

from pathlib import Path

import pytest

from vandap.errors import DataError, UsageError
from vandap.serve.options import Options
from vandap.serve.run import listening, read_token


def test_a_port_that_is_taken_is_said() -> None:
    """So is an address that is not this machine's."""
    with listening("127.0.0.1", 0) as door, pytest.raises(UsageError, match="listen"):
        listening("127.0.0.1", door.getsockname()[1])
    with pytest.raises(UsageError, match="listen"):
        listening("192.0.2.1", 0)
    for port in (-1, 70_000):
        with pytest.raises(UsageError, match="port"):
            Options(port=port)


def test_a_token_comes_from_a_file(tmp_path: Path) -> None:
    """Without the line's end; an empty or missing file is said."""
    (tmp_path / "token").write_text("sesame\n")
    assert read_token(tmp_path / "token") == "sesame"
    (tmp_path / "empty").write_text("\n")
    for name in ("empty", "absent"):
        with pytest.raises(DataError, match="no token"):
            read_token(tmp_path / name)
