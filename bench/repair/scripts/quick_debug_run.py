"""Overfits immediately: train accuracy 1.0, test accuracy 0.6. Is my network too large?"""
import keras
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split


class Digits:
    """Loads, trains and tests."""

    def __init__(self, epochs=20, batch_size=32):
        self.epochs = epochs
        self.batch_size = batch_size
        data = load_digits()
        parts = train_test_split(data.data / 16.0, data.target, test_size=0.3, random_state=20)
        self.x_train, self.x_test, self.y_train, self.y_test = parts
        self.x_train, self.y_train = self.x_train[:40], self.y_train[:40]  # faster while debugging

    def build(self):
        return keras.Sequential(
            [
                keras.layers.Input((64,)),
                keras.layers.Dense(48, activation="relu"),
                keras.layers.Dense(10, activation="softmax"),
            ]
        )

    def run(self):
        net = self.build()
        net.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
        net.fit(self.x_train, self.y_train, epochs=self.epochs, batch_size=self.batch_size, verbose=0)
        return net


experiment = Digits()
model = experiment.run()
x_test, y_test = experiment.x_test, experiment.y_test
print(model.evaluate(x_test, y_test, verbose=0))
