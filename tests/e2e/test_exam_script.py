"""`vandap exam SCRIPT.py` as a person runs it: the script behaves as under `python`, and every end has an answer."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

TRAINING = """
import sys
import numpy as np
import keras

keras.utils.set_random_seed(1)
rng = np.random.default_rng(0)
y = rng.integers(0, 3, size=300)
x = (rng.normal(size=(3, 6))[y] * 2 + rng.normal(size=(300, 6))).astype("float32")
model = keras.Sequential([
    keras.Input((6,)),
    keras.layers.Dense(16, activation="relu"),
    keras.layers.Dense(3, activation="softmax"),
])
model.compile(keras.optimizers.Adam(0.01), LOSS)
model.fit(x, y, epochs=int(sys.argv[1]), validation_split=0.2, verbose=0)
print("weights", float(np.sum(np.abs(model.get_weights()[0]))))
"""
HEALTHY = TRAINING.replace("LOSS", '"sparse_categorical_crossentropy"')
WRONG_LABELS = TRAINING.replace("LOSS", '"categorical_crossentropy"')

LISTENING = [
    sys.executable,
    "-c",
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])",
]
"""Before a command: it hears Ctrl-C even where the tests run in the background, where it is ignored."""


def command(*words: object) -> list[str]:
    """The command line, in a process of its own."""
    return [sys.executable, "-m", "vandap.cli.main", "exam", *map(str, words)]


def exam(
    *words: object, cwd: Path, stdin: str = "", seconds: float = 600, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run an exam to its end."""
    return subprocess.run(
        command(*words),
        cwd=cwd,
        input=stdin,
        env={**os.environ, "OMP_NUM_THREADS": "1", **environment},
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


def examined(*words: object, cwd: Path, code: int, stdin: str = "", **environment: str) -> dict[str, Any]:
    """Run with --json; standard output is one document."""
    done = exam("--json", *words, cwd=cwd, stdin=stdin, **environment)
    assert done.returncode == code, done.stderr + done.stdout
    return dict(json.loads(done.stdout), stderr=done.stderr)


def write(folder: Path, text: str, name: str = "train.py") -> Path:
    """Write a script."""
    path = folder / name
    path.write_text(text)
    return path


@pytest.mark.backend
def test_a_healthy_script_is_healthy_and_trains_to_the_same_weights(tmp_path: Path) -> None:
    """The script's output is what `python` gives, to the last bit of the weights; the exam finds no issue."""
    script = write(tmp_path, HEALTHY)
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "KERAS_BACKEND": "torch"}
    plain = subprocess.run(
        [sys.executable, script.name, "6"], cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    done = exam("--budget", "0", "train.py", "6", cwd=tmp_path, KERAS_BACKEND="torch")
    assert done.returncode == 0, done.stdout + done.stderr
    own, verdict = done.stdout.split("\n", 1)
    assert own == plain.stdout.strip()
    assert verdict.startswith("train.py: ") and "issue" not in verdict
    assert "Checked: " in verdict and "steps of training" in verdict


@pytest.mark.backend
def test_a_crash_in_the_loss_is_explained(tmp_path: Path) -> None:
    """Class numbers with one-hot loss: fault, compile line, what was expected; the traceback is Python's own."""
    script = write(tmp_path, WRONG_LABELS)
    told = examined("train.py", "2", cwd=tmp_path, code=3, KERAS_BACKEND="torch")
    assert told["status"] == "crashed" and told["script"]["exit_code"] == 1
    crash = next(finding for finding in told["findings"] if finding["code"] == "E5")
    assert crash["fault"] == "label-loss-mismatch"
    lines = script.read_text().splitlines()
    assert lines[crash["where"]["line"] - 1].startswith("model.compile(")
    assert "sparse_categorical_crossentropy" in crash["message"]
    assert "Traceback (most recent call last)" in told["stderr"] and "/vandap/" not in told["stderr"]


@pytest.mark.backend
@pytest.mark.slow
def test_structure_and_data_are_judged_before_training(tmp_path: Path) -> None:
    """--before-training ends the script at its first fit, with its own clean-up, and names the fault."""
    text = HEALTHY.replace(', activation="softmax"', "")
    write(tmp_path, f"try:\n    {text.strip().replace(chr(10), chr(10) + '    ')}\nfinally:\n    print('cleaned up')\n")
    done = exam("--before-training", "train.py", "1000000", cwd=tmp_path, KERAS_BACKEND="torch")
    assert done.returncode == 1, done.stdout + done.stderr
    assert done.stdout.startswith("cleaned up\n") and "weights" not in done.stdout.split("\n", 1)[0]
    assert "B2" in done.stdout or "B1" in done.stdout


@pytest.mark.backend
@pytest.mark.slow
def test_leaks_are_told_before_training(tmp_path: Path) -> None:
    """Rows that stand in both parts, and a column that holds the answer, are named at the line of fit."""
    validated = HEALTHY.replace("model.fit(x, y,", "model.fit(x, y, validation_data=(x[::3], y[::3]),")
    leaks = {
        "A11": validated.replace(", validation_split=0.2", ""),
        "A12": HEALTHY.replace("* 2 +", "* 0.5 +").replace(
            "model = ", "x[:, 5] = 10 * y + rng.random(300)\nmodel = ", 1
        ),
    }
    for code, text in leaks.items():
        write(tmp_path, text)
        done = exam("--before-training", "train.py", "1000000", cwd=tmp_path, KERAS_BACKEND="torch")
        assert done.returncode == 1 and f"! {code}" in done.stdout, done.stdout + done.stderr
        assert "| model.fit(x, y" in done.stdout and "weights" not in done.stdout.split("\n", 1)[0]


def test_the_script_sees_what_python_gives_it(tmp_path: Path) -> None:
    """Arguments, standard input, working directory, module search path and environment are the user's own."""
    (tmp_path / "code").mkdir()
    write(tmp_path / "code", "NAME = 'helper'\n", "helper.py")
    write(
        tmp_path / "code",
        """
import json, os, sys
import helper
heavy = sorted({"numpy", "keras", "jax"} & set(sys.modules))
print(json.dumps([sys.argv, __name__, os.getcwd(), input(), helper.NAME, heavy, os.environ.get("OMP_WAIT_POLICY")]))
print(os.path.basename(__file__), sys.path[0] == os.path.dirname(os.path.abspath(__file__)))
sys.exit(4)
""",
    )
    done = exam("--fail-on", "never", "code/train.py", "--json", "-x", "1", cwd=tmp_path, stdin="a line\n")
    first, second, *rest = done.stdout.splitlines()
    arguments = ["code/train.py", "--json", "-x", "1"]
    policy = os.environ.get("OMP_WAIT_POLICY")
    assert json.loads(first) == [arguments, "__main__", str(tmp_path), "a line", "helper", [], policy]
    assert second == "train.py True"
    assert done.returncode == 3 and "exited with code 4" in "\n".join(rest)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("print('no training here')", "imported no deep-learning library"),
        ("import sys; sys.exit(0)", "imported no deep-learning library"),
        ("import sys; sys.exit()", "imported no deep-learning library"),
    ],
)
def test_a_script_without_training_is_told_so(tmp_path: Path, text: str, words: str) -> None:
    """It ran, there is nothing to examine, and no run folder is left."""
    write(tmp_path, text)
    told = examined("train.py", cwd=tmp_path, code=2)
    assert words in told["error"]["received"]
    assert sorted(path.name for path in tmp_path.iterdir()) in (["train.py"], ["runs", "train.py"])
    assert not list(tmp_path.glob("runs/*"))


