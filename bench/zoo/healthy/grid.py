"""Every data set with every architecture that reads it, in a few settings each, which differ from pair to pair."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

from zoo import datasets
from zoo.kinds import ARCHITECTURES
from zoo.records import Half, Plan

Setting = Callable[[Plan], Plan]

EPOCHS: Mapping[str, int] = {
    "digits": 14, "textures": 14, "breast_cancer": 7, "moons": 24, "wine": 14, "blobs": 12, "diabetes": 7,
    "friedman1": 24, "waves": 14, "oscillator": 14, "topics": 24, "shapes": 12, "fashion": 6, "clusters": 14,
    "spirals": 30, "iris": 40, "friedman2": 24, "banknote": 14, "ionosphere": 14, "phoneme": 14, "pima": 10,
    "red_wine": 10, "housing": 30, "jumps": 14, "cycles": 14, "temperatures": 8, "praise": 20, "spam": 10,
}  # fmt: skip
"""Enough to settle, not so many that the network learns by heart: chosen on validation loss."""
UNFIT = {
    ("textures", "mlp"), ("textures", "autoencoder"), ("waves", "mlp"), ("shapes", "tower"), ("moons", "wide_and_deep"),
    ("moons", "autoencoder"), ("shapes", "conv_autoencoder"),
}  # fmt: skip
"""Pairs that do not learn, so no healthy member can be made of them."""
EACH = {"development": 5, "test": 3}
"""Settings a pair."""


def plain(plan: Plan) -> Plan:
    return plan


def momentum(plan: Plan) -> Plan:
    if ARCHITECTURES[plan.architecture].rebuild:
        return replace(plan, optimizer="Adamax", rate=1e-2)
    settings = {"momentum": 0.9}
    changed = replace(plan, optimizer="SGD", rate=0.02, optimizer_settings=settings, style="functional")
    return replace(changed, logits=_classifies(plan)).with_net(activation="tanh")


def dropout(plan: Plan) -> Plan:
    changed = replace(plan, style="subclassed", feed="pydataset", epochs=round(plan.epochs * 1.3))
    return changed.with_net(dropout=0.2, initializer="he_normal")


def normalised(plan: Plan) -> Plan:
    return replace(plan, optimizer="RMSprop", feed="generator", epochs=plan.epochs + 2).with_net(batchnorm=True)


def one_hot(plan: Plan) -> Plan:
    classes = datasets.raw(plan.data).task == "classes" and not ARCHITECTURES[plan.architecture].rebuild
    changed = replace(plan, one_hot=classes, optimizer="AdamW", patience=5, style="functional", epochs=2 * plan.epochs)
    return changed.with_net(activation="gelu")


def scaled_inside(plan: Plan) -> Plan:
    if datasets.raw(plan.data).kind == "tokens" or ARCHITECTURES[plan.architecture].rebuild:
        return replace(plan, optimizer="Nadam")
    return replace(plan, batch=16, rate=2e-3).with_net(rescale=True, activation="leaky_relu")


def self_normalising(plan: Plan) -> Plan:
    changed = replace(plan, batch=64, rate=5e-3, epochs=round(plan.epochs * 1.5), style="functional")
    return changed.with_net(activation="selu", initializer="lecun_normal", decay=1e-4)


SETTINGS: tuple[Setting, ...] = (plain, momentum, dropout, normalised, one_hot, scaled_inside, self_normalising)


def plans(half: Half) -> Iterator[Plan]:
    """Make the grid of one half."""
    for number, (data, architecture) in enumerate(pairs(half)):
        base = Plan("", half, data, architecture, epochs=EPOCHS[data])
        for place in range(EACH[half]):
            setting = SETTINGS[(number + place) % len(SETTINGS)]
            yield _possible(replace(setting(base), name=f"{data}-{architecture}-{setting.__name__}"))


def pairs(half: Half) -> Iterator[tuple[str, str]]:
    """Data sets and the architectures that read them."""
    for data in datasets.names(half):
        for architecture, item in ARCHITECTURES.items():
            fits = datasets.raw(data).kind in item.kinds and item.half in (half, "both")
            if fits and (data, architecture) not in UNFIT:
                yield data, architecture


def _possible(plan: Plan) -> Plan:
    """Leave out what the architecture cannot do."""
    architecture = ARCHITECTURES[plan.architecture]
    if architecture.split:
        plan = replace(plan, feed="arrays").with_net(rescale=False)
    if not architecture.chain:
        plan = replace(plan, style="functional")
    if datasets.raw(plan.data).kind == "series" and plan.net.rescale:
        plan = plan.with_net(rescale=False)
    return _sped_up(plan) if architecture.recurrent else plan


def _sped_up(plan: Plan) -> Plan:
    """Where the plan doubles the epochs, those of the plain setting; no batch below 32, with the rate in proportion."""
    if plan.patience is not None:
        plan = replace(plan, epochs=EPOCHS[plan.data])
    return replace(plan, batch=32, rate=plan.rate * 32 / plan.batch) if plan.batch < 32 else plan


def _classifies(plan: Plan) -> bool:
    rebuild = ARCHITECTURES[plan.architecture].rebuild
    return datasets.raw(plan.data).task in ("binary", "classes") and not rebuild
