"""Old idioms: told where they certainly are Keras, silent about everything that only looks alike."""

from __future__ import annotations

import pytest

from vandap.exam.idioms import scan


def names(source: str) -> list[tuple[str, int | None, bool]]:
    """What is found, as (name, line, breaks)."""
    return [(idiom.name, idiom.site.line, idiom.breaks) for idiom in scan(source, "train.py")]


@pytest.mark.parametrize(
    ("source", "name", "breaks"),
    [
        ("from keras.optimizers import Adam\nAdam(lr=0.1)", "lr=", True),
        ("import keras\nkeras.optimizers.SGD(0.1, decay=1e-6)", "decay=", False),
        ("import tensorflow as tf\ntf.keras.optimizers.Adam(lr=0.1)", "lr=", True),
        ("from keras.models import Sequential\nmodel = Sequential()\nmodel.fit_generator(g)", "fit_generator()", True),
        ("import keras\nm = make()\nm.predict_classes(x)", "predict_classes()", True),
        ("import keras\nm = make()\nm.fit(x, y, nb_epoch=3)", "nb_epoch=", True),
        (
            "from keras.preprocessing.image import ImageDataGenerator",
            "keras.preprocessing.image.ImageDataGenerator",
            True,
        ),
        (
            "from tensorflow.keras.preprocessing.image import ImageDataGenerator",
            "keras.preprocessing.image.ImageDataGenerator",
            False,
        ),
        ("from keras.layers.core import Dense", "keras.layers.core", True),
        ("from keras.utils import np_utils\nnp_utils.to_categorical(y)", "keras.utils.np_utils", True),
        ("from keras.utils import multi_gpu_model", "keras.utils.multi_gpu_model", True),
        ("from tensorflow.keras.layers.experimental import preprocessing", "keras.layers.experimental", True),
        ("from keras import layers\nlayers.Dense(3, init='zero')", "init=", True),
        ("from keras.wrappers.scikit_learn import KerasClassifier", "keras.wrappers.scikit_learn", True),
        ("import keras\nkeras.layers.Merge([a, b])", "keras.layers.Merge", True),
    ],
)
def test_an_old_idiom_is_told(source: str, name: str, breaks: bool) -> None:
    """Its name, its line and whether it fails on Keras 3."""
    found = names(source)
    assert (name, breaks) in [(item[0], item[2]) for item in found]
    assert all(line == len(source.splitlines()) or line == 1 for _, line, _ in found)


@pytest.mark.parametrize(
    "source",
    [
        "import keras\nkeras.optimizers.Adam(learning_rate=0.1, weight_decay=1e-4)",
        "import torch\noptimizer = torch.optim.Adam(model.parameters(), lr=0.1)",
        "import keras, torch\ntorch.optim.SGD(p, lr=0.1)",
        "import keras\nfrom sklearn.svm import SVC\nSVC().predict_proba(x)",
        "import keras\ndef train(lr=0.1, decay=0.9): ...\ntrain(lr=3, decay=2)",
        "import keras\nmodel = keras.Sequential([keras.layers.Dense(3, input_shape=(4,))])",
        "import keras\nkeras.layers.Embedding(input_dim=3, output_dim=4)",
        "import keras\nlayer.reset_states()",
        "import pandas\nmodel.fit_generator(x)",
        "from keras.layers import experimental_thing",
        "import keras\nkeras.utils.PyDataset(workers=2, use_multiprocessing=True)",
        "import keras\nkeras.wrappers.SKLearnClassifier(model)",
        "not python at all (",
        "",
    ],
)
def test_what_is_not_old_is_left_alone(source: str) -> None:
    """Other libraries, the user's own functions, arguments that Keras 3 still takes, and text that is no Python."""
    assert names(source) == []


def test_each_line_is_told_once() -> None:
    """A module that is imported and its parts that are used give one idiom a line."""
    source = "import keras\nfrom keras.utils import np_utils\ny = np_utils.to_categorical(np_utils.normalize(y))\n"
    assert [line for _, line, _ in names(source)] == [2, 3]


def test_the_site_holds_the_line() -> None:
    """The text of the line is there for the report; bytes in another encoding do not matter."""
    (idiom,) = scan(
        "# -*- coding: latin-1 -*-\nimport keras\nkeras.optimizers.SGD(lr=1)  # é".encode("latin-1"), "a.py"
    )
    assert idiom.site.file == "a.py" and idiom.site.text.startswith("keras.optimizers.SGD(lr=1)")