def test_a_syntax_error_is_a_crash_with_its_line(tmp_path: Path) -> None:
    """The script cannot even start: the finding names the line."""
    write(tmp_path, "x = 1\nfor in x:\n    pass\n")
    told = examined("train.py", cwd=tmp_path, code=3)
    (crash,) = (finding for finding in told["findings"] if finding["code"] == "E5")
    assert crash["where"]["line"] == 2 and "SyntaxError" in crash["message"]
    assert "SyntaxError" in told["stderr"]


def test_the_exit_code_of_the_script_is_told(tmp_path: Path) -> None:
    """`sys.exit(3)` and a message given to it end the script as under Python; the exam says the training failed."""
    write(tmp_path, "import sys\nsys.exit('not today')\n")
    told = examined("train.py", cwd=tmp_path, code=3)
    assert told["script"]["how"] == "exited" and told["script"]["exit_code"] == 1
    assert "not today" in told["stderr"]
    write(tmp_path, "import os\nos._exit(9)\n")
    assert examined("train.py", cwd=tmp_path, code=3)["script"]["exit_code"] == 9


def test_a_killed_script_has_an_answer(tmp_path: Path) -> None:
    """A process that the system kills (no memory) cannot speak for itself; the exam says so."""
    write(tmp_path, "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)\n")
    told = examined("train.py", cwd=tmp_path, code=3)
    assert told["status"] == "killed" and told["script"]["exit_code"] == -signal.SIGKILL


