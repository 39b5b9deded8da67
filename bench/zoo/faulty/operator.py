"""What a fault operator is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from zoo import datasets
from zoo.kinds import ARCHITECTURES
from zoo.records import Plan, Task, Truth


@dataclass(frozen=True)
class Operator:
    """One fault.

    Args:
        name: Its name in the zoo.
        faults: Acceptable names of the cause, the best first.
        component: Where it is: `data`, `model`, `compile` or `fit`, or two of them where both may be said to be wrong.
        change: Makes a healthy plan faulty.
        fits: Whether the plan can have this fault.
        layers: Layers that have the fault.
        why: Why more than one name or component is right, argued from what the operator does.
    """

    name: str
    faults: tuple[str, ...]
    component: str
    change: Callable[[Plan], Plan]
    fits: Callable[[Plan], bool] = lambda plan: True
    layers: tuple[str, ...] = ()
    why: str = ""

    def truth(self) -> Truth:
        """The truth about a plan that was changed."""
        return Truth(self.faults, tuple(self.component.split(" or ")), self.layers)


def task(plan: Plan) -> Task:
    """What the plan's model is asked."""
    return "rebuild" if ARCHITECTURES[plan.architecture].rebuild else datasets.raw(plan.data).task


def classifies(plan: Plan) -> bool:
    return task(plan) in ("binary", "classes")


def plain_head(plan: Plan) -> bool:
    """Whether the head applies the activation and the loss does not."""
    return classifies(plan) and not plan.logits


def is_table(plan: Plan) -> bool:
    return datasets.raw(plan.data).kind == "table"


def has_stack(plan: Plan) -> bool:
    """Whether the hidden dense layers make the network."""
    return plan.architecture in ("mlp", "tower")


HIDDEN = ("hidden_1", "hidden_2", "hidden_3", "hidden_4", "hidden_5", "hidden_6")
