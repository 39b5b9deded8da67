"""B4: hidden layers without an activation."""

from __future__ import annotations

import pytest
from program_zoo import classifier, conv, dense, layer, regressor

from vandap.core.finding import Severity, Status
from vandap.diagnose.catalogue import rule
from vandap.diagnose.engine import diagnose


def judge(program, **signals):  # noqa: D103
    return diagnose({"program": program, **signals}, [rule("B4")])[0]


def test_no_activation_at_all_is_an_issue_at_the_first_layer() -> None:
    """Through batch normalisation, dropout and max pooling, too."""
    verdict = judge(classifier(dense(32), layer("Dropout", rate=0.2), dense(16)))
    assert verdict.finding.severity is Severity.ISSUE
    assert verdict.finding.where.layer == "dense_0"
    normed = (dense(32), layer("BatchNormalization"), dense(16))
    assert judge(classifier(*normed)).finding.severity is Severity.ISSUE
    pooled = (conv(8, "linear"), layer("MaxPooling2D"), conv(16, "linear"), layer("Flatten"), dense(32))
    assert judge(classifier(*pooled, shape=(None, 12, 12, 1))).finding.severity is Severity.ISSUE


def test_one_linear_layer_among_others_is_a_tip() -> None:
    """It may be meant."""
    assert judge(classifier(dense(32, "relu"), dense(32))).finding.severity is Severity.TIP


@pytest.mark.parametrize(
    "sound",
    [
        classifier(),
        regressor(),
        classifier(
            dense(32), layer("BatchNormalization"), layer("ReLU", "relu"), dense(16), layer("Activation", "tanh")
        ),
        regressor(dense(4, "relu"), dense(2), dense(4, "relu"), head=dense(8)),
        regressor(dense(2), head=dense(8)),
        classifier(dense(32), layer("LayerNormalization")),
        classifier(dense(32), layer("MyLayer", module="mine")),
        classifier(layer("Embedding", input_dim=50, output_dim=8), layer("LSTM", "tanh", units=16), shape=(None, 12)),
    ],
)
def test_linear_on_purpose(sound) -> None:
    """Separate activations, codes of autoencoders, norms, recurrent layers, linear heads."""
    assert judge(sound).status is Status.CLEAR


def test_what_the_users_own_call_does_is_not_guessed() -> None:
    """`keras.ops.relu(self.dense(x))` leaves no trace in the layers."""
    verdict = judge(classifier(dense(32), dense(16), model="Mine"))
    assert verdict.finding is None
