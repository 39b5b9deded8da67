"""An optimiser with settings at which it cannot work."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from vandap.core.finding import Finding, Severity, Threshold
from vandap.core.program import Program
from vandap.core.signals import Series
from vandap.diagnose.decisive import arm, gain, multiples, rival
from vandap.diagnose.network import MAPS, RECURRENT, Graph, kind, setting
from vandap.diagnose.progress import Progress
from vandap.diagnose.rule import CannotTell, Clear, Outcome, Rule, Suspected
from vandap.diagnose.symptoms import SHOWN
from vandap.diagnose.watched import at_optimizer
from vandap.diagnose.watched import learning_rate as learning_rate_of


class _Problem(NamedTuple):
    says: str
    value: float
    is_certain: bool = True


class OptimiserMisuse(Rule):
    """The optimiser's settings keep it from working.

    ## What it finds
    A learning rate of zero to the end, or below; a momentum or a beta of one or more; and, where little is learnt,
    settings that shrink every step: an epsilon that outweighs the gradients, Adadelta or Adagrad at the low rate that
    suits Adam; Ftrl in a network with hidden layers.

    ## Why it matters
    With a momentum of one old steps are never forgotten and the weights run away. Epsilon is added to the size of the
    gradient that the step is divided by: the larger it is, the smaller the step. Adadelta's paper has a rate of 1, and
    Keras' default is 0.001. Ftrl is made for linear models: it computes every weight from the sum of its gradients, so
    that in its first steps the random numbers are wiped out that keep the units of hidden layers apart.

    ## What to do
    Start from `Adam(1e-3)` with its defaults, or `SGD(0.1, momentum=0.9)`; `Adadelta(1.0)`, `Adagrad(0.01)`.

    ## References
    - Kingma and Ba, Adam (2015); Zeiler, ADADELTA (2012); Duchi et al., Adaptive Subgradient Methods (2011)
    - McMahan et al., Ad Click Prediction: a View from the Trenches (2013): FTRL-Proximal, for linear models
    - TheDeepChecker: Ben Braiek and Khomh (2022), epsilon of Adam
    """

    code = "B18"
    status = "stable"
    remedies = ("usual-optimiser-settings", "use-default-optimiser", "raise-learning-rate")
    explains = SHOWN
    one = Threshold(1, "a memory of one never forgets: the sum of all gradients has no bound")
    epsilon = Threshold(1e-2, "Adam's gradients are mostly smaller than that; its default is 1e-7")
    memory = Threshold(0.5, "share of all steps that a momentum remembers: beyond it, steps of the start still push")
    adadelta = Threshold(0.05, "Zeiler: 1.0; a twentieth of that hardly moves")
    harmless = Threshold(0.8, "share of what there is to learn beyond which small steps have cost little")
    few_steps = Threshold(30, "steps in which a network that can learn leaves the constant answer")
    better = Threshold(0.25, "share of what there is to learn that larger steps must win")
    linear = Threshold(1, "layers with trained kernels of a linear model, which Ftrl is made for")
    adagrad = Threshold(0.002, "Duchi et al.: 0.01 and more; the steps shrink by themselves")

    def check(
        self,
        program: Program,
        progress: Progress | None = None,
        learning_rate: Series | None = None,
        test_learning_rate: Series | None = None,
    ) -> Outcome:
        """Look for settings that cannot work, then for settings that explain a slow training."""
        if not program.compile.optimizer:
            return CannotTell("The optimiser is not known.")
        problem = self._certain(program, _rises(learning_rate)) or self._slow(program)
        if problem is None:
            return Clear(f"{program.compile.optimizer} has settings at which it works.")
        if progress is not None and progress.learnt > self.harmless.value:
            return Clear(f"{problem.says}, but the network learns.")
        if problem.is_certain:
            return self._finding(program, problem, f"{problem.says}.", Severity.ISSUE, 0.97)
        if progress is None:
            return self._finding(program, problem, f"{problem.says}.", Severity.TIP, 0.4)
        says = f"{problem.says}: {progress.phrase}."
        if progress.is_poor and progress.steps >= self.few_steps.value:
            return self._finding(program, problem, says, Severity.ISSUE, 0.75)
        if test_learning_rate is None:
            doubt = self._finding(program, problem, says, Severity.TIP, 0.4)
            return Suspected(doubt, ("learning_rate",))
        base, faster = arm(test_learning_rate, "x1"), multiples(test_learning_rate, above=True)
        other = rival(test_learning_rate, faster, progress)
        if other is None or not gain(progress, base, other) >= self.better.value:
            return Clear(f"{problem.says}, but larger steps do not help.")
        return self._finding(program, problem, says, Severity.ISSUE, 0.8)

    def _finding(self, program: Program, problem: _Problem, says: str, severity: Severity, sure: float) -> Finding:
        evidence = {"value": problem.value}
        return self.found(says, evidence, severity=severity, confidence=sure, where=at_optimizer(program))

    def _certain(self, program: Program, rises: bool) -> _Problem | None:
        rate, settings = learning_rate_of(program), program.compile.settings
        if rate == 0 and not rises:
            return _Problem("The learning rate is 0, so no weight ever changes", rate)
        if rate < 0:
            return _Problem(f"The learning rate is {rate:g}: each step goes uphill", rate)
        for name in ("momentum", "beta_1", "beta_2", "rho"):
            value = setting(settings, name)
            if value >= self.one.value:
                return _Problem(f"{name}={value:g} never forgets an old step (threshold {self.one.value:g})", value)
        return None

    def _slow(self, program: Program) -> _Problem | None:
        rate, optimizer = learning_rate_of(program), program.compile.optimizer
        epsilon = setting(program.compile.settings, "epsilon")
        if epsilon >= self.epsilon.value and optimizer not in ("SGD", "Lion"):
            return _Problem(f"epsilon={epsilon:g} outweighs the gradients it is added to", epsilon, False)
        momentum = setting(program.compile.settings, "momentum")
        steps = program.fit.steps or program.fit.planned_steps
        if momentum < 1 and steps and 1 / (1 - momentum) > self.memory.value * steps:
            memory = 1 / (1 - momentum)
            says = f"momentum={momentum:g} remembers {memory:.0f} steps, and the training makes {steps}"
            return _Problem(says, momentum, False)
        if optimizer == "Ftrl" and _trained_maps(program) > self.linear.value:
            return _Problem("Ftrl sets weights anew from gradients alone: hidden layers lose their start", rate, False)
        limits = {"Adadelta": self.adadelta.value, "Adagrad": self.adagrad.value}
        if rate < limits.get(optimizer, 0.0):
            limit = limits[optimizer]
            return _Problem(f"{optimizer} at a rate of {rate:g} (threshold {limit:g}) hardly moves", rate, False)
        return None


def _rises(measured: Series | None) -> bool:
    """Whether a callback raised the rate later: a warm-up begins at 0."""
    return measured is not None and bool(np.any(np.asarray(measured.values, np.float64) > 0))


def _trained_maps(program: Program) -> int:
    trained = (layer for layer in Graph(program).layers if layer.trainable_parameters)
    return sum(kind(layer) in MAPS | RECURRENT for layer in trained)
