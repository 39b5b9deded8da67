"""What is said of a model file that cannot be opened: short, and of the file itself."""

from __future__ import annotations

import zipfile

import pytest

from vandap.exam import model_file

WHOLE = (
    "<class 'Sequential'> could not be deserialized properly. config={'module': 'keras', 'class_name': 'Sequential'}."
)
LACKING = (
    "Exception encountered: Could not locate class 'system'. Make sure custom classes are decorated. "
    "Full object config: {'module': 'os', 'class_name': 'system', 'config': {}}"
)


@pytest.fixture
def path(tmp_path):
    """A whole zip archive."""
    with zipfile.ZipFile(tmp_path / "model.keras", "w") as archive:
        archive.writestr("config.json", "{}")
    return tmp_path / "model.keras"


@pytest.mark.parametrize(
    ("message", "words", "received"),
    [
        (f"{WHOLE}\n\n{LACKING}", "code of its own", "it needs os.system"),
        (LACKING.replace("'os'", "None"), "code of its own", "it needs system"),
        (LACKING.replace("class 'system'", "function 'own'").replace("'os'", "'builtins'"), "of its own", "needs own"),
        ("Requested a Lambda layer: arbitrary code execution, disallowed by default", "holds code", "Lambda"),
        ("truncated file", "cannot be opened", "truncated file"),
    ],
)
def test_one_short_message(path, message, words, received) -> None:
    """The configuration that Keras prints is left out; what the file names is told."""
    refused = model_file._refused(path, message)
    assert words in str(refused)
    assert received in refused.received and "config=" not in refused.received


def test_half_a_file_is_damaged(path) -> None:
    """Its size is told, which is all that is known."""
    path.write_bytes(path.read_bytes()[:20])
    assert "damaged" in str(model_file._refused(path, "File not found")) and "20 bytes" in (
        model_file._refused(path, "File not found").received
    )
