"""A file that is run inside another process behaves as under `python FILE`."""

from __future__ import annotations

import os
import sys
import threading
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from vandap.exam.main_module import run_as_main, show


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    """The process of the tests keeps its own program."""
    main, argv, path = sys.modules["__main__"], sys.argv, list(sys.path)
    yield
    sys.modules["__main__"], sys.argv, sys.path[:] = main, argv, path


def run(folder: Path, text: str, *arguments: str) -> BaseException | None:
    """Run a script."""
    (folder / "script.py").write_text(text)
    return run_as_main(str(folder / "script.py"), arguments)


def test_it_is_the_main_module(tmp_path: Path) -> None:
    """Name, file, arguments, search path; and it stays there, so that what it made can be used and pickled."""
    text = "import pickle, sys\nclass A: pass\ncopy = pickle.loads(pickle.dumps(A()))\nseen = __name__, sys.argv[1:]\n"
    assert run(tmp_path, text, "-x", "1") is None
    main = sys.modules["__main__"]
    assert main.seen == ("__main__", ["-x", "1"])
    assert main.__file__ == str(tmp_path / "script.py")
    assert sys.path[0] == os.path.realpath(tmp_path)
    assert type(main.copy) is main.A


def test_the_traceback_begins_with_the_script(tmp_path: Path) -> None:
    """None of our frames is shown, and the cause is kept."""
    text = (
        "def f():\n    raise ValueError('no')\ntry:\n    f()\nexcept ValueError as e:\n    raise KeyError('x') from e\n"
    )
    error = run(tmp_path, text)
    assert isinstance(error, KeyError)
    shown = "".join(traceback.format_exception(error))
    assert "main_module" not in shown
    assert shown.count("script.py") == 3 and "direct cause" in shown


@pytest.mark.parametrize(
    ("text", "code", "printed"),
    [
        ("x = 1", 0, ""),
        ("import sys; sys.exit()", 0, ""),
        ("import sys; sys.exit(3)", 3, ""),
        ("import sys; sys.exit(-1)", 255, ""),
        ("import sys; sys.exit('stop')", 1, "stop\n"),
        ("raise SystemExit", 0, ""),
        ("1 / 0", 1, "ZeroDivisionError"),
        ("raise KeyboardInterrupt", 130, "KeyboardInterrupt"),
        ("def f(:", 1, "SyntaxError"),
    ],
)
def test_exit_codes_are_pythons(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, code: int, printed: str
) -> None:
    """What the shell would see, and what would stand on standard error."""
    assert show(run(tmp_path, text)) == code
    assert printed in capsys.readouterr().err


def test_the_users_own_hook_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A script that installs an exception hook gets its exceptions."""
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    assert show(run(tmp_path, "import sys\nseen = []\nsys.excepthook = lambda *a: seen.append(a[0])\n1 / 0\n")) == 1
    assert sys.modules["__main__"].seen == [ZeroDivisionError]


def test_threads_are_waited_for(tmp_path: Path) -> None:
    """The program ends with its last thread, which may be the one that trains."""
    work = "def work():\n    time.sleep(0.2)\n    done.append(1)\n"
    text = f"import threading, time\ndone = []\n{work}threading.Thread(target=work).start()\n"
    before = threading.active_count()
    assert run(tmp_path, text) is None
    assert sys.modules["__main__"].done == [1] and threading.active_count() == before


def test_an_executor_that_was_left_open_does_not_hold_the_exam(tmp_path: Path) -> None:
    """Its workers wait for work until Python ends; other threads of the script are waited for."""
    text = (
        "import threading, time\nfrom concurrent.futures import ThreadPoolExecutor\n"
        "pool = ThreadPoolExecutor(1)\npool.submit(int).result()\ndone = []\n"
        "threading.Thread(target=lambda: (time.sleep(0.2), done.append(1))).start()\n"
    )
    assert run(tmp_path, text) is None
    main = sys.modules["__main__"]
    assert main.done == [1]
    main.pool.shutdown()
