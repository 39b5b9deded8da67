"""Words of vandap and words of the program that it runs."""

import pytest

from vandap.cli.parser import misplaced, split


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
