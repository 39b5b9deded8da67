"""Greenhouse: 3 plant conditions from 5 raw sensor values. During training I see
accuracy 0.95+, but evaluate() and predict() on the *same* training data are terrible.
How can the same rows give a different accuracy?"""
import numpy as np
import keras

rng = np.random.default_rng(77)
n = 1200
state = rng.integers(0, 3, n)
temp = np.array([19.0, 22.0, 25.0])[state] + rng.normal(0, 1.5, n)
humidity = np.array([70.0, 60.0, 66.0])[state] + rng.normal(0, 4, n)
co2 = np.array([650.0, 520.0, 800.0])[state] + rng.normal(0, 80, n)
light = np.array([9000.0, 14000.0, 12000.0])[state] + rng.normal(0, 1800, n)
ph = np.array([6.2, 6.6, 6.9])[state] + rng.normal(0, 0.25, n)
X = np.column_stack([temp, humidity, co2, light, ph]).astype("float32")
y = keras.utils.to_categorical(state, 3)

X_train, X_test = X[:900], X[900:]
y_train, y_test = y[:900], y[900:]


class PlantNet(keras.Model):
    """The batch normalisation takes care of the different units."""

    def __init__(self):
        super().__init__()
        self.bn = keras.layers.BatchNormalization(momentum=0.999)
        self.d1 = keras.layers.Dense(24, activation="relu")
        self.d2 = keras.layers.Dense(24, activation="relu")
        self.out = keras.layers.Dense(3, activation="softmax")

    def call(self, inputs, training=False):
        x = self.bn(inputs, training=training)
        x = self.d2(self.d1(x))
        return self.out(x)


model = PlantNet()
model.compile(optimizer=keras.optimizers.Adam(3e-3), loss="categorical_crossentropy",
              metrics=["accuracy"])
log = model.fit(X_train, y_train, epochs=25, batch_size=64, verbose=0)
print("accuracy during training:", log.history["accuracy"][-1])
print("evaluate on train:", model.evaluate(X_train, y_train, verbose=0)[1])
print("evaluate on test: ", model.evaluate(X_test, y_test, verbose=0)[1])
