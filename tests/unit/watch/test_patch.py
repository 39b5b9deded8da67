"""Methods that are replaced come back, and an import that is awaited calls once."""

import subprocess
import sys

from vandap.watch.patch import Patches, WhenImported
from vandap.watch.sites import Sites, here, is_users, maker


class _Parent:
    def fit(self):
        return "parent"


class _Child(_Parent):
    pass


def test_the_defining_class_is_patched_and_restored():
    """The subclass still inherits, so comparisons of methods stay true."""
    original, patches = _Parent.fit, Patches()
    patches.method(_Child, "fit", lambda method: lambda self: f"watched {method(self)}")
    assert _Child().fit() == "watched parent"
    assert _Child.fit is _Parent.fit
    assert "fit" not in vars(_Child)
    patches.undo()
    assert _Parent.fit is original


def test_an_awaited_import_calls_once(tmp_path, monkeypatch):
    """The call comes right after the first import, with the module complete."""
    (tmp_path / "awaited_module.py").write_text("value = 3\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    seen = []
    waiting = WhenImported("awaited_module", lambda: seen.append(sys.modules["awaited_module"].value))
    waiting.install()
    assert seen == []
    import awaited_module  # type: ignore[import-not-found]

    assert (seen, awaited_module.value) == ([3], 3)
    assert waiting not in sys.meta_path
    del sys.modules["awaited_module"]


def test_an_error_after_the_import_is_not_the_importers(tmp_path, monkeypatch):
    """The import is the user's; what was to follow it may fail."""
    (tmp_path / "failing_module.py").write_text("value = 3\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    waiting = WhenImported("failing_module", lambda: 1 / 0)
    waiting.install()
    import failing_module  # type: ignore[import-not-found]

    assert failing_module.value == 3
    del sys.modules["failing_module"]


def test_only_the_users_files_are_sites():
    """Installed packages, Python and vandap are no sites; a script and a notebook's cell are."""
    import numpy

    import vandap

    assert not is_users(numpy.__file__)
    assert not is_users(vandap.__file__)
    assert not is_users("<frozen runpy>")
    assert is_users(__file__)


def test_a_site_is_the_line_that_called():
    """File, line and text of the innermost line of the user's."""
    site = here()
    assert site.file == __file__
    assert site.text == "site = here()"


def test_what_a_package_lays_out_is_told():
    """A layer that `keras.applications` or another installed package makes names it; a layer of the user's does not."""
    made = (
        ("keras/src/layers/layer.py", ""),
        ("site-packages/keras/src/models/sequential.py", ""),
        ("site-packages/torch/nn/modules/module.py", ""),
        ("site-packages/keras/src/applications/resnet.py", "keras.applications"),
        ("checkout/keras/keras/src/applications/resnet.py", "keras.applications"),
        ("site-packages/keras_hub/src/models/backbone.py", "keras_hub"),
        ("site-packages/autograph.py", "autograph"),
    )
    for file, package in made:
        assert maker(f"/somewhere/{file}") == package, file


def test_sites_hold_nothing_alive():
    """What was made may be collected."""
    sites, made = Sites(), _Child()
    sites.made(made)
    assert sites.of(made).file == __file__
    assert sites.of(_Child()).file is None


def test_watching_does_not_import_keras(tmp_path):
    """A program inside may still choose its back end; the patches come with its own import."""
    code = (
        "import os, sys, vandap.watch\n"
        f"with vandap.watch.watching({str(tmp_path)!r}) as session:\n"
        "    assert not {'keras', 'jax', 'torch', 'tensorflow'} & set(sys.modules)\n"
        "    os.environ['KERAS_BACKEND'] = 'numpy'\n"
        "    import keras\n"
        "    layer = keras.layers.Dense(2)\n"
        "    assert session.sites.of(layer).line is None\n"
        "    assert 'making' in keras.Layer.__new__.__code__.co_name\n"
        "assert 'making' not in keras.Layer.__new__.__code__.co_name\n"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
