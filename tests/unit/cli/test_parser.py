"""Words of vandap and words of the program that it runs."""

import pytest

from vandap.cli.parser import make_parser, misplaced, split
from vandap.errors import UsageError


@pytest.mark.parametrize(
    ("program", "rest", "told"),
    [
        ("model.fit(x, y)", ["--timeout", "5s", "--lr=0.1"], ["--timeout"]),
        ("model.fit(x, y)", ["--fail-on=never", "more"], ["--fail-on"]),
        ("parser.add_argument('--timeout')", ["--timeout", "5s"], []),
        ("DEFINE_string('fail_on', '', '')", ["--fail-on=never"], []),
        ("model.fit(x, y)", ["timeout", "-v"], []),
    ],
)
def test_an_option_behind_a_script_that_does_not_know_it_is_told(tmp_path, program, rest, told):
    """A script's own options may have the same names."""
    script = tmp_path / "train.py"
    script.write_text(program)
    own, words = split(["exam", str(script), *rest])
    assert own == ["exam", str(script)] and words == rest
    assert misplaced(own, words) == told


def test_a_script_that_is_not_there_has_its_own_message(tmp_path):
    """It is not read for options."""
    assert misplaced(["exam", str(tmp_path / "none.py")], ["--timeout", "5s"]) == []


@pytest.mark.parametrize(
    ("words", "expected", "hint"),
    [
        (["train", "x.csv", "--budjet", "5s"], "such as --budget", "`vandap train --help`"),
        (["index", "build", "v.npy", "--out", "i", "--recal=0.9"], "such as --recall", "`vandap index build --help`"),
        (["--zzzzzz"], "only options that --help lists", "`vandap --help`"),
    ],
)
def test_a_wrong_option_is_told_by_the_command_that_was_given(words, expected, hint):
    """With the option that it looks like, and the help that lists it."""
    with pytest.raises(UsageError) as caught:
        make_parser().parse_args(words)
    assert expected in str(caught.value) and hint in str(caught.value)
