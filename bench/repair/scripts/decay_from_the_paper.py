"""Reproducing a paper that trains with momentum and weight decay. Training accuracy does not go over 40 %."""

import keras
import numpy as np
from sklearn.datasets import make_classification
from sklearn.model_selection import train_test_split

CONFIG = {
    "hidden": (96, 48),
    "lr": 0.05,
    "momentum": 0.9,
    "weight_decay": 5e-1,
    "batch": 32,
    "epochs": 14,
}

X, y = make_classification(
    n_samples=1800, n_features=20, n_informative=12, n_redundant=2, n_classes=6, class_sep=1.3, random_state=21
)
X = (X - X.mean(axis=0)) / X.std(axis=0)
x_train, x_test, y_train, y_test = train_test_split(X.astype("float32"), y, test_size=400, random_state=2)


class MLP(keras.Model):
    def __init__(self, widths, classes):
        super().__init__()
        self.hidden = [keras.layers.Dense(w, activation="relu") for w in widths]
        self.head = keras.layers.Dense(classes, activation="softmax")

    def call(self, x):
        for layer in self.hidden:
            x = layer(x)
        return self.head(x)


model = MLP(CONFIG["hidden"], 6)
model.compile(
    optimizer=keras.optimizers.SGD(
        learning_rate=CONFIG["lr"], momentum=CONFIG["momentum"], weight_decay=CONFIG["weight_decay"]
    ),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
log = model.fit(x_train, y_train, epochs=CONFIG["epochs"], batch_size=CONFIG["batch"], verbose=0)
print(np.round(log.history["accuracy"], 3))
