"""Combinations that a model of the scores so far expects most of: tree-structured Parzen estimators, by optuna.

References:
    Bergstra, Bardenet, Bengio, Kégl, Algorithms for hyper-parameter optimization, NeurIPS 2011;
    Akiba et al., Optuna: a next-generation hyperparameter optimization framework, KDD 2019.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from vandap.repair.proposals import Bundle
from vandap.repair.searches._sampled import Sampled, choices

if TYPE_CHECKING:
    from optuna.trial import Trial

_STARTUP = 8
"""Bundles that are drawn at random before the model is asked."""
_TRIES = 100


class Bayesian(Sampled):
    """Each place is one categorical variable, of which one value means: as it is."""

    package = "optuna"

    def bundles(self) -> Iterator[Bundle]:
        """Asks the model, and tells it what came of what it asked for."""
        import optuna

        optuna.logging.set_verbosity(optuna.logging.WARNING)
        space = choices(self.proposals)
        sampler = optuna.samplers.TPESampler(n_startup_trials=_STARTUP, seed=0)
        study = optuna.create_study(direction="maximize", sampler=sampler)
        study.enqueue_trial({str(place): 0 for place in range(len(space))})
        under_way: dict[Bundle, Trial] = {}
        misses = 0
        while space and misses < _TRIES:
            for bundle in [bundle for bundle in under_way if self._known.get(bundle)]:
                study.tell(under_way.pop(bundle), self._mean(bundle))
            trial = study.ask()
            bundle = _bundle(space, trial)
            misses += 1
            if self._known.get(bundle):
                study.tell(trial, self._mean(bundle))
            elif bundle in under_way:
                study.tell(trial, state=optuna.trial.TrialState.FAIL)
            else:
                under_way[bundle] = trial
                misses = 0
                yield bundle


def _bundle(space: tuple[tuple[Bundle, ...], ...], trial: Trial) -> Bundle:
    """What a trial of the study stands for."""
    picked = [
        ((), *changes)[trial.suggest_categorical(str(place), range(len(changes) + 1))]
        for place, changes in enumerate(space)
    ]
    return tuple(change for bundle in picked for change in bundle)
