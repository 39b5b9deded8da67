"""What holds for every command of the command line, present and future."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from vandap.cli.command import Command
from vandap.cli.main import main
from vandap.cli.parser import all_commands, make_parser

HEAVY = ("numpy", "keras", "jax", "pyarrow", "sklearn", "scipy", "rich", "jinja2", "PIL")
each_command = pytest.mark.parametrize("command", all_commands(), ids=lambda command: command.name)


@each_command
def test_the_file_is_named_after_the_command(command: Command) -> None:
    """`vandap train` lives in commands/train.py."""
    assert type(command).__module__.rsplit(".", 1)[-1] == command.name.replace("-", "_")


@each_command
def test_help_ends_with_an_example_that_parses(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` ends with the example, and every command line in it is accepted by the parser."""
    assert main([command.name, "--help"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert shown.endswith(" ".join(command.example.split()))
    for line in command.example.split("&&"):
        program, *words = line.split()
        assert program == "vandap"
        assert make_parser().parse_args(words).command == words[0]


@each_command
def test_shared_options_are_there(command: Command) -> None:
    """Every command takes --json, --quiet, --verbose and --debug."""
    words = [command.name, *_arguments(command), "--json", "--quiet", "-v", "--debug"]
    arguments = make_parser().parse_args(words)
    assert arguments.json and arguments.quiet and arguments.verbose and arguments.debug


@each_command
def test_an_unknown_option_is_one_message(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    """A wrong option gives exit code 2 and one JSON document with its four parts, on standard output alone."""
    assert main([command.name, *_arguments(command), "--no-such-option", "--json"]) == 2
    out, err = capsys.readouterr()
    assert all(json.loads(out)["error"].values())
    assert err == ""


@each_command
def test_a_missing_run_is_one_message(
    command: Command, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is not there is said with what was received and what to do; nothing is left behind."""
    words = [str(tmp_path / "absent") if word == "RUN" else word for word in _arguments(command)]
    if "RUN" not in _arguments(command) and command.name != "train":
        pytest.skip("reads no path")
    monkeypatch.chdir(tmp_path)
    assert main([command.name, *words]) == 2
    out, err = capsys.readouterr()
    assert out == "" and "absent" in err and "What to do:" in err and "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_help_imports_nothing_heavy() -> None:
    """`vandap --help`, and importing vandap, load neither numpy nor Keras nor any other large package."""
    code = (
        "import sys, vandap; from vandap.cli.main import main; main(['--help']); main(['train', '--help']);"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().splitlines()[-1] == "[]"


def _arguments(command: Command) -> list[str]:
    """Arguments that the command accepts."""
    return {
        "demo": [],
        "rules": [],
        "train": ["absent"],
        "compare": ["RUN", "RUN"],
        "ask": ["RUN", "I4"],
        "index": ["info", "RUN"],
        "search": ["RUN", "query.npy"],
    }.get(command.name, ["RUN"])
