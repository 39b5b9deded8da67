from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
import uvicorn
from made_vectors import built, identities

from vandap.cli.main import main
from vandap.errors import DataError, MissingExtraError, UsageError
from vandap.serve import run
from vandap.serve.options import Options
from vandap.serve.run import bound, listen, read_token, serve


def test_a_port_that_is_taken_is_said() -> None:
    """So is an address that is not this machine's."""
    with bound("127.0.0.1", 0) as door, bound("127.0.0.1", door.getsockname()[1]) as late:
        listen(door, "127.0.0.1")
        with pytest.raises(UsageError, match="listen"):
            bound("127.0.0.1", door.getsockname()[1])
        with pytest.raises(UsageError, match="listen"):
            listen(late, "127.0.0.1")
    with pytest.raises(UsageError, match="listen"):
        bound("192.0.2.1", 0)


def test_what_can_be_wrong_is_said_before_the_index_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A taken port, a missing package: of millions, loading takes minutes."""
    with bound("127.0.0.1", 0) as door:
        listen(door, "127.0.0.1")
        with pytest.raises(UsageError, match="listen"):
            serve(tmp_path / "no index", Options(port=door.getsockname()[1]))
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(MissingExtraError, match="uvicorn"):
        serve(tmp_path / "no index", Options(port=0))


def test_a_token_comes_from_a_file(tmp_path: Path) -> None:
    """Without the line's end, and the mark that some editors write first; an empty or missing file is said."""
    for content in (b"sesame\n", b"\xef\xbb\xbfsesame\r\n"):
        (tmp_path / "token").write_bytes(content)
        assert read_token(tmp_path / "token") == "sesame"
    (tmp_path / "empty").write_text("\n")
    for name in ("empty", "absent"):
        with pytest.raises(DataError, match="no token"):
            read_token(tmp_path / name)


@pytest.mark.parametrize(
    ("words", "received"),
    [
        (("--port", "-1"), "--port -1"),
        (("--port", "70000"), "--port 70000"),
        (("--port", "x"), "this command line"),
        (("--concurrency", "0"), "--concurrency 0"),
        (("--concurrency", "-3"), "--concurrency -3"),
        (("--max-body", "0"), "0"),
        (("--max-body", "0.5"), "--max-body 0"),
        (("--max-body", "9" * 400), "9" * 400),
        (("--max-k", "0"), "--max-k 0"),
        (("--max-hits", "-1"), "--max-hits -1"),
        (("--max-wait", "0"), "--max-wait 0"),
        (("--max-wait", "-1"), "--max-wait -1"),
        (("--max-wait", "nan"), "--max-wait nan"),
        (("--max-wait", "inf"), "--max-wait inf"),
        (("--sample", "nan"), "--sample nan"),
        (("--sample", "2"), "--sample 2.0"),
        (("--threads", "0"), "threads = 0"),
        (("--token-file", ""), "."),
    ],
)
def test_a_number_that_cannot_be_is_one_message(
    words: tuple[str, str], received: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before the server listens; what was received is named with its option where a limit refuses it."""
    index = str(built(tmp_path / "index", identities(50, 16)).path)
    assert main(["serve", index, "--json", *words]) == 2
    out, err = capsys.readouterr()
    error = json.loads(out)["error"]
    assert error["received"] == received and all(error.values()) and not err


def test_where_it_listens_is_told_when_it_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the port that it was given, where any would do."""
    index, ports = built(tmp_path / "index", identities(50, 16)), list[int]()
    served = list[int]()
    monkeypatch.setattr(uvicorn.Server, "run", lambda self, sockets: served.append(sockets[0].getsockname()[1]))
    serve(index.path, Options(port=0), begun=ports.append)
    assert ports == served and ports[0] > 0


def test_an_address_of_version_6_is_told_as_one_types_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """In brackets, or its port would be a part of it."""
    monkeypatch.setattr(run, "serve", lambda path, options, threads, begun: begun(8700))
    assert main(["serve", "index", "--host", "::1"]) == 0
    assert "http://[::1]:8700 " in capsys.readouterr().err
