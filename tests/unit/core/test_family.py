"""The family scan."""

import sys

import pytest

from vandap.core.family import members


class Animal:
    """A family's class."""


def _package(tmp_path, monkeypatch, name, **files):
    folder = tmp_path / name
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    for file, text in files.items():
        (folder / f"{file}.py").write_text(text)
    monkeypatch.syspath_prepend(str(tmp_path))
    sys.modules["animal_base"] = sys.modules[__name__]
    return __import__(name)


def test_members_are_found_by_their_files_and_helpers_left_out(tmp_path, monkeypatch):
    """One instance a module, ordered by name; a module with a leading underscore is no member."""
    source = "from animal_base import Animal\nclass {}(Animal):\n    pass\n"
    package = _package(
        tmp_path, monkeypatch, "zoo_one", b=source.format("Bear"), a=source.format("Ape"), _tools="x = 1\n"
    )
    assert [type(item).__name__ for item in members(package, Animal)] == ["Ape", "Bear"]


def test_a_file_without_a_member_is_refused(tmp_path, monkeypatch):
    """The error names the file."""
    package = _package(tmp_path, monkeypatch, "zoo_two", empty="x = 1\n")
    with pytest.raises(TypeError, match=r"zoo_two\.empty"):
        members(package, Animal)
