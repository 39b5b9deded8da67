"""Functions that work on the model after it was trained."""

from __future__ import annotations


def moved_threshold(model, x, y):
    """Move the output bias towards rare classes as far as the macro F1 on these rows gains.

    For two classes this moves the threshold; for more it is the adjustment of logits by the classes' frequencies (Menon
    et al. 2021). The last layer must be dense, with a bias.
    """
    import numpy as np
    from sklearn.metrics import f1_score

    y = np.asarray(y)
    labels = y.argmax(axis=-1) if y.ndim > 1 and y.shape[-1] > 1 else y.ravel().astype(int)
    layer = model.layers[-1]
    outputs = np.asarray(model.predict(x, verbose=0), dtype="float64")
    if layer.activation.__name__ in ("softmax", "sigmoid"):
        outputs = np.log(np.clip(outputs, 1e-12, 1)) - np.log(np.clip(1 - outputs, 1e-12, 1)) * (outputs.shape[1] == 1)
    counts = np.bincount(labels, minlength=max(outputs.shape[1], 2)) + 1.0
    odds = np.log(counts[1:] / counts[:1]) if outputs.shape[1] == 1 else np.log(counts / counts.sum())
    strengths = np.linspace(-0.5, 2, 51)
    moved = [outputs - strength * odds for strength in strengths]
    answers = [(move > 0).ravel() if move.shape[1] == 1 else move.argmax(axis=1) for move in moved]
    gains = np.array([f1_score(labels, answer, average="macro", zero_division=0.0) for answer in answers])
    best = strengths[gains >= gains.max() - 1e-9].mean()  # the middle of those that do as well
    kernel, bias = layer.get_weights()
    layer.set_weights([kernel, bias - best * odds])


def averaged(model, fit, own=True):
    """Return the mean of five networks that are trained in the same way from other initial values.

    The given network is one of them, unless `own` is False. What was not trained, such as a frozen layer, is the same
    in all (deep ensembles: Lakshminarayanan et al. 2017).
    """
    import keras

    members = [model] if own else []
    rates = model.history.history.get("learning_rate") if getattr(model, "history", None) else None
    for number in range(len(members), 5):
        member = keras.models.clone_model(model)
        member.name = f"{model.name}_{number}"
        for known, new in zip(model.non_trainable_weights, member.non_trainable_weights, strict=True):
            new.assign(keras.ops.copy(known))  # JAX may not be given one buffer twice
        for layer in member.layers:
            if isinstance(layer, keras.layers.Normalization):
                layer.finalize_state()
        member.compile_from_config(model.get_compile_config())
        if rates:  # a callback has lowered that of the trained network
            member.optimizer.learning_rate = float(rates[0])
        fit(member)
        members.append(member)
    inputs = keras.Input(model.input_shape[1:], dtype=model.inputs[0].dtype)
    mean = keras.Model(inputs, keras.layers.average([member(inputs) for member in members]))
    mean.compile_from_config(model.get_compile_config())
    return mean