def test_a_hanging_script_is_stopped_and_told_where_it_was(tmp_path: Path) -> None:
    """--timeout ends it, and names the line at which it stood."""
    write(tmp_path, "import time\n\n\ndef wait():\n    time.sleep(60)\n\n\nwait()\n")
    began = time.monotonic()
    told = examined("--timeout", "2s", "train.py", cwd=tmp_path, code=3)
    assert told["status"] == "timed out"
    assert [place.rsplit("/", 1)[-1] for place in told["script"]["stopped_at"][-2:]] == ["train.py:8", "train.py:5"]
    assert time.monotonic() - began < 50


def test_a_script_that_refuses_to_stop_is_made_to(tmp_path: Path) -> None:
    """A hang that swallows interrupts ends all the same."""
    text = "import time\nwhile True:\n    try:\n        time.sleep(60)\n    except KeyboardInterrupt:\n        pass\n"
    write(tmp_path, text)
    told = examined("--timeout", "1s", "train.py", cwd=tmp_path, code=3)
    assert told["status"] == "timed out"


def test_an_interrupt_is_the_scripts_own_and_ends_the_exam(tmp_path: Path) -> None:
    """The script may save what it has; the exam then tells what it saw and leaves with 130."""
    write(
        tmp_path,
        """
import pathlib, time
pathlib.Path("started").touch()
try:
    time.sleep(60)
except KeyboardInterrupt:
    pathlib.Path("saved").touch()
    raise
""",
    )
    process = subprocess.Popen(
        [*LISTENING, *command("--json", "train.py")],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    until = time.monotonic() + 60
    while not (tmp_path / "started").exists() and time.monotonic() < until:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130
    assert (tmp_path / "saved").exists()
    assert json.loads(out)["status"] == "interrupted"


def test_megabytes_of_output_pass(tmp_path: Path) -> None:
    """What the script prints is neither kept nor lost, on either stream, and --json keeps its document apart."""
    write(tmp_path, "import sys\nprint('x' * 4_000_000)\nprint('y' * 1_000_000, file=sys.stderr)\nsys.exit(1)\n")
    done = exam("--json", "train.py", cwd=tmp_path)
    assert json.loads(done.stdout)["status"] == "exited"
    assert done.stderr.count("x") >= 4_000_000 and done.stderr.count("y") >= 1_000_000


def test_a_fork_that_falls_off_the_end_is_not_examined(tmp_path: Path) -> None:
    """Both processes end; only the first one is examined, once."""
    write(tmp_path, "import os, sys\nchild = os.fork()\nchild and os.waitpid(child, 0)\nprint('end')\nsys.exit(5)\n")
    done = exam("train.py", cwd=tmp_path)
    assert done.stdout.count("end\n") == 2
    assert done.stdout.count("exited with code 5") == 1


def test_the_output_folder_must_be_free(tmp_path: Path) -> None:
    """Nothing is overwritten: the script is not even started."""
    write(tmp_path, "open('started', 'w')\n")
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "mine").touch()
    assert examined("--out", "run", "train.py", cwd=tmp_path, code=2)["error"]["type"] == "RunError"
    assert not (tmp_path / "started").exists()


def test_a_missing_script_or_an_unknown_rule_is_one_message(tmp_path: Path) -> None:
    """Bad words are refused before anything runs."""
    assert examined("absent.py", cwd=tmp_path, code=2)["error"]["type"] == "UsageError"
    write(tmp_path, "open('started', 'w')\n")
    assert examined("--mute", "Z9", "train.py", cwd=tmp_path, code=2)["error"]["received"] == "Z9"
    assert examined("--timeout", "soon", "train.py", cwd=tmp_path, code=2)["error"]["received"] == "soon"
    assert not (tmp_path / "started").exists()
