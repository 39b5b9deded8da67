"""A model with a `train_step` of its own, as the Keras guides write it for each back end."""

from __future__ import annotations

from typing import Any

import keras


def custom_step(inputs: Any, outputs: Any) -> keras.Model:
    """Return a functional model that trains by its own step."""
    kinds = {"torch": _of_torch, "tensorflow": _of_tensorflow, "jax": _of_jax}
    return kinds[keras.backend.backend()]()(inputs, outputs)


def _measured(model: keras.Model, target: Any, answer: Any, loss: Any) -> dict[str, Any]:
    for metric in model.metrics:
        if metric.name == "loss":
            metric.update_state(loss)
        else:
            metric.update_state(target, answer)
    return {metric.name: metric.result() for metric in model.metrics}


def _of_torch() -> type[keras.Model]:
    import torch

    class OwnStep(keras.Model):
        def train_step(self, data: Any) -> dict[str, Any]:
            inputs, target = data
            self.zero_grad()
            answer = self(inputs, training=True)
            loss = self.compute_loss(y=target, y_pred=answer)
            loss.backward()
            variables = list(self.trainable_weights)
            with torch.no_grad():
                self.optimizer.apply([weight.value.grad for weight in variables], variables)
            return _measured(self, target, answer, loss)

    return OwnStep


def _of_tensorflow() -> type[keras.Model]:
    import tensorflow

    class OwnStep(keras.Model):
        def train_step(self, data: Any) -> dict[str, Any]:
            inputs, target = data
            with tensorflow.GradientTape() as tape:
                answer = self(inputs, training=True)
                loss = self.compute_loss(y=target, y_pred=answer)
            self.optimizer.apply(tape.gradient(loss, self.trainable_weights), self.trainable_weights)
            return _measured(self, target, answer, loss)

    return OwnStep


def _of_jax() -> type[keras.Model]:
    import jax

    class OwnStep(keras.Model):
        def _loss(self, trainable: Any, fixed: Any, inputs: Any, target: Any) -> tuple[Any, Any]:
            answer, fixed = self.stateless_call(trainable, fixed, inputs, training=True)
            return self.compute_loss(y=target, y_pred=answer), (answer, fixed)

        def train_step(self, state: Any, data: Any) -> tuple[dict[str, Any], Any]:
            trainable, fixed, slots, measures = state
            inputs, target = data
            differentiated = jax.value_and_grad(self._loss, has_aux=True)
            (loss, (answer, fixed)), gradients = differentiated(trainable, fixed, inputs, target)
            trainable, slots = self.optimizer.stateless_apply(slots, gradients, trainable)
            logs, after = {}, []
            for metric in self.metrics:
                count = len(metric.variables)
                own, measures = measures[:count], measures[count:]
                given = (loss,) if metric.name == "loss" else (target, answer)
                own = metric.stateless_update_state(own, *given)
                logs[metric.name] = metric.stateless_result(own)
                after += own
            return logs, (trainable, fixed, slots, after)

    return OwnStep
